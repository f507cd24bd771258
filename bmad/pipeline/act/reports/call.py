"""What a call of `bmad act` or `bmad submit` came to: each story's stand, the census, what was spent."""

from collections.abc import Iterable, Mapping

from bmad.core.act.census import census
from bmad.core.act.run import Run
from bmad.model.act import State
from bmad.model.act_reports import ActReport, StoryStand
from bmad.pipeline.act.reports.stand import stand
from bmad.pipeline.act.session import Session

_STOPPED = "the run was stopped, since every story would meet the same: {}"


def report(session: Session, wanted: Iterable[str], plan: Mapping[str, str] | None = None) -> ActReport:
    """How the wanted stories stand; `plan` is what would be done with each, where nothing was."""
    wanted = tuple(wanted)
    stands = tuple(stand_of(session, story, (plan or session.tried).get(story, "")) for story in wanted)
    tallied = tuple(counted(session, one) if plan is None else _by_itself(session, one) for one in stands)
    ends = [one.until for one in stands if one.until is not None]
    stopped = (_STOPPED.format(session.stopped),) if session.stopped else ()
    return ActReport(
        ok=all(one.state in (State.DONE, State.CANCELLED) for one in stands),
        target=session.target,
        stories=stands,
        landed=tuple(session.landed),
        census=census(tallied, session.landed, left_to_people(session, wanted)),
        until=min(ends, default=None),
        spent=session.purse.spent,
        notes=(*stopped, *session.notes),
    )


def left_to_people(session: Session, stories: Iterable[str]) -> frozenset[str]:
    """Those of some stories that people did, and that no agent begins."""
    basis = session.backlog.basis
    return frozenset(one for one in stories if session.backlog.is_left_to_people(one, basis))


def counted(session: Session, one: StoryStand) -> StoryStand:
    """A stand as it is counted at the end of a call."""
    for_others = session.waits(session.run(one.id)) or session.tried.get(one.id) == session.stopped
    return _by_itself(session, one) if for_others else one


def _by_itself(session: Session, one: StoryStand) -> StoryStand:
    """A stand without what would be done with it, what has to land first, or what stopped all stories.

    It waits for nobody's word.
    """
    return one.model_copy(update={"waits_for": session.run(one.id).waits_for})


def stand_of(session: Session, story: str, obstacle: str) -> StoryStand:
    """How a story stands now; `obstacle` is what keeps it from going on."""
    run, backlog, prices = session.run(story), session.backlog, session.settings.prices
    basis = backlog.basis
    item = basis.story(story)
    if backlog.is_elsewhere(story):
        return stand(Run(story), item, obstacle or backlog.where(run).words)
    if backlog.can_begin(story):
        obstacle = obstacle or backlog.obstacle(story).words
        fresh = run if run.state is State.BACKLOG else Run(story)
        landed = basis.closed(story) and not obstacle
        return stand(fresh, item, obstacle, prices=prices, landed=landed)
    return stand(run, item, run.waits_for or obstacle or backlog.waits(session.waits(run)).words, prices=prices)
