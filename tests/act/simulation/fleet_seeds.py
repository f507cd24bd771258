"""One seed of several machines: a storm in which they fail as they may, then a calm that brings all home."""

from collections import Counter
from collections.abc import Callable, Sequence

from bmad.errors import BmadError
from bmad.model.act import State
from bmad.model.act_reports import ActReport
from bmad.pipeline.act.people.verdicts import accept
from bmad.pipeline.act.runner import STEPS
from bmad.pipeline.act.scheduler import ActRequest
from bmad.pipeline.act.together import NOBODY, act_together
from tests.act.simulation.backlog import LYING
from tests.act.simulation.clockwork import DeadlockError
from tests.act.simulation.faults import BrokenError, KilledError, Process
from tests.act.simulation.fleet import Fleet, FleetMistakes
from tests.act.simulation.invariants import PERSONS, BrokenInvariantError, hold
from tests.act.simulation.past import stays_as_told
from tests.act.simulation.seeds import NAMED, SeedError, Told

_STORMS, _CALMS = 8, 14
_STORM = 6_000.0
"""Seconds after which a storm is over, whatever is still to come."""
_AGAIN = 650.0
"""Seconds after which what rests has been looked at again."""


def play(seed: int, say: Callable[[str], None] | None = None, mistakes: FleetMistakes | None = None) -> Told:
    """`say` is told what happens. Raises: SeedError where something does not hold."""
    fleet = Fleet(seed, mistakes)
    fleet.say = say or fleet.say
    try:
        return _through(fleet)
    except (DeadlockError, Exception) as error:
        raise SeedError(f"seed {seed}: {error!r}") from error
    finally:
        _end(fleet)


def _through(fleet: Fleet) -> Told:
    works, people, fate = fleet.works, _People(fleet), fleet.fate
    assert fate is not None
    for machine in fleet.machines:
        works.begin(machine.live, machine.name)
    storm = works.begin(people.storm, "people")
    storm.join()
    fleet.say(f"{works.seconds:9.1f} it is calm")
    fleet.calm()
    calm = works.begin(people.calm, "people")
    calm.join()
    fleet.over = True
    works.wait(lambda: works.names == ["main"])
    assert people.report is not None
    _brought_home(fleet, people.report)
    fleet.invariants.end()
    if fleet.plan.has_past:
        stays_as_told(fleet.ground, fleet.base, fleet.works)
    ends = Counter(str(one.state) for one in people.report.stories)
    return Told(fate.told, fleet.killed, fleet.told, ends, people.runs, works.switches)


def _end(fleet: Fleet) -> None:
    """Have all threads end that a fault has left."""
    fleet.over, fleet.works.watch = True, lambda: None
    for machine in (*fleet.machines, fleet.people):
        machine.process.alive = False
    for _ in range(len(fleet.works.names)):
        try:
            fleet.works.wait(lambda: fleet.works.names == ["main"], 10_000)
        except Exception:  # noqa: BLE001, S112 - of what was left in the middle of something
            continue


class _People:
    """Who asks for stories, watches, accepts, and takes up again what rests."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self.report: ActReport | None = None
        self.runs = 0

    def storm(self) -> None:
        fleet = self._fleet
        for _ in range(_STORMS):
            report = self._act()
            if report is not None and fleet.rng.random() < 0.5:
                self._do_their_part(report)
            fleet.works.sleep(fleet.rng.choice((1, 30, 200)))
            if fleet.fate is None or fleet.fate.left <= 0 or fleet.works.seconds > _STORM:
                break

    def calm(self) -> None:
        for _ in range(_CALMS):
            report = self._act()
            hold(report is not None, "a calm run did not end")
            assert report is not None
            self.report = report
            if all(one.state is State.DONE for one in report.stories):
                return
            back = max((one.until for one in report.stories if one.until is not None), default=None)
            alone = NOBODY in report.notes
            if not self._do_their_part(report) or alone or back is not None:
                away = (back - self._fleet.people.now()).total_seconds() if back is not None else 0.0
                nap = _AGAIN + max(away, 0.0)
                self._fleet.calm_since += nap
                self._fleet.works.sleep(nap)
                if self._is_settled(report):
                    return

    def _is_settled(self, report: ActReport) -> bool:
        """Whether nothing is left that goes on without a person."""
        left = (State.DONE, State.ARBITRATE)
        return all(one.state in left or (one.state is State.BACKLOG and one.waits_for) for one in report.stories)

    def _act(self, *names: str) -> ActReport | None:
        """One `bmad act`; None where it ended in an error that a fault explains."""
        fleet, calm = self._fleet, self._fleet.fate is None
        process = fleet.people.begun(calm=calm)
        self.runs, fleet.calm_since = self.runs + 1, fleet.works.seconds
        fleet.say(f"{fleet.works.seconds:9.1f} bmad act {' '.join(names)}")
        try:
            desk = fleet.people.desk(process)
            assert desk.together is not None
            report = act_together(desk, desk.together, ActRequest(names))
        except KilledError:
            return None
        except (BmadError, BrokenError) as error:
            fleet.say(f"ended with {error!r}")
            hold(not calm, f"a calm run ended with {error!r}")
            return None
        finally:
            fleet.people.ended(process)
        for one in report.stories:
            fleet.say(f"    {one.id} {one.state} {one.fault or ''} {one.waits_for}")
        if not names:
            fleet.invariants.reported(report)
        return report

    def _do_their_part(self, report: ActReport) -> bool:
        """Accept what waits for that, and take up what rests; whether anything was to be done."""
        waits = [one.id for one in report.stories if one.state in (State.PLAN, State.ACCEPT)]
        done = bool(waits) and self._accept(waits)
        resting = (State.FAILED, State.BLOCKED, State.CANCELLED)
        rests = [
            one.id
            for one in report.stories
            if one.state in resting or (one.state in STEPS and one.waits_for and self._fleet.fate is None)
        ]
        if rests:
            self._act(*rests)
        return done or bool(rests)

    def _accept(self, stories: Sequence[str]) -> bool:
        process = Process(None, self._fleet.rng, {})
        done = False
        for story in stories:
            try:
                accept(self._fleet.people.desk(process), [story])
                done = True
            except BmadError as error:
                self._fleet.say(f"{story} is not accepted: {error}")
        return done


def _brought_home(fleet: Fleet, report: ActReport) -> None:
    """Once faults stop all stories are done, but for those whose developer lies and what waits for them."""
    stuck = {item.id for item in fleet.plan.items if item.way == LYING}
    stuck |= {one.id for one in report.stories if one.state is State.ARBITRATE}
    for item in fleet.plan.items:
        if stuck & set(item.after):
            stuck.add(item.id)
    for one in report.stories:
        hold(one.state in NAMED or one.waits_for, f"{one.id} ends in state {one.state} without a word")
        home = one.state is State.DONE or one.id in stuck
        hold(home, f"{one.id} is left in {one.state}: {one.waits_for}")


__all__ = ["PERSONS", "BrokenInvariantError", "play"]
