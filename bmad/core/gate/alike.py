"""Commits that take back what earlier ones did, found by content: a squash or an edit lost the name of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby, islice

from bmad.core.records.explain import Edge, edge_of
from bmad.core.trailers import POLICY, parse, stories
from bmad.model.commits import Change, Commit
from bmad.model.history import Listed, Touched
from bmad.model.layout import Layout

MOST_PATHS = 512
MOST_ALL_PATHS = 64 * MOST_PATHS
"""So many changed paths of all commits of a range are looked for, from its end on."""
_MOST_IN_A_RUN = 64
_MOST_IN_A_ROW = 8
_MOST_LOOKED_FOR = 16
"""Of so many commits it is looked for what they take back in turn, for each that takes them back."""


def claims_nothing(commit: Commit) -> bool:
    """Whether a commit names neither a story nor a reason, as a squash or a button may leave it.

    A merge that takes back in silence what one of its sides did is no revert: it lost that side.
    """
    return len(commit.parents) == 1 and names_nothing(commit)


def names_nothing(commit: Commit) -> bool:
    """Whether its message has no word of its own on why it is there, be it a story that nobody knows."""
    block = parse(commit.message)
    claim = stories(block)
    return not claim.ids and not claim.none and not block.values(POLICY)


def may_take_back(changes: Sequence[Change], layout: Layout) -> bool:
    """Whether it is worth looking for what changes take back.

    Where all of them are of the specification, they have to remove some of it, or lines of
    the lock may go with them.
    """
    if not 0 < len(changes) <= MOST_PATHS:
        return False
    free = all(layout.is_state(one.path.decode("utf-8", "surrogateescape")) for one in changes)
    return not free or any(int(one.new_mode, 8) == 0 or layout.is_lock(one.path) for one in changes)


class Line:
    """The history of some paths along first parents, newest first, and the step that brings each.

    That of a branch goes on with the line that it started from, from a place in it on.
    """

    def __init__(
        self, commits: Sequence[Touched], brought: Mapping[str, int], behind: "tuple[Line, int] | None" = None
    ) -> None:
        self.commits = commits
        self.brought = brought
        self._behind = behind
        self._at = {one.commit: number for number, one in enumerate(commits)}
        self._steps = [-brought.get(one.commit, -1) for one in commits]
        self._places: dict[bytes, list[int]] = {}
        self._was: dict[tuple[bytes, str, str], int] = {}
        for number, one in enumerate(commits):
            for change in one.changes:
                self._places.setdefault(change.path, []).append(number)
                self._was[change.path, change.old_mode, change.old_blob] = number

    def at(self, number: int) -> Touched:
        if self._behind is None or number < len(self.commits):
            return self.commits[number]
        line, start = self._behind
        return line.at(number - len(self.commits) + start)

    def before(self, commit: str) -> int:
        """The place where the history before a commit begins.

        Where it does not lie on the line itself, the step that brings it is passed over, and what came later.
        """
        own = self._at.get(commit)
        if own is not None:
            return own + 1
        place = bisect_right(self._steps, -self.brought.get(commit, -1))
        if self._behind is None or place < len(self.commits):
            return place
        line, start = self._behind
        return place + max(0, line.before(commit) - start)

    def has_been(self, path: bytes, at: Listed, start: int) -> bool:
        """Whether some commit from a start on found the path like that."""
        if self._was.get((path, *at), -1) >= start:
            return True
        if self._behind is None:
            return False
        line, begun = self._behind
        return line.has_been(path, at, max(start - len(self.commits) + begun, begun))

    def from_on(self, start: int, paths: Collection[bytes]) -> Iterator[int]:
        """The places from a start on at which one of the paths is touched."""
        places = (self._places.get(path, []) for path in paths)
        found = merge(*(islice(one, bisect_left(one, start), None) for one in places))
        yield from (number for number, _ in groupby(found))
        if self._behind is not None:
            line, begun = self._behind
            shift = len(self.commits) - begun
            yield from (number + shift for number in line.from_on(max(start - shift, begun), paths))


def runs(commit: str, changes: Iterable[Change], line: Line) -> Mapping[str, tuple[str, ...]]:
    """For a commit the run of earlier ones that its changes lead back over, and the same for those in turn."""
    found: dict[str, tuple[str, ...]] = {}
    queue = [(commit, {one.path: edge_of(one) for one in changes}, line.before(commit), 0)]
    for name, edges, start, depth in queue:
        run = _run(edges, line, start)
        if not run:
            continue
        found[name] = tuple(line.at(number).commit for number in run)
        for number in run if depth < _MOST_IN_A_ROW else ():
            one = line.at(number)
            if len(queue) < _MOST_LOOKED_FOR and one.commit not in found:
                back = {change.path: edge_of(change) for change in one.changes if change.path in edges}
                queue.append((one.commit, back, number + 1, depth + 1))
    return found


def _run(edges: Mapping[bytes, Edge], line: Line, start: int) -> list[int]:
    """The places in the line of the commits that lead each path from what it becomes to what it was."""
    if not all(edge.old == edge.new or line.has_been(path, edge.new, start) for path, edge in edges.items()):
        return []
    current = {path: edge.old for path, edge in edges.items()}
    run: list[int] = []
    for number in line.from_on(start, edges):
        own = [edge for edge in line.at(number).changes if edge.path in current]
        if len(run) >= _MOST_IN_A_RUN or any(edge_of(one).new != current[one.path] for one in own):
            return []
        current |= {one.path: edge_of(one).old for one in own}
        run.append(number)
        if all(current[path] == edge.new for path, edge in edges.items()):
            return run
    return []
