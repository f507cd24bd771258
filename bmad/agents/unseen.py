"""Keys out of what `/proc` tells of bmad itself: any program of the same user may read it, also under Landlock.

What a process was started with stays at the bottom of its stack for good, where `/proc/PID/environ` shows it. So
the values of secrets are overwritten there; what bmad works with are copies. Of the person's own shell, and of
whatever else they have started, this says nothing. See proc(5).
"""

import ctypes
import os
from contextlib import suppress

from bmad import platforms
from bmad.agents.redacting import is_secret

_START, _END = 47, 48  # fields 50 and 51 of `stat`, counted from the state
_MOST = 8 << 20
_STAND_IN = b"*"


def hide() -> None:
    """Overwrite the values of secrets where this process was given them; nothing where that is not to be seen.

    Each is put into the environment anew before, so that what is started without words about it gets the same.
    """
    if not platforms.LINUX:
        return
    with suppress(OSError, ValueError, IndexError):
        told = platforms.status(os.getpid())
        start, end = int(told[_START]), int(told[_END])
        if 0 < start < end <= start + _MOST:
            _overwrite(start, ctypes.string_at(start, end - start))


def _overwrite(start: int, block: bytes) -> None:
    at = start
    for entry in block.split(b"\0"):
        name, _, value = entry.partition(b"=")
        hidden = not value.strip(_STAND_IN)
        if not hidden and is_secret(os.fsdecode(name)):
            os.putenv(name, value)
            ctypes.memset(at + len(name) + 1, _STAND_IN[0], len(value))
        at += len(entry) + 1
