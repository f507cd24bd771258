"""What CreateStory may change: how a story is built, never what it means."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bmad.core.act.researching import SECTION
from bmad.core.act.tasks import judge_tasks
from bmad.core.gate.state import State, differing, story_of
from bmad.core.gate.words import printable, told
from bmad.core.graph import SpecGraph
from bmad.core.rules import Validated, placeless, validate
from bmad.core.territory import territory_fault, within
from bmad.model.layout import Layout
from bmad.model.normal import fold
from bmad.model.spec import Document, Story

_MOST = 5


def sides(before: State, after: State, story: str) -> tuple[Validated, Validated]:
    """Both specifications and what is found in them.

    Where they differ in nothing but how a story is built, that is looked at alone: what is found elsewhere is the
    same in both, and takes as long to find as the specification is large.
    """
    path = differing(before.documents, after.documents) or ""
    old, new = (story_of(one.documents[path]) if path else None for one in (before, after))
    same = (before.layout, before.intents, before.lock) == (after.layout, after.intents, after.lock)
    if old is None or new is None or not same or new.id != old.id or old.id != story or _waits(old) != _waits(new):
        return before.validated, after.validated
    if any(_altered(old, new)):
        return before.validated, after.validated
    return _of_one(before, path, story), _of_one(after, path, story)


def _waits(story: Story) -> list[str]:
    return [ref.text for ref in story.depends_on]


def _of_one(state: State, path: str, story: str) -> Validated:
    """A story's document and all that its chain runs through, with what is found in that document."""
    part, _ = state.chain(story)
    spec = replace(state.spec(), documents=(state.documents[path].document,), intents=())
    return Validated(part, tuple(one for one in validate(spec, part) if one.path == path))


def judge_creation(before: Validated, after: Validated, changed: Iterable[str], story: str) -> list[str]:
    """What speaks against a prepared story, a sentence each; empty where it may land.

    `before` and `after` are the specification without and with the change (`sides`), `changed` all the paths that
    it changes.
    """
    old, new = _story(before.graph, story), _story(after.graph, story)
    if old is None:
        return [f"{printable(story)} is no story of the specification, so it cannot be prepared."]
    faults = [*_elsewhere(changed, old.path)]
    if new is None or new.path != old.path:
        return [*faults, f"{printable(old.path)} does not hold {old.id} any more.", *worse(before, after)]
    faults += [f"{old.id} has another {name} now; only a person changes that." for name in _altered(old, new)]
    faults += judge_tasks(old, new)
    if not new.territory:
        faults.append(_NO_TERRITORY.format(old.id))
    return [*faults, *worse(before, after)]


_NO_TERRITORY = "{} has no territory: name the paths that it may change in `- Territory: `src/…`, `tests/…``."


def _story(graph: SpecGraph, story: str) -> Story | None:
    node = graph.nodes.get(story)
    return node.item if node is not None and isinstance(node.item, Story) else None


def _elsewhere(changed: Iterable[str], own: str) -> Iterator[str]:
    others = sorted(printable(path) for path in set(changed) if path != own)
    if others:
        rest = f" and {len(others) - _MOST} more" if len(others) > _MOST else ""
        yield f"Only {printable(own)} may change here, but so did {', '.join(others[:_MOST])}{rest}."


def _altered(old: Story, new: Story) -> Iterator[str]:
    """The parts that a story means something by and that read differently; folded, as in its fingerprint."""
    was, now = _meaning(old), _meaning(new)
    yield from (name for name in was if was[name] != now[name])


def _meaning(one: Story) -> dict[str, object]:
    return {
        "title": fold(one.title),
        "Epic": None if one.epic is None else one.epic.text,
        "Implements": sorted(ref.text for ref in one.implements),
        "Kind": one.kind,
        "Aliases": one.aliases,
        "Research": fold(one.research),
        "Done elsewhere": fold(one.done_elsewhere),
        "section of research": next((each.text.strip() for each in one.sections if each.title == SECTION), ""),
        "narrative": fold(one.narrative),
        "set of acceptance criteria": [(each.id, fold(each.text)) for each in one.criteria],
    }


def worse(before: Validated, after: Validated) -> Iterator[str]:
    """The errors of the specification that were not there before, wherever they stand."""
    known = Counter(placeless(one) for one in before.errors)
    for one in after.errors:
        if known[placeless(one)] > 0:
            known[placeless(one)] -= 1
        else:
            yield told(f"{one.code} {one.path}:{one.line}: {one.message}; {one.fix}.", 600)


def beyond(held: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of the wanted globs of a territory that others do not surely hold."""
    known = tuple(held)
    return tuple(glob for glob in wanted if not within(known, glob))


def ready(story: Story, document: Document, layout: Layout) -> str | None:
    """Why a story cannot be built yet, as a sentence; None where it can."""
    if not story.territory:
        return _NO_TERRITORY.format(story.id)
    for glob in story.territory:
        fault = territory_fault(glob.text, layout)
        if fault is not None:
            return told(f"The territory `{glob.text}` of {story.id} {fault}.", 900)
    if document.clarifications:
        mark = document.clarifications[0]
        question = mark.text or "NEEDS CLARIFICATION"
        return told(f"{story.id} has an open question at {document.path}:{mark.line}: {question}", 900)
    return None
