"""Landing: a target moves from a known commit to the next, and nobody's work with it.

Where nobody has it checked out it is a compare-and-swap. Where somebody has, git fast-forwards that work tree, and
only one that is clean: otherwise nothing is touched and the landing waits.
"""

import io
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from bmad.errors import CannotAnswerError, LockedError, UsageError
from bmad.git.process import Git, complaint
from bmad.git.work.calls import Calls, Done, ask, shown, tell
from bmad.git.work.partial_checkout import to_write, undo
from bmad.git.work.refs import HEADS, descends, swap, tip
from bmad.git.work.worktree_list import Tree, Trees, text, under_way
from bmad.model.worktrees import Landing

_MERGE = (
    *("-c", "merge.autoStash=false", "-c", "merge.verifySignatures=false", "merge", "--ff-only"),
    *("--no-autostash", "--no-overwrite-ignore", "--no-stat", "--quiet", "--commit", "--no-squash"),
)
_STATUS = ("status", "--porcelain=v2", "-z", "--no-renames", "--untracked-files=no", "--ignore-submodules=dirty")
_NAMES = 5


_LINK = b"160000"
"""The mode of a submodule, of which a tree names the commit."""


class _Dirty(NamedTuple):
    path: bytes
    in_files: bool
    """Whether the file differs from the index, not only the index from the head."""
    in_index: bool = True
    unmerged: bool = False
    linked: bool = False
    """Whether it is a submodule that stands in the head, which no stash puts back."""


def move(calls: Calls, trees: Trees, ref: str, new: str, old: str | None) -> bool:
    """Move a ref that no work tree works on; False where one does, or the ref is elsewhere."""
    if any(ref in tree.held for tree in trees.all()):
        return False
    return swap(calls, ref, new, old)


Guard = Callable[[Path], AbstractContextManager[object]]
"""Holds the lock of all commands that write to a work tree, named by git's folder for it.

Entering raises CannotAnswerError where another command holds it.
"""


def unguarded(_gitdir: Path) -> AbstractContextManager[object]:
    """For a repository in which nobody else writes."""
    return nullcontext()


def land(calls: Calls, trees: Trees, ref: str, new: str, old: str, guard: Guard = unguarded) -> Landing:
    """Move the target from old to new. Raises: UsageError where new does not come after old."""
    at = tip(calls, ref)
    if at == new:
        return Landing("moved")
    if at != old:
        return Landing("behind")
    if not descends(calls, new, old):
        raise UsageError(f"{new[:12]} does not come after {old[:12]}, so it cannot land. Rebase it first.")
    holders = [tree for tree in trees.people() if ref in tree.held]
    if not holders:
        return _swap(calls, ref, new, old)
    if len(holders) > 1:
        name = ref.removeprefix(HEADS)
        places = " and ".join(str(tree.folder) for tree in holders)
        return Landing("waits", f"{name} is checked out in {places}. Switch all but one to another branch.")
    with ExitStack() as held:
        try:
            held.enter_context(guard(holders[0].gitdir))
        except CannotAnswerError as error:
            return Landing("waits", str(error))
        return _land_in(calls, holders[0], (ref, new, old))


def _land_in(calls: Calls, tree: Tree, move: tuple[str, str, str]) -> Landing:
    """Land where the ref is checked out; `move` is ref, new and old."""
    ref, new, old = move
    waits = _hindrance(calls, tree, ref.removeprefix(HEADS), new)
    if waits is not None:
        # index and files are at new: an earlier landing was cut short before it moved the ref
        return waits if waits.words else _swap(calls, ref, new, old)
    return _forward(calls, tree, ref, new)


def _hindrance(calls: Calls, tree: Tree, name: str, new: str) -> Landing | None:
    """Why a work tree cannot be moved; without words where its files and index are at new already."""
    place = f"{tree.folder}, where {name} is checked out,"
    if not tree.folder.is_dir():
        return Landing("waits", f"{place} is not there. Put it back, or run `git worktree prune`.")
    if busy := under_way(tree.gitdir):
        return Landing(
            "waits", f"{busy.capitalize()} is under way in {place} and comes first. Finish or abort it."
        )
    locks = (tree.gitdir / "index.lock", tree.gitdir / "HEAD.lock", calls.common / f"{HEADS}{name}.lock")
    held = next((lock for lock in locks if os.path.lexists(lock)), None)
    if held is not None:
        return Landing("waits", f"{place} is locked by git. Let it end; if none runs, remove {held}.")
    git = calls.of_person(tree.folder, tree.gitdir)
    dirty = _dirty(tell(git, _STATUS))
    if not dirty:
        return None
    if not any(entry.in_files for entry in dirty) and _index_is_at(git, new):
        return Landing("moved")
    return Landing("waits", f"{place} has {_to_do(dirty)}")


