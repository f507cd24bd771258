"""History as the gate asks for it (`ports.history.History`): ends of ranges, commits, merges, changes, texts."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from bmad.errors import UndecidableError
from bmad.git.changes import TREE
from bmad.git.diff_tree import Differences, open_differences
from bmad.git.locate import Located, locate, require_whole
from bmad.git.objects import ObjectReader, open_objects
from bmad.git.process import Failed, Git
from bmad.git.read.abbreviated import full_ids
from bmad.git.read.blame import blame, blame_after
from bmad.git.read.commit_graph import merged
from bmad.git.read.deadline import deadline
from bmad.git.read.file_merge import Triple, joined
from bmad.git.read.hunks import hunks
from bmad.git.read.kept_graph import Graphs, KeptGraph
from bmad.git.read.later import Later
from bmad.git.read.patches import texts
from bmad.git.read.path_history import NOTHING, came_to, changed, ever, touching
from bmad.git.read.private import private_repository
from bmad.git.read.regions import regions
from bmad.git.read.renames import renamed
from bmad.git.read.rev_list import beyond, first_parents
from bmad.git.read.revisions import Revisions, kin, unreachable
from bmad.git.signing import verifies
from bmad.model.bounds import COMMITS, FILE, TOO_MANY, Bound
from bmad.model.commits import ABSENT, Change, Commit
from bmad.model.history import BlameLine, FileCuts, Listed, Merged, Pair, Region, Tips, Touched
from bmad.model.signing import Signed, Signer

EMPTY = ""
"""Stands for the empty tree."""

_FEW = 4
"""Commits that are looked for so."""

_MOST_INSIDE = 1 << 13
"""Trees of which the folders are held."""

_NEAR = 64
"""Commits that are looked through for one that was the tip a moment ago."""

_NEXT = 8
"""Commits of a side that are looked through for the other side, of which a merge makes nothing then."""

_MOST_TEXT = 5 << 20
"""Bytes of differences that are held, since a review is asked for what a gate reads again."""


class GitHistory:
    """A repository's history; all that decides is read through a private repository."""

    def __init__(self, located: Located, environ: Mapping[str, str], graphs: Graphs | None = None) -> None:
        """`graphs` is where commit-graphs are kept between runs, for who explains and judges nothing."""
        self._located = located
        self._environ = dict(environ)
        self._graphs = graphs

    @contextmanager
    def read(self) -> Iterator["GitObjects"]:
        """The history, for as long as the context lasts. Raises: UndecidableError in a shallow clone."""
        require_whole(self._located)
        with (
            private_repository(self._located, self._environ) as git,
            open_objects(git, self._located.algorithm) as objects,
            open_differences(git) as differences,
        ):
            kept = KeptGraph(git, self._located.objects, self._graphs) if self._graphs is not None else None
            yield GitObjects(git, objects, differences, self._located, self._environ, kept)


