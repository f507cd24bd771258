"""One call of `bmad act`: which story is next, how many there are, and what the others wait for.

A story is carried by `runner`; in which order the backlog is, `ordering` says.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.act.run import Run
from bmad.core.act.schedule import Ranks, Work, first_free
from bmad.errors import UsageError
from bmad.model.act import Event, Resumed, State
from bmad.model.act_reports import ActReport
from bmad.pipeline.act import preflight
from bmad.pipeline.act.accounts import Accounts
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.collecting import collecting
from bmad.pipeline.act.journal import at_work, uncommitted
from bmad.pipeline.act.pauses import wait
from bmad.pipeline.act.reports.call import report
from bmad.pipeline.act.reports.watch import Show, Watch
from bmad.pipeline.act.runner import STEPS, begin, carry, start, tidy
from bmad.pipeline.act.session import Session, policy
from bmad.pipeline.act.upstream import lost, upstream
from bmad.pipeline.act.workers import Crew
from bmad.ports.acting import Desk

_BEGUN = "would be begun"

_ALONE = (
    "one agent at a time is at work of {}: nothing keeps these in their worktrees (no Landlock here, or `sandbox` "
    "of bmad.yaml says so; see: bmad doctor), so what changes is watched meanwhile"
)

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
    workers: int | None = None
    """How many stories at most are carried at once; None is what the target's `act.workers` says."""


def act(desk: Desk, request: ActRequest, show: Show | None = None) -> ActReport:
    """Carry stories as far as they go without a person; `show` is given how all stand, whenever that changes.

    A signal that asks for an end cuts it short, and is told in the report; a second one raises KeyboardInterrupt.

    Raises: UsageError on names and settings that do not hold; CannotAnswerError where another runner is at work.
    """
    if request.dry_run:
        with desk.history.read() as objects:
            session = Session(desk, Grounds(objects, desk.formats), request.target)
            wanted = asked_for(session, request.stories)
            return report(session, wanted, Scheduler(session).plan(wanted))
    with at_work(desk, "bmad act") as left:
        carried: list[tuple[Session, tuple[str, ...]]] = []
        try:
            with desk.history.read() as objects:
                session = Session(desk, Grounds(objects, desk.formats), request.target)
                session.notes += left
                wanted = _begin(session, request)
                carried.append((session, wanted))
                return _carry(session, wanted, request, show)
        except KeyboardInterrupt:
            if not carried:
                raise
            return _cut_short(desk, request, *carried[0])


def _begin(session: Session, request: ActRequest) -> tuple[str, ...]:
    """Take up what is asked for; the stories, in full."""
    session.research = request.research
    session.see_that_it_signs()
    session.keep_up()
    wanted = asked_for(session, request.stories)
    tidy_up(session)
    take_up(session, wanted, request)
    return wanted


def take_up(session: Session, wanted: Sequence[str], request: ActRequest) -> None:
    """Take up again what rests, and have looked into once more what somebody asks that for.

    Raises: UsageError where checks are to run again, and none is named, or one does not wait for that.
    """
    scheduler = Scheduler(session)
    if request.again:
        scheduler.see_that_checks_failed(wanted if request.stories else ())
    scheduler.take_up(wanted, named=bool(request.stories))
    if request.again:
        session.check_again(wanted, request.why)
    scheduler.look_up(wanted)


def _carry(session: Session, wanted: Sequence[str], request: ActRequest, show: Show | None) -> ActReport:
    scheduler = Scheduler(session)
    if show is not None:
        Watch(session, wanted, scheduler.workers(request), show).begin()
    with collecting():
        while True:
            scheduler.carry_all(wanted, request)
            if not scheduler.has_waited():
                tidy_up(session)
                session.hear()
                session.backlog.look_back()
                return report(session, with_parts(session, wanted))


def with_parts(session: Session, wanted: Sequence[str]) -> tuple[str, ...]:
    """Stories, and first those that were taken out of others on the way."""
    return (*session.parts, *(one for one in wanted if one not in session.parts))


def _cut_short(desk: Desk, request: ActRequest, session: Session, wanted: Sequence[str]) -> ActReport:
    """How the stories stand of a call that a signal has ended: what was being read may be cut short, too."""
    with desk.history.read() as objects:
        now = Session(desk, Grounds(objects, desk.formats), request.target)
        now.landed, now.parts, now.purse = session.landed, session.parts, session.purse
        now.tried, now.stopped, now.notes = session.tried, session.stopped, session.notes
        told = report(now, with_parts(now, wanted))
    return told.model_copy(update={"interrupted": " ".join(["bmad act", *request.stories])})


