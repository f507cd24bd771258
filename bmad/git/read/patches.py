"""Differences as reviewers read them, of many pairs of trees by `git diff-tree --stdin -p`."""

from collections.abc import Iterator, Sequence

from bmad.errors import UndecidableError
from bmad.git.changes import headers_of
from bmad.git.diff_tree import Differences
from bmad.model.bounds import CUT, MAX_DIFF, TEXTS_BYTES

_DIFF = (
    *("diff-tree", "--stdin", "-r", "-p", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "-U3"),
    *("--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--full-index", "--inter-hunk-context=0"),
)


def texts(differences: Differences, pairs: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    """The unified diff of each pair of full tree ids, in order, at most 4 MiB of each.

    Raises: UndecidableError where git cannot read a tree, or where they are too large together.
    """
    if not pairs:
        return
    headers = headers_of(pairs)
    at, kept, over = -1, bytearray(), False
    for line in _lines(differences.told(_DIFF, pairs, TEXTS_BYTES)):
        if at + 1 < len(headers) and line == headers[at + 1] + b"\n":
            if at >= 0:
                yield _whole(kept, over=over)
            at, kept, over = at + 1, bytearray(), False
        elif not over:
            kept += line
            over = len(kept) > MAX_DIFF
    if at + 1 != len(headers):
        raise UndecidableError("git left out a tree that it could not read. Run `git fsck`.")
    yield _whole(kept, over=over)


def _whole(kept: bytearray, *, over: bool) -> bytes:
    """What is too long ends with a word on that."""
    return bytes(kept[: kept.rfind(b"\n", 0, MAX_DIFF) + 1]) + CUT.encode() if over else bytes(kept)


def _lines(stream: Iterator[bytes]) -> Iterator[bytes]:
    """The lines of a stream with their ends; of one that is longer than any text may be the beginning."""
    rest, skips = b"", False
    for piece in stream:
        *whole, rest = (rest + piece).split(b"\n")
        if skips and whole:
            del whole[0]
            skips = False
        yield from (line + b"\n" for line in whole)
        if len(rest) > MAX_DIFF:
            if not skips:
                yield rest
            rest, skips = b"", True
    if rest and not skips:
        yield rest
