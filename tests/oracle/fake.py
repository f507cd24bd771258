"""The port `History` over a plain history, so that the gate judges thousands of them a minute.

`test_oracle.py` holds it against git itself: the same history, written to a repository, gets the same report.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime

from bmad.errors import UndecidableError, UsageError
from bmad.model.bounds import FILE, Bound
from bmad.model.commits import Change, Commit
from bmad.model.gate import GateReport
from bmad.model.history import BlameLine, FileCuts, Listed, Merged, Pair, Region, Tips, Touched
from bmad.model.signing import Signed, Signer
from bmad.pipeline.gate.evidence import Specs
from bmad.pipeline.gate.gate import GateRequest, gate
from bmad.store.formats import TextFormats
from tests.oracle.signatures import holds
from tests.oracle.world import ABSENT, World

NOW = datetime(2026, 11, 20, tzinfo=UTC)


class Now:
    def now(self) -> datetime:
        return NOW


class Objects:
    """`ports.history.Objects` in memory; `refs` holds branches by their short name."""

    def __init__(self, world: World, refs: Mapping[str, str]) -> None:
        self._world = world
        self.refs = refs

    def bounded(self) -> AbstractContextManager[None]:
        return nullcontext()

    def renew(self) -> None: ...

    def tips(self, base: str | None, head: str | None) -> Tips:
        start, tip = self._resolve(base or "main"), self._resolve(head or "HEAD")
        return Tips(start, tip, f"refs/heads/{base}" if base in self.refs else None)

    def _resolve(self, name: str) -> str:
        found = self.refs.get("work" if name == "HEAD" else name, name)
        if found not in self._world.commits:
            raise UsageError(f"`{name}` names no commit.")
        return found

    def walk(self, head: str, base: str | None, *more: str) -> list[Commit]:
        found: dict[str, Commit] = {}
        for tip in (head, *more):
            own = self._world.past(tip) - (self._world.past(base) if base else frozenset())
            self._visit(tip, own, found)
        return list(found.values())

    def _visit(self, name: str, own: frozenset[str], found: dict[str, Commit]) -> None:
        if name in own and name not in found:
            for parent in self._world.commits[name].parents:
                self._visit(parent, own, found)
            found[name] = self._world.commits[name]

    def verifies(self, signed: Signed, by: Signer) -> bool:
        return holds(signed, by)

    def commit(self, name: str) -> Commit | None:
        """Only what some ref reaches is in the repository, whatever else the world holds."""
        held = any(name in self._world.past(tip) for tip in self.refs.values())
        return self._world.commits[name] if held else None

    def at_hand(self, name: str) -> bool:
        return self.commit(name) is not None or name in self._world.blobs or name in self._world.trees

    def full(self, shorts: Sequence[str]) -> dict[str, str]:
        assert not shorts, "no message of the alphabet abbreviates an id"
        return {}

    def commits(self, ids: Sequence[str]) -> dict[str, Commit]:
        return {name: self._world.commits[name] for name in ids}

    def merges(self, pairs: Sequence[tuple[str, str]], union: Sequence[str] = ()) -> list[Merged]:
        assert not union, "no history of the alphabet has a .gitattributes"
        found = []
        for ours, theirs in pairs:
            merged = self._world.merge(ours, theirs)
            if merged is None:
                raise UndecidableError("Two commits have no history in common.")
            found.append(merged)
        return found

    def changes(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Change, ...]]:
        empty = self._world.empty
        return [self._world.changes(old or empty, new or empty) for old, new in pairs]

    def texts(self, pairs: Sequence[tuple[str, str]]) -> Iterator[bytes]:
        assert not pairs, "no record of the alphabet names commits that were reviewed and are at hand"
        return iter(())

    def changes_within(self, pairs: Sequence[tuple[str, str]], only: Sequence[bytes]) -> list[tuple[Change, ...]]:
        return [
            tuple(
                one
                for one in changes
                if not only or any(one.path == at or one.path.startswith(at + b"/") for at in only)
            )
            for changes in self.changes(pairs)
        ]

    def check_trees(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Every tree of a plain history is well formed."""

    def files(self, tree: str, folders: Iterable[bytes]) -> dict[bytes, Listed]:
        wanted = set(folders)
        files = self._world.trees[tree or self._world.empty]
        return {path: at for path, at in files.items() if path.rpartition(b"/")[0] in wanted}

    def blobs(self, ids: Iterable[str], bound: Bound = FILE) -> dict[str, bytes]:  # noqa: ARG002 - all are small
        return {name: self._world.blobs[name] for name in ids}

    def blame(
        self, commit: str, path: bytes, spans: Sequence[tuple[int, int]] = (), since: str | None = None
    ) -> list[BlameLine]:
        raise NotImplementedError(commit, path, spans, since)

    def mentioning(self, words: Sequence[str], tip: str, base: str | None) -> list[str]:
        raise NotImplementedError(words, tip, base)

    def regions(self, pairs: Sequence[Pair]) -> dict[Pair, list[Region]]:
        raise NotImplementedError(pairs)

    def renamed(self, trees: tuple[str, str], path: bytes, gone: Sequence[bytes]) -> bytes | None:
        raise NotImplementedError(trees, path, gone)

    def hunks(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[FileCuts, ...]]:
        raise NotImplementedError(pairs)

    def reached(self, ids: Sequence[str], tip: str) -> frozenset[str]:
        return frozenset(ids) & self._world.past(tip)

    def follows(self, tip: str, since: str) -> bool:
        return since in self._world.past(tip)

    def quicken(self, tip: str, walked: int) -> None:
        """Nothing of it takes time."""

    def ever(self, tip: str, folder: bytes) -> dict[bytes, frozenset[str]]:
        found: dict[bytes, set[str]] = {}
        for commit in self._world.past(tip):
            for path, at in self._world.files(commit).items():
                if path.startswith(folder + b"/"):
                    found.setdefault(path, set()).add(at.id)
        return {path: frozenset(blobs) for path, blobs in found.items()}

    def kin(self, pairs: Sequence[tuple[str, str]], tip: str) -> frozenset[tuple[str, str]]:
        past, below = self._world.past, self._world.past(tip)
        return frozenset(
            (one, two)
            for one, two in pairs
            if past(one) & below and (past(two) & below if one in below else one in past(two))
        )

    def first_parents(self, tip: str) -> list[str]:
        line = [tip]
        while parents := self._world.commits[line[-1]].parents:
            line.append(parents[0])
        return line

    def touching(self, tip: str, paths: Sequence[bytes], since: str | None = None) -> list[Touched]:
        below = self._world.past(since) if since is not None else frozenset()
        found = []
        for name in (one for one in self.first_parents(tip) if one not in below):
            commit = self._world.commits[name]
            at = next(iter(commit.parents), None)
            before = self._world.commits[at].tree if at else self._world.empty
            changes = [one for one in self._world.changes(before, commit.tree) if one.path in paths]
            if changes:
                found.append(Touched(commit.id, changes))
        return found

    def changed(self, commits: Iterable[str]) -> frozenset[bytes]:
        found: set[bytes] = set()
        for name in commits:
            commit = self._world.commits[name]
            befores = [self._world.commits[one].tree for one in commit.parents] or [self._world.empty]
            told = [{one.path for one in self._world.changes(before, commit.tree)} for before in befores]
            found |= set.intersection(*told)
        return frozenset(found)

    def joined(
        self, triples: Sequence[tuple[Listed, Listed, Listed]], by_lines: Collection[int] = ()
    ) -> list[Listed | None]:
        assert not by_lines, "no history of the alphabet has attributes"
        found = [self._world.join(*triple) for triple in triples]
        return [(one.at or ABSENT) if one.clean else None for one in found]


class FakeHistory:
    """The history of a world; what was parsed of one range is kept for the next."""

    def __init__(self, world: World) -> None:
        self._objects = Objects(world, {})
        self._formats = TextFormats()
        self._specs = Specs(self._objects, self._formats)

    @contextmanager
    def read(self) -> Iterator[Objects]:
        yield self._objects

    def gate(self, refs: Mapping[str, str], request: GateRequest) -> GateReport:
        """What `bmad gate` says of a range between branches."""
        self._objects.refs = refs
        return gate(self, self._formats, Now(), request, self._specs)
