"""What the terminal and the person who reads it ask for: colour, width, a pager; and where nobody reads."""

import os
import shutil
import sys
from collections.abc import Mapping
from typing import TextIO

_PLAIN = 80
"""Columns where nothing says how many there are."""
_DUMB = ("dumb", "unknown")


def wants_colour(stream: TextIO | None = None) -> bool:
    """Whether what goes to a stream, by default stdout, is to be coloured.

    `NO_COLOR` (no-color.org) says no, `FORCE_COLOR` yes, also to a pipe; else a terminal that is not `dumb` does.
    """
    stream = stream or sys.stdout
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") not in (None, "", "0"):
        return True
    return stream.isatty() and os.environ.get("TERM") not in _DUMB


def columns(stream: TextIO | None = None) -> int:
    """What `COLUMNS` says; else the columns of the terminal that reads a stream, by default stdout, or 80."""
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said) > 0:
        return int(said)
    stream = stream or sys.stdout
    try:
        return os.get_terminal_size(stream.fileno()).columns or _PLAIN
    except (AttributeError, OSError, ValueError):  # no terminal, or no file at all
        return _PLAIN


def tell(text: str) -> None:
    """Write to stderr; where that takes nothing (a full disk, a reader that has gone), nobody can be told."""
    try:
        sys.stderr.write(text)
    except OSError:
        mute(sys.stderr)


def mute(stream: TextIO) -> None:
    """Have a stream lead nowhere: Python, which flushes it at the end, would else exit with a code of its own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def pager(text: str) -> tuple[list[str], Mapping[str, str]] | None:
    """The pager for a text and the environment to run it in, by git's rule; None where it is to be printed.

    `BMAD_PAGER`, then `PAGER`, then `less` for what is longer than the screen of a terminal. Nothing in a
    repository names one. A pager without words, or `cat`, is none.
    """
    if not sys.stdout.isatty() or os.environ.get("TERM") in _DUMB or text.count("\n") < _rows():
        return None
    named = os.environ.get("BMAD_PAGER")
    words = _words(named if named is not None else os.environ.get("PAGER", "less"))
    if not words or words == ["cat"]:
        return None
    return words, {"LESS": "FRX", "LV": "-c"} | os.environ


def _rows() -> int:
    return shutil.get_terminal_size().lines - 1


def _words(line: str) -> list[str]:
    """The words of a command line; it is given to no shell."""
    import shlex  # noqa: PLC0415 - where a pager is named

    try:
        return shlex.split(line)
    except ValueError:
        return []
