"""Several stories at once: a thread each, and one turn for all that bmad itself does.

Only while an agent or a check works do others have their turn, so runs, journal, purse, accounts and git are never
touched by two at once, and what is decided is decided on what stands. Between the steps of a story it is asked
whether it may go on: not beside one that shares its territory, which is known once it is prepared, and at its
landing not beside another landing. Whoever may not gives the worker back; the story has its turn again when one is
free, and what is its territory stays so until then.

What an exception ends (a full disk, a policy that cannot be read) lets the others end the step that they are at.
"""

from collections.abc import Callable, Collection
from functools import partial

from bmad.core.act.run import Run
from bmad.core.act.schedule import Work, free
from bmad.model.act import State
from bmad.pipeline.act.runner import STEPS, Seat, begin, carry
from bmad.pipeline.act.session import Session

_LOOK = 0.2
"""Seconds."""

_HEAR = 5
"""After so many of these pauses the journal is asked for what people have said meanwhile."""

_ASKING = (State.CREATE, State.DEV, State.REVIEW, State.TRIAGE, State.FIX)
"""The states whose steps need an agent."""

Choose = Callable[[Collection[Work], Collection[str]], str | None]
"""The next story that can be worked on beside some others; those of the names have a worker already."""


class Crew:
    """Up to `count` workers of one session."""

    def __init__(self, session: Session, count: int, choose: Choose) -> None:
        self._session = session
        self._choose = choose
        self._threads = session.desk.threads
        self._turn = self._threads.turn()
        self._left = self._threads.word(self._turn)
        """Is told when a story is not about to land any more."""
        self._over = self._threads.bell()
        """Rings when a story has let go of its worker."""
        self._slots = set(range(1, count + 1))
        """Those that are free."""
        self._busy: set[str] = set()
        self._placed: set[str] = set()
        """Those whose territory is theirs now; one that is being prepared has to see first whether it is free."""
        self._landing = ""
        """The story that is about to land, or is checked once more for that."""
        self._changed = True
        """Whether a story has let go of its worker, or of its landing, since one was last chosen."""
        self._raised: list[BaseException] = []
        self._looks = 0
        """Since it was last asked what people have said."""

    def work(self) -> None:
        """Carry stories until nothing can be done for any.

        Raises: what one of them raised, of several the first; KeyboardInterrupt once all have ended.
        """
        agents = self._session.desk.agents
        with agents.interrupts() as asked:
            try:
                while not asked and self._is_busy(asked):
                    self._look()
            except BaseException as error:  # noqa: BLE001 - raised again once the others have ended
                self._raised.insert(0, error)
            while self._busy:
                if asked:
                    agents.stop()
                self._look()
            if self._raised:
                raise self._raised[0]

    def _look(self) -> None:
        """Wait a little, or until a story has let go of its worker."""
        self._over.wait(_LOOK)
        self._over.clear()

    def _is_busy(self, asked: object) -> bool:
        """Whether there is something to wait for, once free workers were given what can be done.

        An agent that nothing holds keeps the turn while it works: the wait for it ends with `asked`, too.
        """
        while not self._turn.acquire(timeout=_LOOK):
            if asked:
                return True
        try:
            self._hear()
            while self._changed and self._slots and not self._raised:
                story = self._choose(self._works(), self._busy)
                if story is None:
                    self._changed = False
                    break
                if self._session.run(story).state not in STEPS:
                    begin(self._session, story)
                if self._session.run(story).state in STEPS:
                    self._seat(story)
            return bool(self._busy)
        finally:
            self._turn.release()

    def _hear(self) -> None:
        """Look once in a while whether somebody has taken a story on that a free worker could have."""
        self._looks += 1
        if self._slots and not self._raised and self._looks >= _HEAR:
            self._looks = 0
            self._changed = bool(self._session.hear()) or self._changed

    def _seat(self, story: str) -> None:
        slot = min(self._slots)
        self._slots.remove(slot)
        self._busy.add(story)
        self._threads.begin(partial(self._carry, story, slot), story)

    def _carry(self, story: str, slot: int) -> None:
        with self._turn:
            try:
                carry(self._session, story, Seat(slot, self._turn, self._goes_on, lambda: self._quiet(story)))
            except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
                self._raised.append(error)
            finally:
                try:
                    self._leave(story)
                    if self._session.run(story).state not in STEPS or story in self._session.tried:
                        self._placed.discard(story)
                finally:  # whatever failed: nobody waits for a worker that has ended
                    self._busy.remove(story)
                    self._slots.add(slot)
                    self._changed = True
                    self._over.set()

    def _goes_on(self, run: Run) -> bool:
        story = run.story
        if run.state not in (State.LAND, State.VERIFY):
            self._leave(story)
        if run.state is State.CREATE:
            self._placed.discard(story)
        if self._raised or not self._has_agents(run):
            return False
        if run.state in STEPS and run.state is not State.CREATE and story not in self._placed:
            if not self._is_free(story):
                return False
            self._placed.add(story)
        if run.state is State.LAND and self._landing in ("", story):
            self._landing = story
        return run.state is not State.LAND or self._landing == story

    def _is_free(self, story: str) -> bool:
        placed = [self._session.work(one, lands=False) for one in self._placed]
        return free(self._session.work(story, lands=False), placed, self._session.hubs)

    def _has_agents(self, run: Run) -> bool:
        """Where something stops every story, one that needs an agent stays where it is, and can go on later."""
        stopped = self._session.stopped if run.state in _ASKING else ""
        if stopped:
            self._session.tried[run.story] = stopped
        return not stopped

    def _works(self) -> list[Work]:
        """Those that are worked on, or have their territory; one of them lands, if any."""
        return [self._session.work(one, lands=one == self._landing) for one in {*self._busy, *self._placed}]

    def _leave(self, story: str) -> None:
        """A story is not about to land any more."""
        if self._landing == story:
            self._landing = ""
            self._changed = True
            self._left.notify_all()

    def _quiet(self, story: str) -> None:
        while self._landing not in ("", story):
            self._left.wait()
