"""Words of all languages made ready for looking up: headings, ranks, columns, and what binds in a sentence."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Generic, NamedTuple, TypeVar
from unicodedata import combining, normalize

from bmad.core.outline.words.de import GERMAN
from bmad.core.outline.words.en import ENGLISH
from bmad.core.outline.words.es import SPANISH
from bmad.core.outline.words.fr import FRENCH
from bmad.core.outline.words.ja import JAPANESE
from bmad.core.outline.words.language import Column, Language, Phrases, Rank, Role
from bmad.core.outline.words.more import DUTCH, ITALIAN, KOREAN, POLISH, SWEDISH
from bmad.core.outline.words.pt import PORTUGUESE
from bmad.core.outline.words.ru import RUSSIAN
from bmad.core.outline.words.tr import TURKISH
from bmad.core.outline.words.zh import CHINESE

LANGUAGES = (
    ENGLISH, GERMAN, FRENCH, SPANISH, PORTUGUESE, RUSSIAN, JAPANESE, CHINESE, ITALIAN, DUTCH, SWEDISH, POLISH, KOREAN,
    TURKISH,
)  # fmt: skip
T = TypeVar("T")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff01-\uff60]")
_LETTERS = re.compile(r"[^\W\d_]+")
_SAMPLE = 60_000
_TYPED = 5
"""The fewest letters of a word that is known without its accents; a shorter one may be another."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_COMPOUND = 9
"""The fewest letters of a word that others are made with."""
_MOST_WORDS = 5
_FEW = 3
_FIRST = (Role.NON_GOAL, Role.LATER)


class Says:
    """What words in a sentence say, as bits of a number: a flag of `enum` costs ten times as much to join."""

    NOTHING = 0
    MUST = 1
    SHOULD = 2
    MAY = 4
    CAN = 8
    WILL = 16
    RULE = 32
    WISH = 64
    NICE = 128
    PAST = 256
    FIRST = 512
    ONLY = 1024
    EVERYWHERE = 2048
    SECOND = 4096
    OUT = 8192
    LEAVES = 16384
    YET = 32768
    POINTS = 65536


def split(phrases: Phrases) -> list[str]:
    """The phrases one by one, each as it is written without umlauts and accents, too, where it is no short word."""
    found: dict[str, None] = {}
    for one in phrases.split("|"):
        if one:
            found[one] = None
            if not one.isascii() and len(one) >= _TYPED:
                found[_typed(one)] = None
    return list(found)


def _typed(phrase: str) -> str:
    """A phrase as it is typed where the keyboard has no umlauts or accents; others stay as they are."""
    typed = phrase.translate(_UMLAUTS)
    plain = "".join(sign for sign in normalize("NFD", typed) if not combining(sign))
    return plain if plain.replace("…", "").isascii() else phrase


def spaceless(text: str) -> bool:
    """Whether a text holds letters of a script that is written without spaces."""
    return not text.isascii() and UNSPACED.search(text) is not None


def folded(text: str) -> str:
    """Lower case, without apostrophes."""
    bare = text.lower().replace("'", "")
    return bare if bare.isascii() else bare.replace("’", "")


class Index(Generic[T]):
    """Phrases, whole or with `…` at an end, each with what it means.

    With `compounds`, a long word behind `…` may be the end of another one: `Geschäftsanforderungen`.
    """

    def __init__(self, entries: Iterable[tuple[T, Phrases]], *, compounds: bool = False) -> None:
        self.whole: dict[str, T] = {}
        self.begins: dict[str, T] = {}
        self.ends: dict[str, T] = {}
        self.holds: dict[str, T] = {}
        self.unspaced: list[tuple[str, bool, bool, T]] = []
        for meaning, phrases in entries:
            for phrase in split(phrases):
                self._add(phrase, meaning)
        self.unspaced.sort(key=lambda entry: (-(entry[1] + entry[2]), -len(entry[0])))
        self._first = {phrase.partition(" ")[0] for phrase in (*self.holds, *self.begins)}
        self._last = {phrase.rpartition(" ")[2] for phrase in self.ends}
        """The words that phrases begin and end with: most texts have none of them in their place."""
        long = (one for one in self.ends if compounds and " " not in one and len(one) >= _COMPOUND)
        self._tails = tuple(sorted(long, key=len, reverse=True))

    def _add(self, phrase: str, meaning: T) -> None:
        before, after = phrase.startswith("…"), phrase.endswith("…")
        bare = phrase.strip("…")
        if before or after:
            if spaceless(bare):
                self.unspaced.append((bare, before, after, meaning))
            table = self.holds if before and after else self.ends if before else self.begins
            table.setdefault(bare, meaning)
        self.whole.setdefault(bare, meaning)

    def find(self, text: str) -> tuple[T, str] | None:
        """The meaning of a phrase and what of it was known; the whole first, then a part within, an end, a start."""
        if text in self.whole:
            return self.whole[text], text
        words = text.split()
        sizes = range(min(len(words), _MOST_WORDS), 0, -1)
        begun = [start for start, word in enumerate(words) if word in self._first]
        for size in sizes if begun and self.holds else ():
            for start in begun:
                if start + size > len(words):
                    break
                part = " ".join(words[start : start + size])
                if part in self.holds:
                    return self.holds[part], part
        for size in sizes if words and words[-1] in self._last else ():
            if (part := " ".join(words[-size:])) in self.ends:
                return self.ends[part], part
        if words and len(words[-1]) > _COMPOUND and words[-1].endswith(self._tails):
            part = next(one for one in self._tails if words[-1].endswith(one))
            return self.ends[part], part
        for size in sizes if begun and not begun[0] else ():
            if (part := " ".join(words[:size])) in self.begins:
                return self.begins[part], part
        return self._unspaced(text) if spaceless(text) else None

    def _unspaced(self, text: str) -> tuple[T, str] | None:
        for part, before, after, meaning in self.unspaced:
            if part in text and (
                (before and after) or (before and text.endswith(part)) or (after and text.startswith(part))
            ):
                return meaning, part
        return None


