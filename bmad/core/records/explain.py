"""What records say of a path, held against what a range does there. Pure, and the same for gate and act.

A record's entry is an edge from one value (mode and blob) of a path to the next. The records that a range adds
explain a path where their edges, each taken once and no two left apart, make one way:

- **exact**: from the base's value to the result's;
- **carried**: from some other value, because the target moved since the review; then the result must be what git
  computes when it merges the base's value and the way's end over the way's start, without a conflict. That is
  the merge of base and reviewed head, path by path and by the tree that was reviewed against: no history that
  lies before the record's `base` comes with it, and no rename on either side takes content to another path. It
  is taken only where base and head of each record are at hand and their trees differ as the record says.

All edges are to be taken: a record of which only some paths or only one round land explains nothing. A landing
that reverts of the range take back is an edge backwards at each of its paths, for all of them or for none.

What `bmad act` and `bmad submit` must see to, so that what they write passes:

- `base` and `head` are full ids of commits; `change` is all that their trees differ in but specification, records
  and governed files, by the base's policy (knowledge and exempt paths are in it), sorted by path;
- each landing after a first one stands in `STORY-….N.json` (`model.layout.record_path`), N one more than the
  highest that any history of the base has; a landed story is reopened first (`bmad reopen`), on the base. Two
  landings in one range (rejected on `bmad/next` in between) need no reopening: each has a review, a note tells;
- the commit that brings the record is made on top of `head`, changes nothing but the record, and names the story
  in its trailer; a squash may carry it together with the change. After a rebase `base` and `head` are the new
  ones;
- the commits name the story whose record speaks of what they change (`core.gate.claims`);
- records of one range that touch the same file follow one another (serial landing), never stand side by side;
- `target` is the branch that the work lands on in the end (`refs/heads/main`, also from `bmad/next`);
- `spec` is `chain_fingerprint` at `base` (the base's, or the result's where the range changes the story);
- `work` stands in order, with a reviewer whose `context` is nobody's else and reads otherwise, and whose review
  comes after all that changed files; steps begin with their round (`2/fix`); no round is beyond `rounds`; there is
  a check in the last round of work or a later one, and the last run of each is ok; what was fixed has been
  reviewed again (a P0 or P1 by a developer's work of a later round than it was found in), what was a false alarm
  has a mark; `evidence` speaks of the story's criteria and of checks that ran; what policy accepts has a check
  that passed for each criterion (all in `core.gate.reviews`);
- `spec` is the base's where the range changes criteria of a story that stands there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bmad.model.commits import Change
from bmad.model.history import Listed

if TYPE_CHECKING:
    from bmad.model.record import Record

_MOST = 4096
"""So many steps of a search are tried; a path that asks for more is not explained."""


class Edge(NamedTuple):
    """One entry of a record: what the path was and what it became."""

    old: Listed
    new: Listed


class Way(NamedTuple):
    """Edges put in line: where they begin and where they end."""

    start: Listed
    end: Listed


def edge_of(change: Change) -> Edge:
    return Edge(Listed(change.old_mode, change.old_blob), Listed(change.new_mode, change.new_blob))


def edges(records: Iterable[Record]) -> Mapping[bytes, Sequence[Edge]]:
    """The edges of all records, by path."""
    found: dict[bytes, list[Edge]] = {}
    for record in records:
        for entry in record.change:
            edge = Edge(Listed(entry.old_mode, entry.old_blob), Listed(entry.new_mode, entry.new_blob))
            found.setdefault(entry.raw, []).append(edge)
    return found


def leads(way: Way, must: Sequence[Edge], free: Sequence[Edge] = ()) -> bool:
    """Whether there is a way that takes each edge of `must` once, and those of `free` as often as it likes."""
    return _once_each(way, must) or (bool(free) and _searched(way, must, free))


def _once_each(way: Way, must: Sequence[Edge]) -> bool:
    """Whether all edges make one way (Euler): a value is left as often as come to, and no edge lies apart."""
    balance = Counter(edge.old for edge in must)
    balance.subtract(edge.new for edge in must)
    balance[way.start] -= 1
    balance[way.end] += 1
    if any(balance.values()):
        return False
    known = reached(must, way.start)
    return all(edge.old in known for edge in must)


def reached(edges: Iterable[Edge], start: Listed) -> frozenset[Listed]:
    """The values that edges lead to from a start, itself included."""
    onward: dict[Listed, list[Listed]] = {}
    for edge in edges:
        onward.setdefault(edge.old, []).append(edge.new)
    queue, seen = [start], {start}
    for at in queue:
        for new in onward.pop(at, ()):
            if new not in seen:
                seen.add(new)
                queue.append(new)
    return frozenset(seen)


def _searched(way: Way, must: Sequence[Edge], free: Sequence[Edge]) -> bool:
    """As `leads`, by trying: no rule is known that finds a way past edges which need not be taken."""
    onward: dict[Listed, list[tuple[int, Listed]]] = {}
    for bit, edge in [*((1 << n, edge) for n, edge in enumerate(must)), *((0, edge) for edge in free)]:
        onward.setdefault(edge.old, []).append((bit, edge.new))
    goal = ((1 << len(must)) - 1, way.end)
    queue = [(0, way.start)]
    seen, tries = set(queue), 0
    for taken, at in queue:
        for bit, new in onward.get(at, ()):
            state, tries = (taken | bit, new), tries + 1
            if tries > _MOST:
                return False
            if not taken & bit and state not in seen:
                seen.add(state)
                queue.append(state)
    return goal in seen


def in_line(must: Sequence[Edge]) -> Way | None:
    """The way that takes all edges once, or None where they make none."""
    balance = Counter(edge.old for edge in must)
    balance.subtract(edge.new for edge in must)
    starts = [value for value, count in balance.items() if count > 0]
    ends = [value for value, count in balance.items() if count < 0]
    if not must or len(starts) > 1 or len(ends) > 1:
        return None
    way = Way(starts[0], ends[0]) if starts else Way(must[0].old, must[0].old)
    return way if leads(way, must) else None


class Join(NamedTuple):
    """A three-way merge of one file: what both sides began from, the base's value, what was reviewed."""

    old: Listed
    ours: Listed
    theirs: Listed
    by_lines: bool = False
    """Whether the base has the file joined by union."""


def join_for(way: Way, must: Sequence[Edge], *, by_lines: bool = False) -> Join | None:
    """The merge that would have to give the way's end, where the edges do not lead there by themselves."""
    line = None if leads(way, must) else in_line(must)
    return None if line is None or line.start == way.start else Join(line.start, way.start, line.end, by_lines)
