"""What reviewers find in a change, and where each finding stands after what was said of it."""

from enum import StrEnum
from typing import Literal

from bmad.model.agents import Severity
from bmad.model.answers import StandWord
from bmad.model.base import Value
from bmad.model.tested import Tried


class Disposition(StrEnum):
    """How a finding stands. RAISED and DISPUTED are open questions; UPHELD waits for a person.

    DISPUTED is whatever the reviewer is asked to concede: also a severity, or that it repeats another one.
    """

    RAISED = "raised"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    UPHELD = "upheld"
    FALSE_POSITIVE = "false-positive"
    FIXED = "fixed"
    KEPT = "kept"
    """A P2 whose quote stands nowhere: it holds up nothing, and its words stay."""
    WITHDRAWN = "withdrawn"
    """Taken back by its reviewer, who was asked once more since its quote stands nowhere."""
    JOINED = "joined"
    """It repeats another finding, as its reviewer conceded, and is settled when that one is."""


class Kind(StrEnum):
    """What is to be settled: a finding at its place, a claim that has none, a change that nobody was shown."""

    FINDING = "finding"
    CLAIM = "claim"
    UNSHOWN = "unshown"


Said = StandWord | Literal["", "none"]
"""The developer's stand; `none` where they were asked twice and had no valid word, empty where that is unknown."""


class Finding(Value):
    """A finding whose quote was seen to stand, with all that was said of it; or what else is to be settled."""

    id: str
    """`F-` and characters of a hash over lens, path and the quoted lines, whole and folded.

    `C-` where the quote stands nowhere, `U-` where no reviewer was shown what changed.
    """
    kind: Kind = Kind.FINDING
    round: int
    severity: Severity
    lens: str
    path: str
    line: int
    end_line: int
    quote: str
    claim: str
    fix: str = ""
    criterion: str = ""
    disposition: Disposition = Disposition.RAISED
    stand: Said = ""
    argument: str = ""
    """The developer's."""
    answer: str = ""
    """The reviewer's, to the argument."""
    told_as: Severity | None = None
    """The severity that it was raised with, where it is another one now."""
    same_as: str = ""
    """The id of the finding that it repeats, where it is settled with that one."""
    ruled_by: str = ""
    ruling: str = ""
    mark: str = ""
    """`path:line` of what a false positive left behind."""
    why: str = ""
    """Why a claim has no place, or why nobody was shown what changed."""
    before: bool = False
    """Whether path and line are those before the change: of a line that it takes out."""


class Probed(Value):
    """What a probe says it ran in a step, from an angle that bmad gave it."""

    step: str
    angle: str
    tried: tuple[Tried, ...] = ()


class Settlement(Value):
    """Where a finding stands after triage.

    `severity` is the one that it has from now on, None where that stays; while DISPUTED both it and `same_as` are
    what the developer proposes.
    """

    finding: str
    disposition: Disposition
    stand: Said = ""
    argument: str = ""
    answer: str = ""
    severity: Severity | None = None
    same_as: str = ""
    unasked: bool = False
    """Whether its reviewer, a person, was not asked what they say to it: they rule on a dispute."""
