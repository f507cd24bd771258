"""Git's blame of any number of files at any commits, as far back as the adoption, by few processes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from bmad.core.lines.lineage import Asked, Lineage, Run, Step
from bmad.model.commits import ABSENT, Change, Commit
from bmad.model.history import BlameLine, Pair, Region
from bmad.pipeline.trace.code_commits import changes_of
from bmad.ports.history import Objects

_FILE = "100644"
Spans = Sequence[tuple[int, int]]
"""Lines of a file, first and last of each run of them, from 1."""


class HistoryBlame:
    """Answers for a history, in which each pair of contents is compared once."""

    def __init__(
        self,
        objects: Objects,
        since: str | None,
        commits: Sequence[Commit],
        changes: Mapping[str, Sequence[Change]],
        start: Mapping[bytes, str] = MappingProxyType({}),
    ) -> None:
        """`commits` are those of the revision since the adoption, parents first.

        `changes` is what each of them does to its first parent; `start` are files (path and blob) as `since` has
        them, whose lines are told as its own.
        """
        self._objects = objects
        self._since = since
        self._commits = {commit.id: commit for commit in commits}
        self._changes = changes
        self._trees: dict[str, str] = {}
        made = {path: Change(path, ABSENT, _FILE, "", blob) for path, blob in start.items()}
        self._steps = [Step(since, (), [made])] if since is not None and start else []
        self._is_begun = False
        self._regions: dict[Pair, Sequence[Region]] = {}

    def runs(self, asked: Iterable[Asked]) -> dict[Asked, list[Run]]:
        """The lines of each file; such as are left out at its end are older."""
        every = list(asked)
        self._reach([one.commit for one in every])
        lineage = Lineage(self._steps, every, self._renamed)
        new = [pair for pair in lineage.pairs() if pair not in self._regions]
        self._regions |= self._objects.regions(new)
        return dict(lineage.told(self._regions))

    def _reach(self, names: Iterable[str]) -> None:
        """See that the history holds some commits, which may stand beside that of the revision."""
        if not self._is_begun:
            self._is_begun = True
            self._go_on(list(self._commits.values()), self._changes)
        beside = list(dict.fromkeys(name for name in names if name not in self._commits))
        found = self._objects.walk(beside[0], self._since, *beside[1:]) if beside else []
        new = [commit for commit in found if commit.id not in self._commits]
        self._commits |= {commit.id: commit for commit in new}
        self._go_on(new, changes_of(self._objects, new))

    def _go_on(self, commits: Sequence[Commit], changes: Mapping[str, Sequence[Change]]) -> None:
        """Add commits to the history, none of which is a parent of those that are there."""
        ends = [name for commit in commits for name in commit.parents if name not in self._commits]
        self._trees |= {name: commit.tree for name, commit in self._objects.commits(ends).items()}
        self._trees |= {commit.id: commit.tree for commit in commits}
        pairs = [(self._trees[one], commit.tree) for commit in commits for one in commit.parents[1:]]
        others = iter(self._objects.changes(pairs))
        for commit in commits:
            every = [changes[commit.id], *(next(others) for _ in commit.parents[1:])]
            self._steps.append(Step(commit.id, commit.parents, [{one.path: one for one in own} for own in every]))

    def _renamed(self, step: Step, number: int, path: bytes, gone: Sequence[bytes]) -> bytes | None:
        trees = self._trees[step.parents[number]], self._trees[step.commit]
        return self._objects.renamed(trees, path, gone)


def rows(runs: Iterable[Run], spans: Spans) -> Iterator[BlameLine]:
    """The lines of some spans, in order; what the runs leave out is older."""
    begun, every = 1, iter(runs)
    run = next(every, None)
    for first, last in spans:
        for number in range(first, last + 1):
            while run is not None and number >= begun + run.length:
                begun += run.length
                run = next(every, None)
            if run is None:
                yield BlameLine(number, "", "", older=True)
            else:
                yield BlameLine(number, run.commit, "", run.path, run.at + number - begun, run.older)


def part(runs: Iterable[Run], first: int, length: int) -> Iterator[Run]:
    """Some of the lines that runs tell, from one (from 1) on, as runs; what they leave out is older."""
    begun = 1
    last = first + length
    for run in runs:
        low, high = max(begun, first), min(begun + run.length, last)
        if low < high:
            yield run._replace(length=high - low, at=run.at if run.older else run.at + low - begun)
        begun += run.length
    if max(begun, first) < last:
        yield Run(last - max(begun, first), "", b"", 1, older=True)
