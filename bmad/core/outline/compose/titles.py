"""Titles: the author's heading or label, or the sentence cut where a clause ends."""

import re
from collections.abc import Iterator

from bmad.core.outline import labels
from bmad.core.outline.read.inline import CODE_SPAN, mask, plain, unwrapped
from bmad.core.outline.read.sentences import of_word
from bmad.core.outline.read.stories import openers
from bmad.core.outline.words.lexicon import Lexicon, folded, spaceless, split

MOST = 80
LONG = 70
_LEAST = 12
_STRONG = re.compile(r"[.!?。！？；](?=\s|$)|[。！？；]|;\s|:\s|：|\s[–—]\s|\s-\s|→")
_WEAK = re.compile(r",\s+|，|、|\s\(|（")
_WORD = re.compile(r"\s(?=(?P<word>[^\W\d_][\w.'’]*))")
_BETWEEN = re.compile(r"\b(?:between|zwischen|entre|между)\s+[^,]{1,40}$", re.IGNORECASE)
"""One of two things that are named together."""
_TRIM = " .,;:。，；：、–—-"


_HANGS = frozenset(
    [
        "the", "a", "an", "for", "of", "by", "with", "from", "der", "die", "das", "den", "dem", "für",
        "von", "mit", "zu", "le", "la", "les", "de", "du", "des", "pour", "avec", "el", "los", "las",
        "con", "por", "para", "os", "do", "da", "com", "для", "от", "с",
        "über", "ueber", "durch", "auf", "an", "bei", "zum", "zur", "nach", "aus", "ohne", "gegen", "unter", "pro",
        "ein", "eine", "einen", "einem", "einer", "mindestens", "jeder", "jede", "jedes",
        "sur", "sans", "par", "un", "une", "sobre", "sin", "desde", "hasta", "una", "sem", "um", "uma",
        "на", "в", "по", "о", "об", "при", "до", "без",
        "even", "only", "sogar", "nur", "même", "incluso", "mesmo", "даже",
        "that", "is", "are", "be", "been", "was", "were", "must", "shall", "should", "can", "may", "not",
        "ist", "sind", "wird", "muss", "est", "sont", "doit", "debe", "deve", "são", "должен", "не",
    ]
)  # fmt: skip
"""Articles, prepositions, auxiliaries: a title that ends with one waits for a word."""
_JOINS = frozenset(["and", "or", "und", "oder", "et", "ou", "y", "o", "e", "и", "или"])
"""What joins the last thing of a list to the others."""
_LOOSE = _HANGS | {"to", "in", "on"}


_SIGNS = ".!?;:。！？；："
_HIDDEN = {ord(sign): 0xE100 + place for place, sign in enumerate(_SIGNS)}
_SHOWN = {stand: sign for sign, stand in _HIDDEN.items()}


def _hidden(code: re.Match[str]) -> str:
    """Code whose signs end no sentence; as long as it was."""
    return code.group().translate(_HIDDEN)


def _stops(seen: str) -> Iterator[int]:
    """Where sentences and main clauses end, far enough on to leave a title."""
    for match in _STRONG.finditer(seen, _LEAST):
        if match.group() != "." or not of_word(seen, match.start()):
            yield match.start()


def _last(text: str) -> str:
    return folded(text).rpartition(" ")[2].strip(_TRIM)


