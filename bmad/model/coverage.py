"""What `bmad coverage` says: the share of lines and commits that reach the intent."""

from typing import Literal, get_args

from pydantic import computed_field

from bmad.model.base import Value
from bmad.model.report import Report
from bmad.model.trace import Sure

Apart = Literal["adoption", "grandfathered", "revert", "tiny", "exempt"]
"""Why no requirement is asked for: what setting bmad up wrote, commits that the policy names
(`gate.grandfathered`), what takes a commit back exactly, tiny changes that its lane (`gate.trivial`) lets pass
without a story, and what its exemptions (`gate.exempt`) do."""


class Share(Value):
    """So many of so many reach the intent, of those that a requirement is asked for.

    What is older than the adoption, and what stands apart by its kind, is in neither number.
    """

    reached: int = 0
    all: int = 0
    older: int = 0
    adoption: int = 0
    grandfathered: int = 0
    revert: int = 0
    tiny: int = 0
    exempt: int = 0

    @property
    def apart(self) -> int:
        """What is in neither number by its kind."""
        return sum(getattr(self, kind) for kind in get_args(Apart))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def percent(self) -> float | None:
        """With one place after the point, never rounded up: 100 is all of them. Null where there are none."""
        return self.reached * 1000 // self.all / 10 if self.all else None


class PathCoverage(Value):
    """The lines of a file, or of all files below a folder (which ends in a slash; `./` is all of it)."""

    path: str
    lines: Share


class Gap(Value):
    """Lines of a file (`first` to `last`, from 1) that no requirement asks for, as far as anybody knows."""

    path: str
    first: int
    last: int
    commit: str
    title: str
    """Of the commit, safe to print."""
    why: Literal["no story", "tiny change", "broken chain", "one of several"]
    stories: tuple[str, ...] = ()
    apart: Apart | None = None
    """Why no requirement is asked for; such lines are in no share."""


class BareCommit(Value):
    """A commit that changes code and does not reach the intent."""

    commit: str
    title: str
    stories: tuple[str, ...] = ()
    trivial: str = ""
    """Why it is of no story, where it says that it is a tiny change."""
    apart: Apart | None = None
    """Why no requirement is asked for; such commits are in no share."""


class CoverageReport(Report):
    NAME = "coverage"

    rev: str
    since: str | None
    """The adoption commit; null where all of the history counts."""
    ok: bool
    fail_under: float | None
    lines: Share
    commits: Share
    sure: dict[Sure, int]
    """Of how many lines that reach the intent it is known how surely."""
    folders: tuple[PathCoverage, ...]
    files: tuple[PathCoverage, ...]
    without_lines: tuple[str, ...] | None
    """The requirements that no line is of; null where only some paths were looked at, or there is none."""
    titles: dict[str, str]
    """Titles of those requirements, by id."""
    without_requirement: tuple[Gap, ...]
    bare_commits: tuple[BareCommit, ...]
    notes: tuple[str, ...]
