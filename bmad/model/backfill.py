"""Stories that are proposed for what is older than the adoption; no gate counts them, none is traced by them."""

from typing import Literal

from bmad.model.base import Value
from bmad.model.report import Report

Grounds = Literal["pull request", "merge", "key", "scope", "path"]
"""By what commits are held to belong together, the surest first."""


class Proposal(Value):
    """Commits that may have been one story; `title` and `key` are their own words."""

    id: str
    grounds: Grounds
    key: str
    title: str
    commits: tuple[str, ...]
    """Full ids, oldest first."""
    paths: tuple[str, ...]
    """The folders, or files of the root, that most of their changes are in."""


class BackfillReport(Report):
    """The proposals for the history before `since`, oldest first; `left_out` commits were not looked at."""

    NAME = "backfill"

    since: str
    commits: int
    left_out: int
    kept: bool
    """Whether they are kept, so that trace and blame tell of them."""
    proposals: tuple[Proposal, ...]


class AdoptReport(Report):
    """Where tracing begins; `written` is empty where that was said already."""

    NAME = "adopt"

    since: str
    written: tuple[str, ...]
    notes: tuple[str, ...]
