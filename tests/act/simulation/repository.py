"""The repository that stories are carried out in, in memory (`ports.acting.Repository`)."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from bmad.core.trailers import parse
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.history import Listed, Merged
from bmad.model.layout import KEPT
from bmad.model.worktrees import Bench, Landing, Snapshot, StepCommit, Worktree
from tests.act.simulation.backlog import PAST, Plan
from tests.act.simulation.objects import PLAIN, Made, Store

MAIN = "refs/heads/main"
HOME = Path("/simulated")
MADE = "refs/bmad/made/"
"""What is about to land, held until it has; it is made again where it has not."""
ARCHIVE = "refs/bmad/archive"


class Tree:
    """The files of a worktree, and its branch; `broken` is what was done to its git."""

    def __init__(self, branch: str, files: Mapping[bytes, bytes]) -> None:
        self.branch = branch
        self.files = dict(files)
        self.broken = ""


class Ground:
    """What stays when a process ends: objects, refs, worktrees, and the person's own work tree on `main`.

    `moved` is told of every ref that goes elsewhere: its name, where it was, and where it is.
    """

    def __init__(self, store: Store, base: str, seconds: Callable[[], float]) -> None:
        self.store = store
        self.refs: dict[str, str] = {MAIN: base}
        self.trees: dict[str, Tree] = {}
        self.dirty = 0
        """So many landings find the person's work tree with changes of their own."""
        self.made = 0
        self.moved: Callable[[str, str | None, str], None] = lambda _ref, _old, _new: None
        self.worked: Callable[[str, str], None] = lambda _step, _story: None
        """Is told of each commit of work that stands on a story's branch: its step and story."""
        self._seconds = seconds

    def put(self, ref: str, new: str) -> None:
        old = self.refs.get(ref)
        self.refs[ref] = new
        if old != new:
            self.moved(ref, old, new)

    def commit(self, files: Mapping[bytes, Listed], parents: Sequence[str], message: str, by: str = "bmad") -> str:
        self.made += 1
        at = 1_767_600_000 + int(self._seconds()) * 1000 + self.made
        return self.store.commit(Made(files, tuple(parents), message, by, at))

    def listed(self, files: Mapping[bytes, bytes]) -> dict[bytes, Listed]:
        return {path: Listed(PLAIN, self.store.blob(content)) for path, content in files.items()}

    def contents(self, commit: str) -> dict[bytes, bytes]:
        return {path: self.store.blobs[one.id] for path, one in self.store.files(commit).items()}

    def by_person(self, path: str, text: str) -> str:
        """A commit of a person's on `main`."""
        tip = self.refs[MAIN]
        files = {**self.store.files(tip), path.encode(): Listed(PLAIN, self.store.blob(text.encode()))}
        made = self.commit(files, [tip], "Take a note\n", "ada")
        self.put(MAIN, made)
        return made


def begun(plan: Plan, seconds: Callable[[], float]) -> Ground:
    """A repository as a plan has it before anybody works on its stories."""
    ground, past = Ground(Store(), "", seconds), ""
    if plan.has_past:
        past = ground.commit(ground.listed(PAST), [], "Write what there is\n", "ada")
    files, parents = ground.listed(plan.files(past)), [past] if past else []
    ground.refs[MAIN] = ground.commit(files, parents, "Map the intent\n", "ada")
    return ground


