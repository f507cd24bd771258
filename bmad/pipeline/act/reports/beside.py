"""How stories stand for who watches beside a run: by the journal, and by who holds which lock.

Nothing is written, and nobody who works is kept from anything.
"""

from contextlib import suppress

from bmad.core.act.spending import summed
from bmad.errors import BmadError
from bmad.model.act import Event
from bmad.model.watching import Progress
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.journal import RUNNER
from bmad.pipeline.act.reports.watch import Show, Watch
from bmad.pipeline.act.runner import STEPS
from bmad.pipeline.act.session import Session
from bmad.ports.acting import Desk
from bmad.ports.history import Objects


class Beside(Watch):
    """All stories of a target, shown whenever a `look` finds that something has changed."""

    def __init__(self, desk: Desk, objects: Objects, target: str | None, show: Show) -> None:
        session = Session(desk, Grounds(objects, desk.formats), target)
        self._runner = _runner(desk)
        self._tip = session.backlog.basis.commit
        super().__init__(session, session.backlog.names(()), 0, show)
        session.carried = self._at_work()
        self.look(self._session.carried)

    def again(self) -> None:
        """Look what has changed, and show it where something has."""
        session = self._session
        before, session.carried = session.carried, set()
        heard = session.hear()
        session.carried = self._at_work()
        session.landed += [one.story for one in heard if one.event is Event.LANDED]
        changed = {one.story for one in heard} | (before ^ session.carried)
        with suppress(BmadError):  # what cannot be read as it stands there now is looked at when it has moved on
            changed |= self._moved()
        was, self._runner = self._runner, _runner(session.desk)
        if changed or was != self._runner:
            self.look(changed)

    def _progress(self) -> Progress:
        spent = summed(one.stand.spent for one in self._rows.values())
        return super()._progress().model_copy(update={"spent": spent, "runner": self._runner})

    def _moved(self) -> set[str]:
        """All stories, those of a new specification too, where what they land on has moved; else none."""
        session = self._session
        was, self._tip = self._tip, session.backlog.basis.commit
        if was == self._tip:
            return set()
        session.parts += [one for one in session.backlog.names(()) if one not in session.parts]
        return set(self._rows)

    def _at_work(self) -> set[str]:
        """The stories in whose worktrees somebody on this machine is at work."""
        locks, runs = self._session.desk.locks, self._session.runs.values()
        return {run.story for run in runs if run.state in STEPS and locks.is_held(f"worktree-{run.story}")}


def _runner(desk: Desk) -> str:
    return desk.locks.holder(RUNNER) if desk.locks.is_held(RUNNER) else ""
