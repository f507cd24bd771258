"""What all stories of one call share: the runs as they stand, the backlog, what was spent, and what is told."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from bmad.core.act.machine import WORKING
from bmad.core.act.replay import replay
from bmad.core.act.run import Run
from bmad.core.act.schedule import Work
from bmad.errors import CannotAnswerError, StaleError, UsageError, WaitingError
from bmad.model.act import Again, Content, Event, Paid, Split, State, Waits
from bmad.model.journal import Entry
from bmad.model.policy import Policy
from bmad.model.settings import Settings
from bmad.pipeline.act import preflight
from bmad.pipeline.act.backlog import Backlog
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.pipeline.act.budget import Purse
from bmad.pipeline.act.integration import conflicting, keep_up
from bmad.pipeline.act.journal import heard, note, person_of, readable
from bmad.pipeline.act.prepared import built_on
from bmad.pipeline.act.reviewers.probe import end_left
from bmad.pipeline.act.upstream import homeless
from bmad.pipeline.branches import NEXT
from bmad.ports.acting import Desk


class Session:
    """One call of `bmad act` or `bmad submit`, of whichever holds the runner lock."""

    def __init__(
        self, desk: Desk, grounds: Grounds, target: str | None, known: dict[str, Run] | None = None
    ) -> None:
        """`known` are runs that the caller keeps from call to call: of them only what is new is read."""
        self.desk = desk
        self.grounds = grounds
        self.runs = known if known is not None else {}
        heard(desk.journal, self.runs)
        self.backlog = Backlog(desk, grounds, self._found(target), self.runs)
        self.target, self.onto = self.backlog.target, self.backlog.onto
        self.settings = self.backlog.settings
        self.landed: list[str] = []
        self.research = False
        """Whether something is to be found out before stories are prepared that are begun now."""
        self.parts: list[str] = []
        """The stories that this run took out of others."""
        self.tried: dict[str, str] = {}
        """The stories for which nothing can be done now -> what keeps them from going on."""
        self.paused: set[str] = set()
        """Those of them that wait for an account to come back."""
        self.stopped = ""
        """What keeps every story from going on, once something does."""
        self.carried: set[str] = set()
        """The stories that a worker has now."""
        self.awaited: datetime | None = None
        """When the account is back that the whole call waits for, where it does."""
        self.changed: Callable[[Iterable[str]], None] = lambda _: None
        """Is told of stories that stand otherwise now, or have got or lost their worker."""
        self.purse = Purse()
        self.notes: list[str] = []
        self._held: dict[str, tuple[str, tuple[str, ...]]] = {}
        """Of stories whose preparation is held: that commit, and the territory in it."""

    def run(self, story: str) -> Run:
        return self.backlog.run(story)

    def _found(self, target: str | None) -> str:
        """The full ref of the branch to land on.

        Raises: UsageError where there is none; WaitingError where stories under way are built on one that is gone.
        """
        try:
            return self.desk.repository.target(target)
        except UsageError:
            gone = (one for one in self.runs.values() if one.state in WORKING and one.onto)
            lost = next((one for one in gone if self.desk.repository.tip(one.onto) is None), None)
            if lost is None:
                raise
            raise WaitingError(f"{lost.story} cannot go on: {homeless(lost)}; see: bmad inbox") from None

    @property
    def hubs(self) -> tuple[str, ...]:
        """Globs of the files that any number of stories may append to at once."""
        return self.settings.act.hubs

    def work(self, story: str, *, lands: bool) -> Work:
        """The story's place beside others; its territory as it stands where it is built, or is prepared to be.

        Where its preparation was taken off there, it may still be at work by that.
        """
        run, item = self.run(story), self.backlog.basis.story(story)
        stated = tuple(ref.text for ref in item.territory) if item is not None else ()
        gone = bool(run.spec) and not stated and run.state is not State.CREATE
        if run.state in WORKING and (run.held or gone):
            stated = self._prepared(run)
        return Work(story, stated, lands)

    def waits(self, run: Run) -> tuple[str, ...]:
        """The stories that have to stand before one that is prepared is built: its preparation may name them.

        Once more before it lands: what it was built on may have been taken back meanwhile.
        """
        if run.submitted or run.state not in (State.DEV, State.LAND):
            return ()
        basis = self.backlog.basis
        missing = self.backlog.missing(run.story, basis)
        if not missing or run.state is State.DEV:
            return missing
        circles = any(run.story in cycle for cycle in basis.state.graph.cycles)  # the gate says so, none waits
        return () if circles or basis.record(run.story, run.landing) is not None else missing

    def _prepared(self, run: Run) -> tuple[str, ...]:
        """The territory of a preparation that is held; asked for each time that a story is chosen."""
        base, known = self._held.get(run.story, ("", ()))
        if base != run.base:
            item = self.grounds.state(run.base).story(run.story) if not self.grounds.lacks(run.base) else None
            known = tuple(ref.text for ref in item.territory) if item is not None else ()
            self._held[run.story] = run.base, known
        return known

    def note(self, story: str, event: Event, content: Content) -> None:
        """Append one event of a story. Raises: StaleError where somebody went on with it; what was paid stays."""
        content = self.purse.settled(story, content)
        try:
            self.runs[story] = note(self.desk, self.run(story), event, content)
        except StaleError:
            self._note_paid(story, content)
            raise
        if isinstance(content, Split):
            self.parts += content.into
        if event is Event.LANDED:
            self.landed.append(story)
        self.changed([story])

    def _note_paid(self, story: str, content: Content) -> None:
        """Note the calls of a story that was called off while they were made."""
        run, calls = replay(story, self.desk.journal.entries(story)), (*content.work, *content.lost)
        if calls and run.state is State.CANCELLED:
            with suppress(StaleError):
                note(self.desk, run, Event.PAID, Paid(lost=calls))

    def hear(self) -> list[Entry]:
        """Take over what was noted by others of stories that no worker has here; what that was.

        So a person is heard who accepts, rejects, rules or cancels while the call works.
        """
        told = [one for one, _ in heard(self.desk.journal, self.runs, self.carried)]
        for one in told:
            self.tried.pop(one.story, None)
            self.paused.discard(one.story)
        if told:
            self.changed(dict.fromkeys(one.story for one in told))
        return told

    def see_that_it_signs(self) -> None:
        """Where the policy counts signatures, try the key before anybody works.

        What is to land waits for it, then, and says so. Raises: CannotAnswerError.
        """
        try:
            if self.settings.gate.attest == "signed":
                self.desk.repository.signature(b"")
        except CannotAnswerError as error:
            for run in [one for one in self.runs.values() if one.state is State.LAND and not one.waits_for]:
                with suppress(StaleError):
                    self.note(run.story, Event.WAITS, Waits(words=str(error)))
            raise

    def keep_up(self) -> None:
        """Bring `bmad/next` on top of the target, where stories are accepted at the end."""
        conflicts = keep_up(self.desk, self.grounds, self.target) if self.onto == NEXT else ()
        if conflicts:
            self.notes.append(conflicting(self.desk, self.grounds, self.target, conflicts))

    def end_probes(self) -> None:
        """End what a runner that died had brought up to probe."""
        self.notes += [one for one in end_left(self.desk, self.grounds) if one not in self.notes]

    def check_again(self, stories: Iterable[str], why: str = "") -> None:
        """Have the checks of stories run again that failed, with what a person says of that."""
        for story in stories:
            if self.run(story).state is not State.VERIFY:
                self.note(story, Event.AGAIN, Again(by=person_of(self.desk), why=readable(why.strip(), "--why")))

    def missing(self, *, by_hand: bool = False) -> str:
        """What no agent of a role has that it could not work without: found before anything is built."""
        return preflight.missing(self.settings, self.desk.agents.lacking, by_hand=by_hand)

    def built_on(self, run: Run) -> Basis | None:
        """The basis of a story under way; None, told as what it waits for, where its branch is gone."""
        basis = built_on(self.desk, self.grounds, run)
        if basis is None:
            self.tried[run.story] = homeless(run)
        return basis


def policy(settings: Settings) -> Policy:
    """What a story that begins now is carried by."""
    one = settings.act
    return Policy(rounds=one.rounds, plan=one.plan, accept=one.accept, land=one.land)
