"""What git says of a commit, as plain values.

NamedTuples and bytes, not pydantic: the gate makes a hundred thousand of them in one run, and paths
and messages are bytes because git promises no encoding.
"""

from typing import NamedTuple

ABSENT = "000000"
"""The mode of what is not there."""

FULL = (40, 64)
"""Digits of a full id, by SHA-1 and by SHA-256."""


class Change(NamedTuple):
    """One changed path: octal modes (`000000` where absent) and full blob ids (all zeros where absent)."""

    path: bytes
    old_mode: str
    new_mode: str
    old_blob: str
    new_blob: str


class Commit(NamedTuple):
    """A commit as its raw object has it; `message` starts after the first empty line."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    message: bytes


class Trailer(NamedTuple):
    """One trailer; `line` counts from 1 in the message. Key and value as written, value unfolded."""

    key: str
    value: str
    line: int
