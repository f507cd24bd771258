"""What holds for a list, a table or a paragraph as a whole: its role, and whether it asks for something."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

from bmad.core.outline.judge import forms, tables
from bmad.core.outline.judge.facts import Facts
from bmad.core.outline.judge.force import Force, Heard
from bmad.core.outline.judge.headings import SEALED, Standing
from bmad.core.outline.judge.roles import Named, named, refuses
from bmad.core.outline.judge.verdict import LEFT, Verdict
from bmad.core.outline.read.block import Block, Group, Reading
from bmad.core.outline.words.language import Rank, Role
from bmad.core.outline.words.lexicon import spaceless

LEADS = (":", "：", ":**", "：**", ":*", ":__")
"""How a sentence ends that leads into what follows."""
_FEW = 6
_SIGNS = 20
"""The most signs of a line without blanks that stands for a heading."""
_REFUSED = Named(Role.NON_GOAL, pure=True)


class Groups:
    """Judges groups by their section, by the line that leads into them, and by the sentences in them.

    `verdicts` are those of the blocks judged so far; whoever judges the blocks fills them in.
    """

    def __init__(
        self, reading: Reading, heard: list[Heard], places: list[Standing], facts: Facts, verdicts: list[Verdict]
    ) -> None:
        self.blocks = reading.blocks
        self.heard = heard
        self.standings = places
        self.facts = facts
        self.how = facts.how
        self.verdicts = verdicts
        self.roles: dict[int, Named] = {}

    def role(self, group: Group) -> tuple[Role, Rank | None]:
        """The role that holds for a group: of a line that leads into it like a heading, else of its section."""
        standing = self.standings[group.section]
        role, rank = standing.role, standing.rank
        label = "" if group.labelled or group.kind != "para" else self.blocks[group.blocks[0]].label
        if role not in SEALED and refuses(label):
            return Role.NON_GOAL, rank
        above = group.lead if group.led else group.parent
        if above >= 0 and role not in SEALED and role != Role.CONTENTS:
            own = self._own_role(above)
            if own.role != Role.NEUTRAL:
                return own.role, own.rank or rank
            if group.parent >= 0 and group.parent in self.roles:
                own = self.roles[group.parent]
                role, rank = role if own.role == Role.NEUTRAL else own.role, own.rank or rank
        if role == Role.PLAN and self.facts.planned:
            role = Role.REQUIREMENT
        if role == Role.SUMMARY and standing.title and not self.facts.told_elsewhere and self._wishes(group):
            role = Role.NEUTRAL
        if self.facts.loose and role in {Role.NEUTRAL, Role.SUMMARY, Role.DESIGN, Role.CONTEXT}:
            role = Role.NEUTRAL
        return role, rank

    def _wishes(self, group: Group) -> bool:
        """Whether a paragraph is what somebody asks for, and no summary: one sentence asks, and half could."""
        forces = [self.heard[index].force for index in group.blocks]
        wished = not self.how.strict and any(force >= Force.WISH for force in forces)
        asking = sum(force >= Force.CAN for force in forces)
        return group.kind == "para" and wished and 2 * asking >= len(forces)

    def _own_role(self, index: int) -> Named:
        """The role of a short line that stands for a heading: `Acceptance criteria:`."""
        if index not in self.roles:
            block = self.blocks[index]
            text = block.text.strip("*_ :：")
            long = spaceless(text) and len(text) > _SIGNS
            ends = block.text.rstrip("*_ ").endswith(LEADS) and len(text.split()) <= _FEW and len(text) <= 60
            short = bool(block.children) and len(text.split()) <= 3 and "](" not in text and not long
            found = named(text) if ends or short or block.heads else None
            if self.heard[index].leaves and (
                block.text.rstrip("*_ ").endswith(LEADS) or self.heard[index].refused
            ):
                found = _REFUSED
            self.roles[index] = found if found and found.pure else self._inherited(block)
        return self.roles[index]

    def _inherited(self, block: Block) -> Named:
        return self.roles.get(block.parent, Named(Role.NEUTRAL, pure=False))

    def asks(self, group: Group, members: list[Block], role: Role, shape: tables.Layout | None) -> bool:
        """Whether a list, a table or a paragraph as a whole asks for something."""
        above = group.lead if group.lead >= 0 and (group.led or shape) else group.parent
        if above >= 0 and (self.verdicts[above].klass is not None):
            return True
        facts = shape is not None and (shape.record or tables.is_facts(members, group.head))
        if facts or (group.led and self.heard[group.lead].aside):
            return False
        if role not in {Role.NEUTRAL, Role.DESIGN, Role.SUMMARY}:
            return role not in LEFT
        if role == Role.SUMMARY and self._is_overview(members):
            return False
        if shape is not None and shape.asks:
            return True
        least = self.least(role)
        if role == Role.SUMMARY and not (self.how.proposal or self.how.notes):
            least = Force.CAN
        forces = [self.heard[block.index].force for block in members]
        if group.lead >= 0 and group.led and self.heard[group.lead].force >= max(least, Force.WILL):
            return True
        if group.kind == "para":
            return True
        silent = sum(
            force == Force.NONE or forms.is_name(block) for force, block in zip(forces, members, strict=True)
        )
        asking = sum(force >= least for force in forces)
        return asking > 0 and silent * 2 <= len(members) and asking * 4 >= len(members)

    def _is_overview(self, members: list[Block]) -> bool:
        """Whether a list names what a document is about, which says elsewhere what it asks for."""
        binds = any(self.heard[block.index].force >= Force.SHOULD for block in members)
        return self.facts.told_elsewhere and not binds and all(block.label for block in members)

    def least(self, role: Role) -> Force:
        """The least force of a sentence that counts under a heading that says nothing."""
        if self.facts.loose:
            return Force.TELLS
        if role == Role.SUMMARY and self.facts.alone:
            role = Role.NEUTRAL
        if role == Role.SUMMARY:
            if self.how.strict and not self.facts.told_elsewhere:
                return Force.MARKED
            return Force.SHOULD if self.how.proposal or self.how.notes else Force.WILL
        if self.how.notes:
            return Force.WISH
        if self.how.proposal and self.facts.specified and role == Role.NEUTRAL:
            return Force.SHOULD
        if self.how.proposal and self.facts.designed and not self.how.strict:
            return Force.WILL if role == Role.DESIGN else Force.RULE
        return Force.TELLS
