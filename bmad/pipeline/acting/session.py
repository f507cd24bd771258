"""One call of `bmad act`: replay, next effect, perform it, append; story after story until all rest or wait."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import NamedTuple

from bmad.core.act.accounts import LASTING
from bmad.core.act.census import census
from bmad.core.act.replay import replay, runs
from bmad.core.act.run import Run
from bmad.core.harness import AGENTS
from bmad.errors import CannotAnswerError, StaleError, UsageError
from bmad.model.act import Again, Content, Event, Failed, OutOfBudget, Resumed, Split, Started, State, Waits
from bmad.model.act_reports import ActReport, StoryStand
from bmad.model.policy import Policy
from bmad.model.settings import Settings
from bmad.pipeline.acting import checking, creating, landing, means, reviewing, working
from bmad.pipeline.acting.accounts import Accounts
from bmad.pipeline.acting.backlog import Backlog
from bmad.pipeline.acting.case import Case, StopError
from bmad.pipeline.acting.chains import lost, upstream
from bmad.pipeline.acting.grounds import Basis, Grounds
from bmad.pipeline.acting.noting import at_work, clear, note, person_of, readable, worktree_hold
from bmad.pipeline.acting.proving import end_left
from bmad.pipeline.acting.purse import Purse
from bmad.pipeline.acting.staging import conflicting, keep_up
from bmad.pipeline.acting.telling import stand
from bmad.pipeline.acting.waiting import wait
from bmad.pipeline.branches import NEXT, REF, short
from bmad.ports.acting import Desk, Hold

STEPS = {
    State.CREATE: creating.create,
    State.DEV: working.dev,
    State.VERIFY: checking.verify,
    State.REVIEW: reviewing.review,
    State.TRIAGE: reviewing.triage,
    State.FIX: working.fix,
    State.LAND: landing.land,
}
"""What is done in each state that does not wait for a person."""

_BUILT = (State.CREATE, State.DEV)
"""The states in which a story is still to be built, which is in vain where nobody could review it."""

_IN_THE_WAY = REF.rstrip("/")

_BEGUN = "would be begun"

_PAUSED = (State.PLAN, State.ARBITRATE, State.ACCEPT)
"""The states in which a story waits for a person's word."""


class ActRequest(NamedTuple):
    """`stories` may be prefixes, none means the whole backlog; `target` is the work tree's `act.target`."""

    stories: tuple[str, ...] = ()
    target: str | None = None
    dry_run: bool = False
    again: bool = False
    """Whether the failed checks of these stories are to run again, on the work as it is."""
    why: str = ""
    """What a person says of that."""
    research: bool = False
    """Whether something is to be found out before stories are prepared that are begun now."""


def act(desk: Desk, request: ActRequest) -> ActReport:
    """Carry stories as far as they go without a person.

    Raises: UsageError on names and settings that do not hold; CannotAnswerError where another runner is at work.
    """
    working = nullcontext(list[str]()) if request.dry_run else at_work(desk)
    with working as left, desk.history.read() as objects:
        session = Session(desk, Grounds(objects, desk.formats), request.target)
        session.notes += left
        session.research = request.research
        if request.dry_run:
            wanted = session.backlog.names(request.stories)
            return session.report(wanted, session.plan(wanted))
        session.see_that_it_signs()
        session.keep_up()
        wanted = session.backlog.names(request.stories)
        session.tidy()
        if request.again:
            session.see_that_checks_failed(wanted if request.stories else ())
        session.take_up(wanted, named=bool(request.stories))
        if request.again:
            session.check_again(wanted, request.why)
        session.look_up(wanted)
        while True:
            while (story := session.choose((*session.parts, *wanted), request.stories)) is not None:
                if session.run(story).state not in STEPS:
                    session.start(story)
                session.carry(story)
            if not session.has_waited():
                session.tidy()
                return session.report((*session.parts, *(one for one in wanted if one not in session.parts)))


_UNSIGNED = (
    "commit.gpgSign is set, but bmad signs none of the commits that it makes; sign what you push where you must"
)


_STOPPED = "the run was stopped, since every story would meet the same: {}"


