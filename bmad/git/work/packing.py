"""Objects that lie loose are opened one by one: where many do, git's own maintenance packs them.

A step leaves a handful of them, and whoever checks out, compares or walks commits opens those of all folders.
`git gc --auto`, which would pack them, is set off by none of bmad's calls: it takes away what no ref holds, too.
The task that is asked for here (`loose-objects`, git-maintenance(1)) loses none. Whoever has git leave its objects
alone is heeded.
"""

from contextlib import suppress
from pathlib import Path

from bmad.git.work.calls import Calls, ask

MANY = 1_000
"""Loose objects from which on they are packed."""

_SAMPLE = "17"
"""The folder by which git, too, guesses how many there are: names are spread evenly over 256."""

_ASKED = ["config", "--show-scope", "--type=bool-or-int", "--get-regexp", r"^(gc|maintenance)\.auto$"]


def pack(calls: Calls) -> None:
    """Pack what lies loose, where that is much; a repository in which that cannot be done is left as it is."""
    if _in(calls.common / "objects" / _SAMPLE) * 256 >= MANY and _may(calls):
        ask(calls.bare, ["maintenance", "run", "--quiet", "--task=loose-objects"])


def _in(folder: Path) -> int:
    """How much a folder holds; nothing where it is none, as when git itself has just packed all of it."""
    with suppress(OSError):
        return sum(1 for _ in folder.iterdir())
    return 0


def _may(calls: Calls) -> bool:
    """Whether nobody but bmad's own settings says that git is to do nothing of the kind by itself."""
    told = ask(calls.bare, _ASKED)
    if told.status not in (0, 1):  # 1 where nobody has said anything
        return False
    rows = (row.split() for row in told.out.decode("utf-8", "replace").splitlines())
    said = {row[1].lower(): row[2] for row in rows if len(row) == 3 and row[0] != "command"}  # noqa: PLR2004
    return not {"0", "false"} & set(said.values()) and not said.get("gc.auto", "").startswith("-")
