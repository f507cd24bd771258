"""The stories of a target: which of them may be begun, and what keeps the others from it."""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from bmad.core.act import schedule
from bmad.core.act.machine import WORKING
from bmad.core.act.owners import is_of, owned
from bmad.core.act.run import Run
from bmad.core.gate.people import NOBODY
from bmad.core.gate.signers import signers_of
from bmad.core.prefixes import find_story
from bmad.errors import WaitingError
from bmad.model.act import State, Waits
from bmad.model.ids import Kind
from bmad.model.settings import Settings
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.pipeline.act.upstream import begun_by_hand, done_before, unsound, was_taken_back
from bmad.pipeline.branches import NEXT, short
from bmad.ports.acting import Desk

_ELSEWHERE = "it landed as {} on {}, and does not stand on {}: merge that, or have it built anew here: bmad act {}"

_UNKNOWN = (
    "it stands on {0}, and no journal says whether it was accepted or rejected: begin {0} anew (git branch -f {0} "
    "{1}), and it is built again"
)


_GONE = (
    "{0} is gone, which stories land on. Make it again as it was: git branch {0} {1}; then: bmad act. Nothing of "
    "what is under way is lost; see: bmad inbox"
)

_CALLED_OFF = "{} was called off: bmad act {} takes it up again, or take it out of `Depends on`"
_NOTHING = Waits(words="")
_ASKS = "an open question stands in {}:{}: {}"
_REVERTED = (
    "it landed as {0} on {1}, and was taken back there since: bmad act {2} builds it anew; bmad cancel {2} "
    "leaves it at that"
)

_BY_PEOPLE = "people did it: their commits stand on {}; to have agents go on with it: bmad act {}"

_TAKEN_BACK = (
    "its code was taken off {0} again, and its record stands there: bmad reopen {1} --why REASON, commit that, "
    "and bmad act {1} builds it anew; bmad cancel {1} leaves it at that"
)