class Session:
    def __init__(self, desk: Desk, grounds: Grounds, target: str | None) -> None:
        self.desk = desk
        self.grounds = grounds
        self.runs = runs(desk.journal.entries())
        self.backlog = Backlog(desk, grounds, desk.repository.target(target), self.runs)
        self.target, self.onto = self.backlog.target, self.backlog.onto
        self.settings = self.backlog.settings
        self.landed: list[str] = []
        self.research = False
        self.parts: list[str] = []
        """The stories that this run took out of others."""
        self._tried: dict[str, str] = {}
        self._paused: set[str] = set()
        self.stopped = ""
        """What keeps every story from going on, once something does."""
        self.purse = Purse()
        self.notes: list[str] = []

    def see_that_it_signs(self) -> None:
        """Where the policy counts signatures, try the key before anybody works. Raises: CannotAnswerError."""
        if self.settings.gate.attest == "signed":
            self.desk.repository.signature(b"")

    def keep_up(self) -> None:
        """Bring `bmad/next` on top of the target, where stories are accepted at the end."""
        conflicts = keep_up(self.desk, self.grounds, self.target) if self.onto == NEXT else ()
        if conflicts:
            self.notes.append(conflicting(self.desk, self.grounds, self.target, conflicts))

    def run(self, story: str) -> Run:
        return self.backlog.run(story)

    def take_up(self, wanted: Iterable[str], *, named: bool) -> None:
        """Resume those that rest and were named: that is how a person takes them up again.

        What was called off and stands on no branch any more begins anew. Where an agent died it needs no name.
        """
        if named:
            Accounts(self.desk).forget()
        for story in wanted:
            run = self.run(story)
            if not named and not run.goes_on_by_itself:
                continue
            gone = run.has_landed and self.backlog.basis.record(story, run.landing) is None
            if run.state is State.CANCELLED and (gone or lost(self.grounds, run)):
                self.start(story)
            elif run.resting:
                self.note(story, Event.RESUMED, Resumed(by=self.desk.person, policy=policy(self.settings)))

    def see_that_checks_failed(self, named: Sequence[str]) -> None:
        """Raises: UsageError where no story is named, or one does not wait for a check that failed."""
        if not named:
            raise UsageError("Say whose checks are to run again: bmad act STORY --again. See: bmad inbox")
        other = next((story for story in named if not self.run(story).may_check_again), None)
        if other is not None:
            state = self.run(other).state
            raise UsageError(f"{other} is in state `{state}`, and no failed check holds it up. See: bmad inbox")

    def check_again(self, stories: Iterable[str], why: str = "") -> None:
        for story in stories:
            if self.run(story).state is not State.VERIFY:
                self.note(story, Event.AGAIN, Again(by=person_of(self.desk), why=readable(why.strip(), "--why")))

    def plan(self, wanted: Iterable[str]) -> dict[str, str]:
        """What would be done with each story, for `--dry-run`.

        Raises: UsageError where bmad.yaml does not name what it takes to begin one.
        """
        told = {story: self._planned(self.run(story)) for story in wanted}
        if _BEGUN in told.values():
            means.require(self.settings, by_hand=False)
            lacks = self._missing()
            told = {story: lacks if lacks and words == _BEGUN else words for story, words in told.items()}
        return told

    def _missing(self, *, by_hand: bool = False) -> str:
        """What no agent of a role has that it could not work without: found before anything is built."""
        return means.missing(self.settings, self.desk.agents.lacking, by_hand=by_hand)

    def _planned(self, run: Run) -> str:
        if self.backlog.can_begin(run.story):
            obstacle = self.backlog.obstacle(run.story)
            return obstacle or ("" if self.backlog.basis.closed(run.story) else _BEGUN)
        if self.backlog.is_elsewhere(run.story):
            return self.backlog.where(run)
        if run.state in STEPS:
            return f"would go on with {run.step()}"
        if run.goes_on_by_itself:
            return f"would be taken up again: {run.waits_for}"
        if run.state is State.DONE:
            return ""
        return run.waits_for or (
            f"bmad act {run.story} takes it up again" if run.resting else "waits for a person"
        )

    def look_up(self, wanted: Iterable[str]) -> None:
        """Send those that wait for a person's word back where the specification above them has changed."""
        for run in (self.run(story) for story in wanted):
            basis = self._built_on(run) if run.state in _PAUSED else None
            happened = upstream(basis, run) if basis is not None else None
            if happened is not None:
                self.note(run.story, *happened)

    def _built_on(self, run: Run) -> Basis | None:
        """The basis of a story under way; None, told as what it waits for, where its branch is gone."""
        tip = self.desk.repository.tip(run.onto)
        if tip is not None:
            return self.grounds.at(tip)
        name = short(run.onto)
        way = f"make it again (git branch {name}), or: bmad cancel {run.story}"
        self._tried[run.story] = f"{name}, which it is built on, is gone: {way}"
        return None

    def choose(self, wanted: Iterable[str], named: Sequence[str] = ()) -> str | None:
        """The next story that something can be done for: those under way first.

        What landed elsewhere is built anew only where it was named.
        """
        if self.stopped:
            return None
        left = [story for story in wanted if story not in self._tried]
        under_way = [story for story in left if self.run(story).state in STEPS]
        if under_way:
            return under_way[0]
        for story in left:
            anew = bool(named) and self.backlog.is_elsewhere(story) and story not in self.landed
            begins = self.backlog.can_begin(story) or anew
            if not begins or self.backlog.missing(story):
                continue  # what waits for another story may have its turn later
            obstacle = self.backlog.obstacle(story)
            if not obstacle:
                return story
            self._tried[story] = obstacle
        return None

    def has_waited(self) -> bool:
        """Wait for the first account that paused a story of this run, where that is worth it; whether it was."""
        ends = {run.until for run in map(self.run, self._paused) if run.until is not None}
        back = Accounts(self.desk).back(self.settings.act.patience, ends) if not self.stopped else None
        if back is None:
            return False
        wait(self.desk, back)
        for story in self._paused:
            self._tried.pop(story, None)
        self._paused.clear()
        return True

    def landed_meanwhile(self, story: str) -> bool:
        """Whether a code host, or a person, has landed what waited for it; then that is noted."""
        run = self.run(story)
        basis = self._built_on(run) if run.state is State.LAND else None
        if basis is None or basis.record(story, run.landing) is None:
            return False
        self.carry(story)
        return self.run(story).state is State.DONE

    def carry(self, story: str) -> None:
        """Take a story under way from step to step until it is done, rests, or waits."""
        if self.run(story).state in _BUILT and (lacks := self._missing()):
            self._tried[story] = lacks
            return
        hold = worktree_hold(self.desk, story, "bmad act")
        if hold is None:
            holder = self.desk.locks.holder(f"worktree-{story}")
            self._tried[story] = f"a process still works in its worktree ({holder})"
            return
        try:
            while story not in self._tried and self._step(story, hold):
                continue
        finally:
            hold.release()
        if self.run(story).state is State.DONE:
            self._tidy(story)

    def tidy(self) -> None:
        """Take away what a runner left that died right after a landing, and end what one brought up to probe."""
        self.notes += [one for one in end_left(self.desk, self.grounds) if one not in self.notes]
        for story in self.desk.repository.worktrees():
            if self.run(story).state is State.DONE:
                self._tidy(story)

    def _tidy(self, story: str) -> None:
        """Remove the worktree of a story that is done; where that fails it is told, and holds up nothing."""
        stays = clear(self.desk, story, "bmad act")
        if stays:
            self._tried[story] = stays

    def _step(self, story: str, hold: Hold) -> bool:
        """Perform and note one step; whether the story can go on."""
        run = self.run(story)
        try:
            if run.state not in STEPS:
                return False
            self._perform(run, hold)
        except StaleError:
            self.runs[story] = replay(story, self.desk.journal.entries(story))
        return True

    def start(self, story: str, submitted: str = "") -> None:
        """Begin a story; `submitted` is the branch of a person who does the developer's part.

        Raises: UsageError where bmad.yaml does not name what it takes, or a branch is in the way;
        CannotAnswerError where nobody can review what was submitted.
        """
        if self.backlog.basis.closed(story):
            self._tried[story] = ""  # it has landed; nothing is left to be done
            return
        means.require(self.settings, by_hand=bool(submitted))
        lacks = self._missing(by_hand=bool(submitted))
        if lacks and submitted:
            raise CannotAnswerError(f"Nobody can review it. {lacks}")
        if lacks:
            self._tried[story] = lacks
            return
        if self.desk.repository.tip(_IN_THE_WAY) is not None:
            raise UsageError(
                f"The branch {short(_IN_THE_WAY)} keeps git from making {short(REF)}{story}. Rename it: "
                f"git branch -m {short(_IN_THE_WAY)} NAME"
            )
        basis = self.backlog.basis
        agents = self.grounds.text(basis.commit, AGENTS)
        advice = means.advice(self.settings, agents, first=not basis.records)
        if advice and advice not in self.notes and not submitted:
            self.notes.append(advice)
        content = Started(
            policy=policy(self.settings),
            target=self.target,
            onto=self.onto,
            base=self.backlog.basis.commit,
            landing=self.grounds.next_landing(self.backlog.basis.commit, story),
            submitted=submitted,
            research=self.research and not submitted,
        )
        self.note(story, Event.STARTED, content)

    def _perform(self, run: Run, hold: Hold) -> None:
        basis = self._built_on(run)
        if basis is None:
            return
        case = Case(self.desk, self.grounds, basis, run, hold, purse=self.purse, notes=self.notes)
        try:
            happened = lost(self.grounds, run) or upstream(case.basis, run) or STEPS[run.state](case)
        except StopError as stop:
            happened = stop.happened
        if happened is None:
            return
        event, content = happened
        self._weigh(content)
        if isinstance(content, Waits):
            self._tried[run.story] = content.words
            if content.until is not None:
                self._paused.add(run.story)
            if (run.waits_for, run.until) == (content.words, content.until):
                return
        self.note(run.story, event, content)
        if isinstance(content, Split):
            self.parts += content.into
        if event is Event.LANDED:
            self.landed.append(run.story)
        made = event is Event.LANDED or (run.state is State.LAND and run.policy.land == "branch")
        unsigned = self.settings.gate.attest == "none" and self.desk.repository.signs()
        if made and _UNSIGNED not in self.notes and unsigned:
            self.notes.append(_UNSIGNED)

    def _weigh(self, content: Content) -> None:
        """Whether what stopped a story stops all of them, so that each need not find out by itself."""
        match content:
            case Waits() | Failed() if content.fault in LASTING and getattr(content, "until", None) is None:
                self.stopped = content.words
            case OutOfBudget() if content.of == "run":
                self.stopped = content.words

    def note(self, story: str, event: Event, content: Content) -> None:
        self.runs[story] = note(self.desk, self.run(story), event, self.purse.settled(story, content))

    def report(self, wanted: Iterable[str], plan: Mapping[str, str] | None = None) -> ActReport:
        stands = tuple(self._stand(story, (plan or self._tried).get(story, "")) for story in wanted)
        counted = stands if plan is None else tuple(map(self._by_itself, stands))
        ends = [one.until for one in stands if one.until is not None]
        stopped = (_STOPPED.format(self.stopped),) if self.stopped else ()
        return ActReport(
            ok=all(one.state in (State.DONE, State.CANCELLED) for one in stands),
            target=self.target,
            stories=stands,
            landed=tuple(self.landed),
            census=census(counted, self.landed),
            until=min(ends, default=None),
            spent=self.purse.spent,
            notes=(*stopped, *self.notes),
        )

    def _by_itself(self, one: StoryStand) -> StoryStand:
        """A stand without what would be done with it, for which nobody waits."""
        return one.model_copy(update={"waits_for": self.run(one.id).waits_for})

    def _stand(self, story: str, obstacle: str) -> StoryStand:
        run, basis = self.run(story), self.backlog.basis
        item = basis.story(story)
        if self.backlog.is_elsewhere(story):
            return stand(Run(story), item, obstacle or self.backlog.where(run))
        if self.backlog.can_begin(story):
            obstacle = obstacle or self.backlog.obstacle(story)
            fresh = run if run.state is State.BACKLOG else Run(story)
            landed = basis.closed(story) and not obstacle
            return stand(fresh, item, obstacle, prices=self.settings.prices, landed=landed)
        return stand(run, item, run.waits_for or obstacle, prices=self.settings.prices)


def policy(settings: Settings) -> Policy:
    one = settings.act
    return Policy(rounds=one.rounds, plan=one.plan, accept=one.accept, land=one.land)
