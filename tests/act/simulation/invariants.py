"""What must hold at every step of every seed (`act.md`, Scheduling and durability)."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bmad.core.act.run import Run
from bmad.model.act import Event, Started, State
from bmad.model.act_reports import ActReport
from bmad.model.commits import Commit
from bmad.model.journal import Entry
from bmad.model.layout import KEPT
from bmad.pipeline.act.runner import STEPS
from bmad.pipeline.branches import NEXT
from tests.act.simulation.backlog import HUB, Item
from tests.act.simulation.repository import MADE, MAIN, named

if TYPE_CHECKING:
    from tests.act.simulation.world import World

PERSONS = (State.PLAN, State.ARBITRATE, State.ACCEPT)
_ENDS = (State.DONE, State.CANCELLED, State.BACKLOG, State.BLOCKED, State.FAILED, *PERSONS)
_ID = len("STORY-abcdef")
_JOIN = "join"
"""The step of a commit that shows a developer two sides between marks; it is computed, and on no branch."""
_LANE = (State.LAND, State.VERIFY)
_WORKED = (Event.TESTED, Event.DEVELOPED, Event.FIXED, Event.MOVED)


class BrokenInvariantError(AssertionError):
    pass


def hold(holds: object, words: str) -> None:
    if not holds:
        raise BrokenInvariantError(words)


class Invariants:
    def __init__(self, world: "World") -> None:
        self._world = world
        self._seen: set[str] = set()
        """Every commit that a ref of a story or a target was ever at."""
        self._taken_back: set[str] = set()
        self._given_up: set[str] = set()
        self._worked: set[tuple[int, int, str, str]] = set()
        self._lane = ""
        self.landings: Counter[str] = Counter()

    def appended(self, entry: Entry, before: Run, after: Run) -> None:
        """An event stands in the journal."""
        hold(entry.seq == before.seq + 1, f"{entry.story}: event {entry.seq} comes after {before.seq}")
        if entry.event is Event.STARTED:
            self._may_begin(entry)
        if entry.event is Event.FIXED:
            self._superseded(before.head, after.head)
        if entry.event in _WORKED:
            self._is_its_own(after)
        self._lands_alone(entry, after)

    def _is_its_own(self, run: Run) -> None:
        """What a story is said to be, from its base to its head, is work of its own alone."""
        store = self._world.ground.store
        strange = [one for one in store.walk([run.head], run.base) if named(one.message)[1] != run.story]
        hold(not strange, f"{run.story} is said to be {[one.message for one in strange][:3]}, too")

    def _superseded(self, old: str, new: str) -> None:
        """A fix stands in the place of work that may not stand in the history: out of bounds, in conflict."""
        above = self._world.ground.store.above
        self._given_up |= above(old) - above(new)

    def _may_begin(self, entry: Entry) -> None:
        content = Started.model_validate(entry.content)
        item = self._world.item(entry.story)
        stands = self._landed_at(content.base)
        missing = [one for one in item.after if one not in stands]
        hold(not missing, f"{entry.story} begins before {missing} have landed")

    def _landed_at(self, commit: str) -> set[str]:
        paths = [path.decode() for path in self._world.ground.store.files(commit)]
        return {path.rpartition("/")[2][:_ID] for path in paths if path.startswith("stories/records/")}

    def _lands_alone(self, entry: Entry, after: Run) -> None:
        """Between the carrying of a story onto the target's tip and its landing nobody else lands."""
        if self._lane and self._lane not in self._world.works.names:
            self._lane = ""
        if entry.event is Event.LANDED and self._world.plan.workers > 1:
            hold(self._lane in ("", entry.story), f"{entry.story} lands beside {self._lane}")
        if entry.event is Event.MOVED and entry.step.startswith("land"):
            self._lane = entry.story
        elif entry.story == self._lane and after.state not in _LANE:
            self._lane = ""

    @property
    def was_taken_back(self) -> bool:
        return bool(self._taken_back)

    def process_began(self) -> None:
        self._lane = ""

    def journal_gone(self) -> None:
        self._lane = ""

    def journal_restored(self) -> None:
        """What was made since is known by its commits, and else made again."""
        self._lane = ""
        self._worked.clear()

    def takes_back(self, tip: str, to: str) -> None:
        """A person takes commits off the target: they are theirs to lose."""
        store = self._world.ground.store
        self._taken_back |= store.above(tip) - store.above(to)

    def ref_moved(self, ref: str, old: str | None, new: str) -> None:
        """A ref goes elsewhere: what was on a target stays, each step stands there once, each story lands once."""
        if ref.startswith((MADE, KEPT)):
            return
        self._seen.add(new)
        if ref not in (MAIN, NEXT) or old is None:
            return
        store = self._world.ground.store
        if old not in store.above(new):
            back = new in store.above(old)
            hold((back and old in self._taken_back) or ref == NEXT, f"{ref} loses {old[:12]} to {new[:12]}")
            return
        fresh = store.walk([new], old)
        steps = [named(one.message) for one in fresh if len(one.parents) == 1]
        known = {named(one.message) for one in store.walk([old], None) if len(one.parents) == 1}
        twice = [step for step in steps if step[0] and (step in known or steps.count(step) > 1)]
        hold(not twice or self._world.begun, f"{ref}: these steps stand twice: {twice[:3]}")
        records = {path for path in store.files(new) if path.startswith(b"stories/records/")}
        added = records - set(store.files(old))
        for path in added:
            story = path.decode().rpartition("/")[2].removesuffix(".json")
            if ref == MAIN:
                self.landings[story] += 1
        changed = [path for path in records - added if store.files(new)[path] != store.files(old)[path]]
        hold(not changed, f"{ref}: records were changed: {changed}")
        stories = Counter(path.decode().rpartition("/")[2][:_ID] for path in added)
        again = [story for story in stories if story in self._landed_at(old) and not self._taken_back]
        hold(not again or ref == NEXT, f"{again} land once more on {ref}")

    def worked(self, step: str, story: str) -> None:
        """A step was committed: it was not before, however often its runner died since."""
        run = self._world.runs.get(story)
        prepares = step.endswith("/create")
        if run is None or prepares or self._world.process.journal != self._world.begun:
            return  # a preparation is made anew where the target has moved
        made = (self._world.begun, run.begun, story, step)
        hold(made not in self._worked, f"{story}: {step} is committed twice")
        self._worked.add(made)

    def unheard(self, does: Callable[[], Any]) -> None:
        """Who is told that a commit of theirs came to nothing puts it aside, and may make it again."""
        before = set(self._worked)
        does()
        self._worked = before

    def begins(self, story: str) -> None:
        """Somebody begins to work on a story: it waits for nobody, and shares nothing with who is at work."""
        if story not in self._world.stories or self._world.process.journal != self._world.begun:
            return  # a check of what people joined; or what a runner does whose journal was taken away
        state = self._world.state(story)
        hold(state in (*STEPS, State.CANCELLED), f"work begins on {story}, which is in state {state}")
        if state in (State.CREATE, State.CANCELLED):
            return
        item = self._world.item(story)
        for other in self._world.busy:
            if other != story and self._world.state(other) not in (State.CREATE, State.CANCELLED):
                both = shared(item, self._world.item(other))
                hold(not both, f"{story} is worked on beside {other}, and both may write {both}")

    def nobody_holds_a_worker_in_vain(self) -> None:
        """No thread that has given way is of a story that waits for a person, rests, or is done."""
        world = self._world
        if world.late or not world.process.alive or world.process.journal != world.begun:
            return
        for name in world.works.names:
            if name in world.runs and name not in world.busy and world.runs[name].state not in STEPS:
                state = world.runs[name].state
                told = state is State.CANCELLED or name == world.works.who
                hold(told, f"{name} is in state {state} and holds a worker")

    def reported(self, report: ActReport) -> None:
        """A run ended: each story is in a state with a name, says what it waits for, and is counted once."""
        world = self._world
        counted = sum(one.count for one in report.census)
        hold(
            counted == len(report.stories) == len(world.plan.items),
            f"{counted} of {len(report.stories)} are counted",
        )
        if report.interrupted:
            return  # the stories are in the middle of things, and the command that goes on is told
        for one in report.stories:
            told = one.state in _ENDS or one.waits_for or report.notes
            hold(told, f"{one.id} ends in state {one.state} and nothing says why")
            says = one.state in PERSONS or one.waits_for or one.fault
            stopped = bool(self._taken_back) or any("was stopped" in note for note in report.notes)
            waits = not (stopped and one.state is State.BACKLOG) and one.state not in (
                State.DONE,
                State.CANCELLED,
                *STEPS,
            )
            hold(not waits or says, f"{one.id} in {one.state} says nothing")

    def end(self) -> None:
        """All is over: nothing is lost that was ever on a branch, and each story landed once."""
        store = self._world.ground.store
        self._ends_once()
        refs = [at for ref, at in self._all_refs().items() if not ref.startswith(MADE)]
        stays = [store.commits[name] for name in frozenset[str]().union(*map(store.above, refs))]
        left, trees = {_what(one) for one in stays}, {one.tree for one in stays}
        own = [
            name
            for name in self._seen - self._taken_back - self._given_up
            if named(store.commits[name].message)[0] != _JOIN
        ]
        found = [store.commits[name] for name in own]
        lost = [one for one in found if _what(one) not in left and one.tree not in trees]
        hold(not lost, f"lost: {[one.message for one in lost][:3]}")

    def _all_refs(self) -> Mapping[str, str]:
        return self._world.ground.refs

    def _ends_once(self) -> None:
        for story, times in self.landings.items():
            hold(times == 1 or self._taken_back or "-" not in story, f"{story} landed {times} times")


def _what(commit: Commit) -> tuple[bytes, bytes]:
    """What stays of a commit that is carried onto another one."""
    return commit.message, commit.author.split(b" ")[0]


def shared(one: Item, other: Item) -> list[tuple[str, str]]:
    return [(a, b) for a in one.territory for b in other.territory if _meet(a, b) and HUB not in (a, b)]


def _meet(one: str, other: str) -> bool:
    """Whether two globs of these backlogs share a path: each is a path, or a folder with `/**` behind it."""
    first, second = one.removesuffix("/**"), other.removesuffix("/**")
    return first == second or first.startswith(f"{second}/") or second.startswith(f"{first}/")
