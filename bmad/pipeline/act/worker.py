"""A worker among several machines: it gets a story, holds it, carries it as one machine does, and gives it back.

Whatever it does for a story is done under its hold: an event that it writes and a push that it makes are refused
once another has the story. So one that slept, or was cut off, finds out and leaves it alone.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta

from bmad.core.act.run import Run
from bmad.core.act.schedule import free
from bmad.errors import BmadError, FencedError
from bmad.model.act import State
from bmad.model.machines import Held, Taken
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.dispatch import dispatch, work_of
from bmad.pipeline.act.preflight import see_that_it_is_shared
from bmad.pipeline.act.runner import STEPS, Seat, begin, carry
from bmad.pipeline.act.scheduler import tidy_up
from bmad.pipeline.act.session import Session
from bmad.ports.acting import Desk
from bmad.ports.machines import Together

_SOON = timedelta(minutes=1)
"""After that long a story is looked at again that could not be carried, as where the remote was away."""
_AGAIN = timedelta(minutes=10)
"""After that long one that waits for something: its checks' database, or a merge on a code host."""
_LOOK = 0.5


class Post:
    """One story, held by this worker; `told` is told what the one who runs the worker should know.

    `known` are runs that are kept from story to story.
    """

    def __init__(
        self,
        desk: Desk,
        together: Together,
        told: Callable[[str], None],
        known: dict[str, Run] | None = None,
    ) -> None:
        self._desk = desk
        self._machines = together.machines
        self._common = together.common
        self._told = told
        self._known: dict[str, Run] = {} if known is None else known
        self._lost = False
        self._placed: tuple[tuple[str, ...], bool] | None = None
        """The territory that is the story's own, and whether it lands, as the others know it."""

    def work(self, story: str) -> None:
        """Carry a story as far as it goes here, unless another holds it.

        Raises: KeyboardInterrupt where the worker is to end.
        """
        taken = self._machines.take(story)
        if taken is None:
            return
        rests, again, keep = "", None, False
        try:
            with self._machines.kept(story, self._lose):
                session = self._carried(story, taken)
            rests, again, keep = self._left(session, story)
        except FencedError:
            self._lost = True
        except KeyboardInterrupt:
            if not self._lost:
                raise
        except BmadError as error:
            self._known.clear()
            rests, again = str(error), self._desk.clock.now() + _SOON
        finally:
            if self._lost:
                self._told(f"{story} is another worker's since: left alone")
            else:
                self._machines.give(story, rests, again, keep=keep)
        if rests and not self._lost:
            self._told(f"{story} rests: {rests}")

    def _lose(self) -> None:
        """Another has the story: what works on it here is ended."""
        self._lost = True
        self._desk.agents.stop()

    def _carried(self, story: str, taken: Taken) -> Session:
        holder = f"{self._machines.holder}, epoch {taken.epoch}"
        self._common.hold(story, holder, again=taken.again)
        with ExitStack() as stack:
            objects = stack.enter_context(self._desk.history.read())
            session = Session(self._desk, Grounds(objects, self._desk.formats), None, self._known)
            see_that_it_is_shared(session.settings)
            session.research = self._machines.asked().get(story, (False, False))[1]
            tidy_up(session)
            if session.backlog.can_begin(story) or session.backlog.is_elsewhere(story):
                begin(session, story)  # else a job was given twice, and it waits for a person by now
            if session.run(story).state in STEPS:
                carry(
                    session, story, Seat(goes_on=lambda run: self._goes_on(session, run), quiet=self._quiet(story))
                )
            if session.parts:
                self._machines.ask(session.parts, named=False, research=False)
            self._common.let_go(done=session.run(story).state is State.DONE)
            return session

    def _left(self, session: Session, story: str) -> tuple[str, datetime | None, bool]:
        """Why it rests, when that is worth another look, and whether its territory stays its own."""
        run, rests = session.run(story), session.tried.get(story, "")
        if not rests or run.state is State.DONE:
            return "", None, run.state in STEPS
        soon = None if session.stopped else session.desk.clock.now() + _AGAIN
        return rests, run.until or soon, False

    def _goes_on(self, session: Session, run: Run) -> bool:
        """Whether the story may go on beside what others hold, as for several workers of one machine."""
        if self._lost or run.state is State.CREATE or run.state not in STEPS:
            self._placed = None
            return not self._lost
        landing = self._placed is not None and self._placed[1]
        lands = run.state is State.LAND or (run.state is State.VERIFY and landing)
        work = session.work(run.story, lands=lands)

        def fits(others: Sequence[Held]) -> bool:
            session.hear()  # of who is dead by now: what they came to since is not known here yet
            return free(work, [work_of(one) for one in others if _counts(one, session)], session.hubs)

        if self._placed == (work.territory, lands):
            return True
        if not self._machines.claim(run.story, work.territory, fits, lands=lands):
            return False
        self._placed = (work.territory, lands)
        return True

    def _quiet(self, story: str) -> Callable[[], None]:
        def wait() -> None:
            while self._machines.another_lands(story):
                self._desk.sleep(_LOOK)

        return wait


class Shift:
    """What a worker does for the engine; `desk` opens the world anew for each job, in step with the remote."""

    def __init__(self, desk: Callable[[], Desk], told: Callable[[str], None]) -> None:
        self._open = desk
        self._told = told
        self._desk: Desk | None = None
        self._over = False
        self._known: dict[str, Run] = {}
        """The runs as they stood: of the journal only what is new is read for a job."""

    def dispatch(self) -> None:
        """See what can be worked on. Where server or remote are out of reach, it is seen later."""
        try:
            desk = self._open()
            dispatch(desk, _together(desk), self._known)
        except BmadError as error:
            self._known.clear()
            self._told(f"it could not be seen what is to be done: {error}")

    def story(self, story: str) -> None:
        """Carry a story."""
        try:
            desk = self._desk = self._open()
            if self._over:
                return
            Post(desk, _together(desk), self._told, self._known).work(story)
        except KeyboardInterrupt:
            self._told(f"{story} is given back")
        except BmadError as error:
            self._known.clear()
            self._told(f"{story} is left as it is: {error}")
        finally:
            self._desk = None

    def end(self) -> None:
        """From a signal: end what works now, and begin nothing."""
        self._over = True
        if self._desk is not None:
            self._desk.agents.stop()


def _together(desk: Desk) -> Together:
    assert desk.together is not None  # noqa: S101 - whoever opens a worker's desk sees to it
    return desk.together


def _counts(one: Held, session: Session) -> bool:
    """Whether what another story has keeps this one off: it is held, or has been built in part."""
    return one.live or (session.run(one.story).state in STEPS and not one.rests)
