"""Raw objects through one open `git cat-file --batch-command`, each checked against its own id."""

import hashlib
import re
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import IO, NamedTuple

from bmad.errors import TooLargeError, UndecidableError
from bmad.git.process import Git, complaint, end
from bmad.model.bounds import ALL_HEADERS, COMMIT, COMMITS, FILE, HEADERS, TOO_MANY, TREE, Bound
from bmad.model.commits import Commit
from bmad.model.history import Listed

_AT_ONCE = 1024
_FEW, _SMALL, _MOST_RECENT = 8, 1 << 16, 4 << 20
"""Where so few are asked for, trees and blobs of so many bytes are held, so many in all: they are asked for again.

Whether a commit is still there is asked each time: a person may collect one that nothing holds.
"""
_ID = rb"(?:[0-9a-f]{40}|[0-9a-f]{64})"
_IDS = re.compile(rb"%b(?: %b)*" % (_ID, _ID))
_MODES = {
    **{mode.lstrip("0").encode(): mode for mode in ("040000", "100644", "100755", "120000", "160000")},
    b"100664": "100644",
}
"""The modes that a tree may hold, and as what git reads them; the last is of old trees.

Old tools wrote zeros before them; git reads these as if they were not there (`git fsck` warns).
"""

_MOST_ENTRIES = 1 << 17
_MOST_IN_TREES = 1 << 20
"""Entries of all trees that are held."""

_FORBIDDEN = frozenset({b"", b".", b".."})
_ODD = frozenset({b"", b".", b"g", b"G"})
"""What such a name begins with, where no backslash or sign that is left out stands in it."""
_OF_GIT = re.compile(rb"(?:.*\\)?(?:\.git|git~1)[. ]*(?:[\\:].*)?", re.IGNORECASE | re.DOTALL)
"""What NTFS may take for git's own folder, as `git fsck` reads it (`is_ntfs_dotgit`)."""
_UNSEEN = re.compile(rb"\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf")
"""What HFS+ leaves out of names."""

MISSING = (
    "Object {id} is not in this clone. Fetch the whole history: `git fetch --unshallow` for a shallow clone, "
    "`git fetch --refetch --no-filter` for a partial one."
)

NO_COMMIT = "Object {id} is a {kind}, where the history names a commit. Run `git fsck`."

MALFORMED = (
    "Tree {id} is malformed (a name twice, out of order, or not allowed), so readers of it disagree. "
    "Run `git fsck`."
)


class _Header(NamedTuple):
    """What git says of an object before its contents: the line itself, and what it tells."""

    line: bytes
    kind: bytes
    size: int


class Entry(NamedTuple):
    """One entry of a tree; git sorts by `order`, in which a folder ends with a slash."""

    name: bytes
    order: bytes
    at: Listed


class Entries(dict[bytes, Entry]):
    """Entries of trees by their raw bytes, each parsed once: most trees are much as the one before.

    Asking for one whose mode or name is not allowed raises KeyError.
    """

    def __missing__(self, raw: bytes) -> Entry:
        spelt, _, rest = raw.partition(b" ")
        mode = spelt.lstrip(b"0")
        name, _, blob = rest.partition(b"\0")
        odd = name[:1] in _ODD or b"\\" in name or not name.isascii()
        if mode not in _MODES or b"/" in name or (odd and _is_forbidden(name)):
            raise KeyError(raw)
        if len(self) >= _MOST_ENTRIES:
            self.clear()
        order = name + b"/" if mode == b"40000" else name
        self[raw] = found = Entry(name, order, Listed(_MODES[mode], blob.hex()))
        return found


def _is_forbidden(name: bytes) -> bool:
    """Whether no tree may hold a name that is odd: a file system may take it for git's own folder."""
    return name in _FORBIDDEN or _OF_GIT.fullmatch(_UNSEEN.sub(b"", name)) is not None


