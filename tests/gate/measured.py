"""A gate in processes of its own, with what they take together: CPU seconds, and the most memory at any moment."""

import os
import resource
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SECONDS, MEMORY = 60.0, 1024
"""CPU seconds and MiB that no gate takes."""

_LOOK = 0.02
_PAGE = resource.getpagesize()


class Done(NamedTuple):
    """How a gate ended: below zero a signal; `seconds` of CPU, `mib` of the whole tree of processes; its G12."""

    code: int
    seconds: float
    mib: float
    words: str

    @property
    def wrong(self) -> bool:
        return self.seconds > SECONDS or self.mib > MEMORY or self.code not in (0, 1, 3)

    def __str__(self) -> str:
        much = "  TOO MUCH" if self.wrong else ""
        return f"exit {self.code}  {self.seconds:5.1f} s  {self.mib:5.0f} MiB{much}  {self.words[:150]}"


def measured(root: Path, arguments: Sequence[str]) -> Done:
    """`bmad gate` with some words in a repository."""
    told = root / "told"
    command = [sys.executable, "-m", "bmad", "gate", "--repo", str(root), *arguments]
    with told.open("wb") as out:
        actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, out.fileno(), 2)]
        child = os.posix_spawn(sys.executable, command, os.environ, file_actions=actions)
        most: list[int] = [0]
        ended = threading.Event()
        looker = threading.Thread(target=_look, args=(child, ended, most))
        looker.start()
        _, status, usage = os.wait4(child, 0)
        ended.set()
        looker.join()
    lines = told.read_text(errors="replace").splitlines()
    words = next((line.strip() for line in lines if " G12 " in line), lines[0].strip() if lines else "")
    seconds = usage.ru_utime + usage.ru_stime
    return Done(os.waitstatus_to_exitcode(status), seconds, most[0] / (1 << 20), words)


def _look(child: int, ended: threading.Event, most: list[int]) -> None:
    while not ended.wait(_LOOK):
        most[0] = max(most[0], sum(map(_resident, _tree(child))))


def _tree(child: int) -> set[int]:
    """The process and all that it started."""
    parents = {int(one.name): _parent(one) for one in Path("/proc").iterdir() if one.name.isdigit()}
    found, size = {child}, 0
    while len(found) > size:
        size = len(found)
        found |= {pid for pid, parent in parents.items() if parent in found}
    return found


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_bytes().rpartition(b") ")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0
