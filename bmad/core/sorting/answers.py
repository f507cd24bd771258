"""What a model said of the blocks, held against what it was asked, and as verdicts."""

from collections import Counter
from collections.abc import Mapping

from bmad.core.gate.words import printable
from bmad.core.outline.judge.verdict import Judgement, Part, Verdict
from bmad.core.outline.read.block import Block
from bmad.core.sorting.questions import Question
from bmad.model.sorting import SortedBlock, SortingAnswer
from bmad.model.spec import StatementClass

_CLASS = {
    "requirement": StatementClass.REQUIREMENT,
    "criterion": StatementClass.REQUIREMENT,
    "goal": StatementClass.GOAL,
    "constraint": StatementClass.CONSTRAINT,
    "non-goal": StatementClass.NON_GOAL,
    "question": StatementClass.QUESTION,
}
_SHOWN = 8
_REASON = 120


def faults(question: Question, answer: SortingAnswer) -> list[str]:
    """What is wrong with an answer, a sentence each: every block is sorted, once, and no other."""
    count = Counter(one.block for one in answer.blocks)
    missing = [block for block in question.blocks if not count[block]]
    strange = [block for block in count if block not in question.blocks]
    twice = [block for block in question.blocks if count[block] > 1]
    told = (("left out", missing), ("not among those asked", strange), ("sorted more than once", twice))
    return [f"{_named(blocks)} {what}." for what, blocks in told if blocks]


def _named(blocks: list[int]) -> str:
    shown = ", ".join(map(str, blocks[:_SHOWN]))
    more = f" and {len(blocks) - _SHOWN} more" if len(blocks) > _SHOWN else ""
    return f"Block {shown} is" if len(blocks) == 1 else f"Blocks {shown}{more} are"


def judged(judgement: Judgement, said: Mapping[int, SortedBlock], by: str) -> Judgement:
    """The judgement with a model's verdicts in place of the outline's; a block it was not asked of keeps its own.

    Priorities, ids and dependencies stay as the author wrote them: they are read, not judged.
    """
    verdicts: list[Verdict] = []
    for block in judgement.reading.blocks:
        one = said.get(block.index)
        verdicts.append(
            judgement.verdicts[block.index] if one is None else _verdict(judgement, block, one, verdicts, by)
        )
    return judgement._replace(verdicts=verdicts, reads_as="")


def _verdict(judgement: Judgement, block: Block, said: SortedBlock, above: list[Verdict], by: str) -> Verdict:
    if said.kind == "context":
        return Verdict(None, why=printable(f"{by}: {said.why}", _REASON))
    priority = judgement.verdicts[block.index].priority or judgement.heard[block.index].priority
    if said.kind == "detail":
        klass = above[block.parent].klass if block.parent >= 0 else None
        part = Part.RULE if klass is None else Part.DETAIL
        return Verdict(klass or StatementClass.REQUIREMENT, part, priority=priority)
    part = Part.STORY if block.story and said.kind == "requirement" else Part.RULE
    return Verdict(_CLASS[said.kind], Part.CRITERION if said.kind == "criterion" else part, priority=priority)
