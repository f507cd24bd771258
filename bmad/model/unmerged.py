"""What a merge that was not brought to its end leaves in a text: lines of marks, outside fenced code."""

import re

from bmad.model.markdown import outline, within

_MARK = re.compile(r"^((?:<{7,}|>{7,})(?:[ \t][^\r\n]*)?|\|{7} [^|\r\n]*)\r?$", re.MULTILINE)
WORDS = "a merge that is not finished"
"""What is said of it; nothing else that is wrong with such a text matters before."""
SETTLE = "settle the conflict, and take its marks away"

_MARKS = ("<<<<<<<", ">>>>>>>", "||||||| ")


def first_mark(text: str) -> tuple[int, str] | None:
    """The line, from 1, of the first mark of a merge, and the line itself; None where there is none.

    A lone `=======` is none, since it underlines a heading.
    """
    lines, ends, before = _MARKS
    if lines not in text and ends not in text and before not in text:
        return None
    fences = outline(text).fences
    for match in _MARK.finditer(text):
        if not within(fences, match.start()):
            return text.count("\n", 0, match.start()) + 1, match[1]
    return None
