"""Which paths are of the specification, for the base of a step or for its result.

What judges a path is another question, which its class by the base's policy answers: a document that the policy
governs is of class `governed`, and where the range adds an intent the base has code.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from bmad.core.gate.facts import Step
from bmad.core.gate.state import State
from bmad.model.commits import ABSENT, Change
from bmad.model.layout import Layout, Place, is_markdown, is_sharded


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
    layout = replace(layout, elsewhere=tuple(_elsewhere(step)))
    return _with_new_shards(layout, step) if any(is_sharded(one.intent) for one in layout.places) else layout


def _elsewhere(step: Step) -> Iterator[str]:
    """Where an intent stands on the way from where the base has it, or in the end; nothing of the base is there.

    So it is, too, with one whose register is behind the settings.
    """
    yield from sorted(step.passed)
    before = step.before
    ahead = (place for place in before.layout.places if named_by(before, place) != place)
    yield from (path for place in ahead for path in named_by(before, place).files if is_markdown(path))
    moves = moving(step)
    new = files_of(step.net, lambda one: one.old_mode == ABSENT) if moves else set()
    yield from (path for _, after in moves for path in after.files if path in new and is_markdown(path))


def moving(step: Step) -> list[tuple[Place, Place]]:
    """The intents that are mapped in the base and named otherwise in the result: each as it was and as it is."""
    before, after = step.before, step.after
    if before.documents is after.documents and before.layout.places == after.layout.places:
        return []
    old = {place.register: named_by(before, place) for place in before.layout.places}
    pairs = [(old[one.register], named_by(after, one)) for one in after.layout.places if one.register in old]
    mapped = before.documents.keys() & after.documents.keys()
    return [(was, new) for was, new in pairs if was.intent != new.intent and was.register in mapped]


def named_by(state: State, place: Place) -> Place:
    """A place with the intent that its register names; of several, the settings may be ahead of it."""
    named = state.named(place.register)
    return place if named in (None, place.intent) else place._replace(intent=named or "", shards=())


def files_of(changes: Iterable[Change], wanted: Callable[[Change], bool]) -> set[str]:
    """The paths of some changes, as text."""
    return {one.path.decode("utf-8", "surrogateescape") for one in changes if wanted(one)}


def _with_new_shards(layout: Layout, step: Step) -> Layout:
    """The layout with the shards that the result has beside the base's: what stood in the base is none of them."""
    new = files_of(step.net, lambda one: one.old_mode == ABSENT)
    for after in step.after.layout.places:
        for old in layout.places:
            if (old.register, old.intent) == (after.register, after.intent):
                more = (path for path in after.shards if path in new and path not in old.shards)
                layout = layout.with_place(old._replace(shards=(*old.shards, *more)))
    return layout
