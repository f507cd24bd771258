"""Steps of a story as commits: the files of a worktree, whatever was done to its index, branch and head.

bmad keeps an index of its own for each worktree (`.bmad/index/`). It follows the commit that the files stand on,
so that a commit reads only what changed, and flags or conflicts in the index of the agent's git say nothing.
What git ignores is no part of a step unless the parent holds it.
"""

import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from bmad.errors import CannotAnswerError, taken_away
from bmad.git.process import Failed, Git
from bmad.git.work import ignored
from bmad.git.work.calls import Calls, ask, failure, shown, tell
from bmad.git.work.commits import changes, commit_tree, tree_of
from bmad.git.work.erase import erase
from bmad.git.work.listing import Listing, is_beside
from bmad.git.work.refs import HEADS, below, descends, drop_all, head_on, put, swap, tip
from bmad.model.commits import ABSENT
from bmad.model.layout import ARCHIVE, KEPT
from bmad.model.quoting import quoted
from bmad.model.worktrees import Worktree

MOST_FILES = 20_000
MOST_BYTES = 1 << 30
"""What a step may add or change; a repository's own generated folders are for .gitignore."""
LARGEST = 200 << 20
"""Of one file: to say of a new one that it is binary git holds it whole, within `GIT_MEMORY` of `model.bounds`."""
NOTHING: Mapping[str, str] = MappingProxyType({})
_DIFFERENT = ("ls-files", "-z", "--modified", "--deleted", "--others", "--directory", "--exclude-standard")
"""Names what differs from the index, and what is beside it but for what git ignores, empty folders too."""
_ADD = ("add", "--all")
_FEW = 64
"""Files that are named to git one by one: it holds each of its own against each of them."""
_COLLECTED = "invalid object"
"""How git begins to say that a tree cannot be made, since a file of it is gone."""
_TOO_DEEP = re.compile(rb"^warning: [a-z ]+ '(.{40}).{3900}", re.MULTILINE)
"""How git passes over what stands at a path that is longer than the system takes; it does not fail for that."""
_UNBORN = re.compile(rb"^error: '(.*?)/?' does not have a commit checked out$", re.MULTILINE)


