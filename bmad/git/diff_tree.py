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
from bmad.git.changes import arguments, differences, headers_of, parsed
from bmad.git.process import MAX_SECONDS, Git, end, piece
from bmad.model.bounds import PATHS_BYTES
from bmad.model.commits import Change

_FEW = 64
"""So many pairs fit into a pipe at once; more are asked by a process of their own."""


class Differences:
    """Asks about pairs of full tree ids, by processes that start when they are needed; see `open_differences`."""

    def __init__(self, git: Git, stack: ExitStack, errors: IO[bytes]) -> None:
        self._git = git
        self._stack = stack
        self._errors = errors
        self._known: dict[bool, _Child] = {}

    def between(self, pairs: Sequence[tuple[str, str]], *, trees: bool = False) -> list[tuple[Change, ...]]:
        """As `changes.differences`. Raises: UndecidableError where git cannot read a tree."""
        if not pairs or len(pairs) > _FEW:
            return differences(self._git, pairs, trees=trees)
        child = self._known.pop(trees, None) or self._started(trees=trees)
        headers = headers_of(pairs)
        found = parsed(child.answer(headers), headers, trees=trees)
        self._known[trees] = child  # one that came to an error is not asked again
        return found

    def _started(self, *, trees: bool) -> "_Child":
        child = _Child(self._git, self._errors, trees=trees)
        self._stack.callback(end, child.process)
        return child


class _Child:
    def __init__(self, git: Git, errors: IO[bytes], *, trees: bool) -> None:
        self._arguments = arguments(trees=trees)
        self._errors = errors
        self._git = git
        self.process = git.start(self._arguments, subprocess.PIPE, errors)
        self._mark = f"end-{secrets.token_hex(16)}\n".encode()

    def answer(self, headers: Sequence[bytes]) -> Iterator[bytes]:
        """What git writes about the pairs, in pieces. Raises: Failed where it ends instead."""
        over = time.monotonic() + MAX_SECONDS
        self._git.bound(self.process)
        self._ask(b"\n".join(headers) + b"\n" + self._mark)
        yield from self._pieces(over)
        self._git.charge(self.process)

    def _ask(self, lines: bytes) -> None:
        assert self.process.stdin is not None  # noqa: S101 - asked for with PIPE
        try:
            self.process.stdin.write(lines)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._failed() from None

    def _pieces(self, over: float) -> Iterator[bytes]:
        size, total, rest = len(self._mark), 0, b""
        while part := piece(self.process, over):
            total += len(part)
            if total > PATHS_BYTES:
                raise TooLargeError(f"`git diff-tree` says more than {PATHS_BYTES} bytes of it.")
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
