"""A net change as a record speaks for it: what of it counts, and its hash."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING

from bmad.core.paths import Classifier, PathClass
from bmad.model.commits import Change

if TYPE_CHECKING:
    from bmad.model.record import ChangeEntry

_LEFT_OUT = frozenset({PathClass.GOVERNED, PathClass.TWIN, PathClass.OWN, PathClass.SPEC, PathClass.RECORD})


def speaks_for(change: Change, classify: Classifier) -> bool:
    """Whether a record speaks for a change: no specification, no record, nothing governed."""
    return classify.of(change).klass not in _LEFT_OUT


def change_hash(changes: Iterable[Change]) -> str:
    """SHA-256 of a net change, 64 hex digits: paths, modes and blob ids."""
    told = sha256()
    for one in sorted(changes):
        told.update(b"\0".join((one.path, *(word.encode() for word in one[1:]))) + b"\0")
    return told.hexdigest()


def entries_hash(entries: Iterable[ChangeEntry]) -> str:
    """The same of the entries of a record."""
    return change_hash(Change(one.raw, one.old_mode, one.new_mode, one.old_blob, one.new_blob) for one in entries)
