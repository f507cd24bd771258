"""Which commit last changed each line of a file, as git's own blame has it."""

import re
from collections.abc import Iterator, Sequence

from bmad.errors import UsageError
from bmad.git.process import Failed, Git
from bmad.git.read.later import Later
from bmad.model.history import BlameLine
from bmad.model.quoting import unquoted

_ENTRY = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (\d+) (\d+)(?: \d+)?")
_MOST_SPANS = 200
"""So many parts of a file are asked for one by one; of more the whole file is looked at."""
_NEVER = 1 << 36
"""A date after all others."""


def blame(
    git: Git, commit: str, path: bytes, spans: Sequence[tuple[int, int]] = (), ends: Sequence[str] = ()
) -> list[BlameLine]:
    """The lines of a path at a commit, all or those of some spans (first and last line, from 1).

    `ends` say in git's words how far back it looks; lines from beyond are `older`, and their commit is any there.

    Raises: UsageError where the commit holds no such file, or the file fewer lines.
    """
    parts = [f"-L{first},{last}" for first, last in spans] if len(spans) <= _MOST_SPANS else []
    name = path.decode("utf-8", "surrogateescape")
    try:
        told = git.run(["blame", "--porcelain", "--root", "--no-textconv", *parts, *ends, commit, "--", name])
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


def blame_after(
    git: Git, later: Later, commit: str, path: bytes, spans: Sequence[tuple[int, int]] = ()
) -> list[BlameLine] | None:
    """The same, no further back than to the commit that `later` is of; None where dates do not tell it."""
    if commit == later.since:
        return [one._replace(older=True) for one in blame(git, commit, path, spans, [f"--max-age={_NEVER}"])]
    if not later.leads(commit):
        return None
    found = blame(git, commit, path, spans, [f"--max-age={later.when}"])
    bounds = {one.commit for one in found if one.older}
    older = later.older(bounds, {one.commit for one in found} - bounds)
    return [one._replace(older=one.commit in older) for one in found] if older is not None else None


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
