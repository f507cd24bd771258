"""Plain histories: files as bytes, trees as dictionaries of paths, commits as values, all in memory.

Ids are git's own, so what names a commit (a revert, a record, a policy) reads alike here and in a repository, and
`written` puts a history into a real one. What git computes is asked of git where it is not trivial: the merge of
one file that both sides changed, and whatever might be a rename.
"""

import hashlib
import subprocess
import zlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from bmad.git.objects import parse_commit
from bmad.model.commits import Change, Commit
from bmad.model.history import Conflict, Listed, Merged
from tests.oracle.signatures import sign_commit

Files = Mapping[bytes, Listed]
ABSENT = Listed("000000", "0" * 40)
_SHORT = 600
"""So long are files of which merges are kept; records are longer, and seldom merged twice."""
WHO = b"A <a@x> 1700000000 +0000"


class Joined(NamedTuple):
    """What became of one file: None where it is absent; whether there was a conflict."""

    at: Listed | None
    clean: bool


class World:
    """All that was ever made, by id. Nothing is taken away, so histories share what they have in common."""

    def __init__(self, git: "Scratch", older: "World | None" = None) -> None:
        """`older` is a world of which nothing is known any more but what git has computed."""
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, Files] = {}
        self.commits: dict[str, Commit] = {}
        self._raw: dict[str, tuple[bytes, bytes]] = {}
        self._folders: dict[tuple[tuple[bytes, Listed], ...], str] = {}
        self._past: dict[str, frozenset[str]] = {}
        self._joined: dict[tuple[Listed, Listed, Listed], Joined] = {}
        self._merged: dict[tuple[str, str], Merged] = {}
        self._changes: dict[tuple[str, str], tuple[Change, ...]] = {}
        self._by_trees: dict[tuple[str, str, str], Merged] = {}
        self._git = git
        self.empty = self.tree({})
        for triple, one in older._joined.items() if older is not None else ():
            known = {at.id for at in (*triple, one.at) if at is not None and at != ABSENT}
            if older is not None and all(len(older.blobs[name]) < _SHORT for name in known):
                self._joined[triple] = one
                for name in known:
                    self.file(older.blobs[name])

    def _store(self, kind: bytes, data: bytes) -> str:
        name = hashlib.sha1(b"%s %d\0" % (kind, len(data)) + data, usedforsecurity=False).hexdigest()
        self._raw.setdefault(name, (kind, data))
        return name

    def file(self, text: str | bytes, mode: str = "100644") -> Listed:
        data = text.encode() if isinstance(text, str) else text
        name = self._store(b"blob", data)
        self.blobs[name] = data
        return Listed(mode, name)

    def tree(self, files: Files) -> str:
        name = self._folder(tuple(sorted(files.items())))
        self.trees.setdefault(name, dict(sorted(files.items())))
        return name

    def _folder(self, files: tuple[tuple[bytes, Listed], ...]) -> str:
        known = self._folders.get(files)
        if known is not None:
            return known
        inside: dict[bytes, list[tuple[bytes, Listed]]] = {}
        entries: dict[bytes, tuple[bytes, str]] = {}
        for path, at in files:
            first, slash, rest = path.partition(b"/")
            if slash:
                inside.setdefault(first, []).append((rest, at))
            else:
                entries[first] = (at.mode.encode(), at.id)
        for name, within in inside.items():
            entries[name + b"/"] = (b"40000", self._folder(tuple(within)))
        data = b"".join(
            mode + b" " + name.removesuffix(b"/") + b"\0" + bytes.fromhex(at)
            for name, (mode, at) in sorted(entries.items())
        )
        self._folders[files] = found = self._store(b"tree", data)
        return found

    def commit(
        self, files: Files | str, parents: Iterable[str], message: str, author: bytes = WHO, signer: str = ""
    ) -> str:
        tree = files if isinstance(files, str) else self.tree(files)
        lines = [b"tree " + tree.encode(), *(b"parent " + one.encode() for one in parents)]
        head = b"\n".join([*lines, b"author " + author, b"committer " + WHO])
        data = head + b"\n\n" + message.encode()
        data = sign_commit(data, signer) if signer else data
        name = self._store(b"commit", data)
        if name not in self.commits:
            self.commits[name] = parse_commit(name, data)
        return name

    def files(self, commit: str) -> Files:
        return self.trees[self.commits[commit].tree]

    def known(self, name: str) -> bool:
        return name in self._raw

    def past(self, commit: str) -> frozenset[str]:
        """The commit and all that it comes from."""
        known = self._past.get(commit)
        if known is None:
            above = (self.past(parent) for parent in self.commits[commit].parents)
            known = self._past[commit] = frozenset({commit}).union(*above)
        return known

    def bases(self, one: str, other: str) -> list[str]:
        """The best common ancestors."""
        common = self.past(one) & self.past(other)
        return sorted(name for name in common if not any(name in self.past(n) for n in common if n != name))

    def merge(self, ours: str, theirs: str) -> Merged | None:
        """The computed merge of two commits; None where they have no history in common."""
        known = self._merged.get((ours, theirs))
        if known is not None:
            return known
        bases = self.bases(ours, theirs)
        if not bases:
            return None
        base = self.files(bases[0])
        sides = (self.files(ours), self.files(theirs))
        renames = any(base.keys() - side.keys() and side.keys() - base.keys() for side in sides)
        plain = len(bases) == 1 and not renames
        trees = (self.commits[bases[0]].tree, self.commits[ours].tree, self.commits[theirs].tree)
        if plain:
            found = self._plain(base, *sides)
        elif len(bases) > 1:
            found = self._asked(ours, theirs)
        else:
            found = self._by_trees[trees] = self._by_trees.get(trees) or self._asked(ours, theirs)
        self._merged[ours, theirs] = found
        return found

    def _plain(self, base: Files, ours: Files, theirs: Files) -> Merged:
        files: dict[bytes, Listed] = {}
        conflicts = []
        for path in sorted({*base, *ours, *theirs}):
            old, one, two = (side.get(path, ABSENT) for side in (base, ours, theirs))
            joined = self.join(old, one, two)
            if joined.at is not None:
                files[path] = joined.at
            if not joined.clean:
                conflicts.append(Conflict(path, *(None if at == ABSENT else at.id for at in (old, one, two))))
        return Merged(self.tree(files), tuple(conflicts))

    def join(self, old: Listed, ours: Listed, theirs: Listed) -> Joined:
        """The computed merge of one file, absent ones as `ABSENT`."""
        if theirs in (ours, old):
            return Joined(None if ours == ABSENT else ours, clean=True)
        if ours == old:
            return Joined(None if theirs == ABSENT else theirs, clean=True)
        known = self._joined.get((old, ours, theirs))
        if known is None:
            base = self.commit({b"f": old} if old != ABSENT else {}, (), "x")
            one, two = (
                self.commit({b"f": at} if at != ABSENT else {}, (base,), word)
                for at, word in ((ours, "1"), (theirs, "2"))
            )
            found = self._asked(one, two)
            known = Joined(self.trees[found.tree].get(b"f"), not found.conflicts)
            self._joined[old, ours, theirs] = known
        return known

    def _asked(self, ours: str, theirs: str) -> Merged:
        """The merge that git itself makes, its files taken over, and those of a base that it merged itself."""
        self.written(self._git.path, [ours, theirs])
        found = self._git.merge(ours, theirs)
        files = dict(self._git.listed(found.tree))
        stages = (name for one in found.conflicts for name in (one.base, one.ours, one.theirs) if name)
        for name in {*stages, *(at.id for at in files.values())} - self.blobs.keys():
            self.file(self._git.blob(name))
        assert self.tree(files) == found.tree
        return found

    def changes(self, old: str, new: str) -> tuple[Change, ...]:
        """What differs between two trees, by path."""
        known = self._changes.get((old, new))
        if known is None:
            one, two = self.trees[old], self.trees[new]
            known = self._changes[old, new] = tuple(
                Change(path, before.mode, after.mode, before.id, after.id)
                for path in sorted({*one, *two})
                if (before := one.get(path, ABSENT)) != (after := two.get(path, ABSENT))
            )
        return known

    def written(self, repository: Path, tips: Iterable[str]) -> None:
        """Put commits, and all that they come from, into a repository as loose objects."""
        names: set[str] = set()
        for commit in {one for tip in tips for one in self.past(tip)}:
            names.add(commit)
            names |= self._inside(self.commits[commit].tree)
        for name in names:
            kind, data = self._raw[name]
            at = repository / "objects" / name[:2] / name[2:]
            if not at.exists():
                at.parent.mkdir(parents=True, exist_ok=True)
                at.write_bytes(zlib.compress(b"%s %d\0" % (kind, len(data)) + data, 1))

    def _inside(self, tree: str) -> set[str]:
        """The objects of a tree, itself included."""
        files = tuple(self.trees[tree].items())
        found = {tree} | {at.id for _, at in files}
        folders = {path[:index] for path, _ in files for index, sign in enumerate(path) if sign == ord("/")}
        for folder in folders:
            within = tuple((p.removeprefix(folder + b"/"), at) for p, at in files if p.startswith(folder + b"/"))
            found.add(self._folder(within))
        return found


