"""What a map is about to do to the specification."""

from dataclasses import dataclass, field
from typing import NamedTuple

from bmad.model.edits import Edit
from bmad.model.spec import AnyItem

WHOLE, UNSOUND = "all", "specification"
"""The part of a conflict about a whole node, and of one about an error that the specification would have."""


class Conflict(NamedTuple):
    """The intent and a person both changed one part of a node, or the intent dropped what a person uses.

    Or the specification would have an error there that it has not now: then nothing but a hand settles it.
    """

    id: str
    part: str
    path: str
    line: int
    reason: str


Derived = tuple[tuple[str, str], ...]
"""What the mapper wrote, by part, as the lock keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPlan:
    """Edits by document path, whole new documents by path, paths to remove; ids by what happens to them."""

    edits: dict[str, tuple[Edit, ...]]
    new_files: dict[str, AnyItem]
    removed_files: tuple[str, ...]
    derived: dict[str, Derived]
    created: tuple[str, ...]
    changed: tuple[str, ...]
    retired: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    kept: dict[str, str] = field(default_factory=dict)
    """Ids that no draft asks for and that stay nevertheless, by the id that each stays for."""
    reread: tuple[str, ...] = ()
    steady: tuple[str, ...] = ()
    """The requirements among the created that are made of statements which stand as they did."""
