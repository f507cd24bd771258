"""Computed merges of commits by `git merge-tree --stdin`: many questions from a file, answered on one stream."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bmad.errors import UndecidableError
from bmad.git.process import Failed, Git
from bmad.model.bounds import MERGES_BYTES
from bmad.model.history import Conflict, Merged


def merges(git: Git, pairs: Sequence[tuple[str, str]], union: Sequence[str] = ()) -> list[Merged]:
    """The computed merge of each pair of commits, as git and code hosts merge by default.

    `union` are lines of attributes: files that they have joined keep the lines of both sides where they conflict.

    Raises: UndecidableError where two commits have no history in common, or git cannot merge them.
    """
    if not pairs:
        return []
    said = _joined_by_lines(git.folder, union) if union else []
    with tempfile.TemporaryFile() as questions:
        questions.writelines(f"{ours} {theirs}\n".encode() for ours, theirs in pairs)
        questions.seek(0)
        try:
            asked = [*said, "merge-tree", "--write-tree", "--stdin", "-z"]
            told = git.run(asked, questions, most=MERGES_BYTES)
        except Failed as failed:
            if "unrelated histories" in failed.words:
                raise UndecidableError(
                    "Two commits to be merged have no history in common, so no merge can be computed."
                ) from None
            raise
    found = list(_merged(told.split(b"\0")))
    if len(found) != len(pairs):
        raise UndecidableError("git left out a merge that it could not compute. Run `git fsck`.")
    return found


def _joined_by_lines(folder: Path, lines: Sequence[str]) -> list[str]:
    """What tells git so; the file stands in the private folder, which goes even after a kill."""
    attributes = folder / "union-attributes"
    attributes.write_bytes(b"".join(f"{line}\n".encode("utf-8", "surrogateescape") for line in lines))
    return ["-c", f"core.attributesFile={attributes}"]


def _merged(tokens: Sequence[bytes]) -> Iterator[Merged]:
    """A status (1 is clean) and a tree; where it is not clean, the conflicted files and then messages.

    A message begins with the count of its paths. After the last one git may write advice (on submodules), which
    ends with the record.
    """
    at = 0
    while at < len(tokens) - 1:
        status, tree = tokens[at], tokens[at + 1].decode()
        if status not in (b"0", b"1"):
            raise UndecidableError("git could not compute a merge. Run `git fsck`.")
        at += 2
        stages: dict[bytes, dict[str, str]] = {}
        while status == b"0" and tokens[at]:
            about, _, path = tokens[at].partition(b"\t")
            _, blob, stage = about.split(b" ")
            stages.setdefault(path, {})[stage.decode()] = blob.decode()
            at += 1
        at += status == b"0"
        while tokens[at].isdigit():
            count = int(tokens[at])
            if tokens[at + count + 1].startswith(b"CONFLICT"):
                for path in tokens[at + 1 : at + 1 + count]:
                    stages.setdefault(path, {})
            at += count + 3
        at += 1
        yield Merged(
            tree,
            tuple(
                Conflict(path, blobs.get("1"), blobs.get("2"), blobs.get("3")) for path, blobs in stages.items()
            ),
        )
