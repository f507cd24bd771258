"""Commits made from trees and texts, without any work tree; none of it moves a ref."""

import io
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bmad.errors import UsageError
from bmad.git.calls import Calls, Done, ask, tell
from bmad.git.loose import write_object
from bmad.git.process import Failed, Git, complaint

_PLAIN = (b"100644", b"100755")


def tree_of(calls: Calls, commit: str) -> str:
    """The id of a commit's tree."""
    known = calls.trees.get(commit)
    if known is None:
        told = tell(calls.bare, ["rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}"])
        known = calls.trees[commit] = told.decode().strip()
    return known


def commit_tree(calls: Calls, tree: str, parents: Sequence[str], message: str) -> str:
    """A commit of a tree in the person's name; the message stays byte for byte (git allows no NUL in it)."""
    when = time.localtime()
    minutes = when.tm_gmtoff // 60
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    now = f" {int(time.mktime(when))} {zone}".encode()
    headers = [b"author " + calls.author + now, b"committer " + calls.committer + now]
    return write_commit(calls, tree, parents, headers, message.replace("\0", "").encode("utf-8", "replace"))


def write_commit(calls: Calls, tree: str, parents: Sequence[str], headers: Sequence[bytes], message: bytes) -> str:
    """A commit with these headers after its tree and parents."""
    lines = [b"tree " + tree.encode(), *(b"parent " + parent.encode() for parent in parents), *headers]
    content = b"\n".join(lines) + b"\n\n" + message
    commit = write_object(calls.common / "objects", calls.algorithm, "commit", content)
    calls.trees[commit] = tree
    return commit


def commit_files(calls: Calls, parent: str, files: Mapping[str, str], message: str) -> str:
    """A commit on top of parent with some files written; one that is there keeps its mode.

    Raises: UsageError where a path is none that git takes.
    """
    paths = {path.encode("utf-8", "surrogateescape"): text for path, text in files.items()}
    with tempfile.TemporaryDirectory(prefix="bmad-") as name:
        folder = Path(name)
        blobs = _blobs(calls, folder, list(paths.values()))
        modes = _modes(calls, parent, list(paths))
        lines = [
            b"%s %s\t%s\0" % (modes.get(path, _PLAIN[0]), blob, path)
            for path, blob in zip(paths, blobs, strict=True)
        ]
        git = calls.with_index(folder / "index")
        tell(git, ["read-tree", parent])
        _put(git, b"".join(lines))
        tree = tell(git, ["write-tree"]).decode().strip()
    return commit_tree(calls, tree, [parent], message)


def staged(calls: Calls, index: Path, parent: str) -> str | None:
    """A commit on parent of what an index holds, read from a copy of it; None where that is parent's tree.

    Raises: UsageError where the index holds unmerged paths.
    """
    if not index.exists():
        return None
    with tempfile.TemporaryDirectory(prefix="bmad-") as name:
        copy = Path(name) / "index"
        shutil.copyfile(index, copy)
        try:
            tree = tell(calls.with_index(copy), ["write-tree"]).decode().strip()
        except Failed:
            raise UsageError("The index holds unmerged paths; settle them first.") from None
    return None if tree == tree_of(calls, parent) else commit_tree(calls, tree, [parent], "Staged\n")


def _blobs(calls: Calls, folder: Path, texts: Sequence[str]) -> list[bytes]:
    """The ids of some texts, written as they are."""
    for number, text in enumerate(texts):
        (folder / f"{number}").write_bytes(text.encode())
    names = "".join(f"{folder / str(number)}\n" for number in range(len(texts)))
    if "\n" in str(folder):
        raise UsageError("The folder for temporary files has a line end in its name. Set TMPDIR to another.")
    return tell(calls.bare, ["hash-object", "-w", "--no-filters", "--stdin-paths"], names.encode()).split()


def _put(git: Git, lines: bytes) -> None:
    """Put entries into an index; git passes over a path that it does not take, with a word."""
    done = ask(git, ["update-index", "--add", "--replace", "-z", "--index-info"], lines)
    if done.status != 0 or done.err:
        raise _refused(done)


def _refused(done: Done) -> UsageError:
    return UsageError(f"git does not write this: {complaint(io.BytesIO(done.err))}.")


def _modes(calls: Calls, parent: str, paths: Sequence[bytes]) -> dict[bytes, bytes]:
    """The modes of those of the paths that are plain files at parent."""
    names = [path.decode("utf-8", "surrogateescape") for path in paths]
    done = ask(calls.bare, ["ls-tree", "-z", "--full-tree", parent, "--", *names])
    if done.status != 0:
        raise _refused(done)
    entries = (entry.partition(b"\t") for entry in done.out.split(b"\0") if entry)
    modes = {path: about.split(b" ")[0] for about, _, path in entries}
    return {path: mode for path, mode in modes.items() if mode in _PLAIN}