class SimRepository:
    """Fulfils the port as git does; `between` is called where a process may die in the middle of an effect.

    `lands` moves targets, where the repository is one among several.
    """

    def __init__(
        self,
        ground: Ground,
        between: Callable[[], None],
        lands: Callable[[str, str, str], Landing] | None = None,
    ) -> None:
        self._ground, self._store = ground, ground.store
        self._between = between
        self._lands = lands

    @property
    def home(self) -> Path:
        return HOME

    def target(self, named: str | None) -> str:
        return f"refs/heads/{named}" if named else MAIN

    def signs(self) -> bool:
        return False

    def tip(self, ref: str) -> str | None:
        return self._ground.refs.get(ref)

    def worktree(self, name: str, branch: str, base: str) -> Worktree:
        tip = self._ground.refs.get(branch)
        if tip is None:
            self._ground.put(branch, base)
            tip = base
            self._between()
        if name not in self._ground.trees:
            self._ground.trees[name] = Tree(branch, self._ground.contents(tip))
        self._ground.trees[name].broken = ""
        return _worktree(name, branch)

    def worktrees(self) -> list[str]:
        return sorted(name for name in self._ground.trees if not name.startswith("bench-"))

    def ignored(self, tree: Worktree) -> dict[str, str]:
        """Nothing is ignored here."""
        del tree
        return {}

    def remove(
        self, name: str, keep: str = "", *, serves: bool = False, ignored: Mapping[str, str] | None = None
    ) -> None:
        del serves, ignored  # a new one is made of nothing here
        tree = self._ground.trees.get(name)
        if tree is None:
            return
        if keep:
            self._keep(tree, self._ground.refs[tree.branch], keep)
        self._between()
        del self._ground.trees[name]

    def reset(self, tree: Worktree, commit: str, keep: str) -> str | None:
        own = self._tree(tree)
        kept = self._keep(own, commit, keep) if keep else None
        self._between()
        self._ground.put(own.branch, commit)
        self._between()
        own.files = self._ground.contents(commit)
        return kept

    def _keep(self, tree: Tree, commit: str, keep: str) -> str | None:
        """Keep what is in a worktree, and not in a commit that it is about to be at."""
        at = self._ground.refs.get(tree.branch, commit)
        listed = self._ground.listed(tree.files)
        fresh = listed not in (self._store.files(at), self._store.files(commit))
        if not fresh and at in self._store.above(commit):
            return None
        lost = self._ground.commit(listed, [at], "Unfinished work, kept by bmad\n") if fresh else at
        number = 1
        while (ref := f"{KEPT}{keep}" + (f".{number}" if number > 1 else "")) in self._ground.refs:
            if self._store.files(self._ground.refs[ref]) == self._store.files(lost):
                return ref
            number += 1
        self._ground.put(ref, lost)
        return ref

    def _tree(self, tree: Worktree) -> Tree:
        found = self._ground.trees.get(tree.name)
        if found is None:
            raise CannotAnswerError(f"The worktree {tree.folder} is gone.")
        return found

    def bench(self, commit: str, key: str, spare: str = "", slot: int = 1) -> Bench:
        del key, spare
        name = f"bench-{slot}"
        self._ground.trees[name] = Tree("", self._ground.contents(commit))
        return Bench(_worktree(name, ""), commit, is_set_up=True)

    def seal(self, bench: Bench, key: str) -> None:
        """Nothing is set up here."""

    def altered(self, bench: Bench) -> list[str]:
        before, now = self._ground.contents(bench.commit), self._ground.trees[bench.tree.name].files
        return sorted(path.decode() for path in {*before, *now} if before.get(path) != now.get(path))

    def release(self, name: str) -> None: ...

    def forget_kept(self, story: str) -> None:
        kept = [ref for ref in self._ground.refs if ref.startswith(f"{KEPT}{story}/")]
        kept = [ref for ref in kept if not ref.startswith(f"{KEPT}{story}/done")]
        if not kept:
            return
        before = [self._ground.refs[ARCHIVE]] if ARCHIVE in self._ground.refs else []
        parents = list(dict.fromkeys([*before, *(self._ground.refs[ref] for ref in kept)]))
        files = self._store.files(parents[0])
        self._ground.put(ARCHIVE, self._ground.commit(files, parents, f"Unfinished work of {story}\n"))
        self._between()
        for ref in kept:
            del self._ground.refs[ref]

    def benches(self) -> set[int]:
        return {1, *(int(name[6:]) for name in self._ground.trees if name.startswith("bench-"))}

    def clear_bench(self, slot: int = 1) -> None:
        self._ground.trees.pop(f"bench-{slot}", None)
        for ref in [ref for ref in self._ground.refs if ref.startswith(MADE)]:
            del self._ground.refs[ref]

    def clear_ignored(self, tree: Worktree, which: Callable[[str], bool]) -> None:
        """Nothing is ignored here."""

    def faults(self, tree: Worktree) -> str | None:
        found = self._ground.trees.get(tree.name)
        if found is not None and not found.broken:
            return None
        words = found.broken if found is not None else f"{tree.folder} was taken away."
        if found is None:
            at = self._ground.refs[tree.branch]
            found = self._ground.trees[tree.name] = Tree(tree.branch, self._ground.contents(at))
        found.broken = ""
        return words

    def commit(self, tree: Worktree, parent: str, message: str, left: Mapping[str, str] = {}) -> str | None:
        del left
        own = self._tree(tree)
        listed = self._ground.listed(own.files)
        if listed == self._store.files(parent):
            return None
        made = self._ground.commit(listed, [parent], message)
        self._between()
        self._ground.put(own.branch, made)
        self._ground.worked(*named(message.encode()))
        return made

    def commit_files(self, parent: str, files: Mapping[str, str], message: str) -> str:
        new = {path.encode(): Listed(PLAIN, self._store.blob(text.encode())) for path, text in files.items()}
        return self._hold(self._ground.commit({**self._store.files(parent), **new}, [parent], message))

    def _hold(self, commit: str) -> str:
        self._ground.put(f"{MADE}{commit}", commit)
        return commit

    def join(self, first: str, second: str, tree_of: str, message: str) -> str:
        files = self._files(tree_of)
        return self._hold(self._ground.commit(files, [first, second], message))

    def squash(self, parent: str, tree_of: str, message: str) -> str:
        return self._hold(self._ground.commit(self._files(tree_of), [parent], message))

    def _files(self, name: str) -> Mapping[bytes, Listed]:
        return self._store.files(name) if name in self._store.commits else self._store.trees[name]

    def is_whole(self, commit: str, base: str) -> bool:
        return {commit, base} <= self._store.commits.keys()

    def steps(self, tip: str, base: str) -> list[StepCommit]:
        return [
            StepCommit(one.id, one.parents[0] if one.parents else "", one.tree, *named(one.message))
            for one in self._store.walk([tip], base)
        ]

    def merge(self, first: str, second: str) -> Merged:
        return self._store.merge(first, second)

    def replay(self, story: str, commit: str, onto: str) -> tuple[str, tuple[str, ...]]:
        del story
        made, conflicts = self._replayed(commit, onto)
        return self._hold(made), conflicts

    def _replayed(self, commit: str, onto: str) -> tuple[str, tuple[str, ...]]:
        one = self._store.commits[commit]
        merged = self._store.merge(onto, commit, one.parents[0])
        if merged.conflicts:
            return onto, tuple(sorted(conflict.path.decode() for conflict in merged.conflicts))
        if merged.tree == self._store.commits[onto].tree:
            return onto, ()
        by = one.author.split(b" ")[0].decode()
        return self._ground.commit(self._store.trees[merged.tree], [onto], one.message.decode(), by), ()

    def rebase(self, tree: Worktree, base: str, onto: str) -> tuple[str, ...]:
        above, own = self._store.above, self._tree(tree)
        head = self._ground.refs[own.branch]
        if onto in above(head) and base in above(onto):
            return ()
        at = onto
        for one in self._store.walk([head], base):
            at, conflicts = self._replayed(one.id, at)
            if conflicts:
                return conflicts
        self._keep(own, head, f"{tree.name}/rebase")
        self._between()
        self._ground.put(own.branch, at)
        self._between()
        own.files = self._ground.contents(at)
        return ()

    def filtered(self, tree: Worktree, paths: Sequence[str]) -> dict[str, str]:
        del tree, paths
        return {}

    def move(self, ref: str, new: str, old: str | None) -> bool:
        assert ref != MAIN, "the person has it checked out"
        if self._ground.refs.get(ref) != old:
            return False
        self._ground.put(ref, new)
        return True

    def drop(self, ref: str) -> None:
        self._ground.refs.pop(ref, None)

    def land(self, ref: str, new: str, old: str) -> Landing:
        if self._lands is not None:
            done = self._lands(ref, new, old)
            if done.state == "moved":
                self._ground.refs.pop(f"{MADE}{new}", None)
            return done
        at = self._ground.refs.get(ref)
        if at == new:
            return Landing("moved")
        if at != old:
            return Landing("behind")
        if old not in self._store.above(new):
            raise UsageError(f"{new[:12]} does not come after {old[:12]}, so it cannot land. Rebase it first.")
        if self._ground.dirty and ref == MAIN:
            self._ground.dirty -= 1
            return Landing("waits", "/simulated has changes that are not committed (x). Commit or stash them.")
        self._between()
        self._ground.put(ref, new)
        self._ground.refs.pop(f"{MADE}{new}", None)
        return Landing("moved")

    def snapshot(self) -> Snapshot:
        own = ("refs/bmad/", "refs/heads/bmad/")
        refs = {ref: at for ref, at in self._ground.refs.items() if ref.startswith(own)}
        people = {ref: at for ref, at in self._ground.refs.items() if ref not in refs}
        return Snapshot(refs, people)


def _worktree(name: str, branch: str) -> Worktree:
    return Worktree(name, HOME / "trees" / name, HOME / "git" / name, branch)


@lru_cache(maxsize=1 << 14)
def named(message: bytes) -> tuple[str, str]:
    """The step and the story of a commit, as far as it names one each."""
    trailers = parse(message)
    step, story = ([one.value for one in trailers.values(key)] for key in ("step", "story"))
    return (step[0] if len(step) == 1 else "", story[0] if len(story) == 1 else "")
