"""The check of what a story declares anew that the project depends on: shown to reviewers, look-alikes refused."""

import re
from collections.abc import Iterable, Sequence

from bmad.core.act.checks import KNOWN_DEPENDENCIES, Check
from bmad.core.gate.words import printable
from bmad.core.imports.declared import New

_MOST = 20


def known_dependencies(found: Sequence[New], said: Iterable[str]) -> Check:
    """The check, by what is declared anew; `said` are words of people and of criteria: they may ask for a name."""
    asked = [*said]
    alike = [one for one in found if one.like and not any(_names(one.name, text) for text in asked)]
    if not alike:
        return Check(KNOWN_DEPENDENCIES, ok=True, sentence=told(found))
    named = [f"{printable(one.path)} declares `{printable(one.name)}`" for one in alike[:_MOST]]
    named = [f"{words}, one letter from `{printable(one.like)}`" for words, one in zip(named, alike, strict=False)]
    return Check(KNOWN_DEPENDENCIES, ok=False, sentence=f"{_ALIKE} {'; '.join(named)}. {_WAY}")


_ALIKE = "New dependencies that may be mistaken for one that is there:"
_WAY = (
    "Name the one that is meant; where this is it, a person says so, by its name: "
    "bmad act STORY --again --why WORDS."
)


def _names(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w./@-]){re.escape(name)}(?![\w/-])", text) is not None


def told(found: Sequence[New]) -> str:
    """Each of them, and what is to be known of it; empty where nothing is declared anew."""
    rest = len(found) - _MOST
    return "; ".join([*map(_told, found[:_MOST]), *([f"and {rest} more"] if rest > 0 else [])])


def _told(one: New) -> str:
    notes = [f"one letter from `{printable(one.like)}`"] if one.like else []
    notes += ["nothing in the change imports it"] if one.imported is False else []
    return ", ".join([f"declares new dependency `{printable(one.name)}` in {printable(one.path)}", *notes])
