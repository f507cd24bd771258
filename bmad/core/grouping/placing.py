"""A question of what belongs with what: which blocks make one story, what hangs on it, which make an epic."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bmad.core.prompts.fences import Part, Script, compose
from bmad.core.sorting.faults import every_one, listed
from bmad.model.agents import AnswerKind
from bmad.model.sorting import PlacingAnswer

_DATA = """\
Below are numbered blocks of a document that says what is wanted of a product. {there}"""
_THERE = "Those under `There already` are placed; the others are to be placed."

JOIN = """\
Say of each block with which one it makes one story: one piece of work that is built, tested and reviewed together,
since neither is of use without the other. Most blocks are stories of their own."""
ATTACH = """\
Say of each block which story it belongs to: the one that it is a criterion, a rule or a limit of. What belongs to
none of them, or to all, stands by itself."""
EPIC = """\
Each block is the beginning of a story. Say of each with which one it makes an epic: a part of the product that is
of use by itself. Make a few epics of several stories each."""

_ANSWER = """\
Your answer is one JSON object with the key `blocks`, a list with one entry for each block that is to be placed,
none left out and none twice: `block` (its number), `beside` (the number of the block that it belongs
with{among}; its own number, where it {alone}) and `why` (in at most twelve words).
At most {most} blocks belong together. You write nothing else."""


class Placing(NamedTuple):
    """Blocks to place, those that they may go to, and how many each of these holds already."""

    task: str
    blocks: tuple[int, ...]
    there: Mapping[int, int]
    text: str
    held: str
    most: int
    among: bool = True
    """Whether the blocks may go to each other."""

    kind: AnswerKind = "placing"

    def prompt(self, complaints: Sequence[str] = (), last: str = "") -> str:
        role = f"{_DATA.format(there=_THERE if self.held else '').strip()}\n\n{self.task}"
        form = _ANSWER.format(
            among=", the first of them" if self.among else ", one of those that are there already",
            alone="is the first or stands alone" if self.among else "stands by itself",
            most=self.most,
        )
        parts = [
            Part("There already", self.held, whole=True),
            Part("The blocks to be placed", self.text, whole=True),
        ]
        own = [Part("What your last answer lacks; answer anew, for all blocks", "\n".join(complaints))]
        return compose(Script(role, parts, form, own, last=last))

    def usable(self, answer: PlacingAnswer | None) -> None:
        """Nothing: an answer with faults decides nothing."""

    def faults(self, answer: PlacingAnswer) -> list[str]:
        """What is wrong with an answer, a sentence each."""
        wrong = every_one(self.blocks, [one.block for one in answer.blocks])
        known = {*self.there, *(self.blocks if self.among else ())}
        strange = [one.beside for one in answer.blocks if one.beside not in known and one.beside != one.block]
        if strange:
            wrong.append(f"{listed(strange)} not among those that a block can go with.")
        if wrong:
            return wrong
        homes = self.homes(answer)
        if turning := [block for block, home in homes.items() if home is None]:
            return [f"{listed(turning)} placed in a circle: one of them has to be beside itself."]
        count = Counter(self.there)
        count.update(home for block, home in homes.items() if home is not None)
        full = [home for home in count if count[home] > self.most and home in homes.values()]
        return [f"More than {self.most} blocks belong with {one}." for one in full]

    def homes(self, answer: PlacingAnswer) -> dict[int, int | None]:
        """Each block's last home, where its own goes to another one; None for one in a circle."""
        beside = {one.block: one.beside for one in answer.blocks}
        return {block: self._home(block, beside) for block in self.blocks}

    def _home(self, block: int, beside: Mapping[int, int]) -> int | None:
        seen: set[int] = set()
        while block not in seen:
            seen.add(block)
            if block in self.there or beside.get(block, block) == block:
                return block
            block = beside[block]
        return None
