"""Colour for text at a terminal: ids, commits, commands to type, and what holds or does not. The words stay."""

import re

_GREEN, _RED, _YELLOW, _CYAN, _BOLD = "32", "31", "33", "36", "1"
_RULES = (
    (r"^gate: pass\b.*|^  ✓ \w+", _GREEN),
    (r"^gate: (?:refused|cannot)\b.*|^  ! \w+|^\s+G\d\d(?= )|\bP0(?= )", _RED),
    (r"^  > \w+|\bP1(?= )|(?<=^commit )[0-9a-f]{12}\b", _YELLOW),
    (r"\b(?:INT|N?FR|EPIC|STORY)-[A-Za-z0-9]{6,}(?:/AC-\d+)?\b", _CYAN),
    (r"(?<=^\s{4}\$ )bmad .*|(?<=^\$ )bmad .*", _BOLD),
)
_ANY = re.compile("|".join(f"({words})" for words, _ in _RULES), re.MULTILINE)


def painted(text: str) -> str:
    """Text in colour; a document for programs, and what has colours of its own, stays as it is."""
    if "\x1b" in text or text[:1] in ("{", "[", "<"):
        return text
    return _ANY.sub(_paint, text)


def _paint(match: re.Match[str]) -> str:
    return f"\x1b[{_RULES[(match.lastindex or 1) - 1][1]}m{match[0]}\x1b[0m"
