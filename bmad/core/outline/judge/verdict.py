"""What the second stage hands on: for each block its class and part, or the reason why it is left."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.outline.judge import reasons
from bmad.core.outline.judge.force import Heard
from bmad.core.outline.judge.headings import Standing
from bmad.core.outline.read.block import Reading
from bmad.core.outline.words.language import Rank, Role
from bmad.core.outline.words.lexicon import Lexicon
from bmad.model.lock import Sorted
from bmad.model.spec import Priority, StatementClass


class Part(StrEnum):
    """What a block is to what the author built: a user story, a rule, a criterion, or a detail of its parent."""

    STORY = "story"
    RULE = "rule"
    CRITERION = "criterion"
    DETAIL = "detail"


class Verdict(NamedTuple):
    """`klass` is None for a block that is left; then `why` is one of the reasons."""

    klass: StatementClass | None
    part: Part = Part.RULE
    why: str = ""
    priority: Priority | None = None
    apart: bool = False
    """It has a priority of its own in its row, so it is no detail of the sentence above the table."""


class Judgement(NamedTuple):
    """All verdicts, by block, and the standing of each section.

    `ranks` are the priorities that a line of its own gives to its section or item: `Priority: High`.
    """

    reading: Reading
    lexicon: Lexicon
    standings: list[Standing]
    heard: list[Heard]
    verdicts: list[Verdict]
    ranks: dict[int, Rank]
    reads_as: str
    said: Mapping[int, Sorted] = MappingProxyType({})
    """What a model said of blocks, by index."""


OF_ROLE = {
    Role.GOAL: StatementClass.GOAL,
    Role.QUALITY: StatementClass.CONSTRAINT,
    Role.CONSTRAINT: StatementClass.CONSTRAINT,
}
"""The class of what stands below a heading, where it is not a requirement."""
PRIORITY = {Rank.MUST: Priority.MUST, Rank.SHOULD: Priority.SHOULD, Rank.COULD: Priority.COULD}
LEFT = {
    Role.CONTENTS: reasons.CONTENTS,
    Role.HISTORY: reasons.HISTORY,
    Role.ABOUT: reasons.ABOUT,
    Role.GLOSSARY: reasons.GLOSSARY,
    Role.USERS: reasons.USERS,
    Role.CONTEXT: reasons.CONTEXT,
    Role.ENDING: reasons.SUMMARY,
    Role.ASIDE: reasons.ASIDE,
    Role.RESEARCH: reasons.RESEARCH,
    Role.TEST: reasons.TEST,
    Role.PLAN: reasons.PLAN,
}
"""Roles of headings that ask for nothing."""
