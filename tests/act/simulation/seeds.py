"""One seed from its begin to its end: runs that fail as they may, then calm ones that bring it home."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from bmad.errors import BmadError
from bmad.model.act import State
from bmad.model.act_reports import ActReport
from bmad.pipeline.act.people.verdicts import accept
from bmad.pipeline.act.runner import STEPS
from bmad.pipeline.act.scheduler import ActRequest, act
from tests.act.simulation.backlog import LYING
from tests.act.simulation.clockwork import DeadlockError
from tests.act.simulation.faults import BrokenError, KilledError
from tests.act.simulation.invariants import PERSONS, BrokenInvariantError, hold
from tests.act.simulation.past import stays_as_told
from tests.act.simulation.world import World

_STORMS = 12
_CALMS = 12
_IDLE = 2
"""So many runs that had nothing to do are enough."""

NAMED = (State.DONE, State.CANCELLED, State.BLOCKED, State.FAILED, State.BACKLOG, *PERSONS)


class SeedError(AssertionError):
    """What did not hold, with the seed that shows it."""


class Told(NamedTuple):
    """What a seed saw: faults by kind, states in which stories were killed, what agents did, and how it ended."""

    faults: Counter[str]
    killed: Counter[str]
    agents: Counter[str]
    ends: Counter[str]
    runs: int
    switches: int


def play(seed: int, say: Callable[[str], None] | None = None) -> Told:
    """`say` is told what happens. Raises: SeedError where something does not hold."""
    world = World(seed)
    world.say = say or world.say
    try:
        return _through(world)
    except (DeadlockError, Exception) as error:
        raise SeedError(f"seed {seed}: {error!r}") from error


def _through(world: World) -> Told:
    runs = idle = 0
    while runs < _STORMS and world.fate is not None and world.fate.left > 0 and idle < _IDLE:
        runs += 1
        before = len(world.journal)
        report = _run(world, world.start())
        idle += report is not None and len(world.journal) == before
    faults = world.fate.told if world.fate is not None else Counter[str]()
    world.fate, world.ills, world.ground.dirty = None, None, 0
    world.works.skew = max(world.works.skew, 0)
    report, more = _calm(world)
    _brought_home(world, report)
    world.invariants.end()
    if world.plan.has_past:
        stays_as_told(world.ground, world.base, world.works)
    ends = Counter(str(one.state) for one in report.stories)
    return Told(faults, world.killed_in, world.told, ends, runs + more, world.works.switches)


def _calm(world: World) -> tuple[ActReport, int]:
    """Runs without faults and people who do their part, until nothing is left to be done; how many it took."""
    runs = 0
    while True:
        runs += 1
        report = _run(world, world.start(calm=True))
        if report is None:
            raise BrokenInvariantError("a calm run did not end")
        _ends_named(report)
        if runs == _CALMS or _is_over(report) or not _people(world, report):
            return report, runs


def _run(world: World, process: object, *, named: tuple[str, ...] = ()) -> ActReport | None:
    """One `bmad act`; None where it ended in an error that a fault explains."""
    assert process is world.process
    calm = world.fate is None
    world.say(f"bmad act {' '.join(named)} {world.plan.act} workers {world.plan.workers}")
    try:
        report = act(world.desk(world.process), ActRequest(named))
    except KilledError:
        world.say("killed")
        return None
    except (BmadError, KeyboardInterrupt, BrokenError) as error:
        world.say(f"ended with {error!r}")
        hold(not calm, f"a calm run ended with {error!r}")
        return None
    finally:
        world.ended()
    for one in report.stories:
        world.say(f"    {one.id} {one.state} {one.fault or ''} {one.waits_for}")
    for note in report.notes:
        world.say(f"    note: {note}")
    if not named:
        world.invariants.reported(report)
    return report


def _is_over(report: ActReport) -> bool:
    return all(one.state is State.DONE for one in report.stories)


def _ends_named(report: ActReport) -> None:
    """Where nothing fails, no story stays in the middle of something without a word on why."""
    for one in report.stories:
        hold(one.state in NAMED or one.waits_for, f"{one.id} ends in state {one.state} without a word")
        hold(one.state not in STEPS or one.waits_for or one.until, f"{one.id} ends in {one.state}")


def _people(world: World, report: ActReport) -> bool:
    """People do their part: they accept, and take up again what rests; whether anything was to be done."""
    process = world.start(calm=True)
    waits = [one.id for one in report.stories if one.state in (State.PLAN, State.ACCEPT)]
    done = False
    for story in waits:
        try:
            accept(world.desk(process), [story])
            done = True
        except BmadError as error:
            world.say(f"{story} is not accepted: {error}")
    if any(one.state is State.ACCEPT for one in report.stories) and world.plan.act["accept"] == "end":
        try:
            accept(world.desk(process), [], everything=True)
            done = True
        except BmadError as error:
            world.say(f"all are not accepted: {error}")
    world.ended()
    rests = tuple(
        one.id
        for one in report.stories
        if one.state in (State.FAILED, State.BLOCKED, State.CANCELLED) or (one.state in STEPS and one.waits_for)
    )
    if rests:
        again = _run(world, world.start(calm=True), named=rests)
        return again is not None
    return done or any(one.until is not None for one in report.stories)


def _brought_home(world: World, report: ActReport) -> None:
    """Once faults stop all stories are done, but for those whose developer lies and what waits for them."""
    lying = {one.id for one in world.plan.items if one.way == LYING}
    stuck = lying | {one.id for one in report.stories if one.state is State.ARBITRATE}
    for item in world.plan.items:
        if stuck & set(item.after):
            stuck.add(item.id)
    for one in report.stories:
        home = one.state is State.DONE or one.id in stuck
        hold(home or one.waits_for or one.state in PERSONS, f"{one.id} is left in {one.state}")
        lost_by_people = world.begun or world.restored or world.invariants.was_taken_back
        hold(home or lost_by_people, f"{one.id} is left in {one.state}: {one.waits_for}")
