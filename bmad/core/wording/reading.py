"""What stands in one text: the language it is in, and the words in it that leave open what is asked."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

from bmad.core.wording.kinds import (
    DOUBLE,
    ESCAPE,
    OPEN_ENDED,
    PRONOUN,
    QUICK,
    UNFINISHED,
    VAGUE,
    Wording,
)
from bmad.core.wording.language import Language, phrases
from bmad.core.wording.languages.chinese import CHINESE
from bmad.core.wording.languages.english import ENGLISH
from bmad.core.wording.languages.french import FRENCH
from bmad.core.wording.languages.german import GERMAN
from bmad.core.wording.languages.japanese import JAPANESE
from bmad.core.wording.languages.portuguese import PORTUGUESE
from bmad.core.wording.languages.russian import RUSSIAN
from bmad.core.wording.languages.spanish import SPANISH

LANGUAGES = (ENGLISH, GERMAN, FRENCH, SPANISH, PORTUGUESE, RUSSIAN, JAPANESE, CHINESE)

_KINDS: dict[Wording, str] = {
    UNFINISHED: "unfinished",
    VAGUE: "vague",
    ESCAPE: "escape",
    OPEN_ENDED: "open_ended",
    QUICK: "quick",
}
"""The kinds that are found by a list, with the name of that list."""

_HEAD = 3
"""Letters by which words are looked up; the rest is compared."""

_AROUND = ".,;:!?()[]{}<>*_\"'“”„«»…‘’`"
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_QUOTED = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]+`|<!--.*?(?:-->|\Z)"
    r"|!?\[[^\[\]\n]{0,300}\]\([^()\n]{0,1000}\)|https?://[^\s)]+|\[NEEDS CLARIFICATION[^\]]*\]?"
    r"|\"[^\"\n]{0,300}\"|“[^”\n]{0,300}”|„[^“”\n]{0,300}[“”]|«[^»\n]{0,300}»|「[^」\n]{0,300}」",
    re.DOTALL,
)
"""What is named and not said: code, comments, links, addresses, quotes, open questions."""

_SENTENCE = re.compile(r"(?:[.!?](?=[\s)\"”*]|\Z)|[。！？]|\n[ \t]*(?=[-*+|#]|\d+[.)] |\n|\Z))", re.DOTALL)
_MEASURED = re.compile(r"(?<![A-Za-z\d_#.-])\d|[`\"“„«「]|\([^()\n]* [^()\n]*\)|:\s+\S")
"""A number, code, a quote, words in brackets or behind a colon: what the vague word comes to here."""
_LABEL = re.compile(r"[\s>]*(?:\*\*|__)[^*_\n]{1,60}(?:[:：](?:\*\*|__)|(?:\*\*|__)\s*[:：])")
_COMPARES = re.compile(r"\b(?:plus|más|mais)\s+\Z", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![A-Za-z\d_#.-])\d|[０-９]|[一二三四五六七八九十百千]+(?:秒|分|个|個|次|天|小时|時間)")
_BETWEEN = 6
"""Words that may stand between what joins two demands and the modal of the second."""


class Mark(NamedTuple):
    """Words of a text, `text[start:end]`, and what is to be said of them."""

    kind: Wording
    start: int
    end: int


class Phrase(NamedTuple):
    """A phrase of a list, and the word of it by which it is looked for."""

    language: Language
    kind: Wording
    words: str
    trigger: str
    open: bool
    """Whether the trigger may go on."""


def language_of(text: str, otherwise: Language = ENGLISH) -> Language:
    """The language that a text is in: by its script, else by the little words in it."""
    if _UNSPACED.search(text):
        return JAPANESE if _KANA.search(text) else CHINESE
    if _CYRILLIC.search(text):
        return RUSSIAN
    common = _common()
    counts = Counter(one for token in text.lower().split() for one in common.get(token, ()))
    best = max(counts, key=lambda one: (counts[one], LANGUAGES[one] is otherwise, -one), default=None)
    return otherwise if best is None else LANGUAGES[best]


@cache
def _common() -> dict[str, tuple[int, ...]]:
    """The little words and modals, each with the languages that have it, as places in `LANGUAGES`."""
    known = [listed(language, "common") | listed(language, "modals") for language in LANGUAGES]
    return {word: tuple(at for at, held in enumerate(known) if word in held) for word in set().union(*known)}


@cache
def listed(language: Language, name: str) -> frozenset[str]:
    """The phrases of one list of a language, in lower case."""
    return frozenset(phrases(getattr(language, name).lower()))


def is_unspaced(text: str) -> bool:
    """Whether a text holds signs of a script without blanks between words."""
    return not text.isascii() and _UNSPACED.search(text) is not None


class Triggers:
    """Which words of a text may begin or bear a phrase of any language; a text without one is not looked at."""

    @cached_property
    def _heads(self) -> dict[str, list[Phrase]]:
        heads: dict[str, list[Phrase]] = {}
        for language in LANGUAGES:
            for kind, name in _KINDS.items():
                for phrase in phrases(getattr(language, name).lower()):
                    longest = max(phrase.split(), key=len)
                    word = longest.removesuffix("*").strip(_AROUND)
                    heads.setdefault(word[:_HEAD], []).append(
                        Phrase(language, kind, phrase, word, longest.endswith("*"))
                    )
        return heads

    @cached_property
    def modals(self) -> frozenset[str]:
        """The last word of each modal, of all languages."""
        return frozenset(phrase.split()[-1] for one in LANGUAGES for phrase in listed(one, "modals"))

    @cached_property
    def pronouns(self) -> frozenset[str]:
        return frozenset().union(*(listed(one, "pronouns") for one in LANGUAGES))

    def of(self, tokens: Iterable[str]) -> dict[str, list[Phrase]]:
        """The tokens that are triggers, as they stand, with their phrases; each token should be given once."""
        found: dict[str, list[Phrase]] = {}
        for token in tokens:
            word = token.strip(_AROUND)
            held = self._heads.get(word[:_HEAD])
            if held is not None:
                fit = [one for one in held if word == one.trigger or (one.open and word.startswith(one.trigger))]
                if fit:
                    found[token] = fit
        return found


TRIGGERS = Triggers()


def borne(tokens: Sequence[str], triggers: Mapping[str, Sequence[Phrase]]) -> set[Phrase]:
    """The phrases that the words of a text bear, as far as they are told without looking at its signs."""
    text = " ".join(tokens)
    held = (phrase for token in tokens for phrase in triggers.get(token, ()))
    return {phrase for phrase in held if phrase.words.partition("*")[0] in text}


def marks(text: str, hits: Iterable[Phrase], language: Language) -> Iterator[Mark]:
    """The marks of one text in the order of the kinds; `hits` are the phrases that its words may begin."""
    said = _said(text, language)
    taken: list[tuple[int, int]] = []
    wanted = [one for one in hits if one.language is language] if language.spaced else _unspaced(language)
    for phrase in sorted(wanted, key=lambda one: (one.kind.code, -len(one.words), one.words)):
        for match in _expression(phrase.words, spaced=language.spaced).finditer(said):
            span = match.span()
            if any(start < span[1] and span[0] < end for start, end in taken):
                continue
            taken.append(span)
            if not _is_fair(text, phrase.kind, span):
                yield Mark(phrase.kind, *span)


@cache
def _unspaced(language: Language) -> tuple[Phrase, ...]:
    return tuple(
        Phrase(language, kind, phrase, phrase, True)  # noqa: FBT003 - a field
        for kind, name in _KINDS.items()
        for phrase in phrases(getattr(language, name))
    )


def _said(text: str, language: Language) -> str:
    """The text with what it only names, and the reasons that it gives, as blanks of the same length."""
    said = _QUOTED.sub(lambda match: " " * len(match[0]), text)
    for phrase in phrases(language.benefit):
        for match in _expression(phrase, spaced=language.spaced).finditer(said):
            end = sentence(said, match.start())[1]
            said = said[: match.start()] + " " * (end - match.start()) + said[end:]
    return said


@cache
def _expression(phrase: str, *, spaced: bool) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in phrase.split())
    return re.compile(rf"(?<![\w/.\-]){words}(?![\w/\-])" if spaced else words, re.IGNORECASE)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends."""
    start = 0
    for match in _SENTENCE.finditer(text):
        yield start, match.end()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def sentence(text: str, at: int) -> tuple[int, int]:
    """Where the sentence that holds the character begins and ends."""
    return next(((start, end) for start, end in sentences(text) if at < end), (0, len(text)))


