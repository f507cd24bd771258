"""One story, carried: replay, next effect, perform it, append; until it is done, rests, or waits.

Which story that is, `scheduler` says; what all stories of a call share, `session` holds.
"""

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import NamedTuple

from bmad.core.act.accounts import LASTING
from bmad.core.act.replay import replay
from bmad.core.act.run import Run
from bmad.core.harness import AGENTS
from bmad.errors import CannotAnswerError, CheckoutError, LockedError, StaleError, UsageError
from bmad.model.act import Content, Event, Failed, OutOfBudget, Started, State, Waits
from bmad.model.agents import HUMAN, Fault
from bmad.pipeline.act import preflight, steps
from bmad.pipeline.act.integration import outdated, stands
from bmad.pipeline.act.journal import clear, worktree_hold
from bmad.pipeline.act.session import Session, policy
from bmad.pipeline.act.step import Case, Happened, StopError, failed
from bmad.pipeline.act.upstream import called_off, lost, upstream
from bmad.pipeline.branches import NEXT, REF, short
from bmad.ports.acting import Hold
from bmad.ports.threads import Turn


def _always(_run: Run) -> bool:
    return True


class Seat(NamedTuple):
    """The place of a worker among others: alone by default.

    `turn` is held by whoever does anything but wait for programs; `goes_on` says before each step whether the
    story may go on now, and `quiet` waits until no other one is about to land.
    """

    slot: int = 1
    turn: Turn | None = None
    goes_on: Callable[[Run], bool] = _always
    quiet: Callable[[], None] = lambda: None


ALONE = Seat()

Does = Callable[[Case], Happened | None]
"""What is done in a state; None where it is to be tried again."""


def _from(module: str, name: str) -> Does:
    """What a module of `steps` does, loaded as it comes: the first agent waits for nothing that lands."""

    def does(case: Case) -> Happened | None:
        found: Does = getattr(import_module(f"{steps.__name__}.{module}"), name)
        return found(case)

    return does


STEPS = {
    State.CREATE: _from("create", "create"),
    State.DEV: _from("develop", "dev"),
    State.VERIFY: _from("verify", "verify"),
    State.REVIEW: _from("review", "review"),
    State.TRIAGE: _from("review", "triage"),
    State.FIX: _from("develop", "fix"),
    State.LAND: _from("land", "land"),
}
"""What is done in each state that does not wait for a person."""

_BUILT = (State.CREATE, State.DEV)
"""The states in which a story is still to be built, which is in vain where nobody could review it."""

_IN_THE_WAY = REF.rstrip("/")

_UNSIGNED = (
    "commit.gpgSign is set, but bmad signs none of the commits that it makes; sign what you push where you must"
)


_OTHERWISE = "`act.accept` of bmad.yaml on {} is another since this call began; it is begun with: bmad act"


def start(session: Session, story: str, submitted: str = "") -> None:
    """Begin a story; `submitted` is the branch of a person who does the developer's part.

    Raises: UsageError where bmad.yaml does not name what it takes, or a branch is in the way;
    CannotAnswerError where nobody can review what was submitted.
    """
    basis = session.backlog.basis
    if basis.closed(story):
        session.tried[story] = ""  # it has landed; nothing is left to be done
        return
    settings = session.backlog.today
    if (settings.act.accept == "end") is not (session.onto == NEXT):
        session.tried[story] = _OTHERWISE.format(short(session.target))
        return
    preflight.require(settings, by_hand=bool(submitted))
    lacks = session.missing(by_hand=bool(submitted))
    if lacks and submitted:
        raise CannotAnswerError(f"Nobody can review it. {lacks}")
    if lacks:
        session.tried[story] = lacks
        return
    if session.desk.repository.tip(_IN_THE_WAY) is not None:
        raise UsageError(
            f"The branch {short(_IN_THE_WAY)} keeps git from making {short(REF)}{story}. Rename it: "
            f"git branch -m {short(_IN_THE_WAY)} NAME"
        )
    agents = session.grounds.text(basis.commit, AGENTS)
    advice = preflight.advice(settings, agents, first=not basis.records)
    if advice and advice not in session.notes and not submitted:
        session.notes.append(advice)
    content = Started(
        policy=policy(settings),
        target=session.target,
        onto=session.onto,
        base=basis.commit,
        landing=session.grounds.next_landing(basis.commit, story),
        submitted=submitted,
        research=session.research and not submitted,
    )
    session.note(story, Event.STARTED, content)


def begin(session: Session, story: str) -> None:
    """Begin a story of the backlog, unless somebody has called it off at this very moment."""
    with suppress(StaleError):
        start(session, story)


