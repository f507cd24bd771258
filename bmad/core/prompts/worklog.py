"""A story's log as a prompt holds it, and what was suspected and tried where something is debugged."""

import json
from collections.abc import Iterable, Sequence

from bmad.core.packs.texts import cut, size
from bmad.core.prompts.fences import Part
from bmad.model.record import Logged
from bmad.model.tested import Hypothesis

MOST_LOG, MOST_HYPOTHESES = 2000, 3000
"""Bytes that a prompt gives to each."""

DEBUG = """\
Find the cause before you change anything: note what you suspect, run what would refute it, and mend what is left.
Answer with it in `hypotheses`. What is refuted already need not be tried again."""


BUG = f"""\
The story is of kind `bug`: what it asks for does not hold, though code for it is there. Before you mend it, have a
test that fails because of the defect, run it as the code is, and say in `summary` how it failed.
{DEBUG}"""


def worklog(log: Sequence[Logged]) -> Part:
    """The entries in their order; where there is no room for all, the last ones."""
    shown: list[str] = []
    room = MOST_LOG
    for one in reversed([one for one in log if one.kind != "hypothesis"]):
        line = json.dumps([one.step, one.by, one.words], ensure_ascii=False)
        room -= size(line) + 1
        if room < 0:
            break
        shown.insert(0, line)
    count = sum(one.kind != "hypothesis" for one in log)
    left = [f"({count - len(shown)} earlier entries left out)"] if count > len(shown) else []
    return Part("The story's log so far, in the words of those who worked on it", "\n".join([*left, *shown]))


def hypotheses(every: Iterable[Hypothesis]) -> Part:
    """What was suspected before, the refuted first."""
    ranked = sorted(every, key=lambda one: one.verdict != "refuted")
    told = "\n".join(json.dumps(one.model_dump(mode="json"), ensure_ascii=False) for one in ranked)
    return Part("Hypotheses of earlier rounds, and how they were decided", cut(told, MOST_HYPOTHESES))
