"""`gate.attest: signed`: records and changes of the specification count where one of the base's signers signed."""

from collections.abc import Iterable, Iterator, Sequence

from bmad.core.gate.facts import Step
from bmad.core.gate.net import Trail
from bmad.core.gate.parts import Entry, Verdict
from bmad.core.gate.rules import Rules
from bmad.core.gate.signers import Signers
from bmad.core.gate.words import finding, listed, printable
from bmad.model.gate import CommitKind, GateFinding


def judge_attested(rules: Rules, verdicts: Sequence[Verdict]) -> list[GateFinding]:
    """G10: what the base's policy asks to be signed, and is not."""
    if rules.gate.attest != "signed":
        return []
    step, who = rules.step, listed(sorted(Signers(rules.gate).names))
    return [*_records(step, who), *_specification(rules, who, verdicts), *_carried(rules, who, verdicts)]


def _records(step: Step, who: str) -> Iterator[GateFinding]:
    for file in step.added.counted if step.added is not None else ():
        if file.path not in step.attested.records:
            yield finding(
                "G10",
                f"{printable(file.path)} bears no signature that holds of one of gate.signers ({who})",
                file.path,
                "have one of them run bmad submit or bmad act with user.signingKey, so that the record is signed",
            )


def _specification(rules: Rules, who: str, verdicts: Iterable[Verdict]) -> Iterator[GateFinding]:
    """What changes documents; of those that the policy governs `governed_change` asks for the signature."""
    signed = rules.step.attested.commits
    for verdict in verdicts:
        own = [one.path for one in verdict.entries if not one.governed and rules.is_document(one.path)]
        commit = verdict.report.commit
        if own and verdict.report.kind is not CommitKind.GRANDFATHERED and commit not in signed:
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
        document = rules.is_document(at.path) and not Entry(change, at).governed
        if document and not joined and not trail.explains(change):
            yield finding(
                "G10",
                f"{printable(at.path)} lands otherwise than any commit of the range leaves it (a merge carries "
                f"that there, by a rename on one side), so none of gate.signers ({who}) has signed it",
                at.path,
                "rebase the branch onto the base, so that a commit shows it as it lands, and have that one signed",
            )
