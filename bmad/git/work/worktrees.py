"""bmad's own worktrees: made, found again after a crash at any point, mended, taken away.

A worktree is a folder out of every checkout (`state_folder`) and one in the repository's `worktrees/`, as
gitrepository-layout(5) has them. Both are written here, piece by piece, so that whatever piece is missing can be
put back. Files are checked out beside the place and moved there whole: a folder that exists was checked out to
its end.
"""

import errno
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from itertools import chain, count
from pathlib import Path

from bmad.errors import CannotAnswerError, UsageError
from bmad.git.work.calls import Calls, ask
from bmad.git.work.commits import tree_of
from bmad.git.work.erase import erase, opened
from bmad.git.work.ignored import move
from bmad.git.work.orphans import claim, sweep
from bmad.git.work.refs import HEADS, below, head_on, put, swap, tip
from bmad.git.work.spare import Spare
from bmad.git.work.staging import Stage, TooMuchError
from bmad.git.work.state_folder import see_that_it_is_outside
from bmad.git.work.worktree_list import PREFIX, Tree, Trees, leads_to, text
from bmad.model.worktrees import Worktree

_ID = re.compile(r"[0-9a-f]{40,64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_HALF_DONE = frozenset(
    {
        *("MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "MERGE_RR", "AUTO_MERGE", "SQUASH_MSG", "CHERRY_PICK_HEAD"),
        *("REVERT_HEAD", "REBASE_HEAD", "rebase-merge", "rebase-apply", "sequencer"),
        *(
            "BISECT_LOG",
            "BISECT_START",
            "BISECT_TERMS",
            "BISECT_NAMES",
            "BISECT_ANCESTORS_OK",
            "BISECT_EXPECTED_REV",
        ),
        *("index.lock", "HEAD.lock", "index.bmad", "config.worktree", "config.worktree.lock"),
    }
)
"""What an agent's git leaves in a worktree's folder when it was killed, or did not finish."""
_LOCKED = "locked"
"""A worktree whose folder in the repository holds it is not pruned; see git-worktree(1)."""


class Worktrees:
    """The worktrees in `folder`; whoever calls holds the lock of the worktree it names."""

    def __init__(self, calls: Calls, trees: Trees, stage: Stage, home: Path) -> None:
        self._calls = calls
        self._trees = trees
        self._stage = stage
        self._home = home
        self._spare = Spare(stage)
        self.folder = trees.own

    def named(self, name: str, branch: str) -> Worktree:
        if not _NAME.fullmatch(name):
            raise UsageError(f"`{name}` cannot be the name of a worktree.")
        ref = branch if branch.startswith("refs/") else HEADS + branch
        return Worktree(name, self.folder / name, self._calls.common / "worktrees" / f"{PREFIX}{name}", ref)

    def worktree(self, name: str, branch: str, base: str) -> Worktree:
        """The worktree of that name, whole; its branch is made at base where it is not there."""
        tree = self.named(name, branch)
        people = self._trees.people()
        see_that_it_is_outside(self.folder, [one.folder for one in people])
        self._refuse_taken(tree, people)
        own_folder(self._home / ".bmad")
        self._make_place()
        opened(tree.folder)
        self._fetch(tree)
        (self._calls.common / f"{tree.branch}.lock").unlink(missing_ok=True)
        self._stage.index(name).with_name(f"{name}.lock").unlink(missing_ok=True)
        at = tip(self._calls, tree.branch)
        if at is None:
            self._refuse_below(tree)
            at = base
            if not swap(self._calls, tree.branch, base, None):  # a symbolic ref to nowhere, or the like
                put(self._calls, tree.branch, base)
        self._skeleton(tree)
        self._clear(tree)
        made = ""
        if tree.folder.is_symlink() or not tree.folder.is_dir():
            self._check_out(tree, at)
            made = at
        self._point(tree)
        self._index(tree, at)
        return tree._replace(since=(tree.folder / ".git").stat().st_mtime_ns, made=made)

    def _make_place(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if claim(self.folder.parent, self._calls.common):
                sweep(self.folder.parent)
        except OSError as error:
            raise CannotAnswerError(
                f"{self.folder}, where worktrees stand, cannot be made: {error.strerror or error}. Name another "
                "folder with `act.worktrees` in bmad.yaml."
            ) from None

    def _fetch(self, tree: Worktree) -> None:
        """Bring a worktree here that stands elsewhere: of an earlier version, or of before something was moved.

        It is to be set up anew: programs that were installed in it know where they are.
        """
        for earlier in self._elsewhere(tree):
            if os.path.lexists(tree.folder):
                erase(earlier)
                continue
            try:
                shutil.move(earlier, tree.folder)
            except OSError:
                erase(tree.folder)
                continue
            erase(tree.folder / ".git")

    def _elsewhere(self, tree: Worktree) -> list[Path]:
        """Where the worktree stood before, as far as something is there that is no link.

        Of a repository that was copied, not moved, it is still the other one's, which may be at work in it.
        """
        named = Path(text(tree.gitdir / "gitdir") or "/").parent
        led = Path(text(named / ".git").removeprefix("gitdir: "))
        ours = named.name == tree.name and (led.parent.name, led.name) == ("worktrees", tree.gitdir.name)
        ours = ours and (led == tree.gitdir or not led.is_dir())
        found = [self._trees.former / tree.name, *([named] if ours else [])]
        return [one for one in found if one != tree.folder and one.is_dir() and not one.is_symlink()]

    def _index(self, tree: Worktree, commit: str) -> None:
        """Make the index that the agent's git uses, where there is none."""
        if not (tree.gitdir / "index").exists():
            self._stage.load(tree, commit, files=False)
            self._stage.share(tree)

    def names(self) -> list[str]:
        """The worktrees of which something is there, also half made or half removed."""
        there = [*_listed(self.folder), *_listed(self._trees.former)]
        folders = (re.sub(r"^\.(new|gone|link)-", "", name) for name in there)
        own = _listed(self._calls.common / "worktrees")
        found = {*folders, *(name.removeprefix(PREFIX) for name in own if name.startswith(PREFIX))}
        return sorted(name for name in found if _NAME.fullmatch(name))

    def remove(
        self, name: str, keep: str = "", *, serves: bool = False, ignored: Mapping[str, str] | None = None
    ) -> Path | None:
        """Take a worktree away, the branch stays; what no commit holds is kept first where `keep` names a ref.

        Where nothing is left of all that ever worked in it, what nobody has touched `serves` the next new one.
        With `ignored` what git ignores there is moved away, but for what is as that says: the new place, if any.
        """
        tree = self.named(name, "none")
        opened(tree.folder)
        if keep:
            self._keep(tree, keep)
        aside = None if ignored is None or not tree.folder.is_dir() else self._move_ignored(tree, keep, ignored)
        gone = self.folder / f".gone-{name}"
        self._spare.drop(name)
        erase(gone)
        if os.path.lexists(tree.folder):
            tree.folder.rename(gone)
            self._spare.offer(tree._replace(folder=gone), serves=serves)
        erase(self.folder / f".new-{name}")
        self._stage.forget(name)  # what goes last is what the name is known by
        if self._is_ours(tree):
            for earlier in self._elsewhere(tree):
                erase(earlier)
            erase(tree.gitdir)
        return aside

    def release(self, name: str) -> None:
        """Have a worktree stand on a commit, not on its branch, until it is asked for again."""
        tree = self.named(name, "none")
        head = text(tree.gitdir / "HEAD")
        at = tip(self._calls, head.removeprefix("ref: ")) if head.startswith("ref: ") else None
        if at is not None and self._is_ours(tree):
            _write(tree.gitdir / "HEAD", at)

    def _move_ignored(self, tree: Worktree, keep: str, known: Mapping[str, str]) -> Path | None:
        """Beside the worktrees: no rename leads to another disk."""
        aside = _free(self.folder.parent / "kept" / keep)
        git = self._stage.git(tree)
        return aside if move(git, tree.folder, known, aside) else None

    def _keep(self, tree: Worktree, keep: str) -> None:
        """Keep what is in a worktree and in no commit, under a ref."""
        self._fetch(tree)
        head = text(tree.gitdir / "HEAD") if tree.folder.is_dir() and tree.gitdir.is_dir() else ""
        at = head if _ID.fullmatch(head) else tip(self._calls, head.removeprefix("ref: "))
        if at is None or not self._is_commit(at):
            return
        try:
            made = self._stage.files(tree, at)
        except TooMuchError:
            self._move_aside(tree, keep)
            return
        if made != tree_of(self._calls, at):
            self._stage.keep(made, at, keep)

    def _is_commit(self, name: str) -> bool:
        """Whether there is such a commit; git is not asked of one that was made or read here and a ref is at."""
        return (
            name in self._calls.trees
            or ask(self._calls.bare, ["cat-file", "-e", f"{name}^{{commit}}"]).status == 0
        )

    def _move_aside(self, tree: Worktree, keep: str) -> Path:
        """Move a worktree's files away as they are: their new place.

        On another disk than the repository that is beside the worktrees: not all that agents leave can be copied.
        """
        try:
            aside = _moved(tree.folder, self._home / ".bmad" / "kept" / keep)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            aside = _moved(tree.folder, self.folder.parent / "kept" / keep)
        erase(aside / ".git")
        return aside

    def set_aside(self, tree: Worktree, commit: str, keep: str) -> str | None:
        """Check the worktree out anew at a commit, its old files moved away as they are: their new place.

        Without a name to keep them by they are lost.
        """
        aside = self._move_aside(tree, keep) if keep else None
        put(self._calls, tree.branch, commit)
        self._check_out(tree, commit)
        self._point(tree)
        return None if aside is None else str(aside)

    def faults(self, tree: Worktree) -> str | None:
        """What was done to the worktree's git in a sentence, mended; None where nothing was."""
        opened(tree.folder)
        found = self._fault(tree)
        if tree.gitdir.is_dir():
            self._clear(tree)
        if found is None:
            return None
        self._skeleton(tree)
        at = tip(self._calls, tree.branch)
        if at is None:
            return f"{found} Its branch is gone, too."
        if tree.folder.is_symlink() or not tree.folder.is_dir():
            self._check_out(tree, at)
        self._point(tree)
        self._index(tree, at)
        return found

    def _fault(self, tree: Worktree) -> str | None:
        link = tree.folder / ".git"
        if tree.folder.is_symlink() or not tree.folder.is_dir():
            return f"The folder of the worktree {tree.name} was taken away or replaced."
        if not os.path.lexists(link):
            return f"The file .git of the worktree {tree.name} was taken away."
        if link.is_symlink() or not link.is_file():
            return f"The file .git of the worktree {tree.name} was replaced by a {_kind(link)}."
        if text(link) != _link(tree):
            return f"The file .git of the worktree {tree.name} was made to lead elsewhere."
        whole = self._whole(tree)
        head = text(tree.gitdir / "HEAD")
        if head.startswith("ref: ") and head != whole["HEAD"]:
            branch = head.removeprefix(f"ref: {HEADS}")
            return f"The worktree {tree.name} was switched to the branch {branch}."
        if _ID.fullmatch(head) and head != whole["HEAD"]:
            return f"The worktree {tree.name} was switched away from its branch to a commit (detached)."
        if any(text(tree.gitdir / name) != value for name, value in whole.items()):
            return f"The folder of the worktree {tree.name} in the repository was damaged."
        return None

    def _refuse_taken(self, tree: Worktree, people: Iterable[Tree]) -> None:
        for other in people:
            if tree.branch in other.held and other.gitdir != tree.gitdir:
                raise UsageError(
                    f"{tree.branch.removeprefix(HEADS)} is checked out in {other.folder}. "
                    "Switch to another branch there, so that bmad can work on it."
                )
        if tree.gitdir.exists() and not self._is_ours(tree):
            raise UsageError(f"{tree.gitdir} belongs to a work tree of somebody else. Move that work tree.")

    def _refuse_below(self, tree: Worktree) -> None:
        """Git makes no branch whose name is a folder of another one's."""
        for other in below(self._calls, f"{tree.branch}/"):
            name = other.removeprefix(HEADS)
            raise UsageError(
                f"The branch {name} keeps git from making {tree.branch.removeprefix(HEADS)}. Rename it: "
                f"git branch -m {name} NAME"
            )

    def _is_ours(self, tree: Worktree) -> bool:
        """False where the folder in the repository is that of a work tree that stands elsewhere."""
        place = text(tree.gitdir / "gitdir")
        folder = Path(place).parent
        return not place or folder.name == tree.name or not leads_to(folder, tree.gitdir)

    def _skeleton(self, tree: Worktree) -> None:
        if tree.gitdir.is_symlink() or not tree.gitdir.is_dir():
            place = tree.gitdir.parent
            if os.path.lexists(place) and not place.is_dir():
                raise CannotAnswerError(f"{place} must be a folder. Move it aside.")
            erase(tree.gitdir)
            tree.gitdir.mkdir(parents=True)
        self._lock(tree)
        for name, value in self._whole(tree).items():
            if text(tree.gitdir / name) != value or (tree.gitdir / name).is_symlink():
                _write(tree.gitdir / name, value)

    def _whole(self, tree: Worktree) -> dict[str, str]:
        """The files of the folder in the repository, as they should be."""
        head = head_on(self._calls, tree.branch)
        return {"commondir": "../..", "gitdir": f"{tree.folder}/.git", "HEAD": head}

    def _lock(self, tree: Worktree) -> None:
        """Keep a `git gc` of a person from taking it away while its files are not in place."""
        if not (tree.gitdir / _LOCKED).exists():
            _write(tree.gitdir / _LOCKED, "bmad is making it")

    def _clear(self, tree: Worktree) -> None:
        for entry in tree.gitdir.iterdir():
            if entry.name in _HALF_DONE:
                erase(entry)
        erase(tree.gitdir / "refs")

    def _point(self, tree: Worktree) -> None:
        """Put the file `.git` into the worktree, which is in place then."""
        link = tree.folder / ".git"
        if link.is_symlink() or not link.is_file() or text(link) != _link(tree):
            erase(link)
            _write(link, _link(tree), self.folder / f".link-{tree.name}")
        (tree.gitdir / _LOCKED).unlink(missing_ok=True)

    def _check_out(self, tree: Worktree, commit: str) -> None:
        self._make_place()  # somebody may have taken it away meanwhile
        self._lock(tree)
        fresh = tree._replace(folder=self.folder / f".new-{tree.name}")
        erase(fresh.folder)
        erase(tree.folder)
        self._stage.forget(tree.name)
        if not self._spare.give(fresh, commit):
            fresh.folder.mkdir()
            self._stage.load(fresh, commit, files=True)
            self._spare.watch(fresh, commit)
        fresh.folder.rename(tree.folder)
        self._stage.share(tree)


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names
    except OSError:
        return []


def _moved(folder: Path, named: Path) -> Path:
    """Rename a folder to a name, or to one numbered after it. Raises: OSError where that is on another disk."""
    aside = _free(named)
    aside.parent.mkdir(parents=True, exist_ok=True)
    return folder.rename(aside)


def _free(path: Path) -> Path:
    """A path, or the first one numbered after it that nothing stands at."""
    numbered = (path.with_name(f"{path.name}.{number}") for number in count(2))
    return next(one for one in chain([path], numbered) if not os.path.lexists(one))


def own_folder(folder: Path) -> None:
    """Make `.bmad`, which ignores itself. Raises: CannotAnswerError where it is a link or file."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise CannotAnswerError(f"{folder} must be a folder, no link or file. Move it aside.")
    folder.mkdir(exist_ok=True)
    if not (folder / ".gitignore").exists():
        _write(folder / ".gitignore", "*")


def _link(tree: Worktree) -> str:
    return f"gitdir: {tree.gitdir}"


def _kind(path: Path) -> str:
    return "link" if path.is_symlink() else "folder" if path.is_dir() else "thing of another kind"


def _write(path: Path, line: str, fresh: Path | None = None) -> None:
    """Write a line whole, or not at all."""
    fresh = fresh or path.with_name(f"{path.name}.bmad")
    erase(fresh)
    fresh.write_bytes(os.fsencode(f"{line}\n"))
    if path.is_dir() and not path.is_symlink():
        erase(path)
    fresh.replace(path)
