"""Steps of an audited history: one for each first-parent commit, and one for a landing that brought several.

A rebase (or a fast-forward) puts the commits of a story and its record one after the other onto the target. They
were judged as one range before they landed, so they are one step of the audit, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from bmad.core.gate.parts import REGULAR
from bmad.core.trailers import parse, stories
from bmad.errors import UsageError
from bmad.model.bounds import RECORD
from bmad.model.commits import ABSENT, Change, Commit
from bmad.model.layout import POLICY, Layout
from bmad.pipeline.gate.record_reader import Weight
from bmad.ports.files import Formats
from bmad.ports.history import Objects

if TYPE_CHECKING:
    from bmad.model.record import Record


class Span(NamedTuple):
    """A step before its specifications are read."""

    base: Commit | None
    head: Commit
    tree: str
    commits: tuple[Commit, ...]
    conflicts: tuple[bytes, ...] = ()
    lock: bytes | None = None


class _Line(NamedTuple):
    """First-parent steps: what plain ones add, and where commits stand."""

    spans: Sequence[Span]
    added: Mapping[int, Sequence[str]]
    """By step that is one commit without a merge, and leaves the policy as it is: the blobs of new records."""
    places: Mapping[str, int]
    """The step that ends in a commit; -1 for the base of the first."""
    bends: Sequence[int]
    """How many steps before each place are not plain."""


def landed_together(objects: Objects, formats: Formats, spans: Sequence[Span], layout: Layout) -> list[Span]:
    """The steps, with those put together that one record of a landing without a merge speaks of."""
    line = _line(objects, spans, layout)
    wanted = {at: blobs for at, blobs in _anew(line.added) if blobs and at - 1 in line.added}
    records = _records(objects, formats, wanted.values())
    groups: list[tuple[int, int]] = []
    for at, blobs in sorted(wanted.items()):
        first = min((_first(line, at, records[blob]) for blob in blobs if blob in records), default=at)
        while groups and groups[-1][1] >= first:
            first = min(first, groups.pop()[0])
        groups.append((first, at))
    return _put_together(spans, groups)


def _anew(added: Mapping[int, Sequence[str]]) -> Iterator[tuple[int, list[str]]]:
    """The records by the step that brings them first: brought back by a revert, one speaks of no landing there."""
    known: set[str] = set()
    for at, blobs in sorted(added.items()):
        yield at, [blob for blob in blobs if blob not in known]
        known.update(blobs)


def _line(objects: Objects, spans: Sequence[Span], layout: Layout) -> _Line:
    plain = [at for at, span in enumerate(spans) if len(span.commits) == 1 and len(span.head.parents) == 1]
    added = _added(objects, spans, plain, layout) if len(plain) > 1 else {}
    places = {span.head.id: at for at, span in enumerate(spans)}
    if spans and spans[0].base is not None:
        places[spans[0].base.id] = -1
    bends = [0, *accumulate(int(at not in added) for at in range(len(spans)))]
    return _Line(spans, added, places, bends)


def _added(objects: Objects, spans: Sequence[Span], plain: Sequence[int], layout: Layout) -> dict[int, list[str]]:
    """The blobs of the records that steps add, for those that leave the policy as it is."""
    pairs = [(base.tree if (base := spans[at].base) else "", spans[at].tree) for at in plain]
    distinct = list(dict.fromkeys(pairs))
    only = (layout.records.encode(), POLICY.encode())
    changes = dict(zip(distinct, objects.changes_within(distinct, only), strict=True))
    return {
        at: [change.new_blob for change in changes[pair] if _is_record(change, layout)]
        for at, pair in zip(plain, pairs, strict=True)
        if all(change.path != POLICY.encode() for change in changes[pair])
    }


def _is_record(change: Change, layout: Layout) -> bool:
    """Whether a record is added."""
    name = change.path.decode("utf-8", "surrogateescape")
    return change.old_mode == ABSENT and change.new_mode in REGULAR and layout.record(name) is not None


def _records(objects: Objects, formats: Formats, wanted: Iterable[Sequence[str]]) -> dict[str, Record]:
    found, weight = {}, Weight()
    blobs = dict.fromkeys(blob for one in wanted for blob in one)
    for blob, content in (objects.blobs(blobs, RECORD) if blobs else {}).items():
        weight.add(blob, content)
        try:
            found[blob] = formats.record(content.decode())
        except (UnicodeDecodeError, UsageError):
            continue
    return found


def _first(line: _Line, at: int, record: Record) -> int:
    """The step that a landing begins with.

    Where the line holds the reviewed head and base, it is the step after the base. Where the commits were made
    anew, it is the first of those just before the record that name its story and bring no record.
    """
    base, head = line.places.get(record.base), line.places.get(record.head)
    if base is not None and head is not None and base < head <= at and line.bends[base + 1] == line.bends[at + 1]:
        return base + 1
    first = at
    while (
        first - 1 != base and not line.added.get(first - 1, ["none"]) and record.story in _claimed(line, first - 1)
    ):
        first -= 1
    return first


def _claimed(line: _Line, at: int) -> Sequence[str]:
    return stories(parse(line.spans[at].head.message)).ids


def _put_together(spans: Sequence[Span], groups: Sequence[tuple[int, int]]) -> list[Span]:
    last = {first: at for first, at in groups if first < at}
    found: list[Span] = []
    at = 0
    while at < len(spans):
        upto = last.get(at, at) + 1
        commits = tuple(commit for span in spans[at:upto] for commit in span.commits)
        found.append(spans[upto - 1]._replace(base=spans[at].base, commits=commits))
        at = upto
    return found