@cache
def headings() -> "tuple[Index[Role], Index[Role]]":
    """Headings of what is not wanted, or not now, which win over all others, and those others."""
    entries = [(role, phrases) for language in LANGUAGES for role, phrases in language.headings.items()]
    return (
        Index(
            sorted((entry for entry in entries if entry[0] in _FIRST), key=lambda entry: _FIRST.index(entry[0]))
        ),
        Index((entry for entry in entries if entry[0] not in _FIRST), compounds=True),
    )


@lru_cache(maxsize=1 << 13)  # several stages ask what one heading says
def find_heading(text: str) -> tuple[Role, str] | None:
    """The role of a bare heading, and what of it was known."""
    refused, others = headings()
    if text in others.whole and text not in refused.whole:
        return others.whole[text], text
    return refused.find(text) or others.find(text)


@cache
def lacks() -> re.Pattern[str]:
    """How a bare heading reads that says what a thing does not do."""
    return re.compile("|".join(language.lacks for language in LANGUAGES if language.lacks))


@cache
def ranked() -> "Index[Rank]":
    return Index((rank, phrases) for language in LANGUAGES for rank, phrases in language.ranked.items())


@cache
def ranks() -> "Index[Rank]":
    return Index((rank, phrases) for language in LANGUAGES for rank, phrases in language.ranks.items())


@cache
def columns() -> "Index[Column]":
    return Index((column, phrases) for language in LANGUAGES for column, phrases in language.columns.items())


@cache
def modifiers() -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in split(language.modifiers))


@cache
def records() -> "Index[bool]":
    return Index((True, language.records) for language in LANGUAGES)


@cache
def nothings() -> frozenset[str]:
    return unfilled() | {word for language in LANGUAGES for word in split(language.nothing)}


@cache
def unfilled() -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in split(language.unfilled))


@cache
def units() -> Mapping[str, str]:
    """Words that begin a numbered heading -> epic, story, requirement, scenario or phase; the longest first."""
    known = {
        word: unit for language in LANGUAGES for unit, words in language.units.items() for word in split(words)
    }
    return dict(sorted(known.items(), key=lambda entry: -len(entry[0])))


class Lexicon(NamedTuple):
    """What is looked up in each sentence, for the languages of one document."""

    languages: tuple[Language, ...]
    words: Mapping[str, int]
    phrases: re.Pattern[str] | None
    begins: Mapping[str, tuple[frozenset[str], ...]]
    """The first word of phrases -> the other words of each."""
    unspaced: re.Pattern[str] | None
    openers: Mapping[str, tuple[str, ...]]
    notes: Mapping[str, tuple[str, ...]]
    orders: frozenset[str]
    conditions: frozenset[str]
    noes: frozenset[str]
    weak: frozenset[str]
    endings: re.Pattern[str] | None
    forbids: re.Pattern[str] | None
    unneeded: re.Pattern[str] | None
    meta: re.Pattern[str] | None
    overview: re.Pattern[str] | None
    doubts: re.Pattern[str] | None
    marked: Mapping[str, int]
    stop: frozenset[str]


