"""Differences of trees through an open `git diff-tree --stdin`: a small question costs no process of its own.

A line that is no id is echoed by git, and all before it is written out then: so the end of an answer is known.
"""

import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import IO

from bmad.errors import TooLargeError, UndecidableError
from bmad.git.changes import arguments, headers_of, parsed
from bmad.git.process import MAX_SECONDS, Git, end, piece
from bmad.model.bounds import PATHS_BYTES
from bmad.model.commits import Change

_FEW = 64
"""So many pairs fit into a pipe at once; more are asked by a process of their own."""


_MOST = 8
"""Processes that stay, one for each kind of question; what is asked otherwise has one of its own, too."""


class Differences:
    """Asks about pairs of full tree ids, by processes that start when they are needed; see `open_differences`."""

    def __init__(self, git: Git, stack: ExitStack, errors: IO[bytes]) -> None:
        self._git = git
        self._stack = stack
        self._errors = errors
        self._known: dict[tuple[str, ...], _Child] = {}
        self._begun = 0

    def between(
        self, pairs: Sequence[tuple[str, str]], only: Sequence[bytes] = (), *, trees: bool = False
    ) -> list[tuple[Change, ...]]:
        """The changed paths of each pair, in order; `only` limits them to paths and folders.

        With `trees` they are the folders that the second side has otherwise, with mode 040000, instead.

        Raises: UndecidableError where git cannot read a tree, or where there are too many.
        """
        if not pairs:
            return []
        told = self.told(arguments(only, trees=trees), pairs, PATHS_BYTES)
        return parsed(told, headers_of(pairs), trees=trees)

    def told(self, asked: tuple[str, ...], pairs: Sequence[tuple[str, str]], most: int) -> Iterator[bytes]:
        """What git says to some arguments about pairs, in pieces, at most so many bytes.

        Raises: UndecidableError where it cannot read a tree, or says more.
        """
        child = self._known.pop(asked, None) if len(pairs) <= _FEW else None
        if child is None and (len(pairs) > _FEW or self._begun >= _MOST):
            yield from _alone(self._git, asked, pairs, most)
            return
        child = child or self._started(asked)
        yield from child.answer(headers_of(pairs), most)
        self._known[asked] = child  # one that came to an error, or was not heard out, is not asked again

    def _started(self, asked: tuple[str, ...]) -> "_Child":
        self._begun += 1
        child = _Child(self._git, self._errors, asked)
        self._stack.callback(end, child.process)
        return child


def _alone(git: Git, asked: Sequence[str], pairs: Sequence[tuple[str, str]], most: int) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as questions:
        questions.write(b"\n".join(headers_of(pairs)) + b"\n")
        questions.seek(0)
        yield from git.stream(asked, questions, most=most)


class _Child:
    def __init__(self, git: Git, errors: IO[bytes], asked: tuple[str, ...]) -> None:
        self._arguments = asked
        self._errors = errors
        self._git = git
        self.process = git.start(asked, subprocess.PIPE, errors)
        self._mark = f"end-{secrets.token_hex(16)}\n".encode()

    def answer(self, headers: Sequence[bytes], most: int) -> Iterator[bytes]:
        """What git writes about the pairs, in pieces. Raises: Failed where it ends instead."""
        over = time.monotonic() + MAX_SECONDS
        self._git.bound(self.process)
        self._ask(b"\n".join(headers) + b"\n" + self._mark)
        yield from self._pieces(over, most)
        self._git.charge(self.process)

    def _ask(self, lines: bytes) -> None:
        assert self.process.stdin is not None  # noqa: S101 - asked for with PIPE
        try:
            self.process.stdin.write(lines)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._failed() from None

    def _pieces(self, over: float, most: int) -> Iterator[bytes]:
        size, total, rest = len(self._mark), 0, b""
        while part := piece(self.process, over):
            total += len(part)
            if total > most:
                raise TooLargeError(f"`git diff-tree` says more than {most} bytes of it.")
            rest += part
            if rest.endswith(self._mark):
                yield rest[:-size]
                return
            yield rest[:-size]
            rest = rest[-size:]
        raise self._failed()

    def _failed(self) -> UndecidableError:
        status = self.process.wait()
        return self._git.failed(status, self._errors, self._arguments)


@contextmanager
def open_differences(git: Git) -> Iterator[Differences]:
    """For as long as the context lasts."""
    with tempfile.TemporaryFile() as errors, ExitStack() as stack:
        yield Differences(git, stack, errors)
