"""What `bmad import` reports: what was in the project, what was taken, every edge, conflict and thing left."""

from typing import Literal

from bmad.model.base import Value
from bmad.model.map_reports import MapReport
from bmad.model.report import Report

Origin = Literal["declared", "derived", "missing"]
"""The author says so; it follows from what they wrote, by the evidence; it should be there and is not."""

EdgeKind = Literal["in-epic", "covers", "implements", "depends-on", "described-by", "holds"]


class Edge(Value):
    """From the lower end to the upper one, both as the author calls them; `upper` is empty where it is missing.

    `evidence` says where it is written, or what it follows from, or what nobody says.
    """

    kind: EdgeKind
    lower: str
    upper: str
    origin: Origin
    evidence: str
    part: str = ""


class Said(Value):
    """What one place says."""

    path: str
    line: int
    words: str


class Conflict(Value):
    """Two places that say of one thing what does not agree, both with their words; `so` is what came of it."""

    key: str
    about: str
    says: tuple[Said, ...]
    so: str
    part: str = ""


class Left(Value):
    """What was not taken, and why."""

    path: str
    line: int
    words: str
    why: str


class Taken(Value):
    """Of one kind: how many the project has, and how many of them are in bmad's documents now."""

    kind: str
    found: int
    taken: int


class ImportReport(Report):
    """`ok` is false where conflicts with what stands here kept everything from being written."""

    NAME = "import"

    ok: bool
    format: str
    source: str
    written: bool
    taken: tuple[Taken, ...]
    criteria: int
    kept: int
    """Blocks that stand in notes of stories and texts of epics, though no statement quotes them."""
    done: int
    """Stories that the project says are done."""
    edges: tuple[Edge, ...]
    conflicts: tuple[Conflict, ...]
    left: tuple[Left, ...]
    """Block by block of what is quoted, and of the files that are not."""
    files: tuple[str, ...]
    """The paths that were written, or would be."""
    maps: tuple[MapReport, ...]
    notes: tuple[str, ...] = ()
