"""Unicode normal forms in time that grows with the text.

Python sorts the marks in a row on one letter by moving each past those before it, so 160 kB of them take most of a
minute, and nothing can interrupt it. No script has more than a few: of a longer row each `LONGEST` are a text of
their own, as the standard's stream-safe form has it with 30 (UAX 15, D4). All other text reads as ever.
"""

import re
import unicodedata
from typing import Literal

LONGEST = 128


def normal(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """The text in a normal form."""
    if len(text) <= LONGEST or text.isascii():
        return unicodedata.normalize(form, text)
    marks = sorted(sign for sign in set(text) if _is_mark(form, sign))
    row = re.compile(f"[{''.join(map(re.escape, marks))}]{{{LONGEST}}}") if marks else None
    ends = [found.end() for found in row.finditer(text)] if row is not None else []
    if not ends:
        return unicodedata.normalize(form, text)
    pieces = (text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True))
    return "".join(unicodedata.normalize(form, piece) for piece in pieces)


def fold(text: str) -> str:
    """Text in NFC with every run of white space as one blank, none at its ends."""
    return " ".join(text.split() if text.isascii() else normal("NFC", text).split())


def _is_mark(form: Literal["NFC", "NFKC", "NFKD"], sign: str) -> bool:
    """Whether a sign begins with a mark where it is taken apart; some that are none by themselves do."""
    if sign.isascii():
        return False
    apart = unicodedata.normalize("NFKD" if form != "NFC" else "NFD", sign)
    return any(unicodedata.combining(one) for one in apart[:1])
