"""The commits that only format: what `.git-blame-ignore-revs` lists, as the base has it.

A branch that lists commits of its own there would have their lines told as other people's, so the list that
counts is that of the branch which HEAD works towards; where nothing tells which that is, of the revision itself.
"""

import re
from typing import NamedTuple

from bmad.core.gate.words import printable
from bmad.errors import BmadError
from bmad.model.commits import Commit
from bmad.ports.history import Objects

FILE = b".git-blame-ignore-revs"
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REGULAR = ("100644", "100755")
_MOST = 10_000
_TOLD = 3


class Ignored(NamedTuple):
    """The commits, and what is to be said of entries that are none."""

    commits: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def ignored(objects: Objects, head: Commit, base: str | None = None) -> Ignored:
    """The commits that the list of a base names; by default that of the branch which HEAD works towards."""
    return _listed(objects, _base(objects, head) if base is None else objects.commits([base])[base])


def _base(objects: Objects, head: Commit) -> Commit:
    try:
        name = objects.tips(None, head.id).base
    except BmadError:
        return head
    return objects.commits([name])[name]


def _listed(objects: Objects, base: Commit) -> Ignored:
    at = objects.files(base.tree, [b""]).get(FILE)
    if at is None or at.mode not in _REGULAR:
        return Ignored()
    text = objects.blobs([at.id])[at.id].decode("utf-8", "replace")
    found: set[str] = set()
    bad: list[str] = []
    for number, row in enumerate(text.splitlines(), 1):
        name = row.partition("#")[0].strip()
        if not name:
            continue
        if len(found) < _MOST and _ID.fullmatch(name) and objects.commit(name) is not None:
            found.add(name)
        else:
            bad.append(f"line {number} ({printable(name, 50)})")
    notes: tuple[str, ...] = ()
    if bad:
        more = f" and {len(bad) - _TOLD} more" if len(bad) > _TOLD else ""
        words = f"{', '.join(bad[:_TOLD])}{more}"
        notes = (f"{FILE.decode()} of {base.id[:12]}: no full id of a commit here, and so not used: {words}",)
    return Ignored(frozenset(found), notes)
