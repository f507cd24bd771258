"""The paths that a text names, and whether it says of each that work is done there.

In a sentence the last word before a name decides: `create`, `move`, `located at` say that work is done there;
`see`, `model after`, `do not modify` that it is only looked at. Without such a word the place of the sentence
does: a task is work.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Part = Literal["task", "files", "note", "criterion", "requirement"]
"""What words are to a story: a task of it, its own list of files, a note, a criterion, what it implements."""


class Said(NamedTuple):
    """Some lines of a document, the first of them at `line`."""

    part: Part
    path: str
    line: int
    text: str


class Mention(NamedTuple):
    """A name that looks like a path, as it is spelt, with the sentence that it stands in.

    `works`: whether the words say that work is done there; None where they say neither.
    """

    name: str
    words: str
    path: str
    line: int
    part: Part
    works: bool | None
    near: bool = False
    """Whether the word that says it stands close to the name."""


_CODE = re.compile(r"`([^`\n]+)`")
_FILE = r"[\w.@()+\[\]-]{0,200}\w\.[A-Za-z][A-Za-z0-9]{0,9}"
WITHOUT = ("Dockerfile", "Containerfile", "Makefile", "Procfile", "Gemfile", "Rakefile", "Jenkinsfile", "Justfile")
"""Files that are known by their names, which have no ending."""
_BARE = "|".join(WITHOUT)
_PLAIN = re.compile(
    rf"(?<![\w./\\@$~{{<:\"'*+-])(?:[\w.@+-]{{1,200}}(?:/[\w.@+*-]{{1,200}}){{1,40}}/?|{_FILE}|(?:{_BARE})\b)(?![\w{{$/])"
)
_NAME = re.compile(
    rf"\.?[\w@(\[*][\w.@()+\[\]*-]*(?:/[\w.@()+\[\]*-]+)+/?|[\w.@()+\[\]-]+/|\.?{_FILE}|{_BARE}|\.[a-z][\w-]{{2,40}}",
)
_BEHIND = re.compile(r"(?::\d+(?:[-:]\d+)?|#[\w-]*)$")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=\S)|\s[—–]\s")
_FENCE = re.compile(r"^\s*(?:```|~~~)")

_NOT = (
    r"(?:no|zero)\s+(?:\w+\s+){0,3}changes?"
    r"|(?:(?:do(?:es)?|must|should|will|need) not|don't|doesn't|never|without|avoid|no need to"
    r"|not)\s+(?:be\s+)?\w+"
)
_LOOKS = (
    "see|look(?:s|ed|ing)? (?:at|in)|refer|references?|referenced|sources?|model(?:l?ed)? after|like|patterns?",
    "follow(?:s|ing)?|same as|similar to|based on|mirror(?:s|ing)?|as in|from|via|verif(?:y|ies)|check|confirm",
    "ensure|inspect|instead of|already|unchanged|defers?|deferred|depends? on|according to|per|against",
    r"e\.g\.|import(?:s|ed)? from",
)
_USES = "reus(?:es?|ed|ing)|imports?|imported|calls?|us(?:es?|ed|ing)|reads?|runs?|exists?|existing|parses?"
"""Words that say of what is used that it is there, and of where it is used nothing."""
_WORKS = (
    "creat(?:es?|ed|ing)|add(?:s|ed|ing)?|updat(?:es?|ed|ing)|modif(?:y|ies|ied)|chang(?:es?|ed)|edit(?:s|ed)?",
    "extend(?:s|ed)?|implement(?:s|ed)?|writ(?:es?|ten)|rewrit(?:es?|ten)|refactor(?:s|ed)?|mov(?:es?|ed)",
    "renam(?:es?|ed)|delet(?:es?|ed)|remov(?:es?|ed)|replac(?:es?|ed)|insert|append|wire|register|fix(?:es)?|introduc(?:es?|ed)",
    "split|extract(?:s|ed)?|migrat(?:es?|ed)|convert|build|placed?|(?<!-)located|(?<!-)location|lives?|new|files?(?=:)",
    "export(?:s|ed)?|set|configure|document(?:s|ed)?|declare|defined?|ship|bump|port|put|at",
)
_CUE = re.compile(
    rf"\b(?:(?P<looks>{_NOT}|(?:{'|'.join(_LOOKS)})\b)|(?P<uses>(?:{_USES})\b)|(?P<works>(?:{'|'.join(_WORKS)})\b))".replace(
        " ", r"\s+"
    ),
    re.IGNORECASE,
)
"""The words that say what is meant of a name behind them."""
_INTO = re.compile(r"\b(?:in|into|inside|to|at)\s+(?:the\s+)?[`*]*$")
_AFTER = re.compile(
    r"\s*[(:–—-]*\s*(?:new\b|modified|added|updated|created|changed|is (?:created|added|new))", re.IGNORECASE
)
_KEPT = re.compile(
    r"\W*(?:\w+\W+){0,3}?(?:(?:must|should|is|are|does|do|will)\s+not\b|unchanged\b|untouched\b|no changes?\b"
    r"|already\b|stays?\b|remains?\b|(?:created|added|built|done)\s+(?:in|by)\s+(?:story|epic)\b|\(reference)",
    re.IGNORECASE,
)
"""Words behind a name that say the same of it."""


def mentions(said: Said) -> Iterator[Mention]:
    """The names in the lines, fenced code left out."""
    fenced = False
    for at, line in enumerate(said.text.split("\n")):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            for sentence in _SENTENCE.split(line):
                yield from _of(said, said.line + at if said.line else 0, sentence)


def _of(said: Said, line: int, sentence: str) -> Iterator[Mention]:
    behind = 0
    words = " ".join(sentence[:_SHOWN].split())
    last: tuple[bool | None, bool] = (None, False)
    for start, end, name in _names(sentence):
        behind_it = sentence[end : end + _BESIDE].lstrip("`")
        cues = list(_CUE.finditer(_blank(sentence[behind:start])))
        works = _means(cues[-1].lastgroup, sentence[max(0, start - _BESIDE) : start]) if cues else None
        near = bool(cues) and len(sentence[behind + cues[-1].end() : start].split()) <= _CLOSE
        if _KEPT.match(behind_it):
            works = False
        elif works is None and _AFTER.match(behind_it):
            works = near = True
        elif works is None and behind:
            works, near = last
        if works is None and said.part in ("task", "files"):
            works = True
        last, behind = (works, near), end
        yield Mention(name, words, said.path, line, said.part, works, near or said.part == "files")


def _means(cue: str | None, before: str) -> bool | None:
    """What a word before a name says of it; to use something `in` a file says nothing of the file."""
    return None if cue == "uses" and _INTO.search(before) else cue == "works"


def _blank(text: str) -> str:
    """Text with code blanked: a word in it says nothing of the sentence."""
    return _CODE.sub(lambda found: " " * len(found[0]), text)


def _names(sentence: str) -> Iterator[tuple[int, int, str]]:
    """What looks like a path: code that is one alone, and words with a slash or an ending."""
    code = list(_CODE.finditer(sentence))
    found = [(one.start(), one.end(), one[1].strip()) for one in code]
    found += [(one.start(), one.end(), one[0]) for one in _PLAIN.finditer(_blank(sentence))]
    for start, end, text in sorted(found):
        name = _BEHIND.sub("", text).removeprefix("./").rstrip(".")
        if len(name) <= _LONGEST and _NAME.fullmatch(name) and ".." not in name.split("/"):
            yield start, end, name


_LONGEST = 300
_BESIDE = 120
"""Characters beside a name in which it is looked for what they say of it."""
_SHOWN = 2000
"""Characters of a sentence that are kept of it."""
_CLOSE = 5
"""Words between a word of work and a bare file name, beyond which it may be about something else."""