class ObjectReader:
    """Reads objects by full id; one process, opened by `open_objects`."""

    def __init__(self, git: Git, child: subprocess.Popen[bytes], errors: IO[bytes], algorithm: str) -> None:
        self._git = git
        self._child = child
        self._errors = errors
        self._hash = hashlib.sha1 if algorithm == "sha1" else hashlib.sha256
        self._digits = 40 if algorithm == "sha1" else 64
        self._trees: dict[str, tuple[Entry, ...]] = {}
        self._in_trees = 0
        self._entries = Entries()
        self._recent: dict[str, tuple[str, str, bytes]] = {}
        self._in_recent = 0
        self._waiting: deque[tuple[str, _Header]] = deque()
        """What was asked for and is not answered yet."""
        self._midway = False
        """Whether an answer was broken off, by an interrupt say: its rest would pass for the next one."""
        self._entry = re.compile(rb"[0-7]{5,8} [^\0]*\0.{%d}" % (self._digits // 2), re.DOTALL)

    @property
    def empty_tree(self) -> str:
        return self._hash(b"tree 0\0").hexdigest()

    def read(self, ids: Iterable[str], bound: Bound = FILE) -> Iterator[tuple[str, str, bytes]]:
        """Id, type and content of each object, in order.

        Raises: UndecidableError where one is missing, or larger than the bound, or all together are.
        """
        named = list(ids)
        for name, found in zip(named, self.find(named, bound), strict=True):
            if found is None:
                raise UndecidableError(MISSING.format(id=name))
            yield found

    def find(self, ids: Iterable[str], bound: Bound = FILE) -> Iterator[tuple[str, str, bytes] | None]:
        """As `read`, with None for what is not there. Sizes are looked at before anything is loaded."""
        waiting = iter(ids)
        total = 0
        while batch := list(islice(waiting, _AT_ONCE)):
            few = len(batch) <= _FEW
            if few and all(name in self._recent for name in batch):
                for name in batch:
                    total += len(self._recent[name][2])
                    _keep(name, len(self._recent[name][2]), total, bound)
                yield from [self._recent[name] for name in batch]
                continue
            self._git.bound(self._child)
            headers = self._headers(batch)
            there = [(name, header) for name, header in zip(batch, headers, strict=True) if header is not None]
            for name, told in there:
                total += told.size
                _keep(name, told.size, total, bound)
            stdout = self._ask("contents", [name for name, _ in there])
            self._waiting.extend(there)
            self._midway = False
            for header in headers:
                found = None if header is None else self._next(stdout)
                if few and found is not None and found[1] in ("blob", "tree") and len(found[2]) <= _SMALL:
                    self._hold(found)
                yield found
            self._git.charge(self._child)

    def _hold(self, found: tuple[str, str, bytes]) -> None:
        if self._in_recent > _MOST_RECENT:
            self._recent.clear()
            self._in_recent = 0
        self._in_recent += len(found[2]) if found[0] not in self._recent else 0
        self._recent[found[0]] = found

    def unwalked(self, words: str) -> str:
        """Why git cannot walk a history, by the first object that its words name: often one that is missing."""
        named = re.search(r"[0-9a-f]{40,64}", words)
        kind = self.kind(named[0]) if named is not None else "commit"
        if named is None or kind == "commit":
            return f"git cannot walk the history: {words}. Run `git fsck`."
        return MISSING.format(id=named[0]) if kind is None else NO_COMMIT.format(id=named[0], kind=kind)

    def _ask(self, what: str, names: Sequence[str]) -> IO[bytes]:
        stdin, stdout = self._child.stdin, self._child.stdout
        assert stdin is not None  # noqa: S101 - asked for with PIPE
        assert stdout is not None  # noqa: S101
        while self._waiting and not self._midway:  # whoever asked came to an error in the middle
            self._pass_over(stdout)
        if self._midway:
            raise self._broken()
        self._midway = True
        try:
            stdin.write("".join([*(f"{what} {name}\n" for name in names), "flush\n"]).encode())
            stdin.flush()
        except BrokenPipeError:
            raise self._broken() from None
        return stdout

    def is_there(self, name: str) -> bool:
        return self.kind(name) is not None

    def kind(self, name: str) -> str | None:
        """The type of an object, which is not read; None where there is none of that id."""
        self._git.bound(self._child)
        [header] = self._headers([name])
        self._git.charge(self._child)
        return None if header is None else header.kind.decode()

    def _headers(self, names: Sequence[str]) -> list[_Header | None]:
        """The header of each object; None for what is not there, as an id of the other kind of repository."""
        stdout = self._ask("info", [name for name in names if self.is_whole(name)])
        lines = [stdout.readline(256) if self.is_whole(name) else None for name in names]
        self._midway = False
        return [
            None if line is None else self._header(line, name) for name, line in zip(names, lines, strict=True)
        ]

    def is_whole(self, name: str) -> bool:
        """Whether an id has all its digits; git would take a shorter one for what begins so."""
        return len(name) == self._digits

    def _header(self, line: bytes, name: str) -> _Header | None:
        parts = line.split()
        if parts == [name.encode(), b"missing"]:
            return None
        if len(parts) != 3 or parts[0] != name.encode() or not parts[2].isdigit():  # noqa: PLR2004
            raise self._broken()
        return _Header(line, parts[1], int(parts[2]))

    def _pass_over(self, stdout: IO[bytes]) -> None:
        with suppress(UndecidableError):
            self._next(stdout)

    def _next(self, stdout: IO[bytes]) -> tuple[str, str, bytes]:
        """What comes next of what waits: the header as it was told before, and the contents."""
        if self._midway:
            raise self._broken()
        self._midway = True
        name, (line, kind, size) = self._waiting.popleft()
        told = stdout.readline(256)
        data = stdout.read(size + 1) if told == line else b""
        self._midway = len(data) != size + 1 and told.split() != [name.encode(), b"missing"]
        if len(data) != size + 1:
            raise self._broken()
        data = data[:-1]
        if self._hash(b"%s %d\0" % (kind, size) + data).hexdigest() != name:
            raise UndecidableError(f"Object {name} does not hold what its id says. Run `git fsck`.")
        return name, kind.decode(), data

    def _broken(self) -> UndecidableError:
        return UndecidableError(
            f"git cannot read an object of the history: {complaint(self._errors) or 'cat-file ended'}. "
            "Run `git fsck`."
        )

    def commit(self, name: str) -> Commit | None:
        """The commit that an id names, through annotated tags; None where it is missing or no commit."""
        for _ in range(10):
            found = next(self.find([name], COMMIT))
            if found is None or found[1] not in ("commit", "tag"):
                return None
            if found[1] == "commit":
                return parse_commit(found[0], found[2])
            target = re.match(rb"object ([0-9a-f]+)\n", found[2])
            if target is None:
                return None
            name = target[1].decode()
        return None

    def commits(self, ids: Sequence[str]) -> Iterator[Commit]:
        """Raises: UndecidableError where one is missing or no commit, or where they are too many or too large."""
        if len(ids) > COMMITS:
            raise UndecidableError(TOO_MANY.format(what="commits", most=COMMITS))
        headers = 0
        for name, kind, data in self.read(ids, COMMIT):
            if kind != "commit":
                raise UndecidableError(NO_COMMIT.format(id=name, kind=kind))
            commit = parse_commit(name, data)
            headers += len(commit.headers)
            if headers > ALL_HEADERS:
                raise UndecidableError(TOO_MANY.format(what="headers of commits", most=ALL_HEADERS))
            yield commit

    def tree(self, name: str) -> tuple[Entry, ...]:
        """The entries of a tree, as it is well formed. Raises: UndecidableError where it is not."""
        known = self._trees.get(name)
        if known is None:
            _, kind, data = next(self.read([name], TREE))
            if kind != "tree":
                raise UndecidableError(f"Object {name} is a {kind}, where a tree should be.")
            known = self._well_formed(name, data)
            self._in_trees += len(known)
            if self._in_trees > _MOST_IN_TREES:
                self._trees.clear()
                self._in_trees = len(known)
            self._trees[name] = known
        return known

    def check_trees(self, ids: Iterable[str]) -> None:
        """Raises: UndecidableError where a tree names something twice, out of order or by a bad name."""
        for name, kind, data in self.read(ids, TREE):
            if kind != "tree":
                raise UndecidableError(f"Object {name} is a {kind}, where a tree should be.")
            self._well_formed(name, data)

    def _well_formed(self, name: str, data: bytes) -> tuple[Entry, ...]:
        raw: list[bytes] = self._entry.findall(data)
        try:
            found = tuple(map(self._entries.__getitem__, raw))
        except KeyError:
            raise UndecidableError(MALFORMED.format(id=name)) from None
        order = [one.order for one in found]
        names = {one.name for one in found}
        if sum(map(len, raw)) != len(data) or order != sorted(order) or len(names) != len(found):
            raise UndecidableError(MALFORMED.format(id=name))
        return found


def _keep(name: str, size: int, total: int, bound: Bound) -> None:
    """Raises: TooLargeError where an object, or all together, have more bytes than are read."""
    if size > bound.one:
        raise TooLargeError(
            f"Object {name} has {size} bytes; of {bound.what} the gate reads at most {bound.one} each."
        )
    if total > bound.every:
        raise TooLargeError(
            f"The {bound.what} of the range have more than {bound.every} bytes together, which is as many as the "
            "gate reads. Judge it in parts."
        )


def parse_commit(name: str, data: bytes) -> Commit:
    """A raw commit by the grammar of its header. Raises: UndecidableError where it breaks it."""
    head, _, message = data.partition(b"\n\n")
    headers = _headers(name, head.removesuffix(b"\n"))
    keys = [key for key, _ in headers]
    parents = keys.count(b"parent")
    if keys[: parents + 3] != [b"tree", *[b"parent"] * parents, b"author", b"committer"]:
        raise UndecidableError(
            f"Commit {name} has its tree, parents, author and committer out of order or twice. Run `git fsck`."
        )
    named = b" ".join([value for _, value in headers[: parents + 1]])
    if _IDS.fullmatch(named) is None or named.count(b" ") != parents:
        raise UndecidableError(f"Commit {name} names a tree or parent by something that is no id.")
    tree, *above = named.decode().split(" ")
    return Commit(name, tree, tuple(above), headers[parents + 1][1], tuple(headers), message)


def _headers(name: str, head: bytes) -> list[tuple[bytes, bytes]]:
    """Keys and values, in which a line that begins with a blank goes on with the one before it; one pass."""
    found: list[tuple[bytes, bytes]] = []
    folded: dict[int, list[bytes]] = {}
    for line in head.split(b"\n"):
        key, blank, value = line.partition(b" ")
        if key and blank:
            if len(found) >= HEADERS:
                raise UndecidableError(f"Commit {name} has more than {HEADERS} headers, parents among them.")
            found.append((key, value))
        elif blank and found:
            folded.setdefault(len(found) - 1, [found[-1][1]]).append(value)
        else:
            raise UndecidableError(f"Commit {name} has a malformed header. Run `git fsck`.")
    for at, parts in folded.items():
        found[at] = (found[at][0], b"\n".join(parts))
    return found


@contextmanager
def open_objects(git: Git, algorithm: str) -> Iterator[ObjectReader]:
    """One `cat-file` for as long as the context lasts."""
    with tempfile.TemporaryFile() as errors:
        child = git.start(["cat-file", "--batch-command", "--buffer"], subprocess.PIPE, errors)
        try:
            yield ObjectReader(git, child, errors, algorithm)
        finally:
            end(child)
