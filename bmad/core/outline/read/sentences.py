"""Cut prose into sentences by offsets, in scripts with and without spaces between words.

A boundary is a terminator outside brackets that neither ends an abbreviation nor stands inside code, an address
or a number; CJK marks end a sentence by themselves.
"""

import re
from itertools import pairwise

from bmad.core.outline.read.inline import mask

ABBREVIATIONS = frozenset(
    """
    e.g eg i.e ie cf vs viz resp approx ca fig figs sec secs no nos eq eqs ref refs vol ch pp incl excl
    max min dr mr mrs ms prof st sr jr inc ltd corp co dept est esp al op z.b d.h u.a o.ä u.ä z.t i.d.r bzw ggf
    evtl vgl nr abs bspw sog usw inkl p.ex ex c-à-d env p.ej ej pág núm sra dra aprox
    """.split()  # noqa: SIM905  a list of one word a line would be hundreds of lines
)
"""Without the last dot, lower case; `etc` is not here: it may end a sentence."""

CANDIDATE = re.compile(
    r"(?P<cjk>[。！？；｡؟۔।]+[”’」』）】》\"'*_]*)"
    r"|(?P<latin>[.!?…]+[\"'”’)\]»*_`]*(?=\s))"
    r"|(?P<hard>(?:\\| {2,4})\r?\n)"
)
BRACKET = re.compile(r"[()\[\]（）「」『』]")
OPENING = "([（「『"
WORD_BEFORE = re.compile(r"[^\s(\[\"'“‘*_（]{1,40}$")
INITIALS = re.compile(r"(?<!\w)(?:[^\W\d_]\.\s*){2,4}")
"""An abbreviation with a dot after each letter, with blanks between or without (`z. B.`)."""
STARTS_LOW = re.compile(r"[\s\"'“‘(\[*_]*[a-zà-öø-ÿα-ωа-я]")
MAX_BRACKET = 600
ORDINAL = re.compile(r"\b(?:im|am|vom|zum|zur|der|den|dem|des|das|die|ab)\s+$", re.IGNORECASE)
"""What stands before a German ordinal (`im 6. Semester`)."""
_ORDINAL = 2
_LONG = 60


def split(raw: str, start: int = 0) -> list[tuple[int, int]]:
    """Trimmed, non-empty, ordered ranges of the sentences of `raw`, moved by `start`."""
    masked = mask(raw)
    marks = list(CANDIDATE.finditer(masked))
    inside = _bracketed(masked) if marks else bytearray()
    cuts = [0]
    for match in marks:
        kind = match.lastgroup
        if _ends(masked, match, kind or "", inside):
            cuts.append(match.end())
    cuts.append(len(raw))
    found = []
    for left, right in pairwise(cuts):
        piece = masked[left:right]
        begin = left + len(piece) - len(piece.lstrip())
        end = left + len(piece.rstrip())
        if any(c.isalnum() for c in raw[begin:end]):
            found.append((start + begin, start + end))
        elif found and end > begin and found[-1][1] - start <= begin:
            found[-1] = (found[-1][0], start + end)
    return found


def _ends(masked: str, match: re.Match[str], kind: str, inside: bytearray) -> bool:
    if inside[match.start()]:
        return False
    if kind == "cjk":
        return True
    after = masked[match.end() : match.end() + 40]
    if kind == "hard":
        return not STARTS_LOW.match(after.lstrip()[:3]) and not _runs_on(masked, match.start())
    if STARTS_LOW.match(after):
        return False
    if masked[match.start()] in "!?…" or match.group().startswith(".."):
        return True
    return not of_word(masked, match.start())


def of_word(masked: str, dot: int) -> bool:
    """Whether a dot belongs to the word before it, an abbreviation or an ordinal, and ends no sentence."""
    before = WORD_BEFORE.search(masked, max(0, dot - 40), dot)
    word = before.group().lower() if before else ""
    if word.isdigit():
        start = dot - len(word)
        return start <= 0 or (len(word) <= _ORDINAL and bool(ORDINAL.search(masked, max(0, start - 8), start)))
    return word in ABBREVIATIONS or (len(word) == 1 and _abbreviates(masked, dot))


def _runs_on(masked: str, end: int) -> bool:
    """Whether the line that a hard break ends at is a long one that stops within a sentence."""
    line = masked[masked.rfind("\n", 0, end) + 1 : end].rstrip()
    return len(line) >= _LONG and (line[-1].islower() or line[-1] == ",")


def _abbreviates(masked: str, dot: int) -> bool:
    """Whether the dot belongs to an abbreviation that is written with blanks between its letters."""
    near = INITIALS.finditer(masked, max(0, dot - 10), dot + 10)
    return any(
        one.start() < dot < one.end() and "".join(one.group().split()).rstrip(".").lower() in ABBREVIATIONS
        for one in near
    )


def _bracketed(masked: str) -> bytearray:
    """1 where a bracket is open; brackets that never close, or close too far on, count as none."""
    marks = bytearray(len(masked) + 1)
    stack: list[int] = []
    for match in BRACKET.finditer(masked):
        if match.group() in OPENING:
            stack.append(match.start())
        elif stack:
            opened = stack.pop()
            if not stack and match.start() - opened <= MAX_BRACKET:
                marks[opened : match.start()] = b"\1" * (match.start() - opened)
    return marks
