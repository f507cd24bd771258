"""What pairs of trees differ in, hunk by hunk, with renames as git finds them: by `git diff-tree --stdin`."""

import re
from collections.abc import Iterator, Sequence

from bmad.errors import UndecidableError
from bmad.git.changes import headers_of
from bmad.git.diff_tree import Differences
from bmad.model.bounds import TEXTS_BYTES
from bmad.model.history import Cut, FileCuts

_DIFF = (
    *("diff-tree", "--stdin", "-r", "-p", "-U0", "-M20%", "-l400", "--no-ext-diff", "--no-textconv", "--no-color"),
    *("--submodule=short", "--full-index", "--inter-hunk-context=0", "--diff-algorithm=myers"),
)
_INDEX = re.compile(rb"index ([0-9a-f]{40,64})\.\.([0-9a-f]{40,64})")
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def hunks(differences: Differences, pairs: Sequence[tuple[str, str]]) -> list[tuple[FileCuts, ...]]:
    """For each pair of full tree ids the files of text that they differ in. A file that only moved is none.

    Raises: UndecidableError where git cannot read a tree, or where the differences are too large together.
    """
    if not pairs:
        return []
    headers = headers_of(pairs)
    told = b"".join(differences.told(_DIFF, pairs, TEXTS_BYTES)).split(b"\n")
    found: list[list[FileCuts]] = []
    lines = iter(told)
    for line in lines:
        if len(found) < len(headers) and line == headers[len(found)]:
            found.append([])
        elif match := _INDEX.match(line):
            old, new = match[1].decode(), match[2].decode()
            found[-1].append(FileCuts(old, new, []))
        elif line.startswith(b"Binary files "):
            found[-1].pop()
        elif match := _HUNK.match(line):
            gone, at, added = int(match[1] or 1), int(match[2]), int(match[3] or 1)
            found[-1][-1].cuts.append(Cut(at - 1 if added else at, gone, tuple(_added(lines, gone, added))))
    if len(found) != len(headers):
        raise UndecidableError("git left out a tree that it could not read. Run `git fsck`.")
    return [tuple(one) for one in found]


def _added(lines: Iterator[bytes], gone: int, added: int) -> Iterator[bytes]:
    """The lines that a hunk adds; those that it takes away stand before them."""
    left = gone + added
    while left:
        line = next(lines)
        if line.startswith(b"\\"):  # no newline at the end of the file
            continue
        left -= 1
        if line.startswith(b"+"):
            yield line[1:]
