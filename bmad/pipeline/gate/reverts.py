"""What commits of a range take back of the history before them: what they name, and what their content shows."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.gate.alike import MOST_ALL_PATHS, Line, claims_nothing, may_take_back, names_nothing, runs
from bmad.core.gate.facts import Landed
from bmad.core.gate.reverts import named
from bmad.model.bounds import BROUGHT, COMMIT, NAMED_MERGES, Tally
from bmad.model.commits import FULL, Change, Commit
from bmad.model.history import Touched
from bmad.model.layout import Layout
from bmad.ports.history import Objects

_TWO = 2
_REVERTS_IN_A_ROW = 8
_MOST_FORKS = 8
_MOST_SIDES = 256
"""In so many branches that a range merges it is looked for what their commits take back."""

Runs = Mapping[str, tuple[str, ...]]
"""By commit, the earlier ones that it leads back over."""


class Told:
    """What the messages of reverts in a range name, and what those name in turn; each is read once."""

    def __init__(self, objects: Objects, walked: Sequence[Commit]) -> None:
        self.objects = objects
        self.walked = walked
        self.inside = {commit.id: commit for commit in walked}
        self.names = _Names(objects)
        self._brought: dict[str, tuple[Commit, ...]] = {}
        self._tallies = _Tallies()

    def follow(self, wanted: Sequence[str]) -> Iterator[tuple[Commit, list[str]]]:
        """The commits of some ids, and of those that they and what they brought name, each with what it names."""
        found: set[str] = set()
        for _ in range(_REVERTS_IN_A_ROW):
            new = [name for name in dict.fromkeys(wanted) if name not in found]
            commits = [one for name in new if (one := self.inside.get(name) or self.objects.commit(name))]
            found.update(one.id for one in commits)
            named_by = [(one, self.names.of([one, *self.brought(one)])) for one in commits]
            yield from named_by
            wanted = [name for _, names in named_by for name in names]
            if not wanted:
                break

    def brought(self, commit: Commit) -> tuple[Commit, ...]:
        """The commits that a merge brought."""
        if len(commit.parents) != _TWO:
            return ()
        if commit.id not in self._brought:
            self._tallies.merges.add(1)
            found = tuple(self.objects.walk(commit.parents[1], commit.parents[0]))
            self._tallies.commits.add(len(found))
            self._tallies.bytes.add(sum(len(one.message) for one in found))
            self._brought[commit.id] = found
        return self._brought[commit.id]

    def over_silent(self, commits: Iterable[Commit]) -> frozenset[str]:
        """Those of the commits that name one, be it in turn, which has no word of its own on why it is there.

        Only of such a one it counts what its content takes back.
        """
        names = {one.id: self.names.of([one]) for one in commits if named(one.message)}
        namers: dict[str, list[str]] = {}
        queue: list[str] = []
        for one, targets in self.follow([target for each in names.values() for target in each]):
            if any(map(names_nothing, (one, *self.brought(one)))):
                queue.append(one.id)
            for target in targets:
                namers.setdefault(target, []).append(one.id)
        for name, targets in names.items():
            for target in targets:
                namers.setdefault(target, []).append(name)
        found = set(queue)
        while queue:
            new = [name for name in namers.get(queue.pop(), ()) if name not in found]
            found.update(new)
            queue += new
        return frozenset(found).intersection(names)


class _Names:
    """The commits that messages of reverts name, by full id; those that abbreviate are asked for all at once."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.full: dict[str, str] = {}

    def of(self, commits: Iterable[Commit]) -> list[str]:
        targets = [target for commit in commits for target in named(commit.message)]
        short = [one for one in dict.fromkeys(targets) if len(one) not in FULL and one not in self.full]
        self.full |= self._objects.full(short) if short else {}
        return [name for one in targets if (name := self.full.get(one, one)) and len(name) in FULL]


class _Tallies:
    """What merges that reverts name cost; there may be many, each of many commits."""

    def __init__(self) -> None:
        self.merges = Tally("merges that its reverts name", NAMED_MERGES)
        self.commits = Tally("commits of merges that its reverts name", BROUGHT)
        self.bytes = Tally("bytes in commits of merges that its reverts name", COMMIT.every)


def look_for_reverts(
    told: Told,
    changes: Sequence[tuple[Commit, Sequence[Change]]],
    head: str,
    brought: Mapping[str, int],
    layout: Layout = Layout(),  # noqa: B008 - frozen
) -> Runs:
    """What the commits of a range that claim nothing lead back over, by their content, and what those take back.

    `changes` are those of the range's commits, parents first; `brought` says by commit which step brings it. Of a
    commit of the range all paths count, whatever part of it a later one takes back; of a merge, what it brought,
    as far as another one takes it back. Those that name what they revert are looked at for the sake of that, where
    it says nothing itself. What comes by a merge is held against its own branch first, as it was before it was
    merged.
    """
    objects = told.objects
    own: dict[str, list[Change]] = {}
    left = MOST_ALL_PATHS
    over_silent = told.over_silent(commit for commit, _ in changes)
    for commit, every in reversed(changes):
        if (commit.id in over_silent or claims_nothing(commit)) and may_take_back(every, layout):
            left -= len(every)
            if left < 0:
                break
            own[commit.id] = [one for one in every if not layout.is_lock(one.path)]
    paths = sorted({one.path for every in own.values() for one in every})
    line = Line(objects.touching(head, paths) if paths else [], brought)
    beside = _Sides(objects, changes, head, brought).lines(own, paths, line) if paths else {}
    plain = frozenset(commit.id for commit, _ in changes if len(commit.parents) < _TWO)
    alike: dict[str, tuple[str, ...]] = {}
    for name, every in own.items():
        led = runs(name, every, beside.get(name, line))
        alike |= {one: run for one, run in led.items() if (one == name) == (one in plain)}
    return alike


