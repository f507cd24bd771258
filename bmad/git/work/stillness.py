"""Whether a git that takes long still does anything: a filter that waits for what never comes holds up nobody.

A call is the session of its git, so what it started counts, too. Elsewhere than on Linux nobody can tell.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from subprocess import Popen

from bmad import platforms
from bmad.git.process import MAX_SECONDS, ended
from bmad.git.work.fifos import clear

LONGEST = 120.0
"""Seconds that a call may do nothing at all: use no processor, read and write nothing, start no process."""

_FIRST, _PAUSE = 1.0, 8.0

_SESSION, _TIMES = 3, slice(11, 15)
"""Where they stand in /proc/PID/stat after the name, see proc(5): the session, and time used, children's too."""


def see_out(child: "Popen[bytes]", folder: Path | None) -> str:
    """Wait for a git to end; why it was killed, where it was. Meanwhile it is let by the pipes that it reads."""
    begun = since = time.monotonic()
    pause, did = _FIRST, None
    while not ended(child, min(pause, LONGEST)):
        now, does = time.monotonic(), _done_by(child.pid)
        if does is None or does != did:
            did, since = does, now
        if now - since >= LONGEST or now - begun >= MAX_SECONDS:
            _kill(child.pid)
            how = (
                f"has not ended after {MAX_SECONDS:.0f}"
                if now - since < LONGEST
                else f"did nothing for {LONGEST:g}"
            )
            return f"it {how} seconds, nor did what it runs (a filter?), so it was ended"
        if folder is not None:
            clear(folder)
        pause = min(pause * 2, _PAUSE)
    return ""


def _done_by(session: int) -> object:
    """What the processes of a session have done so far, to be compared; None where that cannot be told."""
    found = {}
    for pid in platforms.processes():
        with suppress(OSError, IndexError):
            fields = platforms.status(pid)
            if int(fields[_SESSION]) == session:
                found[pid] = (fields[_TIMES], _moved(pid))
    return found or None


def _moved(pid: int) -> bytes:
    """What a process has read and written; empty where it is another user's."""
    try:
        return platforms.told(pid, "io")
    except OSError:
        return b""


def _kill(session: int) -> None:
    """End a git and what it started in its group, such as a filter."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(session, signal.SIGKILL)
