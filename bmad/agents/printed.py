"""What a program itself prints: through a pipe that bmad alone reads, up to the moment when the program ends.

Its log is a file that all it starts may write to. What counts as its answer is none of that: who is started with
another output has no way to this one but through `/proc`, where the pipe lets nobody in who is not root; and what
comes after the end of the program is nobody's.
"""

import os
from contextlib import suppress
from typing import Self

from bmad import platforms

_CHUNK = 1 << 16


class Printed:
    """The pipe, and what came through it: all of it goes to the log, too, and `most` bytes are kept."""

    def __init__(self, log: int, most: int) -> None:
        self._log, self._most = log, most
        self._kept = bytearray()
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        with suppress(OSError):  # where a system knows no such thing of pipes
            os.fchmod(self.writer, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.reader)
        self.started()

    def started(self) -> None:
        """The program has its end of the pipe, and bmad gives up its own."""
        if self.writer >= 0:
            os.close(self.writer)
            self.writer = -1

    def take(self) -> bool:
        """Read what has come; whether more may come."""
        with suppress(BlockingIOError):
            return self._keep(os.read(self.reader, _CHUNK))
        return True

    def end(self) -> bytes:
        """All that was printed up to now; what comes from now on is read no more."""
        left = platforms.unread(self.reader)
        while left > 0:
            content = os.read(self.reader, min(left, _CHUNK))
            left = left - len(content) if self._keep(content) else 0
        return bytes(self._kept)

    def _keep(self, content: bytes) -> bool:
        self._kept += content[: max(0, self._most - len(self._kept))]
        with suppress(OSError):  # a full disk is no reason to lose an answer
            os.write(self._log, content)
        return bool(content)
