"""Commits made from trees and texts, without any work tree; none of it moves a ref."""

import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bmad.errors import UndecidableError, UsageError
from bmad.git.process import Failed
from bmad.git.scratch import scratch
from bmad.git.work.calls import Calls, tell
from bmad.git.work.loose_objects import write_object
from bmad.git.work.trees import with_blobs, with_files
from bmad.model.commits import Change


def tree_of(calls: Calls, commit: str) -> str:
    """The id of a commit's tree."""
    known = calls.trees.get(commit)
    if known is None:
        told = tell(calls.bare, ["rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}"])
        known = calls.trees[commit] = told.decode().strip()
    return known


def changes(calls: Calls, old: str, new: str) -> Sequence[Change]:
    """The changed paths between two trees. Raises: Failed or CheckoutError where git cannot read them."""
    try:
        return calls.readers.changes(old, new)
    except UndecidableError:  # a git of its own says why, or can: the other one may have been ended
        told = tell(calls.bare, ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", old, new])
    tokens = told.split(b"\0")
    rows = (
        (about.decode().removeprefix(":").split(" "), path)
        for about, path in zip(tokens[::2], tokens[1::2], strict=False)
    )
    return [Change(path, *about[:4]) for about, path in rows]


def commit_tree(calls: Calls, tree: str, parents: Sequence[str], message: str) -> str:
    """A commit of a tree in the person's name; the message stays byte for byte (git allows no NUL in it)."""
    when = time.localtime()
    minutes = when.tm_gmtoff // 60
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    now = f" {int(time.mktime(when))} {zone}".encode()
    headers = [b"author " + calls.author + now, b"committer " + calls.committer + now]
    return write_commit(calls, tree, parents, headers, message.replace("\0", "").encode("utf-8", "replace"))


def write_commit(calls: Calls, tree: str, parents: Sequence[str], headers: Sequence[bytes], message: bytes) -> str:
    """A commit with these headers after its tree and parents, signed where somebody attests."""
    lines = [b"tree " + tree.encode(), *(b"parent " + parent.encode() for parent in parents), *headers]
    if calls.attestor is not None:
        lines.append(calls.attestor.header(b"\n".join(lines) + b"\n\n" + message, calls.algorithm))
    content = b"\n".join(lines) + b"\n\n" + message
    commit = write_object(calls.common / "objects", calls.algorithm, "commit", content)
    calls.trees[commit] = tree
    calls.parents[commit] = tuple(parents)
    return commit


def commit_files(calls: Calls, parent: str, files: Mapping[str, str], message: str) -> str:
    """A commit on top of parent with some files written; one that is there keeps its mode.

    Raises: UsageError where a path is none that git takes.
    """
    contents = {path.encode("utf-8", "surrogateescape"): text.encode() for path, text in files.items()}
    return commit_tree(calls, with_files(calls, tree_of(calls, parent), contents), [parent], message)


def graft(calls: Calls, parent: str, blobs: Mapping[bytes, tuple[str, str]], message: str) -> str:
    """A commit on top of parent with some blobs in it, by path with mode and id."""
    return commit_tree(calls, with_blobs(calls, tree_of(calls, parent), blobs), [parent], message)


def worked(calls: Calls, folder: Path, gitdir: Path, parent: str) -> str | None:
    """A commit on parent of what a person's files hold that git does not ignore; None where that is parent's tree.

    The index is read from a copy and stays as it is.

    Raises: UsageError where the index holds unmerged paths, or git cannot read the files.
    """
    with scratch() as own:
        copy = own / "index"
        if (gitdir / "index").exists():
            shutil.copyfile(gitdir / "index", copy)
        git = calls.of_copy(folder, gitdir, copy)
        if tell(git, ["ls-files", "--unmerged"]):
            raise UsageError("The index holds unmerged paths; settle them first.")
        try:
            tell(git, ["add", "--all"])
        except Failed as failed:
            raise UsageError(f"git cannot read the files of {folder}: {failed.words}.") from None
        tell(git, ["rm", "-r", "--cached", "--quiet", "--ignore-unmatch", ".bmad"])
        tree = tell(git, ["write-tree"]).decode().strip()
    return None if tree == tree_of(calls, parent) else commit_tree(calls, tree, [parent], "Work tree\n")


def staged(calls: Calls, index: Path, parent: str) -> str | None:
    """A commit on parent of what an index holds, read from a copy of it; None where that is parent's tree.

    Raises: UsageError where the index holds unmerged paths.
    """
    if not index.exists():
        return None
    with scratch() as folder:
        copy = folder / "index"
        shutil.copyfile(index, copy)
        try:
            tree = tell(calls.with_index(copy), ["write-tree"]).decode().strip()
        except Failed:
            raise UsageError("The index holds unmerged paths; settle them first.") from None
    return None if tree == tree_of(calls, parent) else commit_tree(calls, tree, [parent], "Staged\n")
