"""Who is given which parts in how many bytes, and in which order they give way. Said in docs/prompts.md, too."""

from enum import StrEnum
from typing import NamedTuple


class Reader(StrEnum):
    """Who a pack is made for: a role in one of its tasks."""

    RESEARCHER = "researcher"
    CREATOR = "creator"
    TESTER = "tester"
    DEVELOPER = "developer"
    FIXER = "fixer"
    REVIEWER = "reviewer"
    TRIAGER = "triager"
    REPLIER = "replier"


class Share(NamedTuple):
    """What one reader is given: the bytes of it all, and its parts, those that stay longest first.

    `story` and `why` never give way here; what is too long even so is cut where the prompt is put together.
    """

    budget: int
    parts: tuple[str, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """The parts that give way, the first one first."""
        return tuple(reversed([name for name in self.parts if name not in ALWAYS]))


ALWAYS = ("story", "why", "territory", "checks", "ran")
"""The parts that never give way."""

MOST = {
    "files": 12_000,
    "tests": 3000,
    "neighbours": 3000,
    "built": 2000,
    "research": 5000,
    "open": 2000,
    "knowledge": 4000,
    "versions": 800,
    "conventions": 2500,
    "found": 3000,
    "stories": 2000,
    "names": 2000,
}
"""The bytes that a part may take, however much room there is."""

_BUILDING = (
    *(
        "story",
        "why",
        "territory",
        "checks",
        "files",
        "research",
        "built",
        "open",
        "tests",
        "neighbours",
        "versions",
    ),
    *("knowledge", "conventions", "found", "stories", "names"),
)

SURROUNDINGS = Share(8000, ("neighbours", "tests", "conventions", "versions"))
"""What stands around files that are looked through as they are, whatever story they came from."""

_PREPARING = (
    *("story", "why", "territory", "checks", "built", "research", "stories", "files", "open", "found"),
    *("knowledge", "versions", "conventions", "tests", "neighbours", "names"),
)

SHARES = {
    Reader.RESEARCHER: Share(20_000, _PREPARING),
    Reader.CREATOR: Share(20_000, _PREPARING),
    Reader.TESTER: Share(18_000, tuple(name for name in _BUILDING if name not in ("open", "stories", "names"))),
    Reader.DEVELOPER: Share(20_000, _BUILDING),
    Reader.FIXER: Share(
        12_000,
        ("story", "why", "territory", "checks", "tests", "neighbours", "versions", "knowledge", "conventions"),
    ),
    Reader.REVIEWER: Share(
        12_000,
        ("story", "why", "checks", "ran", "tests", "neighbours", "built", "versions", "knowledge", "conventions"),
    ),
    Reader.TRIAGER: Share(8000, ("story", "why", "ran", "knowledge")),
    Reader.REPLIER: Share(8000, ("story", "why", "ran", "knowledge")),
}
