"""What a model is asked of an intent: what each of a few blocks is, by its number."""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.outline.read.block import Block, Kind, Reading
from bmad.core.prompts.fences import Part, Script, compose
from bmad.core.sorting.faults import every_one
from bmad.model.agents import AnswerKind
from bmad.model.normal import fold
from bmad.model.sorting import SortingAnswer

MOST_BLOCKS = 24
MOST_CHARACTERS = 6000
"""Of one question; a small model can hold it."""

_ROLE = """\
Below is part of a document that says what is wanted of a product. It is cut into numbered blocks. Say of each
block what it is, for those who will build what the document asks for:

- `requirement`: something that the product must, should or could do or have; also a wish in the first person, and
  also a plain sentence on how it works
- `goal`: what shall be better, too wide to be built by itself
- `constraint`: a limit or a rule on how it is built or how it runs
- `criterion`: how one sees that what stands above it is done
- `detail`: a part of the block that it stands under
- `non-goal`: what is left out, now or altogether
- `question`: what is not decided yet
- `context`: all else: background, history, examples, lines that only lead into others, facts about the document

A heading holds for what stands under it: under `Out of scope` everything is a `non-goal`. Blocks of one list are
mostly of one kind."""

_ANSWER = """\
Your answer is one JSON object with the key `blocks`, a list with one entry for each numbered block, none left
out and none twice: `block` (its number), `kind` (one of the words above) and `why` (in at most twelve words).
You write nothing else: titles and sentences stay the author's own."""


class Question(NamedTuple):
    """A few blocks, by index, and what is put before the model on them."""

    blocks: tuple[int, ...]
    text: str

    kind: AnswerKind = "sorting"

    def prompt(self, complaints: Sequence[str] = (), last: str = "") -> str:
        """The prompt; `complaints` say what was wrong with an answer, `last` how the answer is handed over."""
        parts = [Part("The blocks", self.text, whole=True)]
        own = [Part("What your last answer lacks; answer anew, for all blocks", "\n".join(complaints))]
        return compose(Script(_ROLE, parts, _ANSWER, own, last=last))

    def faults(self, answer: SortingAnswer) -> list[str]:
        """What is wrong with an answer, a sentence each: every block is sorted, once, and no other."""
        return every_one(self.blocks, [one.block for one in answer.blocks])

    def usable(self, answer: SortingAnswer | None) -> None:
        """Nothing: an answer with faults decides nothing."""


def questions(reading: Reading, known: Container[int] = ()) -> list[Question]:
    """All blocks but listings and what is known, in their order, a few at a time."""
    asked = (block for block in reading.blocks if block.kind is not Kind.CODE and block.index not in known)
    return [Question(tuple(block.index for block in some), "\n".join(lines(reading, some))) for some in few(asked)]


def few(blocks: Iterable[Block], most: int = MOST_BLOCKS) -> Iterator[list[Block]]:
    """Blocks by so many as one question holds."""
    held: list[Block] = []
    size = 0
    for block in blocks:
        if held and (len(held) == most or size + len(block.text) > MOST_CHARACTERS):
            yield held
            held, size = [], 0
        held.append(block)
        size += len(block.text)
    if held:
        yield held


def lines(reading: Reading, blocks: Iterable[Block]) -> Iterator[str]:
    """Blocks with their numbers, under their headings."""
    section = -1
    for block in blocks:
        if block.section != section:
            section = block.section
            path = " > ".join(part for part in reading.sections[section].path if part)
            yield f"\n# {path}" if path else "\n# (no heading)"
        under = f" (under [{block.parent}])" if block.parent >= 0 else ""
        yield f"[{block.index}]{under} {fold(reading.text[block.span.start : block.span.end])}"