def _is_fair(text: str, kind: Wording, span: tuple[int, int]) -> bool:
    """Whether words leave nothing open where they stand."""
    return _names(text, kind, span) or _stands_alone(text, kind, span) or _is_measured(text, kind, span)


def _names(text: str, kind: Wording, span: tuple[int, int]) -> bool:
    """Whether words only name a quality, in the bold label of a demand, or compare (`plus grand nombre de`)."""
    label = _LABEL.match(text) if kind in (VAGUE, QUICK) else None
    compares = kind is QUICK and " " in text[slice(*span)] and _COMPARES.search(text[: span[0]]) is not None
    return compares or (label is not None and span[1] <= label.end())


def _stands_alone(text: str, kind: Wording, span: tuple[int, int]) -> bool:
    """Whether an escape is all that stands in brackets: an aside to a name, and no part of a demand."""
    return kind is ESCAPE and text[: span[0]].endswith("(") and text[span[1] :].startswith(")")


def _is_measured(text: str, kind: Wording, span: tuple[int, int]) -> bool:
    """Whether the sentence gives a measure for the words: what follows, or for a speed any number in it."""
    if kind is QUICK:
        start, end = sentence(text, span[0])
        return _NUMBER.search(text, start, end) is not None
    if kind is VAGUE:
        return _MEASURED.search(text, span[1], sentence(text, span[0])[1]) is not None
    return False


