"""What an id is and which kind it has.

Ids are ASCII on purpose: a look-alike letter, a zero-width mark or a second Unicode form
would make two ids that read the same.
"""

import re
from enum import StrEnum

ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}"
ID_RE = re.compile(ID)
CRITERION = r"AC-[0-9]{1,4}"
CRITERION_ID_RE = re.compile(rf"({ID})/({CRITERION})")
FINDING_ID_RE = re.compile(r"[FCU]-[0-9a-z]+", re.IGNORECASE)
"""Of a finding, a claim that has no place, or what nobody was shown: whole, or how it begins."""

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, lower case: no i, l, o, u, so no two characters look alike."""


class Kind(StrEnum):
    """The kinds of node in the spec graph."""

    STATEMENT = "statement"
    REQUIREMENT = "requirement"
    EPIC = "epic"
    STORY = "story"
    CRITERION = "criterion"

    @property
    def has_file(self) -> bool:
        """Whether a node of this kind is all that its document holds."""
        return self in (Kind.EPIC, Kind.STORY)


PREFIX = {
    Kind.STATEMENT: "INT",
    Kind.REQUIREMENT: "FR",
    Kind.EPIC: "EPIC",
    Kind.STORY: "STORY",
}
"""The prefix of a minted id; a non-functional requirement takes NFR instead of FR."""


def is_id(text: str) -> bool:
    """Whether text is an id of any node but a criterion."""
    return ID_RE.fullmatch(text) is not None
