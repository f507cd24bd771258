"""Requirements that cannot both hold (V27): the same words with another number, or with a negation.

Only what is said in the same words is held against each other, order and little words apart: what is said of one
thing in other words is for a reader to find. Grouping by words keeps it to one pass.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from bmad.core.wording.language import Language, phrases
from bmad.core.wording.reading import LANGUAGES, language_of, listed, sentences
from bmad.model.spec import Requirement

_NUMBER = re.compile(r"(?<![A-Za-z\d_.,#-])(\d+(?:[.,]\d+)*)[ \t]?(%|％|[^\W\d_]+)?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3}){2,}")
_WORD = re.compile(r"`[^`\n]+`|[^\W\d_](?:[\w'’./-]*\w)?")
_AROUND = ".,;:!?()[]*_\"'“”„«»…"
_ABLE = frozenset(
    "can cannot can't may will never kann können peut peuvent puede pueden pode podem может могут".split()  # noqa: SIM905
)
"""Words that allow or refuse: with them, too, a sentence says what is to be."""
_FEWEST = 3
"""Words that two sentences must have in common before they are taken to speak of one thing."""

_SIGNS: dict[str, tuple[str, float]] = {
    "ms": ("time", 0.001),
    "s": ("time", 1),
    "min": ("time", 60),
    "h": ("time", 3600),
    "d": ("time", 86_400),
    "wk": ("time", 604_800),
    "b": ("size", 1),
    "kb": ("size", 1e3),
    "mb": ("size", 1e6),
    "gb": ("size", 1e9),
    "tb": ("size", 1e12),
    "kib": ("size", 1 << 10),
    "mib": ("size", 1 << 20),
    "gib": ("size", 1 << 30),
    "%": ("share", 1),
    "％": ("share", 1),
    "px": ("pixels", 1),
    "fps": ("rate", 1),
    "hz": ("frequency", 1),
    **{name: (name, 1) for name in ("chars", "tries", "items", "files", "users", "requests", "entries", "lines")},
    **{name: (name, 1) for name in ("rows", "times")},
}
"""The signs of units that are compared: what they measure, and how much of it one is."""


class Said(NamedTuple):
    """A sentence of a requirement, of which `text[start:end]` is what may clash."""

    requirement: Requirement
    start: int
    end: int
    value: float = 0

    @property
    def words(self) -> str:
        return " ".join(self.requirement.text[self.start : self.end].split())


class Clash(NamedTuple):
    """What a requirement says, and what one before it says otherwise; `number` tells in what they differ."""

    later: Said
    first: Said
    number: bool


class _Measure(NamedTuple):
    """A number with what it measures; `text[start:end]` is the number with its unit."""

    start: int
    end: int
    value: float
    kind: str


def clashing_numbers(requirements: Iterable[Requirement], spoken: Language) -> Iterator[Clash]:
    """Requirements that give another number for what one before them says in the same words."""
    known: dict[object, Said] = {}
    for one in requirements:
        if not any(_may_measure(one.text, match) for match in _NUMBER.finditer(one.text)):
            continue
        language = language_of(one.text, spoken)
        for start, end in sentences(one.text):
            found = list(_measures(one.text, start, end, language))
            for measure in found:
                key = _key(one.text[start:end], measure, start, found, language)
                if key is None:
                    continue
                said = Said(one, measure.start, measure.end, measure.value)
                first = known.setdefault(key, said)
                if first.value != said.value:
                    yield Clash(said, first, number=True)


def denied(requirements: Sequence[Requirement], spoken: Language) -> Iterator[Clash]:
    """Requirements that ask for what one before them forbids in the same words, or the other way round."""
    known: dict[object, tuple[bool, bool, Said]] = {}
    for one in requirements:
        language = language_of(one.text, spoken)
        for start, end in sentences(one.text):
            key, negative = _stance(one.text[start:end], language)
            if key is None:
                continue
            lead = len(one.text[start:end]) - len(one.text[start:end].lstrip())
            said = Said(one, start + lead, end)
            binds = _binds(one.text[start:end], language)
            polarity, demanded, first = known.setdefault(key, (negative, binds, said))
            if polarity is not negative and (binds or demanded):
                yield Clash(said, first, number=False)


@cache
def negations() -> frozenset[str]:
    """The words of all languages that deny, where they stand by themselves."""
    return frozenset().union(*(listed(one, "negations") for one in LANGUAGES if one.spaced))


@cache
def _bounds() -> frozenset[str]:
    """The last words of what makes a number a bound, of all languages."""
    named = (phrase for one in LANGUAGES for name in ("least", "most") for phrase in listed(one, name))
    return frozenset(phrase.split()[-1] for phrase in named)


@cache
def _units(language: Language) -> dict[str, str]:
    return dict(one.rsplit("=", 1) for one in phrases(language.units.lower()))


@cache
def _stems() -> tuple[frozenset[str], tuple[str, ...]]:
    """Names of units of all languages: whole words, and beginnings."""
    names = [name for one in LANGUAGES for name in _units(one)]
    whole = frozenset(name for name in names if not name.endswith("*")) | _SIGNS.keys()
    return whole, tuple(name.removesuffix("*") for name in names if name.endswith("*") or not name.isascii())


def _may_measure(text: str, match: re.Match[str]) -> bool:
    """Whether a number may have a unit that is known, or a bound before it; cheap, and in any language."""
    unit = (match[2] or "").lower()
    whole, stems = _stems()
    if unit and (unit in whole or unit.startswith(stems)):
        return True
    before = text[max(0, match.start() - 24) : match.start()].lower().split()
    return bool(before) and before[-1] in _bounds()


def _measures(text: str, start: int, end: int, language: Language) -> Iterator[_Measure]:
    for match in _NUMBER.finditer(text, start, end):
        unit, sign = _unit(match[2] or "", language)
        bound = _bound(text[start : match.start()], text[match.end(1) + len(unit) : end], language)
        if sign or bound:
            kind, factor = _SIGNS.get(sign, ("", 1.0))
            stop = match.end(1) if not sign else match.start(2) + len(unit)
            yield _Measure(match.start(), stop, _value(match[1], language) * factor, f"{bound} {kind}")


def _unit(word: str, language: Language) -> tuple[str, str]:
    """The unit that a word is, or begins with where words have no blanks between them; and its sign."""
    folded = word.lower()
    if folded in _SIGNS:
        return word, folded
    for name, sign in _units(language).items():
        stem = name.removesuffix("*")
        if folded == stem or (folded.startswith(stem) and (name.endswith("*") or not language.spaced)):
            return word if language.spaced else word[: len(stem)], sign
    return "", ""


def _bound(before: str, after: str, language: Language) -> str:
    """`least` or `most` where a word for it stands at the number."""
    lead = " ".join(before.lower().split())
    for name in ("least", "most"):
        for phrase in sorted(listed(language, name), key=len, reverse=True):
            if lead.endswith(phrase) or (not language.spaced and after.startswith(phrase)):
                return name
    return ""


def _value(number: str, language: Language) -> float:
    """A number as it is meant: `1,000` and `0,8` have one sign and two meanings."""
    dotted = language.code in ("de", "es", "pt") and re.fullmatch(r"\d{1,3}(?:\.\d{3})+", number)
    if dotted or _GROUPED.fullmatch(number):
        return float(re.sub(r"[.,]", "", number))
    plain = number.replace(",", ".")
    return float(plain) if plain.count(".") < 2 else hash(number)  # noqa: PLR2004 - a version is no number


def _key(text: str, measure: _Measure, start: int, found: Sequence[_Measure], language: Language) -> object | None:
    """What is said but for one number of it: the words, what is measured, and the other numbers."""
    rest = text[: measure.start - start] + " " + text[measure.end - start :]
    others = tuple(sorted(match[1] for match in _NUMBER.finditer(rest)))
    words = _content(rest, language)
    if len(words) < _FEWEST - (not language.spaced) * (_FEWEST - 1):
        return None
    same = tuple(one.kind for one in found if one is not measure)
    return words, measure.kind, others, same


def _stance(text: str, language: Language) -> tuple[object | None, bool]:
    """What a sentence demands or forbids, and whether it forbids; None where it says too little."""
    if not language.spaced:
        rest, denials = text, 0
        for word in sorted(phrases(language.negations), key=len, reverse=True):
            denials += rest.count(word)
            rest = rest.replace(word, "")
        words = _content(rest, language)
        return (words if any(words) else None), denials % 2 == 1
    tokens = [token.strip(_AROUND) for token in text.lower().split()]
    denials = sum(token in listed(language, "negations") for token in tokens)
    words = _content(text, language)
    if len(words) < _FEWEST:
        return None, False
    return (words, tuple(sorted(match[1] for match in _NUMBER.finditer(text)))), denials % 2 == 1


def _binds(text: str, language: Language) -> bool:
    """Whether a sentence demands by a modal word; without one, `not` may belong to a name in it."""
    if not language.spaced:
        return any(word in text for word in phrases(language.modals))
    padded = f" {' '.join(token.strip(_AROUND) for token in text.lower().split())} "
    return any(f" {phrase} " in padded for phrase in listed(language, "modals") | _ABLE)


def _content(text: str, language: Language) -> frozenset[str]:
    """The words that say what a sentence is about: without little words, modals, negations and bounds."""
    if not language.spaced:
        for word in _unspaced_little(language):
            text = text.replace(word, "")
        return frozenset({re.sub(r"[\s、。，．.,]+", "", text)})
    return frozenset(word.lower() for word in _WORD.findall(text)) - _little(language)


@cache
def _little(language: Language) -> frozenset[str]:
    names = ("common", "modals", "negations", "least", "most")
    return frozenset(word for name in names for phrase in listed(language, name) for word in phrase.split())


@cache
def _unspaced_little(language: Language) -> tuple[str, ...]:
    found = {
        word for name in ("modals", "negations", "least", "most") for word in phrases(getattr(language, name))
    }
    return tuple(sorted(found, key=lambda word: (-len(word), word)))
