"""The objects of a repository in memory, and their history as the loop asks for it (`ports.history.Objects`).

A tree is all its paths with mode and blob. What two trees or two commits differ in is worked out once.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from difflib import SequenceMatcher
from typing import NamedTuple

from bmad.model.bounds import Bound
from bmad.model.commits import Change, Commit
from bmad.model.history import Conflict, Cut, FileCuts, Listed, Merged, Tips, Touched

NONE, ABSENT, PLAIN = "0" * 40, "000000", "100644"

_GONE = Listed(ABSENT, NONE)

Files = Mapping[bytes, Listed]
"""All files of a tree, by path."""


class Made(NamedTuple):
    """What a new commit is made of; `at` are seconds since the epoch."""

    files: Files
    parents: tuple[str, ...]
    message: str
    by: str
    at: int


class Store:
    """All objects that were ever written; ids are git's for blobs, and as good as git's for the rest."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, Files] = {}
        self.commits: dict[str, Commit] = {}
        self._every = self.commits
        """All commits, also those that only other parts hold."""
        self._above: dict[str, frozenset[str]] = {}
        self._changes: dict[tuple[str, str], tuple[Change, ...]] = {}
        self._diffs: dict[tuple[str, str], str] = {}

    def part(self) -> "Store":
        """Another one that begins without a commit; this one holds all that is written there, too."""
        other = Store()
        other.blobs, other.trees, other._every = self.blobs, self.trees, self.commits
        other._above, other._changes, other._diffs = self._above, self._changes, self._diffs
        return other

    def bring(self, tips: Iterable[str]) -> None:
        """Have some commits, and all that they reach, from the store that this is a part of."""
        for tip in tips:
            if tip not in self.commits:
                self.commits.update({name: self._every[name] for name in self.above(tip)})

    def blob(self, content: bytes) -> str:
        name = hashlib.sha1(b"blob %d\0%b" % (len(content), content)).hexdigest()  # noqa: S324 - as git does
        self.blobs[name] = content
        return name

    def tree(self, files: Files) -> str:
        told = b"".join(b"%b %b %b\0" % (path, *map(str.encode, files[path])) for path in sorted(files))
        name = hashlib.sha1(b"tree" + told).hexdigest()  # noqa: S324
        self.trees.setdefault(name, dict(files))
        return name

    def commit(self, made: Made) -> str:
        tree, who = self.tree(made.files), f"{made.by} <{made.by}@example.org> {made.at} +0000".encode()
        told = "\n".join([tree, *made.parents, who.decode(), made.message])
        name = hashlib.sha1(told.encode()).hexdigest()  # noqa: S324
        headers = ((b"author", who), (b"committer", who))
        self._every[name] = self.commits[name] = Commit(
            name, tree, made.parents, who, headers, made.message.encode()
        )
        return name

    def files(self, commit: str) -> Files:
        return self.trees[self.commits[commit].tree]

    def text(self, commit: str, path: str) -> str | None:
        listed = self.files(commit).get(path.encode())
        return self.blobs[listed.id].decode() if listed is not None else None

    def above(self, commit: str) -> frozenset[str]:
        """The commit and all that it reaches."""
        todo = [commit]
        while todo:
            at = todo[-1]
            missing = [one for one in self._every[at].parents if one not in self._above]
            if missing and at not in self._above:
                todo += missing
                continue
            todo.pop()
            self._above[at] = frozenset({at}).union(*(self._above[one] for one in self._every[at].parents))
        return self._above[commit]

    def walk(self, heads: Iterable[str], base: str | None) -> list[Commit]:
        """What some commits reach and base does not, parents first."""
        left = frozenset[str]().union(*map(self.above, heads)) - (self.above(base) if base else frozenset())
        return [self.commits[name] for name in sorted(left, key=lambda one: (len(self.above(one)), one))]

    def changes(self, old: str, new: str) -> tuple[Change, ...]:
        """What two trees differ in, by path; the empty string is the empty tree."""
        if (old, new) not in self._changes:
            before, after = (self.trees[one] if one else {} for one in (old, new))
            paths = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
            pairs = ((path, before.get(path, _GONE), after.get(path, _GONE)) for path in paths)
            self._changes[old, new] = tuple(
                Change(path, one.mode, two.mode, one.id, two.id) for path, one, two in pairs
            )
        return self._changes[old, new]

    def diff(self, old: str, new: str) -> str:
        """The difference of two trees as git tells it."""
        if (old, new) not in self._diffs:
            self._diffs[old, new] = "".join(self._one(change) for change in self.changes(old, new))
        return self._diffs[old, new]

    def _lines(self, blob: str) -> list[str]:
        return self.blobs[blob].decode().splitlines() if blob != NONE else []

    def _one(self, change: Change) -> str:
        path = change.path.decode()
        head = [f"diff --git a/{path} b/{path}"]
        before, after = f"a/{path}", f"b/{path}"
        if change.old_mode == ABSENT:
            head, before = [*head, f"new file mode {change.new_mode}"], "/dev/null"
        if change.new_mode == ABSENT:
            head, after = [*head, f"deleted file mode {change.old_mode}"], "/dev/null"
        head += [f"index {change.old_blob}..{change.new_blob}", f"--- {before}", f"+++ {after}"]
        return "\n".join([*head, *_hunks(self._lines(change.old_blob), self._lines(change.new_blob))]) + "\n"

    def cuts(self, old: str, new: str) -> tuple[FileCuts, ...]:
        """What two trees differ in, hunk by hunk."""
        found = []
        for one in self.changes(old, new):
            before, after = self._lines(one.old_blob), self._lines(one.new_blob)
            cuts = [
                Cut(at, end - start, tuple(line.encode() for line in after[at:to]))
                for kind, start, end, at, to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
                if kind != "equal"
            ]
            found.append(FileCuts(one.old_blob.replace(NONE, ""), one.new_blob.replace(NONE, ""), cuts))
        return tuple(found)

    def merge_base(self, first: str, second: str) -> str | None:
        """The common ancestor that holds the most."""
        common = self.above(first) & self.above(second)
        return max(common, key=lambda one: (len(self.above(one)), one), default=None)

    def merge(self, first: str, second: str, base: str | None = None) -> Merged:
        """The merge of two commits, file by file; where both sides changed one it holds both between marks."""
        base = base or self.merge_base(first, second)
        before = self.files(base) if base else {}
        ours, theirs = self.files(first), self.files(second)
        joined, conflicts = dict(ours), []
        for path in sorted({*before, *theirs, *ours}):
            was, one, two = before.get(path), ours.get(path), theirs.get(path)
            side = _joined(*(at or _GONE for at in (was, one, two)))
            if side is not None:
                _put(joined, path, side)
                continue
            conflicts.append(Conflict(path, *(at.id if at else None for at in (was, one, two))))
            _put(joined, path, Listed(PLAIN, self.blob(self._marked(one, two))))
        return Merged(self.tree(joined), tuple(conflicts))

    def _marked(self, one: Listed | None, two: Listed | None) -> bytes:
        sides = [self.blobs[side.id] if side else b"" for side in (one, two)]
        return b"<<<<<<< ours\n%b=======\n%b>>>>>>> theirs\n" % tuple(sides)


