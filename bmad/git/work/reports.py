"""What a check left behind beside the commit: read as files and nothing else, within bounds, through no link."""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

LARGEST = 64 << 20
"""Bytes of all together."""
_MOST = 2000
_LOOKED = 100_000
"""Files that are read, and names that are looked at."""


def reports(folder: Path, pattern: str) -> list[tuple[str, bytes]]:
    """The regular files below a folder whose path fits, by path; `*` stands for what is within a name.

    What leads out of the folder, through a link too, or is beyond the bounds, is left out.
    """
    parts = pattern.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return []
    found: list[tuple[str, bytes]] = []
    left = LARGEST
    for at, path in enumerate(sorted(_fitting(folder, "", parts, [_LOOKED]))):
        content = _read(folder / path, left)
        if at >= _MOST or content is None:
            continue
        left -= len(content)
        found.append((path, content))
    return found


def _fitting(folder: Path, prefix: str, parts: list[str], left: list[int]) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        left[0] -= 1
        if left[0] < 0:
            return
        if not fnmatchcase(entry.name, parts[0]) or entry.name == ".git":
            continue
        if len(parts) == 1 and entry.is_file(follow_symlinks=False):
            yield prefix + entry.name
        elif len(parts) > 1 and entry.is_dir(follow_symlinks=False):
            yield from _fitting(folder / entry.name, f"{prefix}{entry.name}/", parts[1:], left)


def _read(path: Path, most: int) -> bytes | None:
    """The content of a file; None where it is too large, or is none any more."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        content = stream.read(most + 1)
    return content if len(content) <= most else None
