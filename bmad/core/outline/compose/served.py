"""Which requirements a story implements, as its author wrote: `Implements: FR-1` below a story, or the reverse."""

from bmad.core.outline.judge import reasons
from bmad.core.outline.judge.verdict import Judgement
from bmad.core.outline.read.block import Block
from bmad.core.outline.read.names import key, names_in
from bmad.model.spec import ACTIONABLE


def told(judged: Judgement) -> dict[int, list[str]]:
    """The block that each line of names is about -> what is named there, as `key` gives it."""
    found: dict[int, list[str]] = {}
    for block, verdict in zip(judged.reading.blocks, judged.verdicts, strict=True):
        if verdict.why == reasons.SERVES and (of := _about(judged, block)) >= 0:
            found.setdefault(of, []).extend(map(key, names_in(block.text)))
    return found


def _about(judged: Judgement, line: Block) -> int:
    """The taken block that a line is about: the one above it, the last before it, or the first; or -1."""
    blocks, verdicts = judged.reading.blocks, judged.verdicts
    above = line.parent
    while above >= 0 and verdicts[above].klass not in ACTIONABLE:
        above = blocks[above].parent
    if above >= 0:
        return above
    section = line.section
    while section >= 0 and not judged.standings[section].title:
        taken = [one for one in judged.reading.sections[section].blocks if verdicts[one].klass in ACTIONABLE]
        if taken:
            return next((one for one in reversed(taken) if one < line.index), taken[0])
        section = judged.reading.sections[section].parent if judged.standings[section].within >= 0 else -1
    return -1