_KINDS = (
    (Says.MUST, "must"), (Says.SHOULD, "should"), (Says.MAY, "may"), (Says.CAN, "can"), (Says.WILL, "will"),
    (Says.RULE, "rules"), (Says.WISH, "wishes"), (Says.NICE, "nice"), (Says.PAST, "past"), (Says.FIRST, "first"),
    (Says.ONLY, "only"), (Says.EVERYWHERE, "everywhere"), (Says.SECOND, "second"),
    (Says.OUT, "out"), (Says.LEAVES, "leaves"), (Says.YET, "yet"), (Says.POINTS, "points"),
)  # fmt: skip


@cache
def lexicon(codes: tuple[str, ...]) -> Lexicon:
    """The lexicon of some languages, by their codes."""
    languages = tuple(language for language in LANGUAGES if language.code in codes)
    words: dict[str, int] = {}
    for language in languages:
        strange = {word for one in languages if one is not language for word in split(one.other)}
        for kind, name in _KINDS:
            for phrase in split(getattr(language, name)):
                if phrase not in strange:
                    words[phrase] = words.get(phrase, Says.NOTHING) | kind
    phrases = [word for word in words if not spaceless(word) and not word.isalpha()]
    marked = {word.upper(): _marked(says) for word, says in words.items() if _marked(says) and not spaceless(word)}
    return Lexicon(
        languages,
        words,
        _pattern(phrases, r"(?<!\w)(?:{})(?!\w)"),
        _begins(phrases),
        _pattern((w for w in words if spaceless(w)), "(?:{})"),
        _openers(language.opens_aside for language in languages),
        _openers(language.opens_note for language in languages),
        frozenset(word for language in languages for word in split(language.orders)),
        frozenset(word for language in languages for word in split(language.conditions)),
        frozenset(word for language in languages for word in split(language.noes)),
        frozenset(word for language in languages for word in split(language.weak)),
        _either(language.endings for language in languages),
        _either(language.forbids for language in languages),
        _either(language.unneeded for language in languages),
        _either(language.meta for language in languages),
        _either(language.overview for language in languages),
        _either(language.doubts for language in languages),
        marked,
        frozenset(word for language in languages for word in split(language.stop)),
    )


def _either(patterns: Iterable[str]) -> re.Pattern[str] | None:
    known = [one for one in patterns if one]
    return re.compile("|".join(known)) if known else None


def _marked(says: int) -> int:
    """What a key word in capitals says: an ability is a permission."""
    if says & (Says.MAY | Says.CAN):
        return Says.MAY
    return says & (Says.MUST | Says.SHOULD)


def _openers(lists: Iterable[Phrases]) -> dict[str, tuple[str, ...]]:
    """Phrases by their first word; those of scripts without spaces by none."""
    found: dict[str, list[str]] = {}
    for phrases in lists:
        for phrase in split(phrases):
            found.setdefault("" if spaceless(phrase) else _first(phrase), []).append(phrase)
    return {word: tuple(known) for word, known in found.items()}


def _begins(phrases: Iterable[str]) -> dict[str, tuple[frozenset[str], ...]]:
    """Phrases by their first word, with the other words of each."""
    found: dict[str, set[frozenset[str]]] = {}
    for first, *rest in map(_LETTERS.findall, phrases):
        found.setdefault(first, set()).add(frozenset(rest))
    return {first: tuple(rests) for first, rests in found.items()}


def _first(phrase: str) -> str:
    found = _LETTERS.search(phrase)
    return found.group() if found else phrase


def _pattern(words: Iterable[str], frame: str) -> re.Pattern[str] | None:
    known = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(frame.format("|".join(map(re.escape, known)))) if known else None


def languages_of(text: str) -> tuple[str, ...]:
    """The codes of the languages of a text: English always, the others by their script or their small words."""
    sample = text if len(text) <= _SAMPLE else text[: _SAMPLE // 2] + text[len(text) // 2 :][: _SAMPLE // 2]
    found = {"en"}
    if not sample.isascii():
        found |= _scripts(sample)
    counts: dict[str, int] = {}
    for word in _LETTERS.findall(sample.lower()):
        counts[word] = counts.get(word, 0) + 1
    hits = {
        language.code: sum(counts.get(word, 0) for word in split(language.common))
        for language in LANGUAGES
        if language.common
    }
    most = max(hits.values(), default=0)
    found |= {code for code, count in hits.items() if count >= max(_FEW, most / 2)}
    return tuple(language.code for language in LANGUAGES if language.code in found)


def _scripts(sample: str) -> set[str]:
    found = set()
    kana = re.search(r"[\u3040-\u30ff]", sample)
    if kana:
        found.add("ja")
    if re.search(r"[\u3400-\u9fff]", sample) and not (kana and len(re.findall(r"[\u3040-\u309f]", sample)) > 5):
        found.add("zh")
    if re.search(r"[\uac00-\ud7af]", sample):
        found.add("ko")
    if re.search(r"[а-яё]", sample):
        found.add("ru")
    return found
