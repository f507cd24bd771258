"""Merges of single files: what records are held against.

The merges are made from trees of one file each, so no history and no rename has a say in them.
"""

import tempfile
from collections.abc import Collection, Iterator, Sequence

from bmad.errors import UndecidableError
from bmad.git.merge_tree import merges
from bmad.git.process import Git
from bmad.model.history import Listed, Merged

FILE = b"f"
"""The name of the file in the trees of a merge."""
BY_LINES = b"by-lines"
"""Its name where the lines of both sides are kept."""

Triple = tuple[Listed, Listed, Listed]
"""A file's mode and blob before, on our side and on theirs; mode 000000 where there is none."""


def joined(git: Git, triples: Sequence[Triple], by_lines: Collection[int] = ()) -> list[Merged]:
    """The computed merge of each file; its tree holds the file alone, under the name `FILE`.

    Those whose numbers are in `by_lines` are named `BY_LINES` and keep the lines of both sides in conflict.
    """
    if not triples:
        return []
    with tempfile.TemporaryFile() as questions:
        for number, triple in enumerate(triples):
            questions.writelines(_commits(number, triple, BY_LINES if number in by_lines else FILE))
        questions.seek(0)
        told = git.run(["fast-import", "--quiet", "--force"], questions).decode().split()
    if len(told) != 3 * len(triples):
        raise UndecidableError("git left out a file that it should have merged. Run `git fsck`.")
    return merges(
        git,
        list(zip(told[1::3], told[2::3], strict=True)),
        [f"{BY_LINES.decode()} merge=union"] if by_lines else (),
    )


def _commits(number: int, triple: Triple, name: bytes) -> Iterator[bytes]:
    """Three commits for `git fast-import`, each with one file at most; the first is the parent of the others."""
    first = 3 * number + 1
    for offset, (mode, blob) in enumerate(triple):
        mark = first + offset
        yield b"commit refs/join/%d\nmark :%d\ncommitter x <x> %d +0000\ndata 0\n" % (mark, mark, mark)
        if offset:
            yield b"from :%d\ndeleteall\n" % first
        if int(mode, 8):
            yield b"M %s %s %s\n" % (mode.encode(), blob.encode(), name)
        yield b"\nget-mark :%d\n" % mark
