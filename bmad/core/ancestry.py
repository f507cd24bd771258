"""Which commits of a history that is at hand come before which: without asking git of each two. Pure."""

from collections.abc import Iterable

from bmad.model.commits import Commit


class Ancestry:
    """Commits, parents first; what is older than all of them is not known."""

    def __init__(self, commits: Iterable[Commit]) -> None:
        self._place: dict[str, int] = {}
        self._parents: list[tuple[str, ...]] = []
        for commit in commits:
            self._place[commit.id] = len(self._parents)
            self._parents.append(commit.parents)

    def reaches(self, tip: str, name: str) -> bool | None:
        """Whether a tip reaches a commit, itself included; None where one of both is not known."""
        last, end = self._place.get(tip), self._place.get(name)
        if last is None or end is None:
            return None
        seen, todo = {last}, [last]
        while todo:
            at = todo.pop()
            if at == end:
                return True
            above = (self._place.get(parent, -1) for parent in self._parents[at])
            new = [one for one in above if one >= end and one not in seen]
            seen.update(new)
            todo += new
        return False