def _joined(before: Listed, ours: Listed, theirs: Listed) -> Listed | None:
    """The side that changed a file, where not both did, each in a way of its own."""
    if theirs in (ours, before):
        return ours
    return theirs if ours == before else None


def _put(files: dict[bytes, Listed], path: bytes, listed: Listed) -> None:
    if listed.mode == ABSENT:
        files.pop(path, None)
    else:
        files[path] = listed


def _hunks(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(3):
        (_, old, _, new, _), (_, _, old_end, _, new_end) = group[0], group[-1]
        yield f"@@ -{_range(old, old_end)} +{_range(new, new_end)} @@"
        for kind, start, end, at, to in group:
            if kind == "equal":
                yield from (f" {line}" for line in before[start:end])
                continue
            yield from (f"-{line}" for line in before[start:end])
            yield from (f"+{line}" for line in after[at:to])


def _range(start: int, end: int) -> str:
    length = end - start
    begin = start + 1 if length else start
    return f"{begin}" if length == 1 else f"{begin},{length}"


class Past:
    """Fulfils `ports.history.Objects`, as far as the loop asks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def bounded(self) -> AbstractContextManager[None]:
        return nullcontext()

    def renew(self) -> None: ...

    def tips(self, base: str | None, head: str | None) -> Tips:
        assert base is not None
        assert head is not None
        return Tips(base, head, None)

    def walk(self, head: str, base: str | None, *more: str) -> list[Commit]:
        return self._store.walk([head, *more], base)

    def mentioning(self, words: Sequence[str], tip: str, base: str | None) -> list[str]:
        found = self._store.walk([tip], base)
        return [one.id for one in found if any(word.encode() in one.message for word in words)]

    def commit(self, name: str) -> Commit | None:
        return self._store.commits.get(name)

    def at_hand(self, name: str) -> bool:
        return any(name in kind for kind in (self._store.commits, self._store.blobs, self._store.trees))

    def commits(self, ids: Sequence[str]) -> dict[str, Commit]:
        return {name: self._store.commits[name] for name in ids}

    def full(self, shorts: Sequence[str]) -> dict[str, str]:
        found = {short: [one for one in self._store.commits if one.startswith(short)] for short in shorts}
        return {short: names[0] for short, names in found.items() if len(names) == 1}

    def merges(self, pairs: Sequence[tuple[str, str]], union: Sequence[str] = ()) -> list[Merged]:  # noqa: ARG002
        return [self._store.merge(*pair) for pair in pairs]

    def changes(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Change, ...]]:
        return [self._store.changes(*pair) for pair in pairs]

    def texts(self, pairs: Sequence[tuple[str, str]]) -> Iterator[bytes]:
        return (self._store.diff(*pair).encode() for pair in pairs)

    def changes_within(self, pairs: Sequence[tuple[str, str]], only: Sequence[bytes]) -> list[tuple[Change, ...]]:
        def within(path: bytes) -> bool:
            return any(path == one or path.startswith(one.rstrip(b"/") + b"/") for one in only)

        return [tuple(one for one in self._store.changes(*pair) if within(one.path)) for pair in pairs]

    def check_trees(self, pairs: Sequence[tuple[str, str]]) -> None:
        """No tree of this store names anything twice."""

    def files(self, tree: str, folders: Iterable[bytes]) -> dict[bytes, Listed]:
        wanted = frozenset(folders)
        found = self._store.trees[tree].items()
        return {path: listed for path, listed in found if path.rpartition(b"/")[0] in wanted}

    def blobs(self, ids: Iterable[str], bound: Bound | None = None) -> dict[str, bytes]:  # noqa: ARG002
        return {name: self._store.blobs[name] for name in ids}

    def hunks(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[FileCuts, ...]]:
        return [self._store.cuts(*pair) for pair in pairs]

    def reached(self, ids: Sequence[str], tip: str) -> frozenset[str]:
        return frozenset(ids) & self._store.above(tip)

    def kin(self, pairs: Sequence[tuple[str, str]], tip: str) -> frozenset[tuple[str, str]]:
        above = self._store.above
        known = [(one, two) for one, two in pairs if {one, two} <= self._store.commits.keys()]
        met = [(one, two) for one, two in known if above(one) & above(tip)]
        return frozenset((one, two) for one, two in met if one in above(two) or one in above(tip))

    def ever(self, tip: str, folder: bytes) -> dict[bytes, frozenset[str]]:
        found: dict[bytes, set[str]] = {}
        for name in self._store.above(tip):
            for path, listed in self._store.files(name).items():
                if path.startswith(folder + b"/"):
                    found.setdefault(path, set()).add(listed.id)
        return {path: frozenset(blobs) for path, blobs in found.items()}

    def first_parents(self, tip: str) -> list[str]:
        line = [tip]
        while parents := self._store.commits[line[-1]].parents:
            line.append(parents[0])
        return line

    def touching(self, tip: str, paths: Sequence[bytes], since: str | None = None) -> list[Touched]:
        old = self._store.above(since) if since else frozenset[str]()
        found = []
        for name in (one for one in self.first_parents(tip) if one not in old):
            commit = self._store.commits[name]
            before = self._store.commits[commit.parents[0]].tree if commit.parents else ""
            changes = [one for one in self._store.changes(before, commit.tree) if one.path in paths]
            if changes:
                found.append(Touched(name, changes))
        return found

    def changed(self, commits: Iterable[str]) -> frozenset[bytes]:
        return frozenset[bytes]().union(*map(self._changed, commits))

    def _changed(self, name: str) -> frozenset[bytes]:
        """The paths that a commit holds otherwise than each of its parents."""
        commit = self._store.commits[name]
        parents = [self._store.commits[one].tree for one in commit.parents] or [""]
        each = ({one.path for one in self._store.changes(tree, commit.tree)} for tree in parents)
        return frozenset(set.intersection(*each))

    def follows(self, tip: str, since: str) -> bool:
        return since in self._store.above(tip)

    def joined(
        self, triples: Sequence[tuple[Listed, Listed, Listed]], by_lines: Collection[int] = ()
    ) -> list[Listed | None]:
        del by_lines  # no file here is said to keep the lines of both
        return [_joined(*one) for one in triples]


class Archive:
    """Fulfils `ports.history.History`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def read(self) -> Iterator[Past]:
        yield Past(self._store)
