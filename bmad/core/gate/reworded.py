"""What the range rewrites of what people wanted: old words beside new, and who confirmed what hangs on them.

Beside sentences these are the fields by which an item is found, judged and believed. Some of them mean nothing, so
no link becomes suspect by them: what the author calls a thing, that a model worded it, what a story may touch.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.gate.facts import CommitFacts, Step
from bmad.core.gate.reviewers import written_by
from bmad.core.gate.state import State
from bmad.core.gate.words import printable, told
from bmad.core.graph import is_locked
from bmad.model.commits import Commit
from bmad.model.gate import PROPOSED, UNCONFIRMED, Confirmation, Reworded
from bmad.model.layout import Layout
from bmad.model.lock import Lock
from bmad.model.normal import fold
from bmad.model.spec import EVERYWHERE, AnyItem, Epic, Ref, Requirement, Statement, Story

_GONE = frozenset({"quote", "text", "criterion"})
"""The parts that are told where they no longer stand; with a story or requirement all of its own go."""

_WORDS = 600
"""So many characters of a text are told."""

MOST_REWORDED = 200
"""So many rewordings of a range are told one by one."""


class Words(NamedTuple):
    """A text of an item that people wrote or agreed to: which, and how it read; None where it no longer stands."""

    id: str
    part: str
    old: str
    new: str | None

    @property
    def item(self) -> str:
        return self.id.partition("/")[0]


def rewordings(before: State, after: State) -> list[Words]:
    """The texts of items of `before` that read otherwise in `after`, or are gone; spaces and line ends aside."""
    if before.documents is after.documents:
        return []
    found: list[Words] = []
    for path, parsed in before.documents.items():
        if after.documents.get(path) is parsed:
            continue
        for item in parsed.document.items:
            if before.item(item.id) is item:
                found += _item(item, after.item(item.id))
    return found


def _item(old: AnyItem, new: AnyItem | None) -> Iterator[Words]:
    now = dict(_texts(new)) if new is not None and type(new) is type(old) else {}
    if new is None and isinstance(old, Epic):
        return  # it only groups
    for (name, part), text in _texts(old):
        there = now.get((name, part))
        if there is None and part not in _GONE:
            continue
        if there is None or fold(there) != fold(text):
            yield Words(name, part, text, there)


def _texts(item: AnyItem) -> Iterator[tuple[tuple[str, str], str]]:
    """What an item says: by id and part."""
    yield from (((item.id, part), text) for part, text in _fields(item))
    match item:
        case Statement():
            yield (item.id, "quote"), item.quote
        case Requirement():
            yield (item.id, "title"), item.title
            yield (item.id, "text"), item.text
        case Epic():
            yield (item.id, "title"), item.title
        case Story():
            yield (item.id, "title"), item.title
            yield (item.id, "narrative"), item.narrative
            for one in item.criteria:
                yield (f"{item.id}/{one.id}", "criterion"), one.text


def _fields(item: AnyItem) -> Iterator[tuple[str, str]]:
    """What fields say of an item, empty where one is not there: by their names."""
    match item:
        case Statement():
            yield from (("class", item.klass.value), ("source", item.source))
        case Requirement():
            yield from (("priority", item.priority.value), ("verify", item.verify.value), ("source", item.source))
            yield from (("traces", _listed(item.traces)), ("holds", EVERYWHERE if item.everywhere else ""))
            yield "no story", item.no_story
            yield PROPOSED, item.proposed_by
        case Epic():
            yield PROPOSED, item.proposed_by
        case Story():
            yield from (("kind", item.kind or ""), ("source", item.source), (PROPOSED, item.proposed_by))
            yield from (("implements", _listed(item.implements)), ("territory", _listed(item.territory)))
            yield "done elsewhere", item.done_elsewhere


def _listed(refs: Iterable[Ref]) -> str:
    return ", ".join(sorted(ref.text for ref in refs))


def locking(facts: Sequence[CommitFacts], layout: Layout) -> list[tuple[Commit, str, str]]:
    """The commits that change the lock, each with the blobs of the lock before and after."""
    changes = ((one.commit, change) for one in facts for change in one.changes if layout.is_lock(change.path))
    return [(commit, change.old_blob, change.new_blob) for commit, change in changes]


def reworded(steps: Sequence[Step]) -> list[Reworded]:
    """For the report: each with its confirmations, also those of later steps before it was reworded again."""
    found: list[list[Reworded]] = []
    confirmed: dict[str, list[Confirmation]] = {}
    agreed: dict[str, list[Confirmation]] = {}
    for step in reversed(steps):
        for known, end in ((confirmed, 2), (agreed, 0)):
            for name, ones in _confirmations(step.locked, end).items():
                known.setdefault(name, []).extend(reversed(ones))
        words = rewordings(step.before, step.after)[: MOST_REWORDED + 1]
        found.append([_told(one, agreed if one.part == PROPOSED else confirmed, step) for one in words])
        for one in words:
            if one.part not in UNCONFIRMED:
                (agreed if one.part == PROPOSED else confirmed).pop(one.item, None)
    return [one for told_ones in reversed(found) for one in told_ones]


def _told(one: Words, confirmed: Mapping[str, Sequence[Confirmation]], step: Step) -> Reworded:
    """A rewording as it is told; the last confirmation comes first in `confirmed`."""
    own = () if one.part in UNCONFIRMED else reversed(confirmed.get(one.item, ()))
    return Reworded(
        id=printable(one.id),
        part=one.part,
        old=told(fold(one.old), _WORDS),
        new=None if one.new is None else told(fold(one.new), _WORDS),
        confirmed=tuple(dict.fromkeys(own)),
        linked=any(is_locked(link) for state in (step.before, step.after) for link in state.graph.down(one.item)),
    )


def _confirmations(locked: Sequence[tuple[Commit, Lock]], end: int) -> dict[str, list[Confirmation]]:
    """By id: the commits that wrote a line of the lock by which a link with that end was confirmed.

    `end` is 2 for the upper one, against which something was confirmed, 0 for the lower one.
    """
    found: dict[str, list[Confirmation]] = {}
    for commit, lines in locked:
        author = printable(written_by(commit))
        for key, entries in lines.links.items():
            for entry in entries:
                if entry.by or entry.why:
                    why, link = told(entry.why), printable(key[0])
                    one = Confirmation(by=author, commit=commit.id, why=why, link=link)
                    found.setdefault(key[end], []).append(one)
    return found
