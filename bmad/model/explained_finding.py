"""What `bmad show FINDING` says."""

from bmad.model.agents import Severity
from bmad.model.base import Value
from bmad.model.followup import FollowUp
from bmad.model.report import Report
from bmad.model.review import Disposition, Kind


class FindingStand(Value):
    """A finding in one story's work, as its journal has it, else as the record of a landing."""

    story: str
    title: str
    landing: int
    record: str = ""
    """The path of the record that tells of it; empty where none stands."""
    kind: Kind = Kind.FINDING
    round: int
    severity: Severity
    told_as: Severity | None = None
    """The severity that it was raised with, where it is another one now."""
    lens: str
    path: str
    line: int
    disposition: Disposition | str
    quote: str = ""
    claim: str = ""
    fix: str = ""
    argument: str = ""
    """The developer's."""
    answer: str = ""
    """The reviewer's, to the argument."""
    ruled_by: str = ""
    ruling: str = ""
    mark: str = ""
    same_as: str = ""
    why: str = ""
    """Why a claim has no place, or why nobody was shown what changed."""
    criterion: str = ""


class FindingReport(Report):
    """The same finding may have come up in several stories: it is known by lens, path and quoted line."""

    NAME = "finding"

    id: str
    stands: tuple[FindingStand, ...] = ()
    scanned: FollowUp | None = None
    """What the latest scan that found it said of it; `mended_by` is the story that was made from it."""
    dismissed: str = ""
    """Why a person called what a scan found a false alarm; empty where nobody did."""
