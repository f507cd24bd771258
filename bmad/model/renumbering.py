"""What `bmad renumber` reads of a document, and what it reports."""

from typing import NamedTuple

from bmad.model.base import Value
from bmad.model.findings import Finding
from bmad.model.report import Report


class Definition(NamedTuple):
    """Where an id is defined: an item with its criteria, or a criterion; `words` are its own, byte for byte."""

    id: str
    line: int
    words: str
    criteria: "tuple[Definition, ...]" = ()


class Renumbered(Value):
    """A further definition of an id; `new` is the id that it has now, null where it said the same as another."""

    id: str
    new: str | None
    path: str
    line: int


class Renamed(Value):
    """A file that goes elsewhere; `to` is null where its twin stays."""

    path: str
    to: str | None


class KeptReference(Value):
    """What names an id that was defined more than once, and goes on naming the first.

    Where that is retired, as something else, it names nothing, and a person says what it is to name.
    """

    id: str
    path: str
    line: int
    retired: bool = False


class RenumberReport(Report):
    """`ok` is false where a finding (V02) is left for a person to mend; places of `kept` are the new ones."""

    NAME = "renumber"

    ok: bool
    written: bool
    renumbered: tuple[Renumbered, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    kept: tuple[KeptReference, ...] = ()
    left: tuple[Finding, ...] = ()
    diff: str = ""
    """Unified diff, with `--dry-run` only."""
