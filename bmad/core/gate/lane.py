"""The lane for tiny changes: commits that say `Story: none` and why, by the base's `gate.trivial`.

Such a commit is judged as that and nothing else: it takes nothing back, no record explains it, and it comes alone.
The limits hold for each of them, and for all of a range together, so that many are no way around them. What one
push brought no history says, so an audit holds each step to them, and tells how many there are in all.
"""

from collections.abc import Iterator, Sequence

from bmad.core.gate.facts import CommitFacts
from bmad.core.gate.parts import Entry, Parts, Verdict
from bmad.core.gate.people import says
from bmad.core.gate.rules import Rules
from bmad.core.gate.words import finding, listed, printable, told
from bmad.core.tiny import path_fault
from bmad.core.trailers import TRIVIAL, Block
from bmad.model.degrees import Trivial
from bmad.model.gate import CommitKind, GateFinding, TinyChange

_MEND = "name the story that it is for, or make the change smaller"


def judge_tiny(facts: CommitFacts, parts: Parts, block: Block, rules: Rules) -> Iterator[GateFinding]:
    """Why a commit that says it is of no story is not of the lane (G01)."""
    lane = rules.gate.trivial
    if lane is None:
        message = "it says `Story: none`, and the base has no lane for changes of no story (gate.trivial)"
        yield finding("G01", message, fix="name the story that it is for, or land such a policy first")
        return
    if len(facts.commit.parents) > 1:
        message = "it says `Story: none`, and a merge with content of its own is no tiny change"
        yield finding("G05", message, fix="name the story of the resolution in a `Story:` trailer")
        return
    if not says(*(one.value for one in block.values(TRIVIAL))):
        yield finding("G01", "it says `Story: none` and not why", fix="add a trailer `Trivial: REASON` beside it")
    beside = [entry.path for entry in (*parts.governed, *parts.spec, *parts.records)]
    if beside:
        message = f"it says `Story: none`, and changes {listed(beside)}, too"
        yield finding("G01", message, beside[0], "put that into a commit of its own")
    yield from _paths(facts, parts.code, lane, rules)


def _paths(facts: CommitFacts, code: Sequence[Entry], lane: Trivial, rules: Rules) -> Iterator[GateFinding]:
    settings = rules.step.before.settings
    oracle = settings.oracle if settings is not None else ()
    faults = {entry: path_fault(entry.at, entry.change, lane, oracle) for entry in code}
    for entry, fault in faults.items():
        touch = facts.touched.get(entry.change.path)
        why = fault or (touch.fault if touch is not None else "")
        if why:
            yield finding("G01", f"{printable(entry.path)} is no tiny change: {why}", entry.path, _MEND)
    if len(code) > lane.files:
        yield finding("G01", f"it changes {len(code)} files, and gate.trivial allows {lane.files}", fix=_MEND)
    if lines_of(facts) > lane.lines:
        message = f"it adds and removes more than the {lane.lines} lines that gate.trivial allows"
        yield finding("G01", message, fix=_MEND)


def lines_of(facts: CommitFacts) -> int:
    return sum(one.lines for one in facts.touched.values())


def tiny_change(facts: CommitFacts, parts: Parts, block: Block) -> TinyChange:
    """What is told of a commit of the lane."""
    return TinyChange(
        commit=facts.id,
        reason="; ".join(told(one.value) for one in block.values(TRIVIAL) if one.value),
        files=tuple(printable(entry.path) for entry in parts.code),
        lines=lines_of(facts),
    )


def judge_together(rules: Rules, verdicts: Sequence[Verdict]) -> Iterator[GateFinding]:
    """G01 where the tiny changes of a range are more than one may be."""
    lane = rules.gate.trivial
    own = passed(verdicts)
    if lane is None or not own:
        return
    lines, files = sum(one.lines for one in own), {path for one in own for path in one.files}
    if lines > lane.lines or len(files) > lane.files:
        yield finding(
            "G01",
            f"the {len(own)} tiny changes of this range add and remove {lines} lines in {len(files)} files, and "
            f"gate.trivial allows {lane.lines} in {lane.files} together",
            fix="name the story that they are for, or land them apart",
        )


def passed(verdicts: Sequence[Verdict]) -> list[TinyChange]:
    """The commits of the lane that pass."""
    own = (one for one in verdicts if one.report.kind is CommitKind.TRIVIAL and not one.report.findings)
    return [one.tiny for one in own if one.tiny is not None]
