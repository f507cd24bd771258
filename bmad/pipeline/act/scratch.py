"""A worktree for a while, of no story: something is looked at in it, and nothing of it stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bmad.core.act.run import Run
from bmad.core.act.ways import ASIDE
from bmad.errors import CannotAnswerError
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.journal import only, worktree_hold
from bmad.pipeline.act.step import Case
from bmad.pipeline.branches import REF
from bmad.ports.acting import Desk


class Errand(NamedTuple):
    """What for: `name` is of its worktree, `what` says who holds it, `about` is the story of it, if any."""

    name: str
    what: str
    base: str
    head: str
    about: str = ""

    @property
    def place(self) -> str:
        """Its worktree and branch: `aside-review`, a name that no person's own branch has."""
        return f"{ASIDE}{self.name}"


@contextmanager
def aside(desk: Desk, grounds: Grounds, errand: Errand) -> Iterator[Case]:
    """A case at `head`, judged by the settings of `base`.

    Raises: CannotAnswerError where another process has the worktree.
    """
    place = errand.place
    with only(desk, place, errand.what):  # so that what is ended is not at work for anybody
        hold = worktree_hold(desk, place, errand.what)
        if hold is None:
            left = f"What an earlier {errand.what} began still works and cannot be ended"
            raise CannotAnswerError(f"{left} ({desk.locks.holder(f'worktree-{place}')}). End it, and try again.")
        try:
            run = Run(place, round=1, base=errand.base, head=errand.head)
            yield Case(desk, grounds, grounds.at(errand.base), run, hold, about=errand.about)
        finally:
            desk.repository.remove(place)
            desk.repository.drop(f"{REF}{place}")
            hold.release()