class GitObjects:
    def __init__(
        self,
        git: Git,
        objects: ObjectReader,
        differences: Differences,
        located: Located,
        environ: Mapping[str, str],
        kept: KeptGraph | None = None,
    ) -> None:
        self._git = git
        self._kept = kept
        self._graphed: Git | None = None
        """With a commit-graph that was written for what is read now."""
        self._later: dict[str, Later] = {}
        self._sources = located.objects
        self._environ = environ
        self._objects = objects
        self._differences = differences
        self._revisions = Revisions(located.git, git, objects)
        self._commits: dict[str, Commit] = {}
        self._inside: dict[str, Mapping[bytes, str]] = {}
        self._ever: dict[bytes, tuple[str, Mapping[bytes, frozenset[str]]]] = {}
        """Folder -> the tip of which was asked last what ever stood there, and the answer."""
        self._texts: dict[tuple[str, str], bytes] = {}
        """The differences that were read last."""

    @property
    def _walker(self) -> Git:
        """What walks history: with a commit-graph, where there is one."""
        return self._graphed or (self._git if self._kept is None else self._kept.walker)

    def bounded(self) -> AbstractContextManager[None]:
        """What is read and judged inside ends with an error where it takes too much CPU time or memory."""
        return nullcontext() if self._git.budget is None else deadline(self._git.budget)

    def renew(self) -> None:
        """Count anew what is taken."""
        if self._git.budget is not None:
            self._git.budget.renew()

    def tips(self, base: str | None, head: str | None) -> Tips:
        """Both ends by name; without a base the one that the branch works towards, without a head HEAD."""
        tip, named = self._revisions.resolve("HEAD" if head is None else head)
        if base is None:
            start, chosen = self._revisions.default_base()
            return Tips(start, tip, chosen.ref.name, chosen.notes)
        start, target = (tip, named) if base == (head or "HEAD") else self._revisions.resolve(base)
        return Tips(start, tip, target)

    def walk(self, head: str, base: str | None, *more: str) -> list[Commit]:
        """The commits that head, or one of some more, reaches and base does not, parents first.

        Raises: UndecidableError where one is missing or they are too many, or git's parents are not those of the
        raw object.
        """
        row = self._row(head, base) if base and not more else None
        if row is not None:
            return row
        try:
            order = ["--topo-order", "--reverse", f"--max-count={COMMITS + 1}"]
            lines = beyond(self._git, [head, *more], base or "", order)
        except Failed as failed:
            raise UndecidableError(self._objects.unwalked(failed.words)) from None
        if len(lines) > COMMITS:
            raise UndecidableError(TOO_MANY.format(what="commits", most=COMMITS))
        commits = list(self.commits([line[0] for line in lines]).values())
        for commit, line in zip(commits, lines, strict=True):
            if list(commit.parents) != line[1:]:
                raise UndecidableError(
                    f"git gives commit {commit.id} other parents than its object has. "
                    "Remove the commit-graph or grafts, and run `git fsck`."
                )
        return commits

    def _row(self, head: str, base: str) -> list[Commit] | None:
        """The same where head is a few commits after base, in a row as a landing is; None where git has to say it.

        All that leads down from head ends in base then, so base reaches none of it, or it would reach itself.
        """
        found: dict[str, Commit] = {}
        queue = [head] if head != base else []
        for name in queue:
            commit = self._commits.get(name) or self._objects.commit(name)
            if commit is None or commit.id != name or not commit.parents or len(queue) > _NEAR:
                return None
            found[name] = commit
            queue += [one for one in dict.fromkeys(commit.parents) if one != base and one not in queue]
        row = [found[name] for name in reversed(queue)]
        inside = [[one for one in commit.parents if one in found] for commit in row]
        in_a_row = all(own == [before.id] for own, before in zip(inside[1:], row, strict=False))
        return list(self.commits([one.id for one in row]).values()) if in_a_row and not any(inside[:1]) else None

    def mentioning(self, words: Sequence[str], tip: str, base: str | None) -> list[str]:
        """The commits that tip reaches and base does not, and whose messages hold one of some words."""
        asked = [
            "rev-list",
            "-i",
            "-F",
            *(f"--grep={word}" for word in words),
            tip,
            *([f"^{base}"] if base else []),
        ]
        return self._git.patient().run([*asked, "--"]).decode().split()

    def commits(self, ids: Sequence[str]) -> dict[str, Commit]:
        """Commits by full id, each read once."""
        new = [name for name in dict.fromkeys(ids) if name not in self._commits]
        self._commits |= {commit.id: commit for commit in self._objects.commits(new)}
        return {name: self._commits[name] for name in ids}

    def commit(self, name: str) -> Commit | None:
        """A commit by its id, through tags; None where it is missing, by now, or no commit."""
        if name in self._commits:
            return self._commits[name] if self._objects.is_there(name) else None
        found = self._objects.commit(name)
        if found is not None and found.id == name:
            self._commits[name] = found
        return found

    def verifies(self, signed: Signed, by: Signer) -> bool:
        return verifies(signed, by, self._environ)

    def at_hand(self, name: str) -> bool:
        """Whether there is an object of that id, of whatever kind."""
        return self._objects.is_there(name)

    def merges(self, pairs: Sequence[tuple[str, str]], union: Sequence[str] = ()) -> list[Merged]:
        """The computed merge of each pair of commits; `union` are lines of attributes: what is joined by lines.

        Where a side comes after the other one, the merge is that side.
        """
        few = len(pairs) <= _FEW
        after = {(base, head) for base, head in pairs if self._is_near(head, base, _NEXT, read=few)}
        apart = [pair for pair in dict.fromkeys(pairs) if pair not in after]
        told, graphed = merged(self._git, self._sources, apart, union)
        self._graphed = graphed or self._graphed
        found = dict(zip(apart, told, strict=True))
        found |= {(base, head): Merged(self.commits([head])[head].tree, ()) for base, head in after}
        return [found[pair] for pair in pairs]

    def changes(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Change, ...]]:
        """The changes between pairs of trees; `EMPTY` is the empty one. A tree and itself are not asked about."""
        known = self._known(pairs)
        asked = [pair for pair in known if pair[0] != pair[1]]
        found = iter(self._differences.between(asked))
        return [() if old == new else next(found) for old, new in known]

    def texts(self, pairs: Sequence[tuple[str, str]]) -> Iterator[bytes]:
        """The unified diff of each pair of trees, as `story_branch.diff` has it of commits."""
        known = self._known(pairs)
        if len(known) > _FEW:
            return texts(self._differences, known)
        if not all(pair in self._texts for pair in known):
            found = dict(zip(known, texts(self._differences, known), strict=True))
            self._texts = found if sum(map(len, found.values())) <= _MOST_TEXT else {}
            return iter([found[pair] for pair in known])
        return iter([self._texts[pair] for pair in known])

    def changes_within(self, pairs: Sequence[tuple[str, str]], only: Sequence[bytes]) -> list[tuple[Change, ...]]:
        """As `changes`, but only below some paths and folders."""
        return self._differences.between(self._known(pairs), only)

    def check_trees(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Look through every tree that the second side of a pair brings.

        Raises: UndecidableError where one names something twice, out of order or by a forbidden name.
        """
        self._objects.check_trees(sorted(self._new_trees(self._known(pairs))))

    def _new_trees(self, pairs: Sequence[tuple[str, str]]) -> set[str]:
        """The trees of each pair's second side, itself included, that its first side has not at that place."""
        found = {new for _, new in pairs}
        for between in self._differences.between(pairs, trees=True):
            found.update(change.new_blob for change in between)
        return found

    def _known(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        empty = self._objects.empty_tree
        return [(old or empty, new or empty) for old, new in pairs]

    def files(self, tree: str, folders: Iterable[bytes]) -> dict[bytes, Listed]:
        """The entries that are no folders, directly in the named folders of a tree (`b""` is the root).

        A folder that is spelt otherwise than git spells it (`src//a`) is none.
        """
        found: dict[bytes, Listed] = {}
        for folder in folders:
            at: str | None = tree or self._objects.empty_tree
            for part in folder.split(b"/") if folder else ():
                at = self._folders(at).get(part) if at else None
            prefix = folder + b"/" if folder else b""
            entries = self._objects.tree(at) if at else ()
            found |= {prefix + one.name: one.at for one in entries if one.at.mode != TREE}
        return found

    def _folders(self, tree: str) -> Mapping[bytes, str]:
        """The folders directly in a tree, by name."""
        known = self._inside.get(tree)
        if known is None:
            entries = self._objects.tree(tree)
            if len(self._inside) >= _MOST_INSIDE:
                self._inside.clear()
            known = self._inside[tree] = {one.name: one.at.id for one in entries if one.at.mode == TREE}
        return known

    def blobs(self, ids: Iterable[str], bound: Bound = FILE) -> dict[str, bytes]:
        """The contents of blobs by id."""
        found = {}
        for name, kind, data in self._objects.read(dict.fromkeys(ids), bound):
            if kind != "blob":
                raise UndecidableError(f"Object {name} is a {kind}, where a file should be.")
            found[name] = data
        return found

    def blame(
        self, commit: str, path: bytes, spans: Sequence[tuple[int, int]] = (), since: str | None = None
    ) -> list[BlameLine]:
        """The lines of a file and their commits. Raises: UsageError where there is no such file or line."""
        if since is None:
            return blame(self._walker.patient(), commit, path, spans)
        found = blame_after(self._git.patient(), self._after(since), commit, path, spans)
        return blame(self._walker.patient(), commit, path, spans, [f"^{since}"]) if found is None else found

    def hunks(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[FileCuts, ...]]:
        """What pairs of trees differ in, hunk by hunk."""
        return hunks(self._differences, self._known(pairs))

    def regions(self, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[Region]]:
        """Where pairs of contents differ, as blame compares them."""
        return regions(self._git.patient(), pairs)

    def renamed(self, trees: tuple[str, str], path: bytes, gone: Sequence[bytes]) -> bytes | None:
        """Which of the files that are gone between two trees a new one was made of."""
        return renamed(self._git.patient(), trees, path, gone)

    def reached(self, ids: Sequence[str], tip: str) -> frozenset[str]:
        """Those of the commits that the tip reaches, itself included."""
        if len(ids) <= _FEW and all(self._is_near(tip, name) for name in ids):
            return frozenset(ids)
        return frozenset(ids) - unreachable(self._walker, ids, tip)

    def follows(self, tip: str, since: str) -> bool:
        """Whether the tip reaches a commit, as a rule by its first parents, however long ago that was."""
        return self._after(since).leads(tip) or bool(self.reached([since], tip))

    def _after(self, since: str) -> Later:
        if since not in self._later:
            self._later[since] = Later(self._git.patient(), self.commits([since])[since], self.commits)
        return self._later[since]

    def quicken(self, tip: str, walked: int) -> None:
        """Have what walks from a tip take less, now and in later runs, where something may be kept for them."""
        if self._kept is not None:
            self._kept.renew(tip, walked)

    def kin(self, pairs: Sequence[tuple[str, str]], tip: str) -> frozenset[tuple[str, str]]:
        """Those of the pairs whose first meets the history of the tip, and whose second comes from it."""
        outside = self._outside({name for pair in pairs for name in pair}, tip)
        return kin(self._walker, pairs, tip, outside)

    def _outside(self, names: Collection[str], tip: str) -> dict[str, tuple[str, ...]] | None:
        """What a few commits reach and the tip does not, with parents; None where git has to say it."""
        found: dict[str, tuple[str, ...]] = {}
        for name in names if len(names) <= _FEW else [""]:
            row = None if not name else [] if self._is_near(tip, name) else self._row(name, tip)
            if row is None:
                return None
            found |= {one.id: one.parents for one in row}
        return found

    def ever(self, tip: str, folder: bytes) -> Mapping[bytes, frozenset[str]]:
        """The paths below a folder that stand in some commit that tip reaches, and the blobs of each."""
        since, before = self._ever.get(folder, ("", NOTHING))
        if since != tip:
            came = self._beyond(tip, since) if since else None
            if came is not None:
                before = came_to(before, folder, self._differences.between(came))
            else:
                since, before = (since, before) if since and self._is_near(tip, since) else ("", NOTHING)
                before = ever(self._git.patient(), tip, folder, since, before)
            self._ever[folder] = (tip, before)
        return before

    def _beyond(self, tip: str, since: str) -> list[tuple[str, str]] | None:
        """The trees of the few commits that a tip has and an earlier one has not, each with that of a parent.

        None where they are many, or lead anywhere else than to that one.
        """
        found: list[tuple[str, str]] = []
        queue = [tip]
        for name in (one for one in queue if one != since):
            commit = self.commits([name])[name]
            if not commit.parents or len(queue) > _NEAR:
                return None
            found += ((parent.tree, commit.tree) for parent in self.commits(commit.parents).values())
            queue += (one for one in commit.parents if one not in queue)
        return found

    def _is_near(self, tip: str, commit: str, most: int = _NEAR, *, read: bool = True) -> bool:
        """Whether tip reaches a commit by few others, as it does where that was the tip a moment ago.

        Those that were not read yet are, or no others are looked for behind them.
        """
        queue = [tip]
        for name in queue:
            if name == commit:
                return True
            known = self._commits.get(name) or (self.commits([name])[name] if read else None)
            if len(queue) < most and known is not None:
                queue += (one for one in known.parents if one not in queue)
        return False

    def first_parents(self, tip: str) -> list[str]:
        """The commits of a tip's first-parent line, newest first."""
        return first_parents(self._walker, tip)

    def touching(self, tip: str, paths: Sequence[bytes], since: str | None = None) -> list[Touched]:
        """The commits of a first-parent line that change one of the paths, newest first, as far back as since."""
        return touching(self._walker, tip, paths, since)

    def changed(self, commits: Iterable[str]) -> frozenset[bytes]:
        """The paths that some commits change; of a merge what it holds otherwise than each of its parents."""
        return changed(self._walker.patient(), commits)

    def full(self, shorts: Sequence[str]) -> dict[str, str]:
        """The full id of each abbreviated one that a single commit or tag has."""
        return full_ids(self._git, shorts)

    def joined(self, triples: Sequence[Triple], by_lines: Collection[int] = ()) -> list[Listed | None]:
        """The computed merge of single files; None where there is a conflict."""
        found: list[Listed | None] = []
        for one in joined(self._git, triples, by_lines):
            absent = Listed(ABSENT, "0" * len(one.tree))
            file = next(iter(self.files(one.tree, [b""]).values()), absent)
            found.append(None if one.conflicts else file)
        return found


def open_history(root: Path, environ: Mapping[str, str], graphs: Graphs | None = None) -> GitHistory:
    """The history of the repository at or above root.

    Raises: CannotAnswerError where there is none, it is not readable, or git is older than 2.39.
    """
    return GitHistory(locate(root, environ), environ, graphs)
