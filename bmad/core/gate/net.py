"""The net change from the base to the result, path by path, whatever the commits say.

Rename detection in a merge can carry a line into a file that no commit shows it in; here it is seen. So a path
is not settled by a commit that touches it, only by what the commits left there.
"""

from collections.abc import Iterable, Sequence

from bmad.core.gate.facts import CommitFacts, Step
from bmad.core.gate.parts import Entry, Verdict, altered, is_policy, sort
from bmad.core.gate.rules import Rules
from bmad.core.gate.stories import Judged
from bmad.core.gate.territories import judge_path
from bmad.core.gate.words import finding, printable, shortened
from bmad.model.commits import ABSENT, Change
from bmad.model.gate import CommitKind, GateFinding
from bmad.model.settings import Level

_MOST_CONFLICTS = 50


def judge_net(rules: Rules, verdicts: Sequence[Verdict]) -> list[GateFinding]:
    """What the net change holds beyond what the commits have been judged for."""
    entries = [Entry(change, rules.classify.of(change)) for change in rules.step.net]
    found = [
        finding("G06", "the result has no bmad.yaml any more", entry.path, "restore it: the base is the policy")
        for entry in entries
        if is_policy(entry) and entry.removes
    ]
    refused = {entry.path for verdict in verdicts if verdict.report.findings for entry in verdict.entries}
    trail = Trail(rules.step, verdicts)
    judged = _judged(rules, verdicts)
    parts = sort([entry for entry in entries if entry.path not in refused], rules.exempt)
    for entry in (*parts.governed, *parts.records):
        if entry.at.story and entry.change.old_mode != ABSENT and not entry.removes:
            found.append(altered(entry))
        elif not trail.explains(entry.change):
            code = "G06" if entry in parts.governed else "G14"
            found.append(_carried(code, entry, trail))
    for entry in parts.code:
        one = _judge_code(entry, judged, trail, rules.level)
        if one is not None:
            found.append(one)
    return list(shortened(found))


def unmerged(step: Step) -> list[GateFinding]:
    """G15: what base and head hold so that git cannot merge them; what would land is not known."""
    paths = [path.decode("utf-8", "surrogateescape") for path in step.conflicts[:_MOST_CONFLICTS]]
    fix = "update the branch: merge or rebase it onto the base, and settle the conflict there"
    return [
        finding("G15", f"base and head do not merge: {printable(path)} conflicts", path, fix) for path in paths
    ]


class Trail:
    """What the commits of a step did along each path, blob by blob."""

    def __init__(self, step: Step, verdicts: Iterable[Verdict]) -> None:
        self._step = step
        self._done: dict[bytes, list[Change]] = {}
        self._settled = _settled(step.commits)
        self._granted: set[bytes] = set()
        removes = False
        for verdict in verdicts:
            own = verdict.report.kind in (CommitKind.REVERT, CommitKind.GRANDFATHERED, CommitKind.TRIVIAL)
            for change, _ in verdict.entries:
                self._done.setdefault(change.path, []).append(change)
                removes = removes or change.new_mode == ABSENT
                if own or change.path in verdict.exempt:
                    self._granted.add(change.path)
        self._renames = removes or not step.straight

    def touched(self, path: bytes) -> bool:
        return path in self._done

    def leads(self, net: Change) -> bool:
        """Whether the commits themselves lead from the base's mode and blob to the result's, without a join."""
        return _leads(self._done.get(net.path, ()), net)

    def granted(self, path: bytes) -> bool:
        """Whether a commit changes the path that no story's territory was asked for."""
        return path in self._granted

    def explains(self, net: Change) -> bool:
        """Whether the result at a path is what the commits left there, and no merge carried anything in.

        Either the commits' blobs lead from the base's to the result's (a merge that settles a conflict leads from
        each side's); or git joined what they left, and no merge of the range can have taken the path for another
        one's new name: nothing of the range removes a file, or the path stands in every commit that the range
        starts from and none adds or removes it.
        """
        done = self._done.get(net.path)
        if not done:
            return False
        if _leads([*done, *self._settled.get(net.path, ())], net):
            return True
        if not self._renames:
            return True
        stays = all(ABSENT not in (one.old_mode, one.new_mode) for one in (net, *done))
        return stays and net.path not in self._step.absent


def _settled(commits: Iterable[CommitFacts]) -> dict[bytes, list[Change]]:
    """What merges make of the paths that git could not merge, from what either side held there."""
    found: dict[bytes, list[Change]] = {}
    for facts in commits:
        if not facts.conflicts:
            continue
        conflicts = {one.path: one for one in facts.conflicts}
        for change in facts.changes:
            one = conflicts.get(change.path)
            for side in (one.ours, one.theirs) if one is not None else ():
                held = (ABSENT,) if side is None else ("100644", "100755")
                old = "0" * len(change.new_blob) if side is None else side
                made = (change._replace(old_mode=mode, old_blob=old) for mode in held)
                found.setdefault(change.path, []).extend(made)
    return found


def _leads(done: Iterable[Change], net: Change) -> bool:
    """Whether the changes lead from the base's mode and blob to the result's."""
    steps: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one in done:
        steps.setdefault((one.old_mode, one.old_blob), []).append((one.new_mode, one.new_blob))
    queue = [(net.old_mode, net.old_blob)]
    seen = set(queue)
    for at in queue:
        new = [one for one in steps.get(at, ()) if one not in seen]
        seen.update(new)
        queue.extend(new)
    return (net.new_mode, net.new_blob) in seen


def _judged(rules: Rules, verdicts: Iterable[Verdict]) -> list[Judged]:
    """The stories that the range's commits name and were passed for; a revert names none, it inherits."""
    names = {
        story: None
        for verdict in verdicts
        if verdict.report.verdict == "pass" and verdict.report.kind is CommitKind.STORY
        for story in verdict.report.stories
    }
    return [story for story in map(rules.book, names) if not story.findings]


def _judge_code(entry: Entry, judged: Sequence[Judged], trail: Trail, level: Level) -> GateFinding | None:
    path = entry.change.path
    if trail.explains(entry.change) and (level is Level.TRACED or trail.granted(path)):
        return None
    if not judged:
        return _carried("G01", entry, trail)
    if level is Level.TRACED and not any(story.territory.covers(entry.path) for story in judged):
        return _carried("G15", entry, trail)
    return judge_path(entry, judged, level)


def _carried(code: str, entry: Entry, trail: Trail) -> GateFinding:
    name = printable(entry.path)
    message = f"the merge changes {name}, which no commit of the range changes"
    if trail.touched(entry.change.path):
        message = f"the result holds {name} otherwise than the commits of the range left it"
    return finding(
        code,
        f"{message} (a merge carries it there, by a rename on one side)",
        entry.path,
        "rebase the branch onto the base, so that its commits show the path as it lands",
    )
