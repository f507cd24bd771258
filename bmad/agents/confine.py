"""Confinement by Landlock: what a program may write to. It may read and run everything, and use the network.

Landlock binds a thread and what that thread starts, for good. So a confined program is started from a thread of
its own that ends with the start: no launcher between, and bmad itself stays free. See landlock(7).
"""

import ctypes
import os
import struct
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from subprocess import Popen

from bmad import platforms

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVS = 38

_WRITE_FILE = 1 << 1
_REFER = 1 << 13
_TRUNCATE = 1 << 14
_MAKE_AND_REMOVE = sum(1 << bit for bit in range(4, 13))
"""REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, _DIR, _REG, _SOCK, _FIFO, _BLOCK and _SYM."""
_MAKE_DEVICES = 1 << 6 | 1 << 11
"""MAKE_CHAR and MAKE_BLOCK, which are let nowhere: root may make a node for a disk, and write to all of it."""
_SCOPES, _SCOPES_SINCE = 0b11, 6
"""Abstract sockets and signals: only to what is confined the same way, never to bmad or another agent."""
_SINCE = {_REFER: 2, _TRUNCATE: 3}
"""Rights that came with a later version of the interface."""

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm")


class ConfinementError(OSError):
    """The kernel offers Landlock and refuses to apply it."""


@cache
def version() -> int:
    """The version of Landlock's interface that the kernel offers; 0 where there is none."""
    if not platforms.LINUX:
        return 0
    return max(0, _syscall(_CREATE_RULESET, None, 0, _VERSION))


Keeper = Callable[[Callable[[], "Popen[bytes]"], Iterable[Path]], "Popen[bytes]"]
"""Starts a program confined: `start`."""


def keeper(sandbox: str) -> Keeper | None:
    """What keeps in what is started beside agents, by `act.sandbox`; None where nothing is to, or can."""
    return start if sandbox != "none" and version() > 0 else None


def start(begin: Callable[[], "Popen[bytes]"], writable: Iterable[Path]) -> "Popen[bytes]":
    """What `begin` starts, able to write below some paths only (those that exist) and to the usual devices.

    Raises: ConfinementError; and what `begin` raises.
    """
    paths = [*writable, *(Path("/dev", name) for name in _DEVICES)]

    def confined() -> "Popen[bytes]":
        _restrict(paths)
        return begin()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(confined).result()


def _restrict(writable: Iterable[Path]) -> None:
    """Confine this thread. Raises: ConfinementError."""
    offered = version()
    handled = _WRITE_FILE | _MAKE_AND_REMOVE | sum(bit for bit, since in _SINCE.items() if offered >= since)
    rules = struct.pack("=QQQ", handled, 0, _SCOPES) if offered >= _SCOPES_SINCE else struct.pack("=Q", handled)
    ruleset = _syscall(_CREATE_RULESET, rules, len(rules), 0)
    if ruleset < 0:
        raise ConfinementError("Landlock makes no rules")
    try:
        for path in writable:
            _allow(ruleset, path, handled & ~_MAKE_DEVICES)
        if platforms.library().prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) or _syscall(_RESTRICT_SELF, ruleset, 0):
            raise ConfinementError("Landlock does not apply its rules")
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, allowed: int) -> None:
    """Let a path be written to, and all below it; one that is not there is passed over."""
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = allowed if path.is_dir() else allowed & (_WRITE_FILE | _TRUNCATE)
        if _syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, parent), 0):
            raise ConfinementError(f"Landlock takes no rule for {path}")
    finally:
        os.close(parent)


def _syscall(number: int, *arguments: int | bytes | None) -> int:
    passed = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return int(platforms.library().syscall(ctypes.c_long(number), *passed))
