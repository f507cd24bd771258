"""What may have outlived a runner that was killed, and bears no lease: it is told of, nobody can say whose it is.

Who is confined is marked for good (`NoNewPrivs`), and an orphan's parent is the system's first process, or the
session's. Helpers of browsers have both, too: so nothing is ended for it. Without `/proc` nothing is told.
"""

import os
from contextlib import suppress
from pathlib import Path

from bmad import platforms

_CONFINED = "NoNewPrivs:\t1"
_FIRST = 1
_MOST = 5


def moment() -> str:
    """When this process began, by a clock that nobody sets: the system's boot and its ticks; empty elsewhere."""
    with suppress(OSError):
        return f"{_boot()} {platforms.begun(os.getpid())}"
    return ""


def since(told: str, place: Path) -> list[str]:
    """Orphans that began after a moment, and are confined or stand below a folder: `123 (python3)`."""
    boot, _, ticks = told.partition(" ")
    with suppress(OSError, ValueError):
        if boot == _boot():
            return [_named(pid) for pid in sorted(platforms.processes()) if _may_be(pid, int(ticks), place)][
                :_MOST
            ]
    return []


def _boot() -> str:
    return platforms.told("sys/kernel/random", "boot_id").decode("ascii").strip()


def _may_be(pid: int, ticks: int, place: Path) -> bool:
    if platforms.begun(pid) < ticks or not _is_orphan(pid):
        return False
    with suppress(OSError):
        own = Path(platforms.PROC, str(pid))
        confined = _CONFINED in (own / "status").read_text(encoding="utf-8", errors="replace").splitlines()
        return own.stat().st_uid == os.getuid() and (confined or (own / "cwd").readlink().is_relative_to(place))
    return False


def _is_orphan(pid: int) -> bool:
    above = platforms.parent(pid)
    return above == _FIRST or (platforms.parent(above) == _FIRST and _name(above) == "systemd")


def _named(pid: int) -> str:
    return f"{pid} ({_name(pid)})"


def _name(pid: int) -> str:
    with suppress(OSError):
        told = platforms.told(pid, "comm").decode("utf-8", "replace")
        return "".join(char if char.isprintable() else "?" for char in told.rstrip("\n"))
    return "?"
