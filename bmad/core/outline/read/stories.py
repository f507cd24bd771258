"""User stories and scenarios by how they begin, in the languages of a document."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from functools import cache
from typing import NamedTuple

from bmad.core.outline.words.language import Language
from bmad.core.outline.words.lexicon import LANGUAGES, folded, spaceless, split

_SEEN = 400
_BREAK = re.compile(r"[ \t]*(?:\r\n|\n|\r)[ \t>]*")
"""The end of a line, and the mark of a quote that begins the next."""
_WORD = re.compile(r"[^\W_]+")


class Openers(NamedTuple):
    """How user stories and the steps of scenarios begin."""

    story: re.Pattern[str]
    given: tuple[str, ...]
    when: tuple[str, ...]
    then: tuple[str, ...]
    more: tuple[str, ...]


@cache
def openers(codes: tuple[str, ...]) -> Openers:
    languages = [language for language in LANGUAGES if language.code in codes]
    patterns = [pattern for language in languages for pattern in language.stories]
    return Openers(
        re.compile(rf"(?:{'|'.join(patterns)})", re.IGNORECASE | re.DOTALL),
        _steps(languages, "given"),
        _steps(languages, "when"),
        _steps(languages, "then"),
        _steps(languages, "more"),
    )


def _steps(languages: list[Language], name: str) -> tuple[str, ...]:
    return tuple(
        sorted({word for language in languages for word in split(getattr(language, name))}, key=len)[::-1]
    )


def bare(text: str) -> str:
    """The beginning of a text without emphasis marks, on one line."""
    begun = text[:_SEEN].replace("*", "").replace("__", "")
    return (_BREAK.sub(" ", begun) if "\n" in begun or "\r" in begun else begun).strip()


def story_end(text: str, codes: tuple[str, ...]) -> int:
    """Where in the bare text of a user story its wish begins; 0 where it is none."""
    found = openers(codes).story.match(bare(text))
    return found.end() if found else 0


def begins(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text begins with one of some words."""
    start = folded(bare(text))
    for word in words:
        if start.startswith(word) and (spaceless(word) or not start[len(word) : len(word) + 1].isalnum()):
            return True
    return False


def is_scenario(text: str, codes: tuple[str, ...]) -> bool:
    """Whether a paragraph or item is one scenario: it begins with what is given, and says what then holds."""
    words = openers(codes)
    return begins(text, words.given) and _holds(text, words.then)


def _holds(text: str, words: tuple[str, ...]) -> bool:
    low = folded(text)
    found = set(_WORD.findall(low))
    return any(word in (low if spaceless(word) else found) for word in words)


def is_steps(texts: list[str], codes: tuple[str, ...]) -> bool:
    """Whether the items of a list are the steps of scenarios."""
    words = openers(codes)
    if len(texts) < 2 or not begins(texts[0], words.given + words.when):
        return False
    steps = words.given + words.when + words.then + words.more
    return all(begins(text, steps) for text in texts) and any(begins(text, words.then) for text in texts[1:])


def scenarios(texts: list[str], codes: tuple[str, ...]) -> list[list[int]]:
    """The steps of each scenario of a list: a new one begins where something is given after an outcome."""
    words = openers(codes)
    found: list[list[int]] = [[]]
    ended = False
    for index, text in enumerate(texts):
        if ended and begins(text, words.given or words.when):
            found.append([])
            ended = False
        ended = ended or begins(text, words.then)
        found[-1].append(index)
    return found
