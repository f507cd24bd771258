"""What a model is asked to word, a few things at a time, and what of its words may stand."""

from collections.abc import Generator, Iterable, Sequence
from typing import NamedTuple

from bmad.core.grouping.board import Board
from bmad.core.outline.compose.choice import Choice, Words
from bmad.core.packs.texts import cut, size
from bmad.core.phrasing.vocabulary import Vocabulary, numbers_lacking
from bmad.core.phrasing.wants import Want, is_vague, standing_words, wants, worded
from bmad.core.prompts.fences import Part, Script, compose
from bmad.model.agents import AnswerKind
from bmad.model.sorting import Phrased, PhrasingAnswer

MOST_ASKED = 8
MOST_BYTES = {"title": 120, "narrative": 600, "criteria": 300}
"""Of a title, a narrative, and each criterion."""
MOST_CRITERIA = 4
_SHOWN = 900
_QUOTES = "`\"'“„«「"
_WORDS = 8
"""So many words that are not in the text are named in a complaint."""

_ROLE = """\
Below are parts of a document that says what is wanted of a product, each with its number and the words that it
lacks. Word these in the language of the document:

- `title`: what it is about, in at most ten words
- `narrative`: who wants what, and why, as far as the document says it
- `criteria`: how one sees that it is done, one to four sentences; without words such as `fast` or `easy`

Use the words of the document alone: no subject, no name, no number that does not stand in it. Where that cannot be
done, leave the words empty: then the author's own stand."""
_ANSWER = """\
Your answer is one JSON object with the key `words`, a list of objects: `number`, and of `title`, `narrative`
(texts) and `criteria` (a list of texts) what is asked of that number. You write nothing else."""


class Phrasing(NamedTuple):
    """Things to word, by their number from 1."""

    things: tuple[Want, ...]
    vocabulary: Vocabulary
    by: str

    kind: AnswerKind = "phrasing"

    @property
    def blocks(self) -> tuple[int, ...]:
        return tuple(want.block for want in self.things)

    def prompt(self, complaints: Sequence[str] = (), last: str = "") -> str:
        rows = (
            f"[{number}] asked: {', '.join(sorted(want.asks))}\n{cut(want.text, _SHOWN)}"
            for number, want in enumerate(self.things, 1)
        )
        parts = [Part("The parts to word", "\n\n".join(rows), whole=True)]
        own = [Part("What your last answer lacks; answer anew, for all of them", "\n".join(complaints))]
        return compose(Script(_ROLE, parts, _ANSWER, own, last=last))

    def faults(self, answer: PhrasingAnswer) -> list[str]:
        """What is wrong with an answer, a sentence each."""
        return [fault for one in answer.words for fault in self._wrong(one)]

    def usable(self, answer: PhrasingAnswer | None) -> PhrasingAnswer:
        """The last answer, faults and all: what of it may not stand is left out, and the author's words stand."""
        return answer or PhrasingAnswer(words=())

    def words(self, answer: PhrasingAnswer) -> dict[Want, Words]:
        """The words that may stand: each entry whole, or not at all."""
        return {
            self.things[one.number - 1]: Words(one.title, one.narrative, one.criteria, self.by)
            for one in answer.words
            if (one.title or one.narrative or one.criteria) and not any(True for _ in self._wrong(one))
        }

    def _wrong(self, one: Phrased) -> Iterable[str]:
        if not 1 <= one.number <= len(self.things):
            yield f"There is no number {one.number}."
            return
        want = self.things[one.number - 1]
        given = {"title": (one.title,), "narrative": (one.narrative,), "criteria": one.criteria}
        for name, texts in given.items():
            told = [text for text in texts if text]
            if told and name not in want.asks:
                yield f"Number {one.number} is not asked for `{name}`."
            for text in told:
                yield from (f"Number {one.number}, `{name}`: {why}." for why in self._faults(want, name, text))
        if len(one.criteria) > MOST_CRITERIA:
            yield f"Number {one.number} has more than {MOST_CRITERIA} criteria."

    def _faults(self, want: Want, name: str, text: str) -> Iterable[str]:
        if text != " ".join(text.split()) or not text.isprintable():
            yield "it has to be one line without blanks at its ends"
        if not (text[0].isalnum() or text[0] in _QUOTES) or "<!--" in text:
            yield "it has to begin with a word, and be no Markdown but marks within it"
        if size(text) > MOST_BYTES[name]:
            yield f"it has more than {MOST_BYTES[name]} bytes"
        if strange := self.vocabulary.lacks(text):
            yield f"the document does not say {_quoted(strange)}"
        if strange := numbers_lacking(want.text, text):
            yield f"the number {_quoted(strange)} does not stand in what it is about"
        if name == "criteria" and is_vague(text):
            yield "nobody can tell when it is met"


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words[:_WORDS])


def phrased(found: Board, choice: Choice, by: str) -> Generator[Phrasing, PhrasingAnswer, Choice]:
    """A choice with words for what its author left without; an empty answer words nothing."""
    choice = choice._replace(stories=standing_words(found, choice))
    vocabulary = Vocabulary(found.judged.reading.text)
    every = list(wants(found, choice))
    told: dict[Want, Words] = {}
    for start in range(0, len(every), MOST_ASKED):
        question = Phrasing(tuple(every[start : start + MOST_ASKED]), vocabulary, by)
        told |= question.words((yield question))
    return worded(choice, told)
