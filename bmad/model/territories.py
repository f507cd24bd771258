"""Territories that are proposed to stories, each path with what it follows from."""

from typing import Literal

from bmad.model.base import Value
from bmad.model.report import Report

Ground = Literal[
    "task", "files", "note", "criterion", "requirement", "tree", "test", "requirement-kin", "epic-kin", "backfill"
]
"""What a path follows from: words of a task, of the story's own list of files, of a note, a criterion or what it
implements; a source tree that plans it; a test beside a file; what stories changed that implement the same
requirement, or stand in the same epic; what `bmad backfill` holds for the story."""


class Evidence(Value):
    """Why a path is proposed; `words` are the document's own where it has a place."""

    ground: Ground
    words: str
    path: str | None = None
    line: int | None = None


class ProposedPath(Value):
    """A glob of a territory; `new` where nothing stands there yet."""

    glob: str
    new: bool
    evidence: tuple[Evidence, ...]


class LeftName(Value):
    """A name in the story's words that is not proposed, and why."""

    name: str
    why: str
    path: str
    line: int


class StoryTerritory(Value):
    """What is proposed to one open story; `why` says it where that is nothing, or where it is not written."""

    id: str
    title: str
    source: str
    """The key that its author's document has for it; empty where it has none."""
    path: str
    """The story's document."""
    proposed: tuple[ProposedPath, ...]
    left: tuple[LeftName, ...]
    why: str
    written: bool


class SharedTerritory(Value):
    """Open stories that could run at once but for a path that they share, so that they take turns."""

    glob: str
    stories: tuple[str, ...]


class TerritoryReport(Report):
    """The proposals for the open stories that have no territory, in the order of the intent."""

    NAME = "territory"

    stories: tuple[StoryTerritory, ...]
    stated: tuple[str, ...]
    """Open stories that have a territory: it stays as it is."""
    shared: tuple[SharedTerritory, ...]
    files: tuple[str, ...]
    """The documents that were written."""
    notes: tuple[str, ...]