class Stage:
    """The files of bmad's worktrees; `folder` holds an index for each. Whoever calls holds the worktree's lock."""

    def __init__(self, calls: Calls, folder: Path) -> None:
        self._calls = calls
        self._folder = folder
        self._synced: dict[str, tuple[str, tuple[int, int, int]]] = {}
        """Worktree -> the commit that its index is at, and the index file's mark."""
        self._listing: tuple[str, Listing] = ("", Listing(()))
        """The commit that was listed last, where it was one, and its files."""

    def index(self, name: str) -> Path:
        return self._folder / name

    def git(self, tree: Worktree) -> Git:
        """For calls on the files. Raises: CannotAnswerError where the folder was replaced by a link."""
        folder = str(tree.folder)
        if os.path.realpath(folder) != folder or not tree.folder.is_dir():
            raise CannotAnswerError(
                f"{folder} is not the folder that bmad made. Run bmad again to have it mended."
            )
        return self._calls.on(tree.folder, self.index(tree.name))

    def load(self, tree: Worktree, commit: str, *, files: bool) -> None:
        """Put the index at a commit, and with `files` the files too, over whatever stands in their place."""
        self._synced.pop(tree.name, None)
        self._folder.mkdir(parents=True, exist_ok=True)
        index = self.index(tree.name)
        how = ["--reset", "-u"] if files else ["-m"] if index.exists() else []
        arguments = ["read-tree", *how, commit]
        done = ask(self.git(tree), arguments)
        if done.status != 0 and not files:  # an index that cannot be read is made anew
            index.unlink(missing_ok=True)
            done = ask(self.git(tree), ["read-tree", commit])
        if done.status != 0:
            raise failure(done, arguments)
        self._mark(tree, commit)

    def _mark(self, tree: Worktree, commit: str) -> None:
        self._synced[tree.name] = (commit, _mark(self.index(tree.name)))

    def at(self, tree: Worktree) -> str:
        """The commit that a worktree's index is at; empty where that is not known."""
        commit, mark = self._synced.get(tree.name, ("", (0, 0, 0)))
        return commit if mark == _mark(self.index(tree.name)) else ""

    def _sync(self, tree: Worktree, commit: str) -> None:
        if self._synced.get(tree.name) != (commit, _mark(self.index(tree.name))):
            self.load(tree, commit, files=False)

    def files(self, tree: Worktree, parent: str) -> str:
        """The id of the tree that the worktree's files make on top of parent.

        A `git gc --prune=now` of a person knows nothing of this index: what it took is written anew, once.
        """
        try:
            return self._files(tree, parent)
        except Failed as failed:
            if not failed.words.startswith(_COLLECTED):
                raise
            self.index(tree.name).unlink(missing_ok=True)
            return self._files(tree, parent)

    def _files(self, tree: Worktree, parent: str) -> str:
        self._sync(tree, parent)
        self._synced.pop(tree.name, None)
        git = self.git(tree)
        names = _differing(git, tree)
        if not names:
            self._mark(tree, parent)
            return tree_of(self._calls, parent)
        if not _added(git, names):
            done = ask(git, _ADD)
            while done.status != 0:
                if not _adopt(tree.folder, done.err):
                    raise failure(done, _ADD)
                done = ask(git, _ADD)
        return tell(git, ["write-tree"]).decode().strip()

    def clear_ignored(self, tree: Worktree, which: Callable[[str], bool]) -> None:
        """Take away what git ignores and `which` names; a folder that is ignored whole is one name.

        Where nothing stands beside the commit, git is not asked.
        """
        if not is_beside(tree.folder, self.listed(tree)):
            return
        for name in ignored.names(self.git(tree)):
            if which(quoted(name)):
                erase(tree.folder / os.fsdecode(name))

    def left(self, tree: Worktree, commit: str) -> dict[str, str]:
        """What stands in the worktree and would be committed: path -> blob, zeros where it was taken away.

        Paths are spelt as documents have them (`model.quoting`).
        """
        made = self.files(tree, commit)
        return {_spelt(path): new for path, (_, _, new) in self._changed(commit, made).items()}

    def _changed(self, commit: str, made: str) -> dict[str, tuple[str, str, str]]:
        """Path -> mode and blob in the commit, and blob in a tree, of those that differ."""
        return {
            os.fsdecode(one.path): (one.old_mode, one.old_blob, one.new_blob)
            for one in changes(self._calls, tree_of(self._calls, commit), made)
        }

    def _without(self, tree: Worktree, parent: str, made: str, left: Mapping[str, str]) -> str:
        """The tree without what is as it was left; the index says so too."""
        same = {path: one for path, one in self._changed(parent, made).items() if left.get(_spelt(path)) == one[2]}
        if not same:
            return made
        lines = "".join(f"{mode} {old}\t{path}\0" for path, (mode, old, _) in same.items())
        git = self.git(tree)
        tell(git, ["update-index", "-z", "--index-info"], os.fsencode(lines))
        return tell(git, ["write-tree"]).decode().strip()

    def commit(self, tree: Worktree, parent: str, message: str, left: Mapping[str, str] = NOTHING) -> str | None:
        """Commit the files on top of parent and move the branch there; None where they are parent's.

        What is as it was `left` by somebody else, path -> blob, stays as parent has it.
        """
        made = self.files(tree, parent)
        if left:
            made = self._without(tree, parent, made, left)
        changed = made != tree_of(self._calls, parent)
        commit = commit_tree(self._calls, made, [parent], message) if changed else parent
        if changed or tip(self._calls, tree.branch) != parent:
            put(self._calls, tree.branch, commit)
        self._mark(tree, commit)
        self.share(tree)
        return commit if changed else None

    def share(self, tree: Worktree) -> None:
        """Give the worktree's git bmad's index, and the head where that is no branch: so it sees a clean tree.

        Raises: CannotAnswerError where the index is gone, with the folder of bmad's own.
        """
        fresh, index = tree.gitdir / "index.bmad", self.index(tree.name)
        try:
            shutil.copyfile(index, fresh)
        except FileNotFoundError:
            raise taken_away(index if tree.gitdir.is_dir() else tree.gitdir) from None
        fresh.replace(tree.gitdir / "index")
        if not tree.branch.startswith(HEADS):
            fresh.write_bytes(os.fsencode(f"{head_on(self._calls, tree.branch)}\n"))
            fresh.replace(tree.gitdir / "HEAD")

    def reset(self, tree: Worktree, commit: str, keep: str) -> str | None:
        """Put branch and files at a commit; the ref under which what would be lost is kept, or None.

        Without a name to keep it by it is lost.
        """
        if self._stands(tree, commit):
            put(self._calls, tree.branch, commit)
            self.share(tree)
            return None
        kept = self._keep_lost(tree, commit, keep) if keep else None
        put(self._calls, tree.branch, commit)
        self.load(tree, commit, files=True)
        tell(self.git(tree), ["clean", "-ffdq"])
        self.share(tree)
        return kept

    def _stands(self, tree: Worktree, commit: str) -> bool:
        """Whether branch, index and files are at a commit, and nothing that `clean` takes away is beside them."""
        at = (tip(self._calls, tree.branch), self._synced.get(tree.name))
        if at != (commit, (commit, _mark(self.index(tree.name)))):
            return False
        done = ask(self.git(tree), _DIFFERENT)
        return (done.status, done.out, done.err) == (0, b"", b"")

    def _keep_lost(self, tree: Worktree, commit: str, keep: str) -> str | None:
        at = tip(self._calls, tree.branch) or commit
        made = self.files(tree, at)
        fresh = made not in {tree_of(self._calls, at), tree_of(self._calls, commit)}
        lost = fresh or not descends(self._calls, commit, at)
        return self.keep(made, at, keep) if lost else None

    def keep(self, made: str, at: str, keep: str) -> str:
        """Keep a tree under the first free ref of that name, or the one that holds it already.

        The name is the worktree's own, so a lock on it is one that a killed git left.
        """
        lost = at
        if made != tree_of(self._calls, at):
            lost = commit_tree(self._calls, made, [at], "Unfinished work, kept by bmad\n")
        number = 1
        while True:
            ref = f"{KEPT}{keep}" + (f".{number}" if number > 1 else "")
            held = tip(self._calls, ref)
            (self._calls.common / f"{ref}.lock").unlink(missing_ok=True)
            if held is None and swap(self._calls, ref, lost, None):
                return ref
            if held is not None and self._same(held, lost):
                return ref
            number += 1

    def archive(self, story: str) -> None:
        """Bring what was kept of a story's unfinished steps under one ref for all stories; no commit is lost.

        What was in no commit at its end stays where it was kept.
        """
        kept = below(self._calls, f"{KEPT}{story}/")
        names = [name for name in kept if not name.startswith(f"{KEPT}{story}/done")]
        if not names:
            return
        before = tip(self._calls, ARCHIVE)
        parents = list(dict.fromkeys([*([before] if before else []), *(kept[name] for name in names)]))
        words = f"Unfinished work of {story}, kept by bmad\n"
        put(self._calls, ARCHIVE, commit_tree(self._calls, tree_of(self._calls, parents[0]), parents, words))
        drop_all(self._calls, names)

    def _same(self, one: str, other: str) -> bool:
        """Whether two commits have the same tree and parents."""
        form = ["rev-list", "--no-walk=unsorted", "--no-commit-header", "--format=%T %P"]
        lines = tell(self._calls.bare, [*form, one, other, "--"]).decode().splitlines()
        return one == other or len(set(lines)) == 1

    def listed(self, tree: Worktree) -> Listing:
        """The files that a worktree's index holds; at a commit they are known by what differs from the last."""
        at = self.at(tree)
        if not at or not self._listing[0]:
            told = tell(self.git(tree), ["ls-files", "-z"])
            self._listing = (at, Listing(os.fsdecode(name) for name in told.split(b"\0") if name))
        elif at != self._listing[0]:
            last, listing = self._listing
            self._listing = ("", listing)  # until all of it is taken over
            for one in changes(self._calls, tree_of(self._calls, last), tree_of(self._calls, at)):
                listing.put(os.fsdecode(one.path), there=one.new_mode != ABSENT)
            self._listing = (at, listing)
        return self._listing[1]

    def changed(self, old: str, new: str) -> list[str]:
        """The paths that two commits hold otherwise."""
        found = changes(self._calls, tree_of(self._calls, old), tree_of(self._calls, new))
        return [os.fsdecode(one.path) for one in found]

    def rename(self, name: str, new: str) -> None:
        """Give the index of one worktree to another one. Raises: OSError."""
        self.forget(new)
        self.index(name).rename(self.index(new))
        if name in self._synced:
            self._synced[new] = self._synced.pop(name)

    def forget(self, name: str) -> None:
        self._synced.pop(name, None)
        for path in (self.index(name), self._folder / f"{name}.lock"):
            path.unlink(missing_ok=True)