def asked_for(session: Session, named: Sequence[str]) -> tuple[str, ...]:
    """The stories that are asked for, in full: any by name, else those that another person owns are left out."""
    unheard = uncommitted(session.desk, session.backlog.basis.layout)
    try:
        wanted = session.backlog.names(named)
    except UsageError as error:
        raise UsageError(". ".join([str(error).rstrip("."), *unheard])) from None
    session.notes += unheard
    left = session.backlog.left(wanted) if not named else {}
    for owner in dict.fromkeys(left.values()):
        session.notes.append(_left(owner, [story for story in wanted if left.get(story) == owner]))
    return tuple(story for story in wanted if story not in left)


_NAMED = 3
"""So many stories that are left to their owner are named in a command."""


def _left(owner: str, stories: Sequence[str]) -> str:
    """What one person is left, and the command that works on it all the same."""
    told = "1 story is" if len(stories) == 1 else f"{len(stories)} stories are"
    names, them = " ".join(stories[:_NAMED]), "it" if len(stories) == 1 else "them"
    more = f", and so on for all {len(stories)}" if len(stories) > _NAMED else ""
    return f"{told} left to {owner} (`Owner` of the epic); to work on {them} all the same: bmad act {names}{more}"


def tidy_up(session: Session) -> None:
    """Take away what a runner left that died right after a landing, and end what one brought up to probe."""
    session.end_probes()
    for story in session.desk.repository.worktrees():
        if session.run(story).state is State.DONE:
            tidy(session, story)