class _Sides:
    """The branches that a range merges: the first-parent line of a commit, as far as the same step brings it."""

    def __init__(
        self,
        objects: Objects,
        changes: Sequence[tuple[Commit, Sequence[Change]]],
        head: str,
        brought: Mapping[str, int],
    ) -> None:
        self._objects = objects
        self._head = head
        self._brought = brought
        self._commits = {commit.id: commit for commit, _ in changes}
        self._changes = {commit.id: every for commit, every in changes}
        self._trunk = frozenset(self._row(head, within=None))

    def lines(self, names: Iterable[str], paths: Iterable[bytes], line: Line) -> dict[str, Line]:
        """For commits that the head's own line does not hold, newest first, the history of paths before them.

        Behind each branch comes the line of the commit that it started from: what came to the head's line since is
        nothing that the branch knew, whatever its request is judged by.
        """
        rows: list[list[str]] = []
        row_of: dict[str, int] = {}
        left = MOST_ALL_PATHS
        for name in names:
            if name in self._trunk or name in row_of:
                continue
            row = self._row(name, within=self._brought.get(name))
            left -= len(row)
            if left < 0 or len(rows) >= _MOST_SIDES:
                break
            row_of |= {one: len(rows) for one in row if one not in row_of}
            rows.append(row)
        wanted = frozenset(paths)
        done = {
            name: Touched(name, [each for each in every if each.path in wanted])
            for name, every in self._done({one for row in rows for one in row}).items()
        }
        found = []
        forks = _Forks(self._objects, self._head, paths, line) if rows else None
        for row in rows:
            own = [done[one] for one in row if done[one].changes]
            assert forks is not None  # noqa: S101 - there is a row
            behind = forks.behind(next(iter(self._commits[row[-1]].parents), ""), row[0])
            found.append(Line(own, self._brought, behind))
        return {name: found[at] for name, at in row_of.items() if name not in self._trunk}

    def _row(self, name: str, within: int | None) -> list[str]:
        """A commit and its first parents in the range, newest first; of one step, where one is given."""
        row: list[str] = []
        while name in self._commits and (within is None or self._brought.get(name) == within):
            row.append(name)
            name = next(iter(self._commits[name].parents), "")
        return row

    def _done(self, names: Collection[str]) -> dict[str, Sequence[Change]]:
        """What commits did to their first parent."""
        merges = [name for name in names if len(self._commits[name].parents) > 1]
        parents = [self._commits[name].parents[0] for name in merges]
        known = self._commits | (self._objects.commits(parents) if parents else {})
        pairs = [(known[one].tree, known[name].tree) for one, name in zip(parents, merges, strict=True)]
        own = self._objects.changes(pairs) if pairs else []
        return {name: self._changes[name] for name in names} | dict(zip(merges, own, strict=True))


class _Forks:
    """What changed some paths before the commits that branches started from."""

    def __init__(self, objects: Objects, head: str, paths: Iterable[bytes], line: Line) -> None:
        self._objects, self._paths, self._line = objects, list(paths), line
        self._order = {name: at for at, name in enumerate(objects.first_parents(head))}
        self._places = [self._order.get(one.commit, 0) for one in line.commits]
        self._asked: dict[str, Line] = {}

    def behind(self, fork: str, tip: str) -> tuple[Line, int] | None:
        """A fork's first-parent line, and where in it that begins; none where a branch started from nothing.

        Beyond so many forks that the head's line does not hold: that line, before the step that brings the tip.
        """
        if not fork:
            return None
        if fork in self._order:
            return self._behind(fork)
        if fork not in self._asked and len(self._asked) >= _MOST_FORKS:
            return self._line, self._line.before(tip)
        if fork not in self._asked:
            self._asked[fork] = self._from(fork)
        return self._asked[fork], 0

    def _from(self, fork: str) -> Line:
        """What a fork's first parents did; from where they lead to the head's line on, it is that."""
        row = self._objects.first_parents(fork)
        joint = next((name for name in row if name in self._order), None)
        above = frozenset(row[: row.index(joint)] if joint is not None else row)
        own = [one for one in self._objects.touching(fork, self._paths, joint) if one.commit in above]
        return Line(own, self._line.brought, self._behind(joint) if joint is not None else None)

    def _behind(self, name: str) -> tuple[Line, int]:
        """The head's line, and where in it that begins which a commit of it did."""
        return self._line, bisect_left(self._places, self._order[name])


class Before(NamedTuple):
    """What reverts take back, by id, and the full ids of the abbreviated ones that their messages name."""

    landed: dict[str, Landed]
    full: dict[str, str]


def landed_before(told: Told, base: str, alike: Runs) -> Before:
    """What reverts take back, outside of a range or as steps of it, and what those revert in turn.

    Their changes are left to be read with all others.
    """
    wanted = [*told.names.of(told.walked), *(target for run in alike.values() for target in run)]
    found = {commit.id: commit for commit, _ in told.follow(wanted)}
    reached = frozenset(found).intersection(told.inside)
    outside = sorted(found.keys() - told.inside)
    if outside and base:
        reached |= told.objects.reached(outside, base)
    landed = {name: Landed(one, (), told.brought(one)) for name, one in found.items() if name in reached}
    return Before(landed, told.names.full)