def carry(session: Session, story: str, seat: Seat = ALONE) -> None:
    """Take a story under way from step to step until it is done, rests, waits, or has to let others go first."""
    run = session.run(story)
    if run.state in _BUILT and (lacks := session.missing(by_hand=bool(run.submitted))):
        session.tried[story] = lacks
        return
    hold = worktree_hold(session.desk, story, "bmad act")
    if hold is None:
        holder = session.desk.locks.holder(f"worktree-{story}")
        session.tried[story] = f"a process still works in its worktree ({holder})"
        return
    try:
        session.carried.add(story)
        session.changed([story])
        while story not in session.tried and not session.waits(session.run(story)):
            if not seat.goes_on(session.run(story)) or not _step(session, story, hold, seat):
                break
        if session.run(story).state is State.CANCELLED:
            session.desk.repository.release(story)
    finally:
        hold.release()
        session.carried.discard(story)
        session.changed([story])
    if session.run(story).state is State.DONE:
        tidy(session, story)


def tidy(session: Session, story: str) -> None:
    """Remove the worktree of a story that is done; where that fails it is told, and holds up nothing.

    A person may have an editor open in a worktree that they work in, so what stood there serves nobody else.
    """
    run = session.run(story)
    by_hand = any(one.use == HUMAN for one in session.settings.agents.values()) or bool(run.submitted)
    cleared = clear(session.desk, run, "bmad act", serves=not by_hand)
    if cleared.stays:
        session.tried[story] = cleared.stays
    if cleared.aside is not None:
        session.notes.append(_IGNORED.format(story, cleared.aside))


_IGNORED = "what git ignored in the worktree of {0} is kept in {1}; take away what is of no more use"


def landed_meanwhile(session: Session, story: str) -> bool:
    """Whether a code host, or a person, has landed what waited for it; then that is noted."""
    run = session.run(story)
    basis = session.built_on(run) if run.state is State.LAND else None
    if basis is None or basis.record(story, run.landing) is None:
        return False
    carry(session, story)
    return session.run(story).state is State.DONE


def _step(session: Session, story: str, hold: Hold, seat: Seat) -> bool:
    """Perform and note one step; whether the story can go on."""
    run = session.run(story)
    session.grounds.renew()  # the bounds are those of one question, not of a night
    try:
        if run.state not in STEPS:
            return False
        _perform(session, run, hold, seat)
    except StaleError:
        session.runs[story] = replay(story, session.desk.journal.entries(story))
    return True


def _perform(session: Session, run: Run, hold: Hold, seat: Seat) -> None:
    basis = session.built_on(run)
    if basis is None:
        return
    grounds = session.grounds
    case = Case(
        session.desk,
        grounds,
        basis,
        run,
        hold,
        purse=session.purse,
        turn=seat.turn,
        slot=seat.slot,
        quiet=seat.quiet,
        notes=session.notes,
    )
    try:
        gone = lost(grounds, run) or called_off(grounds, case.basis, run)
        happened = gone or upstream(case.basis, run) or STEPS[run.state](case)
        if happened is not None and happened[0] is Event.RESPECIFIED and stands(session.desk, grounds, run):
            happened = Event.WAITS, outdated(session.desk, grounds, run)
    except StopError as stop:
        happened = stop.happened
    except CannotAnswerError as error:
        happened = _hindered(session, run, error)
    if happened is None:
        return
    event, content = happened
    _weigh(session, content)
    if isinstance(content, Waits):
        session.tried[run.story] = content.words
        if content.until is not None:
            session.paused.add(run.story)
        if (run.waits_for, run.until) == (content.words, content.until):
            return
    session.note(run.story, event, content)
    made = event is Event.LANDED or (run.state is State.LAND and run.policy.land == "branch")
    if made and _UNSIGNED not in session.notes and _would_sign(session):
        session.notes.append(_UNSIGNED)


def _hindered(session: Session, run: Run, error: CannotAnswerError) -> Happened:
    """What comes of a story that was kept from its step by no doing of its own. Raises: what stops all of them."""
    if isinstance(error, CheckoutError):
        return failed(Fault.ENVIRONMENT, str(error)).happened
    if isinstance(error, LockedError):
        return Event.WAITS, Waits(words=str(error))
    if run.state is not State.LAND:
        raise error
    session.stopped = f"It does not land yet: {error}"  # others would not, either
    return Event.WAITS, Waits(words=session.stopped)


def _would_sign(session: Session) -> bool:
    """Whether the person's git signs commits and bmad does not; git is asked, so this comes last."""
    return session.settings.gate.attest == "none" and session.desk.repository.signs()


def _weigh(session: Session, content: Content) -> None:
    """Whether what stopped a story stops all of them, so that each need not find out by itself."""
    match content:
        case Waits() | Failed() if content.fault in LASTING and getattr(content, "until", None) is None:
            session.stopped = content.words
        case OutOfBudget() if content.of == "run":
            session.stopped = content.words
