"""`bmad act` where several machines work on one server: stories are asked for, and watched.

Nothing is carried here. Who goes away, or whose machine goes, ends nothing: workers go on.
"""

from collections.abc import Sequence

from bmad.core.act.schedule import Work
from bmad.model.act import Event
from bmad.model.act_reports import ActReport
from bmad.pipeline.act import preflight
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.collecting import collecting
from bmad.pipeline.act.dispatch import work_of
from bmad.pipeline.act.journal import heard
from bmad.pipeline.act.reports.call import report
from bmad.pipeline.act.reports.watch import Show, Watch
from bmad.pipeline.act.runner import STEPS
from bmad.pipeline.act.scheduler import ActRequest, Scheduler, asked_for, take_up, with_parts
from bmad.pipeline.act.session import Session
from bmad.ports.acting import Desk
from bmad.ports.machines import Common, Together

_LOOK = 1.0
"""Seconds between two looks at the journal."""

_STIRS, _PATIENCE = 30, 90
"""After so many looks at an empty queue workers are asked anew for what could be done, and waited for no more."""

NOBODY = "no worker is at work; what was asked for waits in the queue. Start one on each machine: bmad worker"
_MISSED = "no worker takes it up, and what keeps them from it they say where they run"


def act_together(desk: Desk, together: Together, request: ActRequest, show: Show | None = None) -> ActReport:
    """Have stories carried by workers, and watch until nothing more can be done without a person.

    Raises: UsageError on names and settings that do not hold; CannotAnswerError where server or remote are away.
    """
    with desk.history.read() as objects:
        session = Session(desk, Grounds(objects, desk.formats), request.target)
        preflight.see_that_it_is_shared(session.settings)
        wanted = asked_for(session, request.stories)
        if request.dry_run:
            return report(session, wanted, Scheduler(session).plan(wanted))
        take_up(session, wanted, request)
        together.machines.ask(wanted, named=bool(request.stories), research=request.research)
        if show is not None:
            Watch(session, wanted, together.machines.fleet().workers, show).begin()
        with collecting():
            _watch(session, together, wanted, request.stories)
        return report(session, with_parts(session, wanted))


def _watch(session: Session, together: Together, wanted: Sequence[str], named: Sequence[str]) -> None:
    """Tell of all that happens, until no worker has anything to do and nothing is left that one could do."""
    machines, scheduler, idle = together.machines, Scheduler(session), 0
    while True:
        fleet = machines.fleet()
        _hear(session, together.common)
        held = machines.held()
        session.tried = {one.story: one.rests for one in held if one.rests and not one.live}
        carried = {one.story for one in held if one.live}
        changed = carried ^ session.carried
        session.carried = carried
        if changed:
            session.changed(sorted(changed))
        left, beside = None, list[Work]()
        if not (fleet.waiting or fleet.doing or fleet.dispatching or carried & {*wanted, *session.parts}):
            beside = [work_of(one) for one in held if one.live or session.run(one.story).state in STEPS]
            left = scheduler.next(with_parts(session, wanted), named, beside)
            if left is None:
                break
        if not fleet.workers:
            session.notes.append(NOBODY)
            break
        idle = idle + 1 if left else 0
        barred = preflight.unshared(session.backlog.today) if left else ""
        if idle % _STIRS == 1:
            machines.ask((), named=False, research=False)
        if barred or idle > _PATIENCE:
            while left := scheduler.next(with_parts(session, wanted), named, beside):
                session.tried[left] = barred or _MISSED
            break
        session.desk.sleep(_LOOK)


def _hear(session: Session, common: Common) -> None:
    """Take over what was noted since it was last looked; what has landed is brought here."""
    told = heard(session.desk.journal, session.runs)
    if any(one.event in (Event.LANDED, Event.CREATED, Event.SPLIT) for one, _ in told):
        common.refresh()
    for one, run in told:
        session.desk.tell(one, run.state)
        if one.event is Event.LANDED:
            session.landed.append(one.story)
        if one.event is Event.SPLIT:
            session.parts += _parts(one.content.get("into", ()))
    if told:
        session.changed(dict.fromkeys(one.story for one, _ in told))


def _parts(told: object) -> list[str]:
    return [str(one) for one in told] if isinstance(told, Sequence) else []
