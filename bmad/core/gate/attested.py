"""`gate.attest: signed`: records and changes of the specification count where one of the base's signers signed."""

from collections.abc import Iterable, Iterator, Sequence

from bmad.core.gate.commits import Rules
from bmad.core.gate.facts import Step
from bmad.core.gate.net import Trail
from bmad.core.gate.parts import Verdict
from bmad.core.gate.signers import Signers
from bmad.core.gate.words import finding, listed, printable
from bmad.core.paths import PathClass
from bmad.model.gate import CommitKind, GateFinding


def judge_attested(rules: Rules, verdicts: Sequence[Verdict]) -> list[GateFinding]:
    """G10: what the base's policy asks to be signed, and is not."""
    if rules.gate.attest != "signed":
        return []
    step, who = rules.step, listed(sorted(Signers(rules.gate).names))
    return [*_records(step, who), *_specification(step, who, verdicts), *_carried(rules, who, verdicts)]


def _records(step: Step, who: str) -> Iterator[GateFinding]:
    for file in step.added.counted if step.added is not None else ():
        if file.path not in step.attested.records:
            yield finding(
                "G10",
                f"{printable(file.path)} bears no signature that holds of one of gate.signers ({who})",
                file.path,
                "have one of them run bmad submit or bmad act with user.signingKey, so that the record is signed",
            )


def _specification(step: Step, who: str, verdicts: Iterable[Verdict]) -> Iterator[GateFinding]:
    for verdict in verdicts:
        own = [entry.path for entry in verdict.entries if entry.at.klass is PathClass.SPEC]
        commit = verdict.report.commit
        if own and verdict.report.kind is not CommitKind.GRANDFATHERED and commit not in step.attested.commits:
            yield finding(
                "G10",
                f"{commit[:12]} changes the specification ({listed(own)}) and bears no signature that holds of "
                f"one of gate.signers ({who})",
                own[0],
                "have one of them sign it: git commit --amend --no-edit -S, with gpg.format `ssh`",
            )


def _carried(rules: Rules, who: str, verdicts: Sequence[Verdict]) -> Iterator[GateFinding]:
    """What a merge carries into the specification by a rename on one side: no commit shows it, nobody signs it."""
    trail, is_lock = Trail(rules.step, verdicts), rules.classify.layout.is_lock
    for change in rules.step.net:
        at = rules.classify.of(change)
        joined = is_lock(change.path) and trail.touched(change.path)  # line by line, of what both sides signed
        if at.klass is PathClass.SPEC and not joined and not trail.explains(change):
            yield finding(
                "G10",
                f"{printable(at.path)} lands otherwise than any commit of the range leaves it (a merge carries "
                f"that there, by a rename on one side), so none of gate.signers ({who}) has signed it",
                at.path,
                "rebase the branch onto the base, so that a commit shows it as it lands, and have that one signed",
            )
