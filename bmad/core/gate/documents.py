"""Which paths are of the specification, for the base of a step or for its result.

What judges a path is another question, which its class by the base's policy answers: a document that the policy
governs is of class `governed`, and where the range adds an intent the base has code.
"""

from bmad.core.gate.facts import Step
from bmad.model.commits import ABSENT
from bmad.model.layout import Layout, is_markdown, is_sharded


def is_document(step: Step, by_base: Layout, path: str) -> bool:
    """Whether a path is a document, the lock or an intent; `by_base` as `layout_of` gives it."""
    return by_base.is_spec(path) or step.after.layout.is_spec(path)


def layout_of(step: Step) -> Layout:
    """Where everything stands by the base's policy; the first map of a project may name another intent."""
    layout = step.before.layout
    register = layout.places[0].register
    first = step.after.named(register)
    if step.before.named(register) is None and first is not None and is_markdown(first):
        layout = layout.naming(first)
    return _with_new_shards(layout, step) if any(is_sharded(one.intent) for one in layout.places) else layout


def _with_new_shards(layout: Layout, step: Step) -> Layout:
    """The layout with the shards that the result has beside the base's: what stood in the base is none of them."""
    new = {one.path.decode("utf-8", "surrogateescape") for one in step.net if one.old_mode == ABSENT}
    for after in step.after.layout.places:
        for old in layout.places:
            if (old.register, old.intent) == (after.register, after.intent):
                more = (path for path in after.shards if path in new and path not in old.shards)
                layout = layout.with_place(old._replace(shards=(*old.shards, *more)))
    return layout
