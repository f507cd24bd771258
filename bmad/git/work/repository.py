"""The repository that stories are carried out in (`ports.acting.Repository`): its parts, put together."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from bmad.errors import CannotAnswerError, CheckoutError
from bmad.git.gitdir import own_folder
from bmad.git.index import tracked
from bmad.git.locate import Located, locate
from bmad.git.merge_tree import merges
from bmad.git.process import Failed, Git
from bmad.git.work import commits, filters, gc_roots, landing, packing, rebase, refs, story_branch, tamper
from bmad.git.work.attestor import Attestor
from bmad.git.work.benches import Benches
from bmad.git.work.calls import Calls, Keeper, ask
from bmad.git.work.ignored import marks
from bmad.git.work.included import include
from bmad.git.work.reports import reports
from bmad.git.work.staging import NOTHING, Stage
from bmad.git.work.state_folder import place
from bmad.git.work.worktree_list import Trees, text
from bmad.git.work.worktrees import Worktrees
from bmad.model.history import Merged
from bmad.model.quoting import unquoted
from bmad.model.signing import RECORDS, Signer
from bmad.model.worktrees import Bench, Landing, Snapshot, StepCommit, Worktree

_SYSTEM = re.compile(
    r"No space|quota|Read-only|Input/output|Cannot allocate|memory|Too many open|File exists|insufficient perm"
    r"|unable to (?:create|write)"
)
"""Complaints of git's that the files of a worktree have no part in."""


Lands = Callable[[str, str, str], Landing]
"""Moves a target from where it is expected to be to what comes after it: the ref, that commit, and where it is."""


class Here(NamedTuple):
    """The work tree that bmad was called in: git's folder for it, and the index that is to be committed."""

    gitdir: Path
    staging: Path