def _to_do(dirty: Sequence[_Dirty]) -> str:
    """What stands in the way of a landing, and what a person does about it: of one kind at a time."""
    if unmerged := [one.path for one in dirty if one.unmerged]:
        return f"conflicts that are not resolved ({_listed(unmerged)}). Resolve them, and commit or stash that."
    if plain := [one.path for one in dirty if not one.linked]:
        return f"changes that are not committed ({_listed(plain)}). Commit or stash them."
    paths = " ".join(quote(shown(one.path)) for one in dirty[:_NAMES])
    unstage = f"git restore --staged -- {paths} && " if any(one.in_index for one in dirty) else ""
    told = _listed([one.path for one in dirty])
    way = f"{unstage}git submodule update --checkout -- {paths}"
    return f"submodules at other commits than it names ({told}). Commit that, or put them back: {way}"


def _index_is_at(git: Git, new: str) -> bool:
    return ask(git, ["diff-index", "--cached", "--quiet", "--ignore-submodules=none", new, "--"]).status == 0


def _swap(calls: Calls, ref: str, new: str, old: str) -> Landing:
    try:
        return Landing("moved" if swap(calls, ref, new, old) else "behind")
    except LockedError as error:
        return Landing("waits", str(error))


def _forward(calls: Calls, tree: Tree, ref: str, new: str) -> Landing:
    former = tree.gitdir / "ORIG_HEAD"
    was = former.read_bytes() if former.is_file() else None
    git = calls.of_person(tree.folder, tree.gitdir)
    written = to_write(calls, tree.folder, tip(calls, ref) or new, new)
    done = ask(git, [*_MERGE, new])
    if tip(calls, ref) == new:
        return Landing("moved")
    _put_back(former, was)
    if done.status < 0:  # killed: nobody had the lock before
        (tree.gitdir / "index.lock").unlink(missing_ok=True)
    if done.status != 0 and not _index_is_at(git, new):
        undo(calls, git, tree.folder, written)
    if done.status == 0 and text(tree.gitdir / "HEAD") == tree.head:
        return Landing("behind")
    if done.status == 0:
        return Landing("waits", f"Another branch was checked out in {tree.folder} at this very moment. Try again.")
    return Landing("waits", _refused(done, tree.folder, ref.removeprefix(HEADS)))


def _put_back(former: Path, was: bytes | None) -> None:
    """A merge that git refuses leaves its mark in `ORIG_HEAD`, which a person may still have a use for."""
    if was is None:
        former.unlink(missing_ok=True)
    else:
        former.write_bytes(was)


def _refused(done: Done, folder: Path, name: str) -> str:
    """Git's refusal as a sentence; the paths in the way stand behind tabs."""
    paths = [line[1:] for line in done.err.split(b"\n") if line.startswith(b"\t")]
    if not paths:
        return f"git does not move {name} in {folder}: {complaint(io.BytesIO(done.err))}."
    what = "files that git does not track" if b"untracked" in done.err else "changed files"
    return f"In {folder}, where {name} is checked out, {what} are in the way ({_listed(paths)}). Move them aside."


_SAME = ord(".")


def _dirty(told: bytes) -> list[_Dirty]:
    """The entries of `status --porcelain=v2 -z`, without renames: `1` changed, `u` unmerged."""
    found = []
    for entry in told.split(b"\0"):
        if entry[:2] == b"u ":
            found.append(_Dirty(entry.split(b" ", 10)[-1], in_files=True, unmerged=True))
        elif entry[:2] == b"1 ":
            _, (index, files), _, mode, _, _, _, _, path = entry.split(b" ", 8)
            found.append(_Dirty(path, files != _SAME, index != _SAME, linked=mode == _LINK))
    return found


def _listed(paths: Sequence[bytes]) -> str:
    more = f" and {len(paths) - _NAMES} more" if len(paths) > _NAMES else ""
    return ", ".join(map(shown, paths[:_NAMES])) + more
