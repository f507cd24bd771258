"""What `bmad impact` says."""

from bmad.model.base import Value
from bmad.model.report import Report


class ImpactNode(Value):
    """A node that a change reaches; `path` holds the ids from what changed down to it."""

    id: str
    kind: str
    title: str
    path: tuple[str, ...]


class ImpactCommit(Value):
    """A commit under a story that is reached; its title is safe to print."""

    commit: str
    title: str
    stories: tuple[str, ...]


class ImpactLines(Value):
    """Lines `first` to `last` of a file, counted from 1, that a reached commit was the last to change."""

    path: str
    first: int
    last: int
    commit: str


class ImpactReport(Report):
    """Commits and files are null where there is no history to ask; lines also where they were not asked for."""

    NAME = "impact"

    changed: tuple[str, ...]
    """What the question is about: the node named, or all that changed since the revision."""
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    suspect: tuple[ImpactNode, ...]
    """All that hangs below, nearest first: what a change up there makes suspect."""
    titles: dict[str, str]
    """Titles of what changed, by id."""
    commits: tuple[ImpactCommit, ...] | None
    files: tuple[str, ...] | None
    """The paths that those commits change, but for the specification's own."""
    lines: tuple[ImpactLines, ...] | None
    notes: tuple[str, ...]
