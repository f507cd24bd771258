"""The words and numbers of a text, so that what is proposed names nothing that its author did not."""

import re
from collections.abc import Iterable
from functools import cache

from bmad.core.outline.words.language import Phrases
from bmad.core.outline.words.lexicon import LANGUAGES, folded, split

_WORD = re.compile(r"[^\W\d_]+(?:_[^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_RUN = re.compile(r"[\u30a0-\u30ff\u3400-\u9fff]+")
_HANGUL = re.compile(r"[\uac00-\ud7a3]+")
_SYLLABLES = re.compile(r"[\u3040-\u309f]+")
_STEM, _TAIL, _SHORT = 4, 3, 3
_ENDINGS = frozenset(["s", "es", "ed", "ing", "n", "en"])


class Vocabulary:
    """What an intent says; a word counts in any of its forms, and small words count always."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words: dict[str, set[str]] = {}
        for word in _words(text):
            self._words.setdefault(word[:_SHORT], set()).add(word)

    def lacks(self, proposed: str) -> list[str]:
        """The words of a proposal that the text has in no form, in their order."""
        words = (word for word in _words(proposed) if word not in _small() and not self._has(word))
        runs = (part for run in _RUN.findall(proposed) for part in _parts(run) if part not in self._text)
        return list(dict.fromkeys([*words, *runs]))

    def _has(self, word: str) -> bool:
        return any(_alike(word, other) for other in self._words.get(word[:_SHORT], ()))


def numbers_lacking(text: str, proposed: str) -> list[str]:
    """The numbers of a proposal that the text does not hold."""
    known = set(_NUMBER.findall(text))
    return list(dict.fromkeys(one for one in _NUMBER.findall(proposed) if one not in known))


def _words(text: str) -> Iterable[str]:
    """Words of scripts with spaces; of Korean the beginnings, since its endings are many."""
    for word in _WORD.findall(folded(_SYLLABLES.sub(" ", _RUN.sub(" ", text)))):
        found = _HANGUL.match(word)
        yield found.group()[:2] if found else word


def _parts(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]


def _alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: they begin alike and differ in their endings alone.

    Endings of languages with letters beyond English ones may be longer.
    """
    short, long = sorted((one, other), key=len)
    if long.startswith(short) and (long == short or long[len(short) :] in _ENDINGS) and len(short) >= _SHORT:
        return True
    if one == other:
        return True
    same = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(short))
    return same >= _STEM and len(long) - same <= _TAIL + (not long.isascii())


@cache
def _small() -> frozenset[str]:
    """Words of all languages that name nothing: those of grammar, and what binds; not `user` or `system`."""
    stop = {word for language in LANGUAGES for word in split(language.stop)}
    binding = {
        word
        for language in LANGUAGES
        for phrases in (language.must, language.should, language.may, language.can, language.will)
        for phrase in split(phrases)
        for word in phrase.split()
    }
    frames = {word for language in LANGUAGES for words in _steps(language) for word in words}
    return frozenset((stop | binding | frames).difference(split(_SUBJECTS)))


def _steps(language: object) -> Iterable[list[str]]:
    names = ("given", "when", "then", "more")
    return (
        [word for phrase in split(getattr(language, name)) for word in folded(phrase).split()] for name in names
    )


_SUBJECTS: Phrases = (
    "system|user|users|app|application|tool|allow|allows|support|supports|provide|provides|two|anwendung|nutzer|"
    "benutzer|système|utilisateur|utilisateurs|permettre|permet|sistema|usuario|usuarios|aplicación|permitir|"
    "permite|usuário|usuários|aplicação|aplicativo|система|системы|пользователь|пользователи|приложение|возможность"
)
"""Small words of the outline that are subjects, numbers or hollow verbs nevertheless."""