class Scratch:
    """A bare repository where git computes what is not trivial."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def path(self) -> Path:
        self._path.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "init", "-q", "--bare", str(self._path)], check=True)
        return self._path

    def _run(self, *arguments: str) -> bytes:
        done = subprocess.run(["git", *arguments], cwd=self.path, capture_output=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    def merge(self, ours: str, theirs: str) -> Merged:
        tokens = self._run("merge-tree", "--write-tree", "--no-messages", "-z", ours, theirs).split(b"\0")
        stages: dict[bytes, dict[str, str]] = {}
        for token in filter(None, tokens[1:]):
            about, _, path = token.partition(b"\t")
            _, blob, stage = about.decode().split(" ")
            stages.setdefault(path, {})[stage] = blob
        conflicts = [Conflict(path, one.get("1"), one.get("2"), one.get("3")) for path, one in stages.items()]
        return Merged(tokens[0].decode(), tuple(conflicts))

    def listed(self, tree: str) -> list[tuple[bytes, Listed]]:
        found = []
        for line in filter(None, self._run("ls-tree", "-r", "-z", tree).split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, _, name = about.decode().split(" ")
            found.append((path, Listed(mode, name)))
        return found

    def blob(self, name: str) -> bytes:
        return self._run("cat-file", "blob", name)
