"""A worktree for a while, of no story: something is looked at in it, and nothing of it stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bmad.core.act.run import Run
from bmad.errors import CannotAnswerError
from bmad.pipeline.acting.case import BRANCH, Case
from bmad.pipeline.acting.grounds import Grounds
from bmad.ports.acting import Desk


class Errand(NamedTuple):
    """What for: `name` is the worktree's, `what` says who holds it, `about` is the story that it is of, if any."""

    name: str
    what: str
    base: str
    head: str
    about: str = ""


@contextmanager
def aside(desk: Desk, grounds: Grounds, errand: Errand) -> Iterator[Case]:
    """A case at `head`, judged by the settings of `base`.

    Raises: CannotAnswerError where another process has the worktree.
    """
    lock = f"worktree-{errand.name}"
    hold = desk.locks.take(lock, errand.what)
    if hold is None:
        raise CannotAnswerError(f"Another {errand.what} is at work ({desk.locks.holder(lock)}).")
    try:
        run = Run(errand.name, round=1, base=errand.base, head=errand.head)
        yield Case(desk, grounds, grounds.at(errand.base), run, hold, about=errand.about)
    finally:
        desk.repository.remove(errand.name)
        desk.repository.drop(f"{BRANCH}{errand.name}")
        hold.release()
