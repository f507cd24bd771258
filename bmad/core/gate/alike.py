"""Commits that take back what earlier ones did, found by content: a squash or an edit lost the name of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from bmad.core.records.explain import Edge, edge_of
from bmad.core.trailers import POLICY, parse, stories
from bmad.model.commits import Change, Commit
from bmad.model.history import Touched

MOST_COMMITS = 64
MOST_PATHS = 512
_MOST_IN_A_RUN = 64
_MOST_IN_A_ROW = 8


def claims_nothing(commit: Commit) -> bool:
    """Whether a commit names neither a story nor a reason, as a squash or a button may leave it.

    A merge that takes back in silence what one of its sides did is no revert: it lost that side.
    """
    block = parse(commit.message)
    return len(commit.parents) == 1 and not stories(block).ids and not block.values(POLICY)


def may_take_back(changes: Sequence[Change], *, free: bool) -> bool:
    """Whether it is worth looking for what changes take back.

    `free` says whether all of them are of the specification; then they have to remove some of it.
    """
    if not 0 < len(changes) <= MOST_PATHS:
        return False
    return not free or any(int(one.new_mode, 8) == 0 for one in changes)


def runs(
    commit: str, changes: Iterable[Change], line: Sequence[Touched], inside: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    """For a commit the run of earlier ones that its changes lead back over, and the same for those in turn.

    `line` is the history of its paths, newest first; `inside` are the commits of the range. Where the commit does
    not lie on the line itself, those of the range that do have brought it, and are passed over.
    """
    own = next((number for number, one in enumerate(line) if one.commit == commit), None)
    outside = (number for number, one in enumerate(line) if one.commit not in inside)
    at = next(outside, len(line)) if own is None else own + 1
    found: dict[str, tuple[str, ...]] = {}
    queue = [(commit, {one.path: edge_of(one) for one in changes}, at, 0)]
    for name, edges, start, depth in queue:
        run = _run(edges, line, start)
        if not run:
            continue
        found[name] = tuple(line[number].commit for number in run)
        if depth < _MOST_IN_A_ROW and len(run) == 1:
            back = {one.path: edge_of(one) for one in line[run[0]].changes if one.path in edges}
            queue.append((line[run[0]].commit, back, run[0] + 1, depth + 1))
    return found


def _run(edges: Mapping[bytes, Edge], line: Sequence[Touched], start: int) -> list[int]:
    """The places in the line of the commits that lead each path from what it becomes to what it was."""
    current = {path: edge.old for path, edge in edges.items()}
    run: list[int] = []
    for number in range(start, len(line)):
        own = [edge for edge in line[number].changes if edge.path in current]
        if not own:
            continue
        if len(run) >= _MOST_IN_A_RUN or any(edge_of(one).new != current[one.path] for one in own):
            return []
        current |= {one.path: edge_of(one).old for one in own}
        run.append(number)
        if all(current[path] == edge.new for path, edge in edges.items()):
            return run
    return []