class Scheduler:
    """Chooses among the stories of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ranks: tuple[str, Ranks | None] = ("", None)
        """The commit whose specification was looked at last for what presses most, and that."""

    def carry_all(self, wanted: Sequence[str], request: ActRequest) -> None:
        """Carry the stories until nothing can be done for any of them."""
        session = self._session
        count = self.workers(request)

        def choose(beside: Collection[Work] = (), taken: Collection[str] = ()) -> str | None:
            left = [one for one in (*session.parts, *wanted) if one not in taken]
            return self.choose(self._by_rank(left) if count > 1 else left, request.stories, beside)

        if count > 1:
            if names := preflight.watched(session.settings, able=session.desk.agents.confines):
                session.notes.append(_ALONE.format(", ".join(names)))
            Crew(session, count, choose).work()
            return
        while (story := choose()) is not None:
            if session.run(story).state not in STEPS:
                begin(session, story)
            carry(session, story)

    def _by_rank(self, stories: Iterable[str]) -> list[str]:
        """Those of the stories that are not done, the most pressing first."""
        session, basis = self._session, self._session.backlog.basis
        at, ranks = self._ranks
        if ranks is None or at != basis.commit:
            ranks = Ranks(basis.state.graph, session.hubs)
            self._ranks = basis.commit, ranks
        return ranks.sorted(one for one in stories if one not in session.landed)

    def workers(self, request: ActRequest) -> int:
        """How many stories at most are carried at once."""
        return request.workers or self._session.settings.act.workers

    def take_up(self, wanted: Iterable[str], *, named: bool) -> None:
        """Resume those that rest and were named: that is how a person takes them up again.

        What was called off and stands on no branch any more begins anew. Where an agent died it needs no name.
        """
        session = self._session
        if named:
            Accounts(session.desk).forget()
        for story in wanted:
            run = session.run(story)
            if not named and not run.goes_on_by_itself:
                continue
            if run.state is State.CANCELLED and (self._is_gone(run) or lost(session.grounds, run)):
                start(session, story)
            elif run.resting:
                session.note(
                    story, Event.RESUMED, Resumed(by=session.desk.person, policy=policy(session.settings))
                )

    def _is_gone(self, run: Run) -> bool:
        """Whether a landing of the story's, this one or what it mends, does not stand where it would go on."""
        basis = self._session.backlog.basis
        if run.has_landed:
            return basis.record(run.story, run.landing) is None
        return run.landing > 1 and self._session.grounds.next_landing(basis.commit, run.story) < run.landing

    def see_that_checks_failed(self, named: Sequence[str]) -> None:
        """Raises: UsageError where no story is named, or one does not wait for a check that failed."""
        if not named:
            raise UsageError("Say whose checks are to run again: bmad act STORY --again. See: bmad inbox")
        other = next((story for story in named if not self._session.run(story).may_check_again), None)
        if other is not None:
            state = self._session.run(other).state
            raise UsageError(f"{other} is in state `{state}`, and no failed check holds it up. See: bmad inbox")

    def plan(self, wanted: Iterable[str]) -> dict[str, str]:
        """What would be done with each story, for `--dry-run`.

        Raises: UsageError where bmad.yaml does not name what it takes to begin one.
        """
        told = {story: self._planned(story) for story in wanted}
        if _BEGUN in told.values():
            preflight.require(self._session.settings, by_hand=False)
            lacks = self._session.missing()
            told = {story: lacks if lacks and words == _BEGUN else words for story, words in told.items()}
        return told

    def _planned(self, story: str) -> str:
        session, backlog = self._session, self._session.backlog
        run = session.run(story)
        if backlog.can_begin(story):
            obstacle = backlog.obstacle(story).words
            return obstacle or ("" if backlog.basis.closed(story) else _BEGUN)
        if backlog.is_elsewhere(story):
            return backlog.where(run).words
        if waits := backlog.waits(session.waits(run)).words:
            return waits
        if run.state in STEPS:
            return f"would go on with {run.step()}"
        if run.goes_on_by_itself:
            return f"would be taken up again: {run.waits_for}"
        if run.state is State.DONE:
            return ""
        return run.waits_for or (f"bmad act {story} takes it up again" if run.resting else "waits for a person")

    def look_up(self, wanted: Iterable[str]) -> None:
        """Send those that wait for a person's word back where the specification above them has changed."""
        session = self._session
        for run in (session.run(story) for story in wanted):
            basis = session.built_on(run) if run.state in _PAUSED else None
            happened = upstream(basis, run) if basis is not None else None
            if happened is not None:
                session.note(run.story, *happened)

    def choose(
        self, wanted: Iterable[str], named: Sequence[str] = (), beside: Collection[Work] = ()
    ) -> str | None:
        """The next story that something can be done for beside those that are worked on: those under way first.

        What people have said meanwhile counts. What landed elsewhere is built anew only where it was named.
        """
        self._session.hear()
        return self.next(wanted, named, beside)

    def next(self, wanted: Iterable[str], named: Sequence[str] = (), beside: Collection[Work] = ()) -> str | None:
        """The same by what is known of the stories."""
        session = self._session
        if session.stopped:
            return None
        left = [story for story in wanted if story not in session.tried]
        return first_free(self._waiting(left, named), beside, session.hubs, self._begins)

    def _waiting(self, left: Sequence[str], named: Sequence[str]) -> Iterator[Work]:
        """The stories that something can be done for, best first; each is looked into once it is asked for."""
        session = self._session
        for run in filter(None, map(session.runs.get, left)):
            if run.state in STEPS and not session.waits(run):
                yield session.work(run.story, lands=run.state is State.LAND)
        backlog = session.backlog
        basis = backlog.basis
        for story in left:
            if session.run(story).state in STEPS:
                continue
            anew = bool(named) and backlog.is_elsewhere(story) and story not in session.landed
            begins = backlog.can_begin(story, basis) or anew
            if not begins or backlog.missing(story, basis):
                continue  # what waits for another story may have its turn later
            yield session.work(story, lands=False)

    def _begins(self, story: str) -> bool:
        """Whether nothing keeps a story from going on; what does is noted, so that it is not asked again."""
        session = self._session
        obstacle = session.backlog.obstacle(story).words if session.run(story).state not in STEPS else ""
        if obstacle:
            session.tried[story] = obstacle
        return not obstacle

    def has_waited(self) -> bool:
        """Wait for the first account that paused a story of this run, where that is worth it; whether it was."""
        session = self._session
        ends = {run.until for run in map(session.run, session.paused) if run.until is not None}
        patience = session.settings.act.patience
        back = Accounts(session.desk).back(patience, ends) if not session.stopped else None
        if back is None:
            return False
        session.awaited = back
        session.changed(())
        wait(session.desk, back, session.hear)
        session.awaited = None
        paused = tuple(session.paused)
        for story in paused:
            session.tried.pop(story, None)
        session.paused.clear()
        session.changed(paused)
        return True
