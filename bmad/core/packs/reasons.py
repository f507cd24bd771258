"""Why a story is there: of what stands above it only what it does not say itself, each sentence once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from bmad.core.mapping.match import bare
from bmad.core.packs.pack import Item
from bmad.core.packs.texts import one_line
from bmad.model.normal import fold
from bmad.model.spec import EVERYWHERE, Epic, Requirement, Statement, StatementClass, Story

ALIKE = 0.8
"""The share of a sentence's words that, standing in one other sentence, make it the same one."""

MOST_RULES = 300
"""Bytes of the intent's other constraints and of what it leaves out."""

MOST_HELD = 2000
"""Bytes of what holds for all work: nobody may be left without it."""

_AIM = 240
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)|\n\s*(?:[-*+]|\d+[.)])\s+|\n{2,}")
_ORIGIN = re.compile(r"From “[^\n]*?”(?:; “[^\n]*?”)*(?: and \d+ more)?\.(?=\s|$)")
"""The sentence by which the mapper says where an epic stands in the intent; a heading may quote, too."""


class Project(Protocol):
    """What holds for the whole project: requirements on all work, and the statements of the intent."""

    @property
    def everywhere(self) -> Sequence[Requirement]: ...

    @property
    def statements(self) -> Sequence[Statement]: ...


def reasons(
    story: Story,
    text: str,
    above: Sequence[Requirement | Statement],
    epic: Epic | None,
    project: Project,
) -> Iterator[Item]:
    """The epic's aim, what requirements and intent say beyond the story's `text`, and the rules of the project."""
    said = [_words(one) for one in _sentences(text)]
    if epic is not None:
        aim = one_line(_ORIGIN.sub("", epic.text), _AIM) or epic.title
        yield Item(f"{story.id} is a part of {epic.id}: {one_line(epic.title, _AIM)}{_more(aim, epic.title)}")
    for one in above:
        yield from _beyond(one, said)
    rules = [*_held(project.everywhere, said), *_rules(project.statements, said, _words(text))]
    if rules:
        yield Item("\n".join(["For the whole project:", *rules]))


def _more(aim: str, title: str) -> str:
    return "" if fold(aim) == fold(title) else f". {aim}"


def _beyond(one: Requirement | Statement, said: list[frozenset[str]]) -> Iterator[Item]:
    text = f"{one.title}\n{one.text}" if isinstance(one, Requirement) else one.quote
    new = [sentence for sentence in _sentences(text) if _is_new(_words(bare(sentence, one.source)), said)]
    said += [_words(sentence) for sentence in new]
    if new:
        yield Item("\n".join([one.id, *new]))


def _sentences(text: str) -> list[str]:
    return [fold(one) for one in _SENTENCE.split(text) if one.strip()]


@lru_cache(maxsize=1 << 12)
def _words(sentence: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(sentence))


def _is_new(words: frozenset[str], said: Iterable[frozenset[str]]) -> bool:
    """Whether no sentence that was said holds nearly all of its words, and every one that turns its meaning."""
    return bool(words) and not any(
        len(words & one) >= ALIKE * len(words) and not any(map(_tells, words - one)) for one in said
    )


def _tells(word: str) -> bool:
    return word in _TURNING or any(char.isdigit() for char in word)


_TURNING = frozenset({"not", "no", "never", "none", "unless", "except", "only", "without", "nicht", "kein", "nie"})


def _held(everywhere: Sequence[Requirement], said: list[frozenset[str]]) -> Iterator[str]:
    """What holds for all work, one a line in the order of the documents; what there is no room for is counted."""
    new = [one for one in everywhere if _is_new(_words(one.text or one.title), said)]
    room = MOST_HELD
    for at, one in enumerate(new):
        line = f"- {one.id}: {one_line(one.text or one.title, 400)}"
        room -= len(line.encode()) + 1
        if room < 0:
            yield f"- and {len(new) - at} more in the PRD that say `Holds: {EVERYWHERE}`"
            return
        said += [_words(sentence) for sentence in _sentences(one.text or one.title)]
        yield line


def _rules(statements: Iterable[Statement], said: list[frozenset[str]], about: frozenset[str]) -> Iterator[str]:
    """Constraints and non-goals of the intent, one a line, as many as there is room for.

    Those that speak of what the story speaks of come first, then in the order in which they were written.
    """
    room = MOST_RULES
    rules = [one for one in statements if one.klass in _LABELS]
    for one in sorted(rules, key=lambda each: (-_shared(each.quote, about), each.line)):
        if not _is_new(_words(bare(one.quote, one.source)), said):
            continue
        line = f"- {_LABELS[one.klass]}{one_line(one.quote, 120)}"
        room -= len(line.encode()) + 1
        if room < 0:
            return
        yield line


def _shared(quote: str, about: frozenset[str]) -> int:
    return sum(len(word) > _SHORT and word in about for word in _words(quote))


_SHORT = 4

_LABELS = {StatementClass.CONSTRAINT: "", StatementClass.NON_GOAL: "not: "}