class GitRepository:
    """The repository that the folder `root` is in. Made by `open_repository`."""

    def __init__(self, calls: Calls, trees: Trees, home: Path, here: Here, lands: Lands) -> None:
        self._calls = calls
        self._trees = trees
        self._home = home
        self._here = here
        self._lands = lands
        self._stage = Stage(calls, home / ".bmad" / "index")
        self._worktrees = Worktrees(calls, trees, self._stage, home)
        self._held = gc_roots.Held(calls)
        self._bench = Benches(calls, self._worktrees, self._stage, home / ".bmad")

    @property
    def home(self) -> Path:
        """The folder that holds `.bmad`."""
        return self._home

    @property
    def place(self) -> Path:
        """The folder of bmad's own out of every checkout: worktrees, and what agents and checks get of it."""
        return self._trees.own.parent

    @property
    def shared(self) -> Path:
        """The folder of bmad's among git's own, which no clone brings."""
        return own_folder(self._calls.common)

    def tracked(self, folder: str) -> list[str]:
        """What git tracks of a folder in `home`, where that is a work tree."""
        common = self._calls.common
        if self._trees.main != self._home:
            return []
        return tracked(self._calls.located.git, common, self._home, folder)

    @property
    def located(self) -> Located:
        """Where it is, for whoever reads its history and need not look for it again."""
        return self._calls.located

    def target(self, named: str | None) -> str:
        return refs.target(self._calls, text(self._here.gitdir / "HEAD"), named)

    def signs(self) -> bool:
        return self._signs

    @cached_property
    def _signs(self) -> bool:
        told = ask(self._calls.bare, ["config", "--type=bool", "commit.gpgSign"])
        return told.out.strip() == b"true"

    def attest(self, signers: Sequence[Signer]) -> None:
        self._calls.attestor = Attestor(signers, self._told, self._calls.environ)

    def signature(self, content: bytes) -> str:
        assert self._calls.attestor is not None  # noqa: S101 - whoever asks said who attests
        return self._calls.attestor.sign(content, RECORDS)

    def _told(self, name: str) -> str:
        return ask(self._calls.bare, ["config", name]).out.decode("utf-8", "replace").strip()

    def tip(self, ref: str) -> str | None:
        return refs.tip(self._calls, ref)

    def worktree(self, name: str, branch: str, base: str) -> Worktree:
        self._calls.settle()
        return self._worktrees.worktree(name, branch, base)

    def worktrees(self) -> list[str]:
        return self._worktrees.names()

    def remove(
        self, name: str, keep: str = "", *, serves: bool = False, ignored: Mapping[str, str] | None = None
    ) -> Path | None:
        self._calls.settle()
        return self._worktrees.remove(name, keep, serves=serves, ignored=ignored)

    def ignored(self, tree: Worktree) -> dict[str, str]:
        return marks(self._stage.git(tree), tree.folder)

    def reset(self, tree: Worktree, commit: str, keep: str) -> str | None:
        try:
            return self._stage.reset(tree, commit, keep)
        except Failed as failed:
            if _SYSTEM.search(failed.words):
                raise
            return self._worktrees.set_aside(tree, commit, keep)
        except CheckoutError:
            return self._worktrees.set_aside(tree, commit, keep)

    def bench(self, commit: str, key: str, spare: str = "", slot: int = 1) -> Bench:
        self._calls.settle()
        return self._bench.stand(commit, key, spare, slot)

    def benches(self) -> set[int]:
        return self._bench.slots()

    def include(self, tree: Worktree, patterns: str) -> None:
        here = next((one for one in self._trees.people() if one.gitdir == self._here.gitdir), None)
        if here is not None:
            person = self._calls.of_person(here.folder, here.gitdir)
            include(person, here.folder, self._stage.git(tree), tree.folder, patterns)

    def seal(self, bench: Bench, key: str) -> None:
        self._bench.seal(bench, key)

    def altered(self, bench: Bench) -> list[str]:
        return self._bench.altered(bench)

    def release(self, name: str) -> None:
        self._worktrees.release(name)

    def forget_kept(self, story: str) -> None:
        self._stage.archive(story)
        packing.pack(self._calls)

    def clear_bench(self, slot: int = 1) -> None:
        self._bench.clear(slot)
        self._held.let_all_go()

    def clear_ignored(self, tree: Worktree, which: Callable[[str], bool]) -> None:
        self._stage.clear_ignored(tree, which)

    def left_by_setup(self, tree: Worktree, commit: str) -> dict[str, str]:
        return self._stage.left(tree, commit)

    def faults(self, tree: Worktree) -> str | None:
        return self._worktrees.faults(tree)

    def commit(self, tree: Worktree, parent: str, message: str, left: Mapping[str, str] = NOTHING) -> str | None:
        gc_roots.outlast(self._calls)
        return self._stage.commit(tree, parent, message, left)

    def commit_files(self, parent: str, files: Mapping[str, str], message: str) -> str:
        return self._held.keep(commits.commit_files(self._calls, parent, files, message), message)

    def graft(self, parent: str, blobs: Mapping[bytes, tuple[str, str]], message: str) -> str:
        return commits.graft(self._calls, parent, blobs, message)

    def reports(self, bench: Bench, pattern: str) -> list[tuple[str, bytes]]:
        return reports(bench.tree.folder, pattern)

    def join(self, first: str, second: str, tree_of: str, message: str) -> str:
        tree = commits.tree_of(self._calls, tree_of)
        return self._held.keep(commits.commit_tree(self._calls, tree, [first, second], message), message)

    def squash(self, parent: str, tree_of: str, message: str) -> str:
        tree = commits.tree_of(self._calls, tree_of)
        return self._held.keep(commits.commit_tree(self._calls, tree, [parent], message), message)

    def is_whole(self, commit: str, base: str) -> bool:
        return gc_roots.is_whole(self._calls, commit, base)

    def steps(self, tip: str, base: str) -> list[StepCommit]:
        return story_branch.steps(self._calls, tip, base)

    def merge(self, first: str, second: str) -> Merged:
        [merged] = merges(self._calls.bare, [(first, second)])
        return merged

    def rebase(self, tree: Worktree, base: str, onto: str) -> tuple[str, ...]:
        gc_roots.outlast(self._calls)
        return rebase.rebase(self._calls, self._stage, tree, base, onto)

    def replay(self, story: str, commit: str, onto: str) -> tuple[str, tuple[str, ...]]:
        made, conflicts = rebase.replay(self._calls, self._calls.bare, commit, onto)
        return (made if made == onto else self._held.keep(made, f"Story: {story}")), conflicts

    def filtered(self, tree: Worktree, paths: Sequence[str]) -> dict[str, str]:
        spelt = {unquoted(path): path for path in paths}
        return {spelt[path]: name for path, name in filters.filtered(self._stage.git(tree), [*spelt]).items()}

    def move(self, ref: str, new: str, old: str | None) -> bool:
        self._calls.settle()
        return landing.move(self._calls, self._trees, ref, new, old)

    def drop(self, ref: str) -> None:
        self._calls.settle()
        refs.drop(self._calls, ref)

    def land(self, ref: str, new: str, old: str) -> Landing:
        self._calls.settle()
        done = self._lands(ref, new, old)
        if done.state == "moved":
            self._held.let_go(new)
        return done

    def staged(self, parent: str) -> str | None:
        return commits.staged(self._calls, self._here.staging, parent)

    def worked(self, parent: str) -> str | None:
        tree = next((one for one in self._trees.people() if one.gitdir == self._here.gitdir), None)
        return None if tree is None else commits.worked(self._calls, tree.folder, self._here.gitdir, parent)

    def snapshot(self) -> Snapshot:
        return tamper.snapshot(self._calls, self._trees)


