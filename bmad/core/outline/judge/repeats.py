"""What a document only says again: overviews of the stories that have sections, and lists that stand twice."""

from collections.abc import Sequence

from bmad.core.outline.judge import forms, reasons
from bmad.core.outline.judge.headings import Standing
from bmad.core.outline.judge.verdict import PRIORITY, Part, Verdict
from bmad.core.outline.read.block import Block, Group, Reading, Section
from bmad.core.outline.read.names import keys
from bmad.core.outline.words.language import Rank, Role
from bmad.core.outline.words.lexicon import folded
from bmad.model.spec import ACTIONABLE

_SEVERAL = 2
_AGAIN = Verdict(None, why=reasons.REPEATS)
_RANK = {priority: rank for rank, priority in PRIORITY.items()}


def leave_repeats(
    reading: Reading, places: Sequence[Standing], verdicts: list[Verdict], ranks: dict[int, Rank]
) -> None:
    """Leave what is said again; a priority that an overview gives to a story goes to the story's section."""
    told = _told(reading, verdicts)
    lists: dict[tuple[str, ...], Group] = {}
    for group in reading.groups:
        members = [reading.blocks[index] for index in group.blocks]
        if len(members) < _SEVERAL or any(verdicts[one.index].klass not in ACTIONABLE for one in members):
            continue
        if stories := _summed(reading, members, told, places[group.section]):
            for block, section in zip(members, stories, strict=True):
                priority = verdicts[block.index].priority
                if priority and places[section].rank is None:
                    ranks.setdefault(-1 - section, _RANK[priority])
                verdicts[block.index] = _AGAIN
        elif _may_repeat(group, members, places[group.section], verdicts):
            first = lists.setdefault(tuple(folded(one.text) for one in members), group)
            for block in members if first is not group else ():
                verdicts[block.index] = _AGAIN


def _told(reading: Reading, verdicts: Sequence[Verdict]) -> dict[str, Section]:
    """The sections with an id that hold something asked for, by what the id may be called."""
    found: dict[str, Section] = {}
    for section in reading.sections:
        if section.heading.source and any(verdicts[one].klass in ACTIONABLE for one in section.blocks):
            for name in keys(section.heading.source):
                found.setdefault(name, section)
    return found


def _summed(reading: Reading, members: Sequence[Block], told: dict[str, Section], here: Standing) -> list[int]:
    """The sections of the stories that the entries of a list or a table only name; none where it says more."""
    found: list[int] = []
    for block in members if here.within < 0 else ():
        section = next((told[name] for name in keys(block.source) if name in told), None)
        if section is None or section.index == block.section or block.children:
            return []
        own = " ".join([section.title, *(reading.blocks[one].text for one in section.blocks)])
        if not all(_is_told(cell, own) for cell in block.cells or (block.text,)):
            return []
        found.append(section.index)
    return found


def _is_told(cell: str, own: str) -> bool:
    """Whether a section says what a cell does: that it stands there, or is a few words beside it."""
    return folded(cell).strip(" .*_") in folded(own) or forms.names_again(cell, own)


def _may_repeat(group: Group, members: Sequence[Block], here: Standing, verdicts: Sequence[Verdict]) -> bool:
    """Whether a list has no subject by its heading or its lead: said again, it says nothing of another thing."""
    bare = here.pure and here.within < 0 and here.role not in {Role.CRITERIA, Role.EDGE}
    plain = all(verdicts[one.index].part == Part.RULE and not one.children for one in members)
    return group.kind == "list" and bare and plain and group.parent < 0 and group.lead < 0
