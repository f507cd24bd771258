"""What `bmad map` reports."""

from bmad.model.base import Value
from bmad.model.draft import Coverage
from bmad.model.findings import Finding
from bmad.model.intent import IntentCoverage, SilentSection
from bmad.model.report import Report
from bmad.model.spending import Spending


class MapConflict(Value):
    id: str
    part: str
    path: str
    line: int
    reason: str


class MapReport(Report):
    """`ok` is false where conflicts kept everything from being written."""

    NAME = "map"

    ok: bool
    mapper: str
    intent: str
    written: bool
    created: tuple[str, ...]
    changed: tuple[str, ...]
    retired: tuple[str, ...]
    steady: tuple[str, ...] = ()
    """What stays since a hand is on it, though its sentences, which stand, are now read as asking for nothing."""
    reread: tuple[str, ...] = ()
    """Of the created the requirements whose sentences stand as they did, and are now read otherwise."""
    coverage: Coverage
    blocks: IntentCoverage
    silent: tuple[SilentSection, ...] = ()
    """Sections that ask for something, of which nothing was taken."""
    reads_as: str = ""
    """What kind of text the intent reads as, where that makes the map less sure."""
    counts: dict[str, int]
    """Live nodes of the intent by kind after the map."""
    findings: tuple[Finding, ...]
    conflicts: tuple[MapConflict, ...]
    diff: str = ""
    """Unified diff, with `--dry-run` only."""
    spent: Spending | None = None
    """What a model that was asked has spent; null where none was."""
    left_out: int = 0
    """How much of what it worded may not stand, so that the author's words do."""


class MapsReport(Report):
    """The maps of all intents of `bmad.yaml`, in its order; `missing` are those that are not written yet."""

    NAME = "maps"

    ok: bool
    maps: tuple[MapReport, ...]
    missing: tuple[str, ...] = ()
