"""The changed paths of pairs of trees, as `git diff-tree --stdin` tells them."""

from collections.abc import Iterable, Iterator, Sequence

from bmad.errors import UndecidableError
from bmad.model.bounds import PATHS, TOO_MANY
from bmad.model.commits import Change

TREE = "040000"
_DIFF = (
    *("diff-tree", "--stdin", "-r", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none"),
    *("--no-ext-diff", "--no-textconv", "-z"),
)


def arguments(only: Sequence[bytes] = (), *, trees: bool = False) -> tuple[str, ...]:
    """The call that reads pairs of tree ids; `only` limits it to paths and folders, `trees` names folders, too."""
    places = ["--", *(path.decode("utf-8", "surrogateescape") for path in only)] if only else []
    return (*_DIFF, *(["-t"] if trees else []), *places)


def headers_of(pairs: Iterable[tuple[str, str]]) -> list[bytes]:
    """The questions, a line each, as git repeats them before its answers."""
    return [f"{old} {new}".encode() for old, new in pairs]


class _Modes(dict[bytes, str]):
    """Modes as texts, each of them once; the first of a line stands behind its colon."""

    def __missing__(self, told: bytes) -> str:
        self[told] = mode = told.removeprefix(b":").decode()
        return mode


def parsed(stream: Iterable[bytes], headers: Sequence[bytes], *, trees: bool) -> list[tuple[Change, ...]]:
    """The answers to the pairs, in order; with `trees` the folders alone that the second side has otherwise.

    Before a path stand the headers of the pairs that begin there, then the modes and ids of the path.
    """
    found: list[tuple[Change, ...]] = []
    current: list[Change] = []
    modes = _Modes()
    at = total = 0
    for meta, path in _records(stream):
        if not meta.startswith(b":"):
            *heads, meta = meta.split(b"\n")  # noqa: PLW2901 - what is left of it
            if heads != list(headers[at : at + len(heads)]):
                raise UndecidableError("git left out a tree that it could not read. Run `git fsck`.")
            for _ in heads:
                if at:
                    found.append(tuple(current))
                    current = []
                at += 1
        if meta:
            old_mode, new_mode, old, new, _ = meta.split(b" ")
            total += 1
            if total > PATHS:
                raise UndecidableError(TOO_MANY.format(what="changed paths", most=PATHS))
            if trees and modes[new_mode] != TREE:
                continue
            current.append(Change(path, modes[old_mode], modes[new_mode], old.decode(), new.decode()))
    if at != len(headers):
        raise UndecidableError("git left out a tree that it could not read. Run `git fsck`.")
    return [*found, tuple(current)]


def _records(stream: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of what stands before a path, and the path; the last has no path."""
    rest = b""
    for piece in stream:
        tokens = (rest + piece).split(b"\0")
        odd = len(tokens) % 2 == 0
        rest = b"\0".join(tokens[-2:]) if odd else tokens[-1]
        whole = iter(tokens[: -2 if odd else -1])
        yield from zip(whole, whole, strict=True)
    if b"\0" in rest:
        raise UndecidableError("git ended in the middle of a record.")
    yield rest, b""
