"""What a merge that was not brought to its end leaves in a text: lines of marks, outside fenced code."""

import re

_SCAN = re.compile(
    r"^(?: {0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^\r\n]*)"
    r"|(?P<mark>(?:<{7,}|>{7,})(?:[ \t][^\r\n]*)?|\|{7} [^|\r\n]*))\r?$",
    re.MULTILINE,
)
WORDS = "a merge that is not finished"
"""What is said of it; nothing else that is wrong with such a text matters before."""
SETTLE = "settle the conflict, and take its marks away"

_MARKS = ("<<<<<<<", ">>>>>>>", "||||||| ")


def first_mark(text: str) -> tuple[int, str] | None:
    """The line, from 1, of the first mark of a merge, and the line itself; None where there is none.

    A lone `=======` is none, since it underlines a heading.
    """
    if not any(mark in text for mark in _MARKS):
        return None
    fence = ""
    for match in _SCAN.finditer(text):
        mark, opened = match["mark"], match["fence"]
        if mark is not None:
            if not fence:
                return text.count("\n", 0, match.start()) + 1, mark
        elif not fence:
            fence = opened if not (opened[0] == "`" and "`" in match["info"]) else ""
        elif opened.startswith(fence) and not match["info"].strip():
            fence = ""
    return None