class Titles:
    """Makes titles in the languages of one document."""

    def __init__(self, known: Lexicon) -> None:
        self.codes = tuple(language.code for language in known.languages)
        self.clauses = frozenset(word for language in known.languages for word in split(language.clauses))
        reasons = sorted({word for language in known.languages for word in split(language.reasons)}, key=len)
        self.reasons = re.compile(rf"\s(?=(?:{'|'.join(map(re.escape, reasons[::-1]))})(?!\w))")
        self.known: dict[str, str] = {}
        self.wish = openers(self.codes).story
        ends = [word for language in known.languages for word in split(language.ends_wish)]
        self.ends = re.compile(rf"(?:{'|'.join(ends)})(?=[、，,]|$)") if ends else None
        self.cuts: set[str] = set()
        """The sentences that were too long for a title, and are cut within."""

    def label(self, label: str) -> str:
        """A bold label as a title; empty where it is too long to be one."""
        text = plain(label).strip(_TRIM)
        return text if len(text) <= MOST else ""

    def wanted(self, text: str) -> str:
        """What a user story wants, cut at the end of the clause."""
        bare = plain(text)
        found = self.wish.search(bare)
        rest = bare[found.end() :].strip(" ,，:：") if found else bare
        end = self._reason(mask(rest), 1)
        if self.ends and (found := self.ends.search(rest, 1, end)):
            end = found.start()
        return self.sentence(rest[:end].rstrip(_TRIM) or rest or bare)

    def sentence(self, text: str) -> str:
        """A sentence whole where it is short, without its rationale; else cut where a clause ends."""
        if text not in self.known:
            self.known[text] = self._sentence(text)
        return self.known[text]

    def is_cut(self, text: str) -> bool:
        """Whether a sentence is too long for a title, so that it is cut in its middle."""
        return len(self.sentence(text)) < len(unwrapped(plain(text)).strip()) and text in self.cuts

    def _sentence(self, text: str) -> str:
        hidden = unwrapped(plain(CODE_SPAN.sub(_hidden, text))).strip()
        bare, seen = hidden.translate(_SHOWN), mask(hidden)
        end = self._reason(seen)
        short = LONG // 2 if spaceless(bare) else LONG
        end = min(end, next((place for place in _stops(seen) if seen[place] in ".!?。！？；;"), end))
        sign = ""
        if end > short:
            self.cuts.add(text)
            whole, end = end, self._cut(seen[:end], short)
            sign = labels.CUT if end < whole and not self._ends_there(seen, end) else ""
        title = bare[:end].strip().rstrip(_TRIM) or bare[:MOST].strip()
        return f"{title}{sign}"

    def _ends_there(self, seen: str, end: int) -> bool:
        """Whether a sentence is cut where a clause of it ends, and not within a list or a phrase."""
        after = seen[end:].lstrip()
        mark = after[0] if after[:1] in {",", "，", "、"} else ""
        words = folded(after[len(mark) :]).split(maxsplit=1)
        first = words[0].strip(_TRIM) if words else ""
        if first in _JOINS:
            return False
        return mark == "，" or (mark != "、" and (first in self.clauses or not (mark or after[:1].isalnum())))

    def _reason(self, seen: str, least: int = _LEAST) -> int:
        """Where a rationale begins; the end of the text where there is none."""
        low = seen.lower()
        found = self.reasons.search(low, least) if len(low) == len(seen) else None
        return found.start() if found else len(seen)

    def _cut(self, seen: str, short: int) -> int:
        """The last end of a clause within reach; the end of a phrase, then of a word, where there is none."""
        window = seen[: MOST + 1]
        strong = list(_stops(window))
        weak = [
            m.start() for m in _WEAK.finditer(window) if m.start() >= _LEAST and self._ends_clause(seen, m.end())
        ]
        words = [
            m.start()
            for m in _WORD.finditer(window)
            if m.start() >= 3 * _LEAST
            and folded(m.group("word")) in self.clauses
            and not self._joins(seen, m.end("word"))
        ]
        for places in (strong, weak, words):
            within = [place for place in places if place <= short + 10 and self._whole(seen[:place])]
            if within:
                return within[-1]
        if len(seen) <= MOST + 20:
            return len(seen)
        spaces = [m.start() for m in re.finditer(r"\s", window)]
        while len(spaces) > 1 and spaces[-1] > 2 * _LEAST and _last(seen[: spaces[-1]]) in _LOOSE:
            spaces.pop()
        return spaces[-1] if spaces else len(window)

    def _joins(self, seen: str, place: int) -> bool:
        """Whether the word that ends there is joined to the next clause, and begins none (`say so and exit`)."""
        return folded(seen[place : place + 6].lstrip()).partition(" ")[0] in _JOINS

    def _whole(self, text: str) -> bool:
        """Whether brackets are closed and no word at the end waits for another one."""
        last = _last(text)
        opened = text.count("(") + text.count("（") - text.count(")") - text.count("）")
        waits = last in self.clauses or last in _HANGS or _BETWEEN.search(text)
        return opened <= 0 and not waits and len(last) > 1

    def _ends_clause(self, seen: str, place: int) -> bool:
        """Whether what follows a comma is a clause and not the next word of a list."""
        rest = folded(seen[place:]).split(maxsplit=1)
        first = rest[0].strip(_TRIM) if rest else ""
        return (
            spaceless(seen)
            or first in self.clauses
            or seen[place - 1 : place] in {"(", "（"}
            or seen[place - 2 : place] == " ("
        )
