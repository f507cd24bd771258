"""What is told of an intent that was imported: its blocks, of which those that the register holds were taken."""

from bmad.core.importing.drafting import NO_ITEM
from bmad.core.outline.compose.coverage import coverage
from bmad.core.outline.judge import reasons
from bmad.core.outline.judge.judge import judge
from bmad.core.outline.read.reading import read
from bmad.model.draft import Draft, DraftBlock


def untaken(text: str) -> Draft:
    """A draft that takes nothing: why each block that no item quotes was left."""
    judged = judge(read(text))
    blocks: list[DraftBlock] = []
    for block in judged.reading.blocks:
        why = judged.verdicts[block.index].why
        under = tuple(one for one in judged.reading.sections[block.section].path if one)
        blocks.append(DraftBlock(block.span, under, -1, why if why and why != reasons.TELLS else NO_ITEM))
    return Draft(
        title="",
        statements=(),
        requirements=(),
        epics=(),
        stories=(),
        coverage=coverage(len(text), judged.reading.leaves, []),
        blocks=tuple(blocks),
    )
