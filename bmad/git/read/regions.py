"""Where contents differ, as git's blame compares them: any number of pairs by two processes.

git compares trees, so all old contents are put into one and all new ones into another, each pair under a name of
its own. They are written into the private repository, and go with it.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence

from bmad.errors import UndecidableError
from bmad.git.process import Git
from bmad.model.history import NOTHING, Pair, Region

_DIFF = (
    *("diff-tree", "-r", "-p", "-U0", "--text", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color"),
    *("--inter-hunk-context=0", "--diff-algorithm=myers", "--indent-heuristic"),
)
_HEAD = re.compile(rb"\n(?:@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@|diff --git a/(\d+) )")
_LONGEST = 200
"""Bytes that tell whether a line is one of those; of a longer line no more is kept."""
_AT_ONCE = 20_000
"""So many pairs by each call: what git says of them has some 70 MB, none of which is held."""
_MOST = 1 << 36


def regions(git: Git, pairs: Sequence[Pair]) -> dict[Pair, list[Region]]:
    """The regions of each pair, from the first line on. Raises: UndecidableError where a content is not there."""
    found: dict[Pair, list[Region]] = {}
    for at in range(0, len(pairs), _AT_ONCE):
        found |= _some(git, pairs[at : at + _AT_ONCE])
    return found


def _some(git: Git, pairs: Sequence[Pair]) -> dict[Pair, list[Region]]:
    with tempfile.TemporaryFile() as questions:
        questions.write(b"\n".join((_entries(old for old, _ in pairs), _entries(new for _, new in pairs))))
        questions.seek(0)
        before, after = git.run(["mktree", "--missing", "--batch"], questions).decode().split()
    found: list[list[Region]] = [[] for _ in pairs]
    number = 0
    for match in _heads(git.stream([*_DIFF, before, after], most=_MOST)):
        if match[5]:
            number = int(match[5])
            continue
        old, gone, new, came = (int(match[at] or 1) for at in range(1, 5))
        found[number].append(Region(old - bool(gone), gone, new - bool(came), came))
    if any(not own and pair[0] != NOTHING for pair, own in zip(pairs, found, strict=True)):
        raise UndecidableError("git left out a content that it could not compare. Run `git fsck`.")
    return dict(zip(pairs, found, strict=True))


def _entries(blobs: Iterator[str]) -> bytes:
    named = (f"100644 blob {blob}\t{number}\n" for number, blob in enumerate(blobs) if blob != NOTHING)
    return "".join(named).encode()


def _heads(stream: Iterator[bytes]) -> Iterator[re.Match[bytes]]:
    """The lines that begin a file or a hunk; without lines around it, a hunk has no other that looks like them."""
    rest = b"\n"
    for piece in stream:
        text = rest + piece
        whole = text.rfind(b"\n")
        yield from _HEAD.finditer(text, 0, whole)
        rest = text[whole : whole + _LONGEST]