class Backlog:
    """`target` is where stories land in the end, `onto` what they are built on, `settings` are the target's.

    `told` are the runs as they stand, also later.
    """

    def __init__(self, desk: Desk, grounds: Grounds, target: str, told: Mapping[str, Run]) -> None:
        self._desk = desk
        self._grounds = grounds
        self._runs = told
        self.target = target
        self.asked: frozenset[str] = frozenset()
        """The stories that somebody named: agents go on even with what people did of them."""
        self._seen: dict[str, str] = {}
        """Where branches were when they were looked at last."""
        self.settings = self._at(target).settings
        if self.settings.gate.attest == "signed":
            desk.repository.attest(signers_of(self.settings.gate))
        self.onto = NEXT if self.settings.act.accept == "end" else target

    def _at(self, ref: str) -> Basis:
        """Raises: WaitingError where somebody took the branch away meanwhile."""
        tip = self._desk.repository.tip(ref)
        if tip is None:
            raise WaitingError(_GONE.format(short(ref), self._last(ref)))
        return self._stands(ref, tip)

    def _stands(self, ref: str, tip: str) -> Basis:
        self._seen[ref] = tip
        return self._grounds.at(tip)

    @property
    def today(self) -> Settings:
        """The target's settings as they stand now: a policy may land while a call works."""
        return self._at(self.target).settings

    def _last(self, ref: str) -> str:
        """Where a branch is known to have been last: it was looked at there, or a story was put on it."""
        last = self._seen.get(ref, "COMMIT")
        built = (run for run in self._runs.values() if run.onto == ref and run.state in WORKING and not run.held)
        for base in (run.base for run in built if not self._grounds.lacks(run.base)):
            last = base if ref not in self._seen or self._grounds.reaches(base, last) else last
        return last

    @property
    def basis(self) -> Basis:
        tip = self._desk.repository.tip(self.onto)
        return self._at(self.target) if tip is None else self._stands(self.onto, tip)

    def names(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The stories that are asked for, in full; all of the specification where none is."""
        basis = self.basis
        graph = basis.state.graph
        if found := tuple(find_story(graph, name, basis.commit).id for name in wanted):
            self.asked = frozenset(found)
            return found
        over = graph.done_elsewhere
        gone = [one.story for one in self._runs.values() if one.state in WORKING and one.story not in graph.nodes]
        names = (node.id for node in graph.of_kind(Kind.STORY))
        open_ones = (name for name in names if name not in over or self.is_under_way(name))
        return (*schedule.order(graph, open_ones), *sorted(gone))

    def is_under_way(self, story: str) -> bool:
        return self.run(story).state is not State.BACKLOG

    def left(self, stories: Iterable[str]) -> dict[str, str]:
        """Those that could begin, of epics whose `Owner` is another person than who runs this -> that owner."""
        basis = self.basis
        begin = (story for story in stories if self.can_begin(story, basis))
        return self._of_others(story for story in begin if not basis.closed(story))

    def _of_others(self, stories: Iterable[str]) -> dict[str, str]:
        basis, person = self.basis, self._desk.person
        told = owned(basis.state.graph, stories)
        people = self._grounds.people(basis.commit) if told else NOBODY
        return {story: owner for story, owner in told.items() if not is_of(owner, person, people)}

    def run(self, story: str) -> Run:
        return self._runs.get(story) or Run(story)

    def can_begin(self, story: str, basis: Basis | None = None) -> bool:
        """Whether it was not begun yet, or has landed and was reopened since; `basis` is today's, if known."""
        state = self.run(story).state
        if state is not State.DONE:
            return state is State.BACKLOG
        basis = basis or self.basis
        return basis.landings(story) > 0 and not basis.closed(story)

    def is_elsewhere(self, story: str) -> bool:
        """Whether it has landed, and its record does not stand here: on another branch, or taken off this one."""
        gone = not self.basis.landings(story) or story in self.taken_back
        return self.run(story).state is State.DONE and gone

    @cached_property
    def taken_back(self) -> frozenset[str]:
        """The stories whose record stands, and whose code does not any more; as it was when it was first asked."""
        return self._grounds.taken_back(self.basis)

    def look_back(self) -> None:
        """Have what was taken back looked for anew: people may have done that while stories were carried."""
        self.__dict__.pop("taken_back", None)

    def _back(self, story: str) -> Waits:
        ways = (f"bmad reopen {story} --why REASON", f"bmad act {story}", f"bmad cancel {story}")
        return Waits(words=_TAKEN_BACK.format(short(self.onto), story), commands=ways)

    def where(self, run: Run) -> Waits:
        """Where a story has landed that does not stand here, and what a person may do where it was taken back."""
        if run.story in self.taken_back:
            return self._back(run.story)
        if was_taken_back(self._grounds, self.basis, run):
            words = _REVERTED.format(run.landed[:12], short(self.onto), run.story)
            return Waits(words=words, commands=(f"bmad act {run.story}", f"bmad cancel {run.story}"))
        return Waits(words=_ELSEWHERE.format(run.landed[:12], short(run.target), short(self.onto), run.story))

    def obstacle(self, story: str) -> Waits:
        """Why a story of the backlog cannot begin, and the commands that help where it is a person's to do.

        Without words where it can.
        """
        basis = self.basis
        item = basis.story(story)
        if item is None:
            return Waits(words="it does not stand in the specification")
        if story in self.taken_back:
            return self._back(story)
        if basis.closed(story):
            return _NOTHING if self._at(self.target).closed(story) else self._unknown()
        if words := done_before(basis, story):
            return Waits(words=words)
        if missing := self.missing(story):
            return self.waits(missing)
        if marks := basis.state.documents[item.path].document.clarifications:
            words = _ASKS.format(item.path, marks[0].line, marks[0].text or "NEEDS CLARIFICATION")
            return Waits(words=words, commands=(f"bmad act {story}",))
        if self.is_left_to_people(story, basis):
            return Waits(words=_BY_PEOPLE.format(short(self.onto), story))
        return unsound(basis, story) or self._by_hand(basis, story) or _NOTHING

    def _by_hand(self, basis: Basis, story: str) -> Waits | None:
        return begun_by_hand(self._desk, self._grounds, basis, story, self.onto)

    def _unknown(self) -> Waits:
        names = short(NEXT), short(self.target)
        return Waits(words=_UNKNOWN.format(*names), commands=("git branch -f {} {}".format(*names),))

    def waits(self, missing: Collection[str]) -> Waits:
        """What is said of a story that waits for others; without words where it waits for none.

        What was called off nobody takes up but whoever names it.
        """
        if not missing:
            return _NOTHING
        others = self._of_others(missing)
        off = [one for one in missing if self.run(one).state is State.CANCELLED]
        told = [f"{one} of {others[one]}" if one in others else one for one in missing]
        more = f"; {_CALLED_OFF.format(', '.join(off), ' '.join(off))}" if off else ""
        commands = (f"bmad act {' '.join(off)}",) if off else ()
        return Waits(words=f"it waits for {', '.join(told)}{more}", commands=commands)

    def missing(self, story: str, basis: Basis | None = None) -> tuple[str, ...]:
        """The stories that have to stand before it; `basis` as for `can_begin`."""
        basis = basis or self.basis
        item = basis.story(story)
        if item is None or basis.closed(story):
            return ()
        landed = basis.landed.keys() - self.taken_back
        return schedule.missing(item, basis.state.graph, landed, lambda one: self._done_by_hand(one, basis))

    def is_left_to_people(self, story: str, basis: Basis) -> bool:
        """Whether people did it, no record says so, and nobody asked for it by name."""
        return story not in self.asked and self._done_by_hand(story, basis) and not basis.landings(story)

    def _done_by_hand(self, story: str, basis: Basis) -> bool:
        """Whether people did the story: commits name it, and bmad act never began it."""
        return self.run(story).state is State.BACKLOG and story in self._grounds.by_hand(basis)
