"""Whole landings that the reverts of a range take back, or bring back: for all of their paths, or for none.

A revert says nothing of what was reviewed. What counts is that the latest landing of a story is gone (or there
again) as a whole: one commit may do it or several in a row, and each path's reverts must lead there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from bmad.core.gate.facts import Recorded
from bmad.core.gate.parts import Verdict
from bmad.core.records.explain import Edge, edge_of, edges, reached
from bmad.model.gate import CommitKind

if TYPE_CHECKING:
    from bmad.model.record import Record

Unit = Mapping[bytes, Edge]
"""What becomes of a landing, path by path; empty where it is left as it is."""

_MOST = 6
"""So many landings that share paths are tried in each combination."""


def is_revert(verdict: Verdict) -> bool:
    """A revert that is sound but for the record that it removes; that is refused by itself (G14)."""
    report = verdict.report
    return report.kind is CommitKind.REVERT and all(one.code == "G14" for one in report.findings)


def reverting(verdicts: Iterable[Verdict]) -> dict[bytes, list[Edge]]:
    """The edges of all reverts, by path; what an exemption grants to who wrote it took no landing back."""
    found: dict[bytes, list[Edge]] = {}
    for verdict in verdicts:
        own = (entry for entry in verdict.entries if entry.change.path not in verdict.granted)
        for entry in own if is_revert(verdict) else ():
            found.setdefault(entry.change.path, []).append(edge_of(entry.change))
    return found


def undoable(recorded: Recorded, verdicts: Sequence[Verdict]) -> list[list[Unit]]:
    """For each landing that reverts of the range reach: left, taken back, brought back, as far as they lead."""
    by_path = reverting(verdicts)
    if not by_path:
        return []
    found = []
    for record in _latest(recorded).values():
        forth = {path: one for path, (one, *_) in edges([record]).items()}
        options: list[Unit] = [unit for unit in (back_of(record), forth) if unit and led(unit, by_path)]
        if options:
            found.append([{}, *options])
    return found


def back_of(record: Record) -> Unit:
    """What taking a landing back does at each of its paths."""
    return {path: Edge(one.new, one.old) for path, (one, *_) in edges([record]).items()}


def led(unit: Unit, by_path: Mapping[bytes, Sequence[Edge]]) -> bool:
    """Whether the edges lead along all of a unit's."""
    return all(path in by_path and one.new in reached(by_path[path], one.old) for path, one in unit.items())


def _latest(recorded: Recorded) -> dict[str, Record]:
    """The latest landing of each story, as its record has it."""
    latest: dict[str, Record] = {}
    counted = [one.record for one in recorded.counted if one.record is not None]
    for record in (*recorded.standing, *counted):
        known = latest.get(record.story)
        highest = recorded.added.of(record.story).standing
        if record.landing >= max(highest, known.landing if known else 0):
            latest[record.story] = record
    return latest


def together(landings: Iterable[list[Unit]]) -> list[list[list[Unit]]]:
    """Landings that share paths, put together."""
    groups: list[tuple[set[bytes], list[list[Unit]]]] = []
    for options in landings:
        paths = {path for unit in options for path in unit}
        members = [options]
        apart = []
        for group in groups:
            if group[0].isdisjoint(paths):
                apart.append(group)
            else:
                paths |= group[0]
                members = [*group[1], *members]
        groups = [*apart, (paths, members)]
    return [members for _, members in groups]


def choices(group: Sequence[Sequence[Unit]]) -> Iterable[Sequence[Unit]]:
    """What may have become of landings that share paths: first that all are left."""
    if len(group) <= _MOST:
        return product(*group)
    return [[options[at] for options in group] for at in (0, 1)]
