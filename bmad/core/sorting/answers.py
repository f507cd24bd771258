"""What a model said of the blocks, held against what it was asked, and as verdicts."""

from collections.abc import Mapping

from bmad.core.outline.judge.verdict import Judgement, Part, Verdict
from bmad.core.outline.read.block import Block
from bmad.core.sorting.facts import reason
from bmad.model.lock import Sorted
from bmad.model.spec import StatementClass

_CLASS = {
    "requirement": StatementClass.REQUIREMENT,
    "criterion": StatementClass.REQUIREMENT,
    "goal": StatementClass.GOAL,
    "constraint": StatementClass.CONSTRAINT,
    "non-goal": StatementClass.NON_GOAL,
    "question": StatementClass.QUESTION,
}


def judged(judgement: Judgement, said: Mapping[int, Sorted]) -> Judgement:
    """The judgement with a model's verdicts in place of the outline's; a block it was not asked of keeps its own.

    Priorities, ids and dependencies stay as the author wrote them: they are read, not judged.
    """
    verdicts: list[Verdict] = []
    for block in judgement.reading.blocks:
        one = said.get(block.index)
        verdicts.append(
            judgement.verdicts[block.index] if one is None else _verdict(judgement, block, one, verdicts)
        )
    return judgement._replace(verdicts=verdicts, reads_as="", said=said)


def _verdict(judgement: Judgement, block: Block, said: Sorted, above: list[Verdict]) -> Verdict:
    if said.kind == "context":
        return Verdict(None, why=reason(said))
    priority = judgement.verdicts[block.index].priority or judgement.heard[block.index].priority
    if said.kind == "detail":
        klass = above[block.parent].klass if block.parent >= 0 else None
        part = Part.RULE if klass is None else Part.DETAIL
        return Verdict(klass or StatementClass.REQUIREMENT, part, priority=priority)
    part = Part.STORY if block.story and said.kind == "requirement" else Part.RULE
    return Verdict(_CLASS[said.kind], Part.CRITERION if said.kind == "criterion" else part, priority=priority)