def open_repository(
    root: Path,
    environ: Mapping[str, str],
    guard: landing.Guard = landing.unguarded,
    worktrees: str | None = None,
    keeper: Keeper | None = None,
) -> GitRepository:
    """The repository at or above root, for one machine; `guard` holds the lock of those who write to a work tree.

    `worktrees` is the setting `act.worktrees`; `keeper` confines what git runs in worktrees of bmad's own.

    Raises: CannotAnswerError where there is none that bmad can read.
    """
    calls = Calls(locate(root, environ), environ, keeper)
    return opened(calls, lambda trees: partial(landing.land, calls, trees, guard=guard), worktrees)


def opened(calls: Calls, lands: Callable[[Trees], Lands], worktrees: str | None = None) -> GitRepository:
    """The repository that git is called for; `lands` gives what moves its targets.

    Raises: CannotAnswerError where bmad cannot read it.
    """
    environ, git, common = calls.environ, calls.located.git, calls.common
    if (common / "reftable").is_dir():
        raise CannotAnswerError(
            f"{common} keeps its refs as a reftable. Run `git refs migrate --ref-format=files` there."
        )
    gitdir, top = _asked(git, "--absolute-git-dir", "--show-toplevel")
    gitdir = gitdir or common
    home = common.parent if common.name == ".git" else common
    main = top if top and gitdir == common else _main(calls)
    index = _index(environ.get("GIT_INDEX_FILE", ""), top or gitdir, gitdir)
    trees = Trees(common, main, place(home, common, environ, worktrees) / "trees", home / ".bmad" / "worktrees")
    return GitRepository(calls, trees, home, Here(gitdir, index), lands(trees))


def _asked(git: Git, *what: str) -> tuple[Path | None, ...]:
    """The folders that git names; None where there is none. A folder's name may hold a line end."""
    told = ask(git, ["rev-parse", *what])
    names = os.fsdecode(told.out).removesuffix("\n").split("\n")
    if told.status == 0 and len(names) == len(what):
        return tuple(Path(name).resolve() for name in names)
    return tuple(_named(git, one) for one in what)


def _named(git: Git, what: str) -> Path | None:
    told = ask(git, ["rev-parse", what])
    return Path(os.fsdecode(told.out).removesuffix("\n")).resolve() if told.status == 0 else None


def _index(named: str, top: Path, gitdir: Path) -> Path:
    """The index that a hook is called with (of `commit -a`, `commit FILE`), unless it is another repository's."""
    index = (top / named).resolve()
    others = index.parent != gitdir and (index.parent / "HEAD").exists()
    return index if named and not others else gitdir / "index"


def _main(calls: Calls) -> Path | None:
    """The first work tree's folder, asked from another place; None where the repository is bare."""
    config = ["config", "--file", str(calls.common / "config")]
    if ask(calls.bare, [*config, "--type=bool", "core.bare"]).out.strip() == b"true":
        return None
    named = os.fsdecode(ask(calls.bare, [*config, "core.worktree"]).out).removesuffix("\n")
    if named:
        return (calls.common / named).resolve()
    return calls.common.parent if calls.common.name == ".git" else None
