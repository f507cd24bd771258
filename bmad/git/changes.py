"""Differences of trees by `git diff-tree --stdin`: many questions from a file, answered on one stream."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence

from bmad.errors import UndecidableError
from bmad.git.process import Git
from bmad.model.bounds import PATHS, PATHS_BYTES, TOO_MANY
from bmad.model.commits import Change

TREE = "040000"
_DIFF = (
    *("diff-tree", "--stdin", "-r", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none"),
    *("--no-ext-diff", "--no-textconv", "-z"),
)


def differences(
    git: Git, pairs: Sequence[tuple[str, str]], only: Sequence[bytes] = (), *, trees: bool = False
) -> list[tuple[Change, ...]]:
    """The changed paths of each pair of tree ids, in order; `only` limits them to paths and folders.

    With `trees` they are the folders that the second side has otherwise, with mode 040000, instead.

    Raises: UndecidableError where git cannot read a tree, or where there are too many.
    """
    if not pairs:
        return []
    places = ["--", *(path.decode("utf-8", "surrogateescape") for path in only)] if only else []
    headers = headers_of(pairs)
    with tempfile.TemporaryFile() as questions:
        questions.write(b"\n".join(headers) + b"\n")
        questions.seek(0)
        asked = [*arguments(trees=trees), *places]
        stream = git.stream(asked, questions, most=PATHS_BYTES)
        return parsed(stream, headers, trees=trees)


def arguments(*, trees: bool) -> list[str]:
    """The call that reads pairs of tree ids; with `trees` the folders that differ are named, too."""
    return [*_DIFF, *(["-t"] if trees else [])]


def headers_of(pairs: Iterable[tuple[str, str]]) -> list[bytes]:
    """The questions, a line each, as git repeats them before its answers."""
    return [f"{old} {new}".encode() for old, new in pairs]


def parsed(stream: Iterable[bytes], headers: Sequence[bytes], *, trees: bool) -> list[tuple[Change, ...]]:
    """The answers to the pairs, in order; with `trees` of folders alone.

    Before a path stand the headers of the pairs that begin there, then the modes and ids of the path.
    """
    found: list[tuple[Change, ...]] = []
    current: list[Change] = []
    modes: dict[bytes, str] = {}
    at = total = 0
    for meta, path in _records(stream):
        if meta[:1] != b":":
            *heads, meta = meta.split(b"\n")  # noqa: PLW2901 - what is left of it
            if heads != list(headers[at : at + len(heads)]):
                raise UndecidableError("git left out a tree that it could not read. Run `git fsck`.")
            for _ in heads:
                if at:
                    found.append(tuple(current))
                    current = []
                at += 1
        if meta:
            old_mode, new_mode, old, new, _ = meta[1:].split(b" ")
            total += 1
            if total > PATHS:
                raise UndecidableError(TOO_MANY.format(what="changed paths", most=PATHS))
            for mode in (old_mode, new_mode):
                if mode not in modes:
                    modes[mode] = mode.decode()
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
