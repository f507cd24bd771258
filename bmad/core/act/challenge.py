"""What a reviewer copies out of a diff, so that it is seen that it had it: the least evidence of having read.

The same part of a diff always asks for the same, so that a recording of the answer stays one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from bmad.core.act.diffs import FILE, path_of, read_lines
from bmad.core.gate.words import printable
from bmad.core.packs.texts import writable
from bmad.model.normal import fold
from bmad.model.quoting import inside

_LONGEST = 300
_NUMBER = re.compile(r"^\s*\d{0,10}\|")
"""What stands before a line of a diff that bears its number."""
_TELLING = re.compile(r"(?:\w\W*){6}")
"""Six letters or digits: a line with fewer, such as a bracket, could be guessed."""


class Challenge(NamedTuple):
    """What is asked for, as the end of a sentence, the answer to it, folded, and the file that it is about.

    The sentence is bmad's own. It does not hold the file's name, which is its author's word and may say anything;
    the name is empty where the question is about no single file.
    """

    question: str
    answer: str
    path: str = ""


def challenge(diff: str) -> Challenge:
    """What to copy: of one file of the diff the last line that it adds, or takes out where it adds none."""
    added, removed, files = _lasts(diff)
    for verb, lines in (("adds to", added), ("takes out of", removed)):
        telling = {path: line for path, line in lines.items() if _TELLING.search(line) and len(line) <= _LONGEST}
        if telling:
            number = int.from_bytes(sha256(writable(diff).encode()).digest()[:4])
            path = sorted(telling)[number % len(telling)]
            words = f"the last line that this diff {verb} the file to copy from, without its sign"
            return Challenge(words, telling[path], printable(inside(path), 4096))
    return Challenge("how many files this diff changes, in digits", str(files))


def challenge_of(texts: Mapping[str, Sequence[str]]) -> Challenge:
    """What to copy of files that are shown as they stand, path -> lines: of one of them its last telling line."""
    lasts = {path: line for path, lines in texts.items() if (line := next(_telling(lines), ""))}
    if not lasts:
        return Challenge("how many files are shown, in digits", str(len(texts)))
    number = int.from_bytes(sha256("\0".join(lasts.values()).encode()).digest()[:4])
    path = sorted(lasts)[number % len(lasts)]
    words = "the last line shown of the file to copy from that holds six letters or digits, without its number"
    return Challenge(words, lasts[path], printable(inside(path), 4096))


def _telling(lines: Sequence[str]) -> Iterator[str]:
    """The lines that could not be guessed, folded, the last one first."""
    told = (fold(writable(line)) for line in reversed(lines))
    return (line for line in told if len(line) <= _LONGEST and _TELLING.search(line))


def answers(asked: Challenge, said: str) -> bool:
    """Whether it was copied, with its sign or without, whatever the blanks and quotes around it."""
    bare = fold(writable(said))
    forms: set[str] = set()
    for one in (bare, _NUMBER.sub("", bare.strip("`'\""))):
        forms |= {one, one.strip("`'\"").strip(), one.removeprefix("+").strip(), one.removeprefix("-").strip()}
    forms |= {form.strip("`'\"").strip().lstrip("+-").strip() for form in set(forms)}
    wanted = {asked.answer, asked.answer.strip("`'\"").strip(), asked.answer.lstrip("+-").strip()}
    return bool(forms & wanted - {""})


def _lasts(diff: str) -> tuple[dict[str, str], dict[str, str], int]:
    """The last line that is not blank of each file, folded: of those added, of those removed; how many files."""
    added: dict[str, str] = {}
    removed: dict[str, str] = {}
    path, files = "", 0
    for line in read_lines(diff):
        if not line.sign and line.text.startswith(FILE):
            path = path_of(line.text)
            files += 1
        told = fold(writable(line.text[1:])) if line.sign in ("+", "-") else ""
        if told and path:
            (added if line.sign == "+" else removed)[path] = told
    return added, removed, files
