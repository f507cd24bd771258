"""Which commit last changed each line of a file, as git's own blame has it."""

import re
from collections.abc import Iterator, Sequence

from bmad.errors import UsageError
from bmad.git.process import Failed, Git
from bmad.model.history import BlameLine
from bmad.model.quoting import unquoted

_ENTRY = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (\d+) (\d+)(?: \d+)?")
_MOST_SPANS = 200
"""So many parts of a file are asked for one by one; of more the whole file is looked at."""


def blame(
    git: Git, commit: str, path: bytes, spans: Sequence[tuple[int, int]] = (), since: str | None = None
) -> list[BlameLine]:
    """The lines of a path at a commit, all or those of some spans (first and last line, from 1).

    What `since` reaches is not looked at: lines from there are `older`, and their commit is any of those.

    Raises: UsageError where the commit holds no such file, or the file fewer lines.
    """
    parts = [f"-L{first},{last}" for first, last in spans] if len(spans) <= _MOST_SPANS else []
    tips = [commit, f"^{since}"] if since else [commit]
    name = path.decode("utf-8", "surrogateescape")
    try:
        told = git.run(["blame", "--porcelain", "--root", "--no-textconv", *parts, *tips, "--", name])
    except Failed as failed:
        if "has only" in failed.words:
            raise UsageError(f"{failed.words.removeprefix('file ')}.") from None
        if "no such path" in failed.words or "no such ref" in failed.words:
            raise UsageError(f"{name} is no file of commit {commit[:12]}.") from None
        raise
    found = _lines(told)
    if parts or not spans:
        return list(found)
    wanted = {number for first, last in spans for number in range(first, last + 1)}
    return [one for one in found if one.line in wanted]


def _lines(told: bytes) -> Iterator[BlameLine]:
    """Of a commit git says once that it was not looked beyond; its path again wherever there are several."""
    paths: dict[bytes, bytes] = {}
    older: set[bytes] = set()
    name, at, number = b"", 0, 0
    for row in told.split(b"\n"):
        if row.startswith(b"\t"):
            text = row[1:].decode("utf-8", "replace")
            yield BlameLine(number, name.decode(), text, paths[name], at, name in older)
        elif match := _ENTRY.fullmatch(row):
            name, at, number = match[1], int(match[2]), int(match[3])
        elif row.startswith(b"filename "):
            paths[name] = unquoted(row[9:].decode("utf-8", "surrogateescape"))
        elif row == b"boundary":
            older.add(name)
