"""Where tests write, if root runs them: to memory, where small files cost less than on a disk, and wait for none.

`/dev/shm` would not do: whoever is confined may write there. The disk is of this process and those that it starts,
and goes with them; with `TMPDIR` or `--basetemp` tests write where a person says, and can be looked at.
"""

import atexit
import ctypes
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOM = 4 << 30
"""The bytes of memory that must be free: many times what is written there at a time."""

BASE = "tests"
"""The name of pytest's folder there."""

_NEWNS, _PRIVATE, _DETACH = 0x20000, 0x44000, 2
"""As `linux/sched.h` and `linux/mount.h` have them; private with all that is below."""


def folder() -> Path | None:
    """A new folder in memory; None where there is none to be had, or too little."""
    if sys.platform != "linux" or "TMPDIR" in os.environ or os.geteuid() or _available() < ROOM:
        return None
    library = ctypes.CDLL(None)
    if library.unshare(_NEWNS) or library.mount(None, b"/", None, _PRIVATE, None):
        return None
    made = tempfile.mkdtemp(prefix="bmad-")
    atexit.register(Path(made).rmdir)
    if library.mount(b"tmpfs", os.fsencode(made), b"tmpfs", 0, None):
        return None
    atexit.register(library.umount2, os.fsencode(made), _DETACH)
    return Path(made)


def free(folder: Path) -> None:
    """Give back what a module is done with; of a disk nothing is asked that takes as long as the tests."""
    if folder.is_relative_to(Path(tempfile.gettempdir(), BASE)):
        shutil.rmtree(folder, ignore_errors=True)


def _available() -> int:
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    told = dict(line.split(":") for line in lines)
    return int(told["MemAvailable"].split()[0]) << 10