def double_demands(text: str, language: Language) -> Iterator[Mark]:
    """A mark at the modal of a demand that another one in the same sentence is joined to."""
    said = _said(text, language)
    modals = sorted(
        match.span()
        for phrase in phrases(language.modals)
        for match in _expression(phrase, spaced=language.spaced).finditer(said)
    )
    for before, after in pairwise(modals):
        if sentence(said, before[0]) != sentence(said, after[0]):
            continue
        between = said[before[1] : after[0]]
        if _joins(between, language):
            yield Mark(DOUBLE, *after)


def _joins(between: str, language: Language) -> bool:
    if not language.spaced:
        return any(join in between for join in phrases(language.joins))
    words: Sequence[str] = between.lower().replace(";", " ; ").split()
    joins, relative = listed(language, "joins"), listed(language, "relative")
    last = max((at for at, word in enumerate(words) if word in joins), default=None)
    if last is None or len(words) - last - 1 > _BETWEEN:
        return False
    return relative.isdisjoint(word.strip(_AROUND) for word in words[last + 1 :])


def pronoun(text: str, language: Language) -> Mark | None:
    """A mark at the pronoun that is the first word of a text and the subject of its demand."""
    if not language.spaced:
        first = next((one for one in phrases(language.pronouns) if text.startswith(one)), None)
        asks = first is not None and any(one in text[: sentence(text, 0)[1]] for one in phrases(language.modals))
        return Mark(PRONOUN, 0, len(first)) if first is not None and asks else None
    words = text.split(None, _BETWEEN)
    if len(words) < 2 or words[0].lower() not in listed(language, "pronouns"):  # noqa: PLR2004 - it and a modal
        return None
    following = [word.strip(_AROUND).lower() for word in words[1:]]
    if following[0] not in TRIGGERS.modals or not listed(language, "expletive").isdisjoint(following):
        return None
    start = text.index(words[0])
    return Mark(PRONOUN, start, start + len(words[0]))
