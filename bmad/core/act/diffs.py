"""A unified diff read as git prints it with `--no-renames`: its paths, the lines that it adds, its fingerprint.

Paths come out as documents spell them (`model.quoting`).

Hunks are read by the counts in their headings, so that a line of content is never taken for a heading.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from bmad.model.quoting import quoted, unquoted

HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
FILE = "diff --git "

_MOST = 4_000_000
"""Characters of a diff from which on its hash is bound to the files' ids instead of what can be read of it."""


class Line(NamedTuple):
    """A line of a diff: `sign` is a space, `+`, `-` or a backslash in a hunk, `@` at its heading, else empty.

    `number` is the line's number in the new file, where it has one.
    """

    sign: str
    text: str
    number: int = 0


def added_lines(diff: str) -> dict[str, dict[int, str]]:
    """What a diff adds: path -> number in the new file -> the line's text; no entry where a file gains no line."""
    found: dict[str, dict[int, str]] = {}
    path: str | None = None
    for line in read_lines(diff):
        if not line.sign and line.text.startswith(FILE):
            path = None
        elif not line.sign and line.text.startswith("+++ "):
            path = _path(line.text[4:])
        elif line.sign == "+" and path is not None:
            found.setdefault(path, {})[line.number] = line.text[1:]
    return found


class Placed(NamedTuple):
    """A line of a diff as it is shown, and the line of the new file that it stands at.

    Of what was taken away, and of a heading, that is the next one there; `path` is empty where there is none.
    """

    text: str
    path: str
    line: int


def placed(diff: str) -> list[Placed]:
    """Every line of a diff with its place in the new files."""
    found: list[Placed] = []
    for lines in files_of(diff) if diff else ():
        path = next((_path(one.text[4:]) for one in lines if not one.sign and one.text.startswith("+++ ")), None)
        near = [one.number for one in lines]
        last = 0
        for at in range(len(near) - 1, -1, -1):
            last = near[at] = near[at] or last
        end = max(near, default=0)
        found += [
            Placed(one.text, path if path and end else "", number or end)
            for one, number in zip(lines, near, strict=True)
        ]
    return found


def changed_paths(diff: str) -> tuple[str, ...]:
    """The paths of the diff's files, in its order; of a file without hunks as its heading has it."""
    found: dict[str, None] = {}
    for line in read_lines(diff):
        if not line.sign and line.text.startswith(FILE):
            path = _headed(line.text.removeprefix(FILE))
            if path is not None:
                found[path] = None
    return tuple(found)


def counted(diff: str) -> dict[str, tuple[int, int]]:
    """How many lines each file of a diff gains and loses; no entry for one whose lines it does not show."""
    found: dict[str, tuple[int, int]] = {}
    path: str | None = None
    for line in read_lines(diff):
        if not line.sign and line.text.startswith(FILE):
            path = _headed(line.text.removeprefix(FILE))
        elif path is not None and line.sign in ("@", "+", "-"):
            added, removed = found.get(path, (0, 0))
            found[path] = (added + (line.sign == "+"), removed + (line.sign == "-"))
    return found


def numbered(diff: str) -> str:
    """The diff with the number that each line has in the new file before it, and a `|` between them."""
    return number_lines(read_lines(diff)) if diff else ""


def number_lines(lines: Iterable[Line]) -> str:
    """The lines of hunks with their numbers; what a change takes out has none."""
    return "\n".join(margin(line) + line.text for line in lines)


def margin(line: Line) -> str:
    """What stands before a line: its number in the new file, where it has one there, and a `|`."""
    if line.sign not in ("+", " ", "-"):
        return ""
    return f"{line.number or '':>5}|"


def hunks_hash(diff: str, tree: str) -> str:
    """The hash of a change as it reads; of one that is too large to be read, the id of the tree that it makes."""
    return hunks_fingerprint(diff) if len(diff) < _MOST else tree


def hunks_fingerprint(diff: str) -> str:
    """SHA-256 of the change as it reads, 64 hex digits: the same on another base and further down in a file.

    Left out are the numbers and the trailing words of hunk headings, and `index` lines; but of a binary file,
    whose change nothing else tells, the `index` line counts.
    """
    kept: list[str] = []
    for lines in files_of(diff):
        binary = any(
            not line.sign and line.text.startswith(("Binary files ", "GIT binary patch")) for line in lines
        )
        for line in lines:
            if line.sign == "@":
                kept.append("@@")
            elif line.sign or binary or not line.text.startswith("index "):
                kept.append(line.text)
    return sha256("\n".join(kept).encode("utf-8", "surrogatepass")).hexdigest()


def files_of(diff: str) -> Iterator[list[Line]]:
    """The lines of a diff, file by file."""
    lines: list[Line] = []
    for line in read_lines(diff):
        if lines and not line.sign and line.text.startswith(FILE):
            yield lines
            lines = []
        lines.append(line)
    yield lines


def read_lines(diff: str) -> Iterator[Line]:
    old = new = number = 0
    inside = False
    for text in diff.removesuffix("\n").split("\n"):
        sign = text[:1]
        if inside and (sign == "\\" or ((old or new) and sign in (" ", "+", "-"))):
            yield Line(sign, text, number if sign in (" ", "+") else 0)
            old -= sign in (" ", "-")
            new -= sign in (" ", "+")
            number += sign in (" ", "+")
            continue
        heading = HUNK.match(text)
        inside = heading is not None
        if heading is None:
            yield Line("", text)
            continue
        old, number, new = int(heading[1] or 1), int(heading[2]), int(heading[3] or 1)
        yield Line("@", text)


def path_of(heading: str) -> str:
    """The path of a file by its `diff --git` line; empty where that is none."""
    return _headed(heading.removeprefix(FILE)) or "" if heading.startswith(FILE) else ""


def _path(name: str) -> str | None:
    """The path of a `+++` line; git ends one with a tab where the path holds a blank."""
    try:
        raw = unquoted(name.removesuffix("\t"))
    except ValueError:  # no line of git's
        return None
    return quoted(raw[2:]) if raw.startswith(b"b/") else None


def _headed(names: str) -> str | None:
    """The path of `a/PATH b/PATH`: without renames both are the same, so the middle is known."""
    return _path(names[len(names) // 2 + 1 :]) if len(names) % 2 else None