class TooMuchError(Failed):
    """A step left more than a commit of it may hold."""

    def __init__(self, words: str) -> None:
        super().__init__(1, words, ["add"])
        self.args = (words,)


def _differing(git: Git, tree: Worktree) -> list[bytes]:
    """The files that are new, changed or gone.

    Raises: TooMuchError where they, or their bytes, are too many, or some stand deeper than git reaches.
    """
    arguments = ["ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard"]
    done = ask(git, arguments)
    if done.status != 0:
        raise failure(done, arguments)
    if deep := _TOO_DEEP.search(done.err):
        raise TooMuchError(f"What stands below {shown(deep[1])}… lies too deep for git: no commit would hold it.")
    names = list(dict.fromkeys(done.out.split(b"\0")[:-1]))
    if len(names) > MOST_FILES:
        raise TooMuchError(f"{len(names)} files are new or changed, and a step may have {MOST_FILES}.")
    size = 0
    for name in names:
        with suppress(OSError):
            one = os.lstat(os.path.join(os.fsencode(tree.folder), name)).st_size  # noqa: PTH118 - bytes
            if one > LARGEST:
                raise TooMuchError(
                    f"{shown(name)} has {one >> 20} MiB, and a file of a step may have {LARGEST >> 20} MiB."
                )
            size += one
    if size > MOST_BYTES:
        raise TooMuchError(
            f"What is new or changed has {size >> 20} MiB, and a step may have {MOST_BYTES >> 20} MiB."
        )
    return names


def _added(git: Git, names: Sequence[bytes]) -> bool:
    """Add a few files by name, for which git looks at no other; whether that was done."""
    if len(names) > _FEW or any(name.endswith(b"/") for name in names):
        return False
    named = ["--pathspec-from-file=-", "--pathspec-file-nul"]
    return ask(git, [*_ADD, *named], b"".join(name + b"\0" for name in names)).status == 0


def _spelt(path: str) -> str:
    return quoted(os.fsencode(path))


def _mark(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _adopt(folder: Path, complaint: bytes) -> bool:
    """Take away the `.git` of a repository without a commit in a subfolder, which git would add nothing of.

    Its files then count as files of the worktree; a repository with commits is added as a submodule is.
    """
    found = _UNBORN.search(complaint)
    if found is None:
        return False
    nested = Path(os.fsdecode(os.path.join(os.fsencode(folder), found[1], b".git")))  # noqa: PTH118 - bytes
    if not os.path.lexists(nested) or nested.parent == folder:
        return False
    erase(nested)
    return True
