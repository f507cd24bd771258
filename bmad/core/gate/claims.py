"""From level `reviewed` up: what commits claim by their trailers, held against the stories of the records (G15).

A story claims the paths of its territory in each commit that names it. Where the result holds such a path
otherwise than the base, a record of that very story has to speak of it: else a line would be traced to a story
that it was never reviewed for. Of several stories of a commit one is enough for a path, and one path for a story.
What a story takes back within the range it does not claim, nor does a commit claim anything that names no story.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bmad.core.gate.parts import Entry, Verdict, sort
from bmad.core.gate.rules import Rules
from bmad.core.gate.territories import judge_path
from bmad.core.gate.words import finding, listed, printable, shortened
from bmad.core.records.explain import Edge, edge_of
from bmad.model.gate import CommitKind, GateFinding


def judge_claims(rules: Rules, verdicts: Sequence[Verdict]) -> list[GateFinding]:
    """What commits that pass by themselves claim for a story, and records have as the work of others."""
    if rules.step.recorded is None:
        return []
    own = _Own(rules, verdicts)
    found: dict[tuple[str, bytes], GateFinding] = {}
    for verdict in verdicts:
        for story, entry in own.unbacked(verdict) if not verdict.report.findings else ():
            found.setdefault((story, entry.change.path), _claimed(story, entry, verdict, rules))
    return list(shortened([*found.values()]))


def _claimed(story: str, entry: Entry, verdict: Verdict, rules: Rules) -> GateFinding:
    recorded = rules.step.recorded
    assert recorded is not None  # noqa: S101 - asked for by who calls
    who, name = printable(story), printable(entry.path)
    others = listed(one.story for one in recorded.about[entry.change.path])
    message = f"{verdict.report.commit[:12]} changes {name} for {who}, and the records have it as work of {others}"
    fix = f"name the story that it was reviewed for (git rebase -i), or have it reviewed: bmad submit {who}"
    return finding("G15", message, entry.path, fix)


class _Own:
    """What each story of a range does at each path, by its commits and by its records."""

    def __init__(self, rules: Rules, verdicts: Sequence[Verdict]) -> None:
        self._rules = rules
        self._about: Mapping[bytes, frozenset[str]] = {}
        if rules.step.recorded is not None:
            about = rules.step.recorded.about
            self._about = {path: frozenset(one.story for one in files) for path, files in about.items()}
        self._edges: dict[tuple[str, bytes], list[Edge]] = {}
        for verdict in verdicts:
            if verdict.report.kind in (CommitKind.STORY, CommitKind.REVERT):
                for story in verdict.report.stories:
                    for entry in verdict.entries:
                        edges = self._edges.setdefault((story, entry.change.path), [])
                        edges.append(edge_of(entry.change))

    def unbacked(self, verdict: Verdict) -> Iterator[tuple[str, Entry]]:
        """The stories of a commit, each with what it claims there and no record has as its work."""
        landing = [
            entry
            for entry in sort(verdict.entries, self._rules.exempt).code
            if entry.change.path in self._rules.landing
            and entry.change.path in self._about
            and entry.change.path not in verdict.exempt
        ]
        claims = {story: self._claims(story, landing) for story in verdict.claims}
        backed = {
            story: {entry.change.path for entry in entries if self._backs(story, entry)}
            for story, entries in claims.items()
        }
        every = frozenset[bytes]().union(*backed.values())
        for story, entries in claims.items():
            yield from ((story, one) for one in entries if not backed[story] or one.change.path not in every)

    def _claims(self, story: str, entries: Sequence[Entry]) -> list[Entry]:
        judged = [self._rules.book(story)]
        return [one for one in entries if judge_path(one, judged, self._rules.level) is None]

    def _backs(self, story: str, entry: Entry) -> bool:
        """Whether a record has a path as work of the story, or the story leaves nothing there."""
        path = entry.change.path
        balance = Counter(edge.old for edge in self._edges[story, path])
        balance.subtract(edge.new for edge in self._edges[story, path])
        return story in self._about[path] or not any(balance.values())
