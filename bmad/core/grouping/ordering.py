"""A question of what waits for what, among stories of which the author did not say it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bmad.core.cycles import cycles
from bmad.core.prompts.fences import Part, Script, compose
from bmad.core.sorting.faults import every_one, listed
from bmad.model.agents import AnswerKind
from bmad.model.sorting import OrderingAnswer

_ROLE = """\
Below are stories of one product, each by the number of its first block. Say of each what has to be there before it
can be built and tried, because it uses it: not what would merely be nice to have first. Most stories wait for
nothing."""
_ANSWER = """\
Your answer is one JSON object with the key `blocks`, a list with one entry for each story that is to be ordered,
none left out and none twice: `block` (its number), `after` (a list of the numbers of stories below that have to be
there before; mostly empty; at most {most}) and `why` (in at most twelve words). No story may wait for itself, by
whatever way."""

MOST_WAITS = 4


class Ordering(NamedTuple):
    """Stories to order, others that they may wait for, and what waits for what already."""

    blocks: tuple[int, ...]
    others: frozenset[int]
    edges: Mapping[int, tuple[int, ...]]
    text: str
    held: str

    kind: AnswerKind = "ordering"

    def prompt(self, complaints: Sequence[str] = (), last: str = "") -> str:
        parts = [
            Part("Stories that others may wait for", self.held, whole=True),
            Part("The stories to be ordered", self.text, whole=True),
        ]
        own = [Part("What your last answer lacks; answer anew, for all stories", "\n".join(complaints))]
        return compose(Script(_ROLE, parts, _ANSWER.format(most=MOST_WAITS), own, last=last))

    def usable(self, answer: OrderingAnswer | None) -> None:
        """Nothing: an answer with faults decides nothing."""

    def faults(self, answer: OrderingAnswer) -> list[str]:
        """What is wrong with an answer, a sentence each."""
        wrong = every_one(self.blocks, [one.block for one in answer.blocks])
        known = {*self.blocks, *self.others}
        strange = [one for entry in answer.blocks for one in entry.after if one not in known]
        if strange:
            wrong.append(f"{listed(strange)} not among the stories below.")
        many = [entry.block for entry in answer.blocks if len(set(entry.after)) > MOST_WAITS]
        if many:
            wrong.append(f"{listed(many)} waiting for more than {MOST_WAITS} others.")
        if wrong:
            return wrong
        after = {**self.edges, **self.waits(answer)}
        return [f"{listed(members)} waiting for each other in a circle." for members in _circles(after)]

    def waits(self, answer: OrderingAnswer) -> dict[int, tuple[int, ...]]:
        return {one.block: tuple(dict.fromkeys(one.after)) for one in answer.blocks}


def _circles(after: Mapping[int, tuple[int, ...]]) -> list[list[int]]:
    return [sorted(map(int, way)) for way in cycles({str(one): map(str, ends) for one, ends in after.items()})]
