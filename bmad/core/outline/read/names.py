"""The names that an author gives to stories and requirements, and the lines that hold nothing but such names."""

import re
from collections.abc import Iterable
from functools import cache

from bmad.core.outline.read.marks import IDENT, NUMBER
from bmad.core.outline.words.lexicon import LANGUAGES, split, units

_NUMBER = re.compile(NUMBER)


@cache
def _name() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in units())
    return re.compile(
        rf"(?<![a-z])(?:{words})\s+#?\d{{1,4}}(?:\.\d{{1,3}}){{0,3}}|{IDENT}|{NUMBER}", re.IGNORECASE
    )


def names_in(text: str) -> list[str]:
    """All that is named in a text: `FR-3`, `Story 1.1`, `2.4`."""
    return [match.group() for match in _name().finditer(text)]


def key(name: str) -> str:
    """A name as it is looked up: `Story 1.1`, `story  1.1` and `STORY-1.1` are one."""
    return re.sub(r"[\s_#-]+", "", name.lower())


def keys(source: str) -> list[str]:
    """What an id may be called by: itself, and its number where that is one of several parts (`1.1`)."""
    number = _NUMBER.search(source)
    return [key(source), *([number.group()] if number else [])] if source else []


def may_end_with_id(text: str) -> bool:
    """Whether the last word of a text may end with a digit: looked at first, as most end with a letter."""
    return not text.rstrip(" .*)`")[-1:].isalpha()


_AND = r"(?:\W|(?:and|und|et|y|e|и|と|和)\b)+"


@cache
def only_waits(codes: tuple[str, ...]) -> re.Pattern[str]:
    """What a sentence looks like that says no more than on what its requirement depends, by ids."""
    return _only(p for one in LANGUAGES if one.code in codes for p in split(one.depends))


@cache
def only_serves(codes: tuple[str, ...]) -> re.Pattern[str]:
    """What a line looks like that says no more than which requirements or stories it belongs to, by ids."""
    return _only(p for one in LANGUAGES if one.code in codes for p in split(one.serves))


def _only(words: Iterable[str]) -> re.Pattern[str]:
    """What a text looks like that has one of some words first, and then nothing but names."""
    phrases = sorted(set(words), key=len)
    known = "|".join(re.escape(phrase.rstrip(":")) for phrase in phrases[::-1])
    unit = "|".join(map(re.escape, units()))
    name = rf"(?:(?i:{unit})\s+\d[\d.]*|[A-Z]{{1,8}}(?:[-_.][A-Z]{{1,6}})*[-_. ]?\d[\d.-]*|{NUMBER})"
    return re.compile(
        rf"[\W_]*(?:(?:[^\W\d]{{1,6}}\s+){{0,2}}(?i:{known})|(?i:{known}))[\W_]*{name}(?:{_AND}{name})*\W*"
    )
