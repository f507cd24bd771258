"""One call of `bmad act`: replay, next effect, perform it, append; story after story until all rest or wait."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bmad.core.act.machine import WORKING
from bmad.core.act.replay import replay, runs
from bmad.core.act.run import Run
from bmad.errors import CannotAnswerError, StaleError, UsageError
from bmad.model.act import Content, Event, Policy, Resumed, Started, State, Waits
from bmad.model.act_reports import ActReport, StoryStand
from bmad.model.ids import Kind
from bmad.model.settings import Settings
from bmad.pipeline.acting import checking, creating, landing, means, reviewing, schedule, working
from bmad.pipeline.acting.case import Case, StopError, short
from bmad.pipeline.acting.chains import begun_by_hand, unsound, upstream
from bmad.pipeline.acting.grounds import Basis, Grounds
from bmad.pipeline.acting.noting import alone, note
from bmad.pipeline.acting.staging import NEXT, conflicting, keep_up
from bmad.pipeline.acting.telling import stand
from bmad.pipeline.graph import find
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

_BEGUN = "would be begun"

_PAUSED = (State.PLAN, State.ARBITRATE, State.ACCEPT)
"""The states in which a story waits for a person's word."""


class ActRequest(NamedTuple):
    """`stories` may be prefixes, none means the whole backlog; `target` is the work tree's `act.target`."""

    stories: tuple[str, ...] = ()
    target: str | None = None
    dry_run: bool = False


def act(desk: Desk, request: ActRequest) -> ActReport:
    """Carry stories as far as they go without a person.

    Raises: UsageError on names and settings that do not hold; CannotAnswerError where another runner is at work.
    """
    with alone(desk), desk.history.read() as objects:
        session = Session(desk, Grounds(objects, desk.formats), request.target)
        if request.dry_run:
            wanted = session.names(request.stories)
            return session.report(wanted, session.plan(wanted))
        session.keep_up()
        wanted = session.names(request.stories)
        session.tidy()
        session.take_up(wanted if request.stories else ())
        session.look_up(wanted)
        while (story := session.choose(wanted)) is not None:
            if session.can_begin(story):
                session.start(story)
            session.carry(story)
        return session.report(wanted)


