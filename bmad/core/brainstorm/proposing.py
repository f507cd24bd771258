"""A model plays a demanding user: what it is asked, and which of its features may be put before a person."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.brainstorm.memory import Memory
from bmad.core.mapping.match import likeness, words
from bmad.core.packs.texts import one_line, size
from bmad.core.prompts.fences import Part, Script, compose
from bmad.model.agents import AnswerKind
from bmad.model.sorting import Proposed, ProposingAnswer

MOST_ASKED = 6
"""Features of one answer."""
MOST_BYTES = 300
_PERSONA = 200
_QUOTES = '`"“«„「'
_COMMENT = re.compile(r"<!--|-->")
_LIKE = 0.8
"""Least likeness of two features that are one."""
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(.+?)(?:[ \t]*<!--.*?-->)?[ \t]*\r?$", re.MULTILINE)

_ROLE = """\
You play one user of a product that the document below describes: {persona}. You know such products well, and you
demand much of them. Propose features that you would miss: what the document neither asks for nor leaves out.

Each feature is one sentence in the language of the document, of at most 25 words, that says what the product does,
as whoever tests it would read it: one demand, with its number where it is a matter of how much or how quickly, and
without words such as `fast`, `easy` or `appropriate`."""
_ANSWER = """\
Your answer is one JSON object with the key `features`, a list of at most {most} objects: `feature` (the
sentence) and `why` (what you would do with it, in one sentence). An empty list says that nothing is missing."""


class Proposing(NamedTuple):
    """What stands in the intent, what was dropped, and how one sees what a sentence would leave open."""

    persona: str
    text: str
    memory: Memory
    remarks: Callable[[str], Sequence[str]]

    kind: AnswerKind = "proposing"

    @property
    def blocks(self) -> Sequence[int]:
        return ()

    def prompt(self, complaints: Sequence[str] = (), last: str = "") -> str:
        refused = "\n".join(f"- {one}" for one in self.memory.dropped)
        parts = [
            Part("The document", self.text),
            Part("What was proposed before and is not wanted; propose nothing like it", refused),
        ]
        own = [Part("What your last answer lacks; answer anew, with all features", "\n".join(complaints))]
        role = _ROLE.format(persona=one_line(self.persona, _PERSONA))
        return compose(Script(role, parts, _ANSWER.format(most=MOST_ASKED), own, last=last))

    def faults(self, answer: ProposingAnswer) -> list[str]:
        """What is wrong with an answer, a sentence each."""
        told = [fault for one, faults in self._judged(answer) for fault in faults]
        many = len(answer.features) > MOST_ASKED
        return [*told, *([f"There are more than {MOST_ASKED} features."] if many else [])]

    def usable(self, answer: ProposingAnswer | None) -> ProposingAnswer | None:
        """The features without fault; None where no answer could be read."""
        return None if answer is None else ProposingAnswer(features=self.fitting(answer))

    def fitting(self, answer: ProposingAnswer) -> tuple[Proposed, ...]:
        return tuple(one for one, faults in self._judged(answer) if not faults)[:MOST_ASKED]

    def _judged(self, answer: ProposingAnswer) -> Iterator[tuple[Proposed, list[str]]]:
        known = [words(one) for one in (*_ITEM.findall(self.text), *self.memory.dropped, *self.memory.undecided)]
        for one in answer.features:
            bag = words(one.feature)
            faults = [*self._faults(one.feature)]
            if any(likeness(bag, other) >= _LIKE for other in known):
                faults.append(f"`{one.feature}` stands there already, or was proposed before.")
            known.append(bag)
            yield one, faults

    def _faults(self, feature: str) -> Iterator[str]:
        short = one_line(feature, _PERSONA)
        if feature != " ".join(feature.split()) or not feature.isprintable():
            yield f"`{short}` is not one line without blanks at its ends."
        elif not (feature[0].isalnum() or feature[0] in _QUOTES) or _COMMENT.search(feature):
            yield f"`{short}` does not begin with a word, or holds a comment."
        elif size(feature) > MOST_BYTES:
            yield f"`{short}` has more than {MOST_BYTES} bytes."
        else:
            yield from (f"`{short}`: {remark}." for remark in self.remarks(feature))


def marked(feature: str, persona: str, by: str) -> str:
    """A feature as it stands in the intent, with who proposed it in a comment, which no map reads."""
    who = re.sub(r"-{2,}|[<>]", " ", f"proposed by {by}, as {persona}")
    return f"{feature} <!-- {one_line(who, _PERSONA)} -->"
