"""The gate: from what was read of a range to the report. Pure; the clock and the actor are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from bmad.core.gate.adoption import judge_adoption
from bmad.core.gate.attested import judge_attested
from bmad.core.gate.baseline import judge_standing, untraced, widened
from bmad.core.gate.claims import judge_claims
from bmad.core.gate.commits import judge
from bmad.core.gate.costs import too_costly
from bmad.core.gate.demanded import unchecked
from bmad.core.gate.documents import layout_of
from bmad.core.gate.exempt import ended_notes, exempt_notes, exemptions
from bmad.core.gate.explained import explain_net
from bmad.core.gate.facts import Evidence, Step
from bmad.core.gate.first_parents import FirstParents
from bmad.core.gate.foretold import lock_notes
from bmad.core.gate.intents import misplaced, move_notes, taken_in
from bmad.core.gate.lane import judge_together, passed
from bmad.core.gate.net import judge_net, unmerged
from bmad.core.gate.parts import Verdict
from bmad.core.gate.policy import effective_level, policy_fault
from bmad.core.gate.records import (
    by_their_authors,
    judge_records_of,
    notes_of,
    outdated,
    unheld,
    uninspected,
    with_shared,
)
from bmad.core.gate.removed import judge_removed
from bmad.core.gate.reverts import Found, Reverts
from bmad.core.gate.reworded import MOST_REWORDED, reworded
from bmad.core.gate.rows import Rows
from bmad.core.gate.rules import Rules
from bmad.core.gate.spec import invalid, losses, stale, unread, unreadable, unwritten
from bmad.core.gate.squash import if_squashed
from bmad.core.gate.stories import StoryBook
from bmad.core.gate.words import shortened, told, undecidable
from bmad.core.paths import PathClass, classifier
from bmad.model.gate import (
    CommitKind,
    CommitReport,
    Explanation,
    GateFinding,
    Reworded,
    TinyChange,
    Untraced,
)
from bmad.model.layout import POLICY
from bmad.model.settings import Level, Settings

_MOST_HEADS = 8
"""How many commits a note names."""

_NO_POLICY = (
    "check that the base is the protected branch; to have an older branch judged, somebody who may push to it "
    "merges the adoption into it first"
)


_GOVERNING = frozenset({CommitKind.POLICY, CommitKind.STORY, CommitKind.REVERT, CommitKind.EXEMPT})
"""Kinds of commit that may change governed files and pass."""


@dataclass(slots=True)
class Result:
    """What the steps add up to."""

    reached: list[tuple[Level, str]] = field(default_factory=list)
    """The level that each step was judged at, with the commit that it ends in; an adoption has none."""
    commits: list[CommitReport] = field(default_factory=list)
    findings: list[GateFinding] = field(default_factory=list)
    policy_changes: list[str] = field(default_factory=list)
    self_authored: dict[str, None] = field(default_factory=dict)
    reworded: list[Reworded] = field(default_factory=list)
    told: list[Step] = field(default_factory=list)
    """The steps that were judged."""
    notes: list[str] = field(default_factory=list)
    records: list[Explanation] = field(default_factory=list)
    self_reviewed: dict[str, None] = field(default_factory=dict)
    shared: dict[str, None] = field(default_factory=dict)
    exempt: list[str] = field(default_factory=list)
    trivial: list[TinyChange] = field(default_factory=list)
    baseline: Untraced | None = None
    lands: tuple[str, ...] = ()
    unattested: bool = False
    """Whether a step was judged by a policy that asks for no signatures."""
    signers: dict[str, None] = field(default_factory=dict)
    """Those whose signatures counted."""

    @property
    def level(self) -> Level | None:
        """What holds of all of it: the least of the steps; None where no step was judged by a policy."""
        return min((level for level, _ in self.reached), key=lambda level: level.rank, default=None)


def judge_range(evidence: Evidence) -> Result:
    """Judge each step with the policy of its base.

    Raises: UsageError where the policy, or the level asked for, is beyond what this version judges.
    """
    result = Result()
    known: dict[str, Verdict] = {}
    rows, lines = Rows(evidence), FirstParents(evidence)
    early = _before_policy(evidence)
    for index, step in enumerate(evidence.steps):
        if index < early:
            result.commits += [_early(facts.id, evidence) for facts in step.commits]
            continue
        if step.commits and all(facts.id in step.older for facts in step.commits):
            result.commits += [_older(facts.id) for facts in step.commits]
            continue
        _judge_step(index, evidence, result, known, rows, lines)
    result.notes = [*dict.fromkeys(result.notes), *_lesser(result)]
    result.reworded = reworded(result.told)
    if len(result.reworded) > MOST_REWORDED:
        result.notes.append(f"more than {MOST_REWORDED} texts are reworded; the rest is not told one by one")
        del result.reworded[MOST_REWORDED:]
    older = sum(1 for step in evidence.steps for facts in step.commits if facts.id in step.older)
    if older:
        result.notes.append(_unjudged(older, "the adoption (gate.since)"))
    early_commits = sum(
        facts.id not in evidence.judged for step in evidence.steps[:early] for facts in step.commits
    )
    if early_commits and not evidence.lost:
        result.notes.append(_unjudged(early_commits, f"the first {POLICY}"))
    return result


def _unjudged(count: int, what: str) -> str:
    told = "1 commit is" if count == 1 else f"{count} commits are"
    return f"{told} older than {what} and {'was' if count == 1 else 'were'} not judged"


def _before_policy(evidence: Evidence) -> int:
    """How many steps of an audited history are older than its first policy; none where it never gets one."""
    if not evidence.audit or evidence.require_policy:
        return 0
    for index, step in enumerate(evidence.steps):
        own = (change.path for facts in step.commits for change in facts.changes)
        if step.before.has_policy or step.after.has_policy or POLICY.encode() in own:
            return index
    return 0


def _older(commit: str) -> CommitReport:
    return CommitReport(commit=commit, kind=CommitKind.GRANDFATHERED, verdict="pass")


def _early(commit: str, evidence: Evidence) -> CommitReport:
    """What an audit says of a commit before its first policy."""
    if evidence.lost:
        message = f"it stands where there is no {POLICY} any more, so nothing says what it is judged by"
        fix = f"restore {POLICY} by a commit of its own, and audit from there on"
    elif commit in evidence.judged:
        message = f"it stands before the first {POLICY}, and is not older than that policy's gate.since"
        fix = "audit from the adoption on (--since with the commit that brought it)"
    else:
        return _older(commit)
    refused = (undecidable(message, fix=fix),)
    return CommitReport(commit=commit, kind=CommitKind.UNTRACED, verdict="refused", findings=refused)


def _lesser(result: Result) -> list[str]:
    """The steps that were judged at less than others were: the headline is theirs."""
    least = result.level
    less = [head for level, head in result.reached if level is least]
    if len(less) == len(result.reached):
        return []
    heads = ", ".join(head[:12] for head in less[:_MOST_HEADS]) + (", …" if len(less) > _MOST_HEADS else "")
    why = f"by the policy of their base {len(less)} of {len(result.reached)} were asked for no more ({heads})"
    return [f"the level is that of the least step: {why}"]


def _judge_step(
    index: int, evidence: Evidence, result: Result, known: dict[str, Verdict], rows: Rows, lines: FirstParents
) -> None:
    step = evidence.steps[index]
    if step.before.policy.fault:
        message = f"{POLICY} of the base cannot be read: {told(step.before.policy.fault)}"
        result.findings.append(undecidable(message, POLICY, "mend it on the base"))
        return
    result.findings += unreadable(step.before, "the base")
    settings = step.before.settings
    signers: frozenset[str] = frozenset()
    if settings is not None:
        rules = _rules(index, settings, evidence, known, lines)._replace(
            beside=partial(rows.holds, at=index), audit=evidence.audit
        )
        costly = too_costly(rules)
        if costly is not None:
            result.findings.append(costly)
            return
        signers = rules.exempt.signers
        verdicts, findings = _judge_by(rules, evidence, result, known)
        if step.recorded is not None:
            result.notes += [*notes_of(step.recorded, audit=evidence.audit), *rows.notes(step, index)]
            result.notes += [*unchecked(settings), *uninspected(step), *outdated(step)]
        else:
            result.notes += unheld(step, rules.level, audit=evidence.audit)
    elif evidence.require_policy:
        message = f"the base has no {POLICY}, and --require-policy asks for one"
        result.findings.append(undecidable(message, POLICY, _NO_POLICY))
        return
    else:
        verdicts, findings = judge_adoption(step)
    _tell(step, verdicts, findings, result)
    used = (one for verdict in verdicts for one in verdict.exempt.values() if one is not None)
    result.notes += exempt_notes(used, signers)
    result.notes += [f"{verdict.report.commit[:12]}: {note}" for verdict in verdicts for note in verdict.notes]


def _judge_by(
    rules: Rules, evidence: Evidence, result: Result, known: dict[str, Verdict]
) -> tuple[list[Verdict], list[GateFinding]]:
    """Judge a step by the settings of its base."""
    step = rules.step
    result.reached.append((rules.level, step.head))
    result.unattested |= rules.gate.attest != "signed"
    verdicts = _judge_commits(step, rules, known)
    findings = _judge_whole(step, rules, verdicts, audit=evidence.audit)
    if not step.conflicts:
        findings += [*judge_together(rules, verdicts), *judge_standing(rules)]
        explained = explain_net(rules, verdicts)
        findings += judge_records_of(rules, _brought_back(verdicts), audit=evidence.audit)
        findings += [*judge_removed(step, verdicts), *explained.findings]
        findings += judge_claims(rules, verdicts)
        findings += shortened(judge_attested(rules, verdicts))
        result.records += explained.records
    result.trivial += passed(verdicts)
    result.baseline = untraced(rules) or result.baseline
    result.notes += widened(step)
    if not evidence.audit:
        result.lands, notes = if_squashed(rules, verdicts, result.records)
        result.notes += notes
    elif any(one.code == "G07" for verdict in verdicts for one in verdict.report.findings):
        result.notes += ended_notes(rules.exempt)
    if step.recorded is not None:
        counted = (one.record for one in step.recorded.counted if one.record is not None)
        result.self_reviewed |= {one.story: None for one in counted if by_their_authors(step, one)}
        result.shared |= dict.fromkeys(with_shared(step.recorded))
    result.self_authored |= {
        story: None
        for verdict in verdicts
        for story in verdict.report.stories
        if verdict.report.kind is CommitKind.STORY
        and step.after.story(story) is not None
        and rules.book(story).minted
    }
    return verdicts, findings


def _tell(step: Step, verdicts: list[Verdict], findings: list[GateFinding], result: Result) -> None:
    """What is told of a step, whatever it is judged by."""
    result.signers |= dict.fromkeys((*step.attested.commits.values(), *step.attested.records.values()))
    result.told.append(step)
    result.notes += [*lock_notes(step), *move_notes(step), *taken_in(step)]
    result.commits += [verdict.report for verdict in verdicts]
    result.findings += findings
    result.policy_changes += [
        verdict.report.commit for verdict in verdicts if verdict.report.kind in _GOVERNING and verdict.governs
    ]
    result.exempt += [verdict.report.commit for verdict in verdicts if any(verdict.exempt.values())]


def _rules(
    index: int, settings: Settings, evidence: Evidence, known: dict[str, Verdict], lines: FirstParents
) -> Rules:
    step = evidence.steps[index]
    classify = classifier(layout_of(step), settings.gate.governed)
    book = StoryBook(step, settings.gate)
    exempt = exemptions(step, evidence.as_of.date())
    own = frozenset(facts.id for facts in step.commits)
    looked_up = Found(evidence.alike, evidence.full, own, partial(lines.sees, index))
    reverts = Reverts(evidence.landed_by(index), known, classify, book.holds_story, exempt, looked_up)
    older = frozenset(settings.gate.grandfathered) | step.older
    level = effective_level(settings, evidence.level)
    landing = frozenset(change.path for change in step.net)
    return Rules(step, settings.gate, level, classify, exempt, book, reverts, older, landing)


def _brought_back(verdicts: Sequence[Verdict]) -> frozenset[str]:
    """The records that reverts of reverts bring back."""
    return frozenset(
        entry.path
        for verdict in verdicts
        if verdict.restores and verdict.takes_back
        for entry in verdict.entries
        if entry.at.klass is PathClass.RECORD and not entry.removes
    )


def _judge_commits(step: Step, rules: Rules, known: dict[str, Verdict]) -> list[Verdict]:
    verdicts = []
    for facts in step.commits:
        verdict = known[facts.id] = judge(facts, rules)
        verdicts.append(verdict)
    return verdicts


def _changes_spec(rules: Rules) -> bool:
    """Whether a file of the specification changes, also one that the policy governs, or where it stands."""
    paths = (change.path.decode("utf-8", "surrogateescape") for change in rules.step.net)
    return any(path == POLICY or rules.is_document(path) for path in paths)


def _unjudgeable(step: Step) -> list[GateFinding]:
    """A policy that would be the next base's, and that nothing could be judged by."""
    after = step.after.settings
    fault = policy_fault(after) if after is not None and after != step.before.settings else None
    if fault is None:
        return []
    message = f"{POLICY} of the result could judge no change after it: {told(fault)}"
    return [undecidable(message, POLICY, "mend it before it lands")]


def _judge_whole(step: Step, rules: Rules, verdicts: Sequence[Verdict], *, audit: bool) -> list[GateFinding]:
    if step.conflicts:
        return unmerged(step)
    if step.after.policy.fault:
        message = f"{POLICY} of the result cannot be read: {told(step.after.policy.fault)}"
        return [undecidable(message, POLICY, "mend it")]
    if not step.after.has_policy and step.after.layout != step.before.layout:
        return judge_net(rules, verdicts)  # nothing says where its documents stand
    findings = [*_unjudgeable(step), *unread(step)]
    findings += [] if findings else unreadable(step.after, "the result")
    if findings:
        return findings
    if step.whole and (audit or _changes_spec(rules)):
        findings += [*shortened(invalid(step.after)), *shortened([*stale(step.after)])]
        findings += unwritten(step)
    own = {facts.id for facts in step.commits}
    taken = (target for verdict in verdicts for target in verdict.takes_back if target not in own)
    back = map(rules.reverts.locks, taken)
    findings += [*misplaced(step), *losses(step, list(filter(None, back)))]
    return findings + judge_net(rules, verdicts)