class Session:
    def __init__(self, desk: Desk, grounds: Grounds, target: str | None) -> None:
        self.desk = desk
        self.grounds = grounds
        self.target = desk.repository.target(target)
        self.settings = self._at(self.target).settings
        self.runs = runs(desk.journal.entries())
        self.landed: list[str] = []
        self._tried: dict[str, str] = {}
        self.onto = NEXT if self.settings.act.accept == "end" else self.target
        self.notes: list[str] = []

    def _at(self, ref: str) -> Basis:
        tip = self.desk.repository.tip(ref)
        if tip is None:
            raise UsageError(f"There is no {ref} any more; name the branch with `act.target` in bmad.yaml.")
        return self.grounds.at(tip)

    def keep_up(self) -> None:
        """Bring `bmad/next` on top of the target, where stories are accepted at the end."""
        conflicts = keep_up(self.desk, self.grounds, self.target) if self.onto == NEXT else ()
        if conflicts:
            self.notes.append(conflicting(self.target, conflicts))

    @property
    def basis(self) -> Basis:
        return self._at(self.onto if self.desk.repository.tip(self.onto) is not None else self.target)

    def names(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The stories that are asked for, in full; all of the specification where none is."""
        graph = self.basis.state.graph
        found = [find(graph, name) for name in wanted]
        for name in found:
            if graph.nodes[name].kind is not Kind.STORY:
                raise UsageError(f"{name} is no story; `bmad act` carries out stories.")
        if found:
            return tuple(found)
        gone = [one.story for one in self.runs.values() if one.state in WORKING and one.story not in graph.nodes]
        return (*schedule.order(graph, (node.id for node in graph.of_kind(Kind.STORY))), *sorted(gone))

    def run(self, story: str) -> Run:
        return self.runs.get(story) or Run(story)

    def take_up(self, named: Iterable[str]) -> None:
        """Resume those that rest and were named: that is how a person takes them up again."""
        for story in named:
            if self.run(story).resting:
                self.note(story, Event.RESUMED, Resumed(by=self.desk.person, policy=policy(self.settings)))

    def plan(self, wanted: Iterable[str]) -> dict[str, str]:
        """What would be done with each story, for `--dry-run`.

        Raises: UsageError where bmad.yaml does not name what it takes to begin one.
        """
        told = {story: self._planned(self.run(story)) for story in wanted}
        if _BEGUN in told.values():
            means.require(self.settings, by_hand=False)
        return told

    def _planned(self, run: Run) -> str:
        if self.can_begin(run.story):
            return self._obstacle(run.story) or _BEGUN
        if run.state in STEPS:
            return f"would go on with {run.step()}"
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

    def choose(self, wanted: Iterable[str]) -> str | None:
        """The next story that something can be done for: those under way first."""
        left = [story for story in wanted if story not in self._tried]
        under_way = [story for story in left if self.run(story).state in STEPS]
        if under_way:
            return under_way[0]
        for story in left:
            if not self.can_begin(story) or self._missing(story):
                continue  # what waits for another story may have its turn later
            obstacle = self._obstacle(story)
            if not obstacle:
                return story
            self._tried[story] = obstacle
        return None

    def can_begin(self, story: str) -> bool:
        """Whether it was not begun yet, or has landed and was reopened since."""
        state, basis = self.run(story).state, self.basis
        reopened = basis.landings(story) > 0 and not basis.closed(story)
        return state is State.BACKLOG or (state is State.DONE and reopened)

    def is_elsewhere(self, story: str) -> bool:
        """Whether it has landed on another branch than the target, and not on this one: a backport."""
        run = self.run(story)
        return run.state is State.DONE and run.target != self.target and not self.basis.landings(story)

    def landed_meanwhile(self, story: str) -> bool:
        """Whether a code host, or a person, has landed what waited for it; then that is noted."""
        run = self.run(story)
        basis = self._built_on(run) if run.state is State.LAND else None
        if basis is None or basis.record(story, run.landing) is None:
            return False
        self.carry(story)
        return self.run(story).state is State.DONE

    def _obstacle(self, story: str) -> str:
        """Why a story of the backlog cannot begin; empty where it can."""
        basis = self.basis
        item = basis.story(story)
        if item is None or basis.closed(story):
            return "" if item is not None else "it does not stand in the specification"
        missing = self._missing(story)
        if missing:
            return f"it waits for {', '.join(missing)}"
        return unsound(basis, story) or begun_by_hand(self.desk, basis, story)

    def _missing(self, story: str) -> tuple[str, ...]:
        """The stories that have to land before it."""
        basis = self.basis
        item = basis.story(story)
        if item is None or basis.closed(story):
            return ()
        unmet = schedule.unmet(item, basis.state.graph, basis.landed)
        return tuple(name for name in unmet if not self._done_by_hand(basis, name))

    def _done_by_hand(self, basis: Basis, story: str) -> bool:
        """Whether people did the story: commits name it, and bmad act never began it."""
        return self.run(story).state is State.BACKLOG and story in self.grounds.by_hand(basis)

    def carry(self, story: str) -> None:
        """Take a story under way from step to step until it is done, rests, or waits."""
        name = f"worktree-{story}"
        hold = self._hold(name)
        if hold is None:
            self._tried[story] = f"a process still works in its worktree ({self.desk.locks.holder(name)})"
            return
        try:
            while story not in self._tried and self._step(story, hold):
                continue
        finally:
            hold.release()
        if self.run(story).state is State.DONE:
            self._tidy(story)

    def _hold(self, name: str) -> Hold | None:
        """The lock of a worktree, once all is ended that outlived its runner there, with the lock or without."""
        if not self.desk.agents.end_survivors(name):
            return None
        return self.desk.locks.take(name, "bmad act")

    def tidy(self) -> None:
        """Take away what a runner left that died right after a landing."""
        for story, run in self.runs.items():
            if run.state is State.DONE:
                self._tidy(story)

    def _tidy(self, story: str) -> None:
        """Remove the worktree of a story that is done; where that fails it is told, and holds up nothing."""
        try:
            self.desk.repository.remove(story, f"{story}/done")
        except CannotAnswerError as error:
            self._tried[story] = str(error)

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

        Raises: UsageError where bmad.yaml does not name what it takes.
        """
        if self.basis.closed(story):
            self._tried[story] = "it has landed already"
            return
        means.require(self.settings, by_hand=bool(submitted))
        content = Started(
            policy=policy(self.settings),
            target=self.target,
            onto=self.onto,
            base=self.basis.commit,
            landing=self.basis.landings(story) + 1,
            submitted=submitted,
        )
        self.note(story, Event.STARTED, content)

    def _perform(self, run: Run, hold: Hold) -> None:
        basis = self._built_on(run)
        if basis is None:
            return
        case = Case(self.desk, self.grounds, basis, run, hold)
        try:
            happened = upstream(case.basis, run) or STEPS[run.state](case)
        except StopError as stop:
            happened = stop.happened
        if happened is None:
            return
        event, content = happened
        if isinstance(content, Waits):
            self._tried[run.story] = content.words
            if run.waits_for == content.words:
                return
        self.note(run.story, event, content)
        if event is Event.LANDED:
            self.landed.append(run.story)

    def note(self, story: str, event: Event, content: Content) -> None:
        self.runs[story] = note(self.desk, self.run(story), event, content)

    def report(self, wanted: Iterable[str], plan: Mapping[str, str] | None = None) -> ActReport:
        stands = tuple(self._stand(story, (plan or self._tried).get(story, "")) for story in wanted)
        return ActReport(
            ok=all(one.state is State.DONE for one in stands),
            target=self.target,
            stories=stands,
            landed=tuple(self.landed),
            notes=tuple(self.notes),
        )

    def _stand(self, story: str, obstacle: str) -> StoryStand:
        run, basis = self.run(story), self.basis
        item = basis.story(story)
        if self.can_begin(story):
            landed = basis.closed(story)
            return stand(Run(story), item, obstacle or ("" if landed else self._obstacle(story)), landed=landed)
        return stand(run, item, run.waits_for or obstacle)


def policy(settings: Settings) -> Policy:
    one = settings.act
    return Policy(rounds=one.rounds, plan=one.plan, accept=one.accept, land=one.land)
