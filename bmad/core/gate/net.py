"""The net change from the base to the result, path by path, whatever the commits say.

Rename detection in a merge can carry a line into a file that no commit touched; here it is seen.
"""

from collections.abc import Iterable, Sequence

from bmad.core.gate.commits import Rules, judge_path
from bmad.core.gate.parts import Entry, Verdict, is_policy, sort
from bmad.core.gate.stories import Judged
from bmad.core.gate.words import finding, printable, shortened
from bmad.model.gate import CommitKind, GateFinding
from bmad.model.settings import Level

_GRANTS = frozenset({CommitKind.REVERT, CommitKind.GRANDFATHERED})


def judge_net(rules: Rules, verdicts: Sequence[Verdict]) -> list[GateFinding]:
    """What the net change holds beyond what the commits have been judged for."""
    entries = [Entry(change, rules.classify(change.path)) for change in rules.step.net]
    found = [
        finding("G06", "the result has no bmad.yaml any more", entry.path, "restore it: the base is the policy")
        for entry in entries
        if is_policy(entry) and entry.removes
    ]
    refused = {entry.path for verdict in verdicts if verdict.report.findings for entry in verdict.entries}
    touched = {entry.path for verdict in verdicts for entry in verdict.entries}
    granted = {entry.path for verdict in _of(verdicts, _GRANTS) for entry in verdict.entries}
    settled = refused | granted | {entry.path for verdict in _passed(verdicts) for entry in verdict.entries}
    judged = _judged(rules, verdicts)
    parts = sort([entry for entry in entries if entry.path not in settled], rules.exempt)
    for entry in (*parts.governed, *parts.records):
        if entry.path not in touched:
            code = "G06" if entry in parts.governed else "G14"
            found.append(_carried(code, entry))
    for entry in parts.code:
        one = _judge_code(entry, judged, touched, rules.level)
        if one is not None:
            found.append(one)
    return list(shortened(found))


def _passed(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Commits that passed by their stories: what they touch has been held against the same territories."""
    return [one for one in _of(verdicts, frozenset({CommitKind.STORY})) if one.report.verdict == "pass"]


def _of(verdicts: Iterable[Verdict], kinds: frozenset[CommitKind]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.report.kind in kinds]


def _judged(rules: Rules, verdicts: Iterable[Verdict]) -> list[Judged]:
    """The stories that the range's commits were passed for."""
    names = {
        story: None
        for verdict in verdicts
        if verdict.report.verdict == "pass" and verdict.report.kind in (CommitKind.STORY, CommitKind.REVERT)
        for story in verdict.report.stories
    }
    return [story for story in map(rules.book, names) if not story.findings]


def _judge_code(entry: Entry, judged: Sequence[Judged], touched: set[str], level: Level) -> GateFinding | None:
    if not judged:
        return _carried("G01", entry)
    if entry.path in touched and level is Level.TRACED:
        return None
    if level is Level.TRACED and not any(story.territory.covers(entry.path) for story in judged):
        return _carried("G15", entry)
    return judge_path(entry, judged, level)


def _carried(code: str, entry: Entry) -> GateFinding:
    return finding(
        code,
        f"the merge changes {printable(entry.path)}, which no commit of the range changes "
        "(a rename on one side carries it there)",
        entry.path,
        "update the branch: rebase it, or merge the base into it, so that its commits name the path",
    )
