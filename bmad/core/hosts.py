"""What code hosts and their robots put behind the trailers of a message.

Such a line says nothing of its own to the gate; it must only not hide the trailer block that stands before it.
The list is closed and each line is matched whole: a paragraph with any other line is prose, and hides the block.
"""

import re
from collections.abc import Sequence

KEYS = frozenset(
    {
        *(b"co-authored-by", b"signed-off-by", b"co-committed-by", b"approved-by", b"reviewed-by", b"acked-by"),
        *(b"tested-by", b"merged-by", b"reviewed-on", b"change-id", b"part-of", b"pr-url", b"gitorigin-revid"),
        *(b"commit-queue", b"auto-submit", b"cr-commit-position"),
    }
)
"""Keys of trailers that buttons and robots append in a paragraph of their own, in lower case."""

MOST = 8
"""So many paragraphs of a host are read past."""

_LONGEST = 400
_URL = r"https?://[^\s,]{1,200}"
_ISSUE = r"(?:[\w.-]{1,80}/){0,4}[\w.-]{0,80}[#!][0-9]{1,9}|[A-Z][A-Z0-9]{1,9}-[0-9]{1,9}"
_REF = rf"(?:{_ISSUE}|{_URL})"
_VERB = r"(?:[Cc]los(?:e|es|ed|ing)|[Ff]ix(?:es|ed|ing)?|[Rr]esolv(?:e|es|ed|ing)|[Rr]elate[sd] to|[Rr]everts)"
_LINE = re.compile(
    "|".join(
        (
            r"\(cherry picked from commit [0-9a-f]{7,64}\)",
            r"See merge request \S{1,300}",
            rf"{_VERB}:? {_REF}(?:(?:,| and|, and) (?:{_VERB} )?{_REF}){{0,20}}\.?",
            r"Related work items: #[0-9]{1,9}(?:, #[0-9]{1,9}){0,20}",
            rf"(?:Differential Revision|Pull Request(?: resolved)?|Approved by): {_URL}(?:, {_URL}){{0,8}}",
        )
    ).encode(),
    re.ASCII,
)


def is_host_line(text: bytes) -> bool:
    """Whether a line that is no trailer is one that hosts write: an issue that closes, the request it came by."""
    return len(text) <= _LONGEST and _LINE.fullmatch(text) is not None


def is_rule(lines: Sequence[bytes]) -> bool:
    """Whether a paragraph is the row of dashes that a squash button puts before its trailers."""
    return len(lines) == 1 and len(lines[0]) > 2 and not lines[0].strip(b"-")  # noqa: PLR2004
