"""Which stories are put into the queue of several machines: those that were asked for, and may be worked on now.

It is decided as on one machine, by the scheduler, and one dispatch at a time. What is queued is a hint alone: who
gets a story sees for themselves how it stands, and holds it by a lease.
"""

from datetime import datetime

from bmad.core.act.run import Run
from bmad.core.act.schedule import Ranks, Work
from bmad.model.act import State
from bmad.model.machines import Held
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.preflight import see_that_it_is_shared
from bmad.pipeline.act.runner import STEPS
from bmad.pipeline.act.scheduler import Scheduler
from bmad.pipeline.act.session import Session
from bmad.ports.acting import Desk
from bmad.ports.machines import Machines, Together

_UNDER_WAY = 1_000_000
"""How much a story that is under way comes before one that is to be begun."""


def dispatch(desk: Desk, together: Together, known: dict[str, Run] | None = None) -> tuple[str, ...]:
    """Queue what can be worked on; these stories. `known` are runs that are kept from call to call.

    Raises: CannotAnswerError where server or remote cannot be reached; UsageError where the settings that have
    landed ask for what only one machine does.
    """
    machines = together.machines
    asked = machines.asked()
    if not asked:
        return ()
    together.common.refresh()
    with desk.history.read() as objects:
        session = Session(desk, Grounds(objects, desk.formats), None, known)
        see_that_it_is_shared(session.settings)
        over = [story for story in asked if session.run(story).state in (State.DONE, State.CANCELLED)]
        over = [story for story in over if not session.backlog.can_begin(story)]
        machines.over(over)
        return _queue(
            session, machines, {story: named for story, (named, _) in asked.items() if story not in over}
        )


def _queue(session: Session, machines: Machines, asked: dict[str, bool]) -> tuple[str, ...]:
    """Queue the asked stories that are free, best first; `asked` says of each whether it was named."""
    graph, now = session.backlog.basis.state.graph, session.desk.clock.now()
    held, queued = machines.held(), machines.queued()
    taken = queued | {one.story for one in held if one.live or _rests(one, now)}
    beside = [work_of(one) for one in held if one.live or session.run(one.story).state in STEPS]
    known = {one.story for one in beside}
    beside += [session.work(story, lands=session.run(story).state is State.LAND) for story in queued - known]
    wanted = Ranks(graph, session.hubs).sorted(asked)
    named = [story for story, one in asked.items() if one]
    session.backlog.asked = frozenset(named)
    found: list[tuple[str, int]] = []
    scheduler = Scheduler(session)
    while (story := scheduler.choose([one for one in wanted if one not in taken], named, beside)) is not None:
        taken.add(story)
        lands = session.run(story).state is State.LAND
        beside.append(session.work(story, lands=lands))
        ahead = _UNDER_WAY if session.run(story).state in STEPS else 0
        found.append((story, ahead + len(wanted) - wanted.index(story)))
    machines.put(found)
    return tuple(story for story, _ in found)


def _rests(one: Held, now: datetime) -> bool:
    """Whether nothing could be done for a story, and it is not yet worth another look."""
    return bool(one.rests) and (one.again is None or one.again > now)


def work_of(one: Held) -> Work:
    """A story that is held somewhere, as far as its place beside others goes."""
    return Work(one.story, one.territory or (), one.lands)
