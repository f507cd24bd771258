"""A weakness that nobody has mended yet: what a story landed with, or what a scan found."""

from typing import Literal

from bmad.model.agents import Severity
from bmad.model.base import Value


class FollowUp(Value):
    """A P2 that was open when its story landed, or one whose quote stood nowhere, with what was said of it."""

    id: str
    kind: Literal["finding", "claim"] = "finding"
    story: str
    """The story that landed with it; empty where a scan found it."""
    severity: Severity
    lens: str
    path: str
    line: int
    """Where it stood then; 0 where nowhere."""
    quote: str = ""
    claim: str
    fix: str = ""
    criterion: str = ""
    why: str = ""
    """Why a claim has no place."""
    same_as: str = ""
    """The id of the finding that it repeats: what mends that one mends it, too."""
    mended_by: str = ""
    """The story that was made from it and has not landed; empty where there is none."""
