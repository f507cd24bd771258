"""Which commit last changed each line of a file, as git's own blame has it."""

import re

from bmad.errors import UsageError
from bmad.git.process import Failed, Git
from bmad.model.history import BlameLine

_ENTRY = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64}) \d+ (\d+)(?: \d+)?")


def blame(git: Git, commit: str, path: str, span: tuple[int, int] | None) -> list[BlameLine]:
    """The lines of path at a commit, all or those from `span[0]` to `span[1]`.

    Raises: UsageError where the commit holds no such file, or the file fewer lines.
    """
    part = ["-L", f"{span[0]},{span[1]}"] if span else []
    try:
        told = git.run(["blame", "--porcelain", "--no-textconv", *part, commit, "--", path])
    except Failed as failed:
        if "has only" in failed.words:
            raise UsageError(f"{path}: {failed.words.removeprefix('file ')}.") from None
        if "no such path" in failed.words or "no such ref" in failed.words:
            raise UsageError(f"{path} is not in commit {commit[:12]}.") from None
        raise
    lines: list[BlameLine] = []
    at, number = "", 0
    for row in told.decode("utf-8", "replace").split("\n"):
        if row.startswith("\t"):
            lines.append(BlameLine(number, at, row[1:]))
        elif match := _ENTRY.fullmatch(row):
            at, number = match[1], int(match[2])
    return lines
