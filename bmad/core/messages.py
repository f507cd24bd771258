"""A message that is being committed, as git will store it; pure, with git's settings given.

Git takes away what its settings say: comments, what stands behind the scissors, blanks at line ends; and what an
editor was opened on it treats otherwise than what was given.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from bmad.core.trailers import STORY, parse
from bmad.model.ids import is_id

_SCISSORS = b" ------------------------ >8 ------------------------"
_CANDIDATES = b"#;@!$%^&|:"
"""What `core.commentChar=auto` chooses from."""

_BLANKS = b" \t\r"
"""What git takes for a blank; a form feed is none."""

_SIGNED = re.compile(rb"signed-off-by:", re.IGNORECASE)


class Cleaning(NamedTuple):
    """What git takes away: comments that begin with `mark`, all from the scissors on, blanks."""

    mark: bytes
    strip: bool
    cut: bool
    space: bool
    edited: bool
    """Whether an editor was opened on the message."""


def cleaning(message: bytes, settings: Mapping[str, str], by_editor: Callable[[], bool]) -> Cleaning:
    """How git will clean a message; `settings` are `core.commentstring`, `commit.cleanup` and `commit.verbose`.

    `commit.verbose` is `true` or `false`; missing where nobody can tell, since it may be a flag. `by_editor` is
    asked only where it matters.
    """
    mark = settings.get("core.commentstring", "#").encode("utf-8", "surrogateescape")
    mode = settings.get("commit.cleanup", "default")
    before, found = _uncut(message, mark)
    if found is not None:
        mark = found
    bare = _end_of_hints(before)
    if mark == b"auto" and len(bare) == 1 and bare in _CANDIDATES:
        mark = bare
    edited = (bare == mark and bool(bare)) or (_matters(message, mark, cut=found is not None) and by_editor())
    if mark == b"auto":
        mark = b"#" if edited else b""  # git takes a sign that begins no line
    strip = mode == "strip" or (edited and mode == "default")
    verbose = settings.get("commit.verbose", "true" if edited else "false") == "true"
    cut = found is not None and (verbose or (edited and mode == "scissors"))
    return Cleaning(mark, strip, cut, mode != "verbatim", edited)


def cleaned(message: bytes, how: Cleaning) -> bytes:
    """The message as git stores it."""
    if how.cut:
        message, _ = _uncut(message, how.mark)
    if not how.space:
        return message
    kept: list[bytes] = []
    for line in message.split(b"\n"):
        if how.strip and how.mark and line.startswith(how.mark):
            continue
        bare = line.rstrip(_BLANKS)
        if bare or (kept and kept[-1]):
            kept.append(bare)
    return b"\n".join(kept).rstrip(b"\n") + b"\n" if any(kept) else b""


def _matters(message: bytes, mark: bytes, *, cut: bool) -> bool:
    """Whether it makes a difference for the message that it was edited."""
    return cut or mark == b"auto" or b"\n" + mark in b"\n" + message or unwritten(message)


def _uncut(message: bytes, mark: bytes) -> tuple[bytes, bytes | None]:
    """What stands before the scissors, and the mark that they have; None where there are none."""
    at = 0
    for line in message.split(b"\n"):
        own = line[:1] if mark == b"auto" else mark
        if own and line == own + _SCISSORS:
            return message[:at], own
        at += len(line) + 1
    return message, None


def _end_of_hints(message: bytes) -> bytes:
    """The last line that is not blank, where it is how git ends what it tells in an editor: a mark below others.

    Empty where the line above does not begin with it: then it is somebody's own.
    """
    above, _, last = message.rstrip(b"\n" + _BLANKS).rpartition(b"\n")
    return last if above.rpartition(b"\n")[2].startswith(last) else b""


def without_trailer(stored: bytes) -> bytes:
    """A stored message without the `Story:` line that `prepare-commit-msg` wrote."""
    trailers = [trailer for trailer in parse(b"title\n\n" + stored).values(STORY) if is_id(trailer.value)]
    if not trailers:
        return stored
    lines = stored.split(b"\n")
    del lines[trailers[-1].line - 3]
    return b"\n".join(lines).rstrip(b"\n") + b"\n"


def unwritten(stored: bytes) -> bool:
    """Whether nobody wrote anything: there is only the trailer of `prepare-commit-msg`, and `-s`."""
    rest = [line for line in without_trailer(stored).split(b"\n") if line]
    return all(_SIGNED.match(line) for line in rest)
