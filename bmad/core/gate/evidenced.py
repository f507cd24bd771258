"""From level `verified` up: that a record states what stands for each criterion of its story (G09).

Of a story that stands in the base its criteria are the base's. What a record states is as trustworthy as who
attests the record: the gate runs nothing. No agent may have written what the base's policy names as truth
(`oracle`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from bmad.core.evidence.built import built
from bmad.core.evidence.people import by_person
from bmad.core.gate.facts import RecordFile, State, Step
from bmad.core.gate.people import sign
from bmad.core.gate.words import finding, listed, printable
from bmad.core.paths import touches
from bmad.model.agents import Role
from bmad.model.commits import Change
from bmad.model.gate import GateFinding
from bmad.model.spec import Story

if TYPE_CHECKING:
    from bmad.model.record import ChangeEntry, Evidence, Record

_AGAIN = (
    "with `gate.level: verified` in the base's bmad.yaml, bmad act (bmad submit for your own work) looks for it "
    "and records it"
)
_FEW = 5
_WRITING = (Role.TESTER, Role.DEVELOPER)


def unevidenced(file: RecordFile, record: Record, step: Step) -> Iterator[GateFinding]:
    """What a record does not state of its story's criteria, a finding each."""
    faults = [*_faults(record, step)]
    for words in faults[:_FEW]:
        yield finding("G09", f"{printable(file.path)}: {words}", file.path, _AGAIN)
    if len(faults) > _FEW:
        more = f"{len(faults) - _FEW} more criteria without evidence that holds"
        yield finding("G09", f"{printable(file.path)}: {more}", file.path, _AGAIN)
    written = _written(record, step)
    if written:
        words = f"an agent wrote {listed(written)}, which the base's bmad.yaml names as truth (`oracle`)"
        yield finding("G09", f"{printable(file.path)}: {words}", file.path, "let a person write it")


def _faults(record: Record, step: Step) -> Iterator[str]:
    before = step.before.story(record.story)
    story = before if before is not None else step.after.story(record.story)
    if story is None:  # which another rule refuses
        return
    if not story.criteria:
        yield f"{printable(story.id)} has no criterion that evidence could stand for"
    held = _Held(record, story, step.before if before is not None else step.after)
    for one in story.criteria:
        name = f"{story.id}/{one.id}"
        rows = held.rows.get(name, [])
        if len(rows) != 1:
            yield f"it has {'no evidence' if not rows else 'more than one word'} for {printable(name)}"
        elif fault := held.fault(rows[0]):
            yield f"for {printable(name)} {fault}"


class _Held:
    """A record's rows, and what they are held against; each looked up once, however many there are."""

    def __init__(self, record: Record, story: Story, state: State) -> None:
        self._record, self._story, self._state = record, story, state
        self.rows: dict[str, list[Evidence]] = {}
        for row in record.evidence:
            self.rows.setdefault(row.criterion, []).append(row)
        ran = {one.name: one.ok for one in sorted(record.checks, key=lambda one: one.round)}
        self._passed = frozenset(name for name, ok in ran.items() if ok)

    def fault(self, row: Evidence) -> str:
        """What a row lacks, in words; empty where it states evidence."""
        if sign(row.by):
            return self._vouched(row)
        if not any(map(sign, row.tests)):
            return "it names no test"
        if self._passed.isdisjoint(row.checks):
            return "no check that passed is said to have run its tests"
        if row.passed_after is not True:
            return "it does not say that a test passed after the change"
        if self._story.kind == "refactor" or (row.failed_before is False and row.criterion in self._of_parts):
            return "" if row.failed_before is False else "it does not say that a test passed before, too"
        if row.failed_before is not True or not row.before:
            return "it does not say that a test failed before the change"
        return ""

    @cached_property
    def _of_parts(self) -> frozenset[str]:
        """The criteria that parts of a split story have landed with."""
        state = self._state
        names = (state.layout.record(path) for path in state.records)
        landed = {one.story for one in names if one is not None}
        return built(self._story, state.story, lambda name: name in landed)

    @cached_property
    def _by_person(self) -> bool:
        return by_person(self._state.chain(self._story.id)[0], self._story)

    def _vouched(self, row: Evidence) -> str:
        """What is wrong with the word of a person that stands for a criterion."""
        accepted = self._record.accepted
        if not self._by_person:
            return f"{printable(row.by)} vouches, and no requirement of it asks for inspection or analysis"
        if not sign(row.why):
            return f"{printable(row.by)} vouches and does not say for what reason"
        if accepted.how != "person" or sign(accepted.by) != sign(row.by):
            return f"{printable(row.by)} vouches and is not who accepted it"
        return ""


def _written(record: Record, step: Step) -> list[str]:
    """The truth files that a record changes, where an agent may have written them."""
    settings = step.before.settings
    if settings is None or not settings.oracle:
        return []
    agents = [one for one in record.work if one.role in _WRITING and not sign(one.by)]
    return [one.path for one in record.change if agents and touches(settings.oracle, _as_change(one))]


def _as_change(one: ChangeEntry) -> Change:
    return Change(one.raw, one.old_mode, one.new_mode, one.old_blob, one.new_blob)
