"""What code hosts and their robots put behind the trailers of a message.

Such a line says nothing of its own to the gate; it must only not hide the trailer block that stands before it.
The list is closed and each line is matched whole: a paragraph with any other line is prose, and hides the block.
Two things are told by what they stand behind: the commits of a request that was picked (`is_picked`), and the log
that `git merge --squash` and Bitbucket Data Center put below a message (`is_log`). No line of these is a trailer.
"""

import re
from collections.abc import Sequence

KEYS = frozenset(
    {
        *(b"co-authored-by", b"signed-off-by", b"co-committed-by", b"approved-by", b"reviewed-by", b"acked-by"),
        *(b"tested-by", b"merged-by", b"reviewed-on", b"change-id", b"part-of", b"pr-url", b"gitorigin-revid"),
        *(b"commit-queue", b"auto-submit", b"cr-commit-position", b"merged-in"),
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
_FROM = rf"(?:cherry[ -]picked|backported) from (?:commit [0-9a-f]{{7,64}}|{_URL})"
_LINE = re.compile(
    "|".join(
        (
            rf"\({_FROM}\)",
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


_PICK = re.compile(rf"\({_FROM}\)".encode(), re.ASCII)
_PICKED = re.compile(rb"[0-9a-f]{7,64} \S.*", re.DOTALL)


_PICKED_FROM = re.compile(rb"^\(cherry picked from commit ([0-9a-f]{40}|[0-9a-f]{64})\)$", re.MULTILINE)
_MOST_PICKS = 8


def picked(message: bytes) -> tuple[str, ...]:
    """The commits that a message says it was picked from, the latest first (`git cherry-pick -x`)."""
    found = [name.decode() for name in _PICKED_FROM.findall(message)]
    return tuple(reversed(found[-_MOST_PICKS:]))


def is_picked(lines: Sequence[bytes], before: Sequence[bytes]) -> bool:
    """Whether a paragraph is the list that GitLab puts behind the line that says from where a request was picked.

    Each line of it is the abbreviated id of a commit and its title.
    """
    return _PICK.fullmatch(before[-1]) is not None and all(map(_PICKED.fullmatch, lines))


LOG = b"Squashed commit of the following:"
"""The paragraph that begins the log of what was squashed."""

_ABOUT = re.compile(rb"commit [0-9a-f]{40,64}(?: \(.*\))?|(?:Merge|Author|AuthorDate|Commit|CommitDate|Date): .*")


def is_log(lines: Sequence[bytes]) -> bool:
    """Whether a paragraph is one of `git log`: what a commit is, or words of its message, by four blanks."""
    if lines[0].startswith(b"commit "):
        return all(map(_ABOUT.fullmatch, lines))
    return lines[0].startswith(b"    ") and all(line.startswith(b"    ") for line in lines)


def is_rule(lines: Sequence[bytes]) -> bool:
    """Whether a paragraph is the row of dashes that a squash button puts before its trailers."""
    return len(lines) == 1 and len(lines[0]) > 2 and not lines[0].strip(b"-")  # noqa: PLR2004
