"""The tasks of a prepared story: each names the criteria that it serves, none is there for its own sake."""

import re
from collections.abc import Iterator

from bmad.core.gate.words import told
from bmad.model.normal import fold
from bmad.model.spec import Story

_TITLES = ("tasks / subtasks", "tasks")
_TASK = re.compile(r"^[-*+] \[[ xX]\][ \t]+(\S.*)$", re.MULTILINE)
"""A task at the margin; what is indented below it is a part of it."""
_CRITERION = re.compile(r"\bAC-[0-9]+\b")
_MOST = 3


def judge_tasks(old: Story, new: Story) -> Iterator[str]:
    """What speaks against the tasks that a creator wrote, a sentence each; a person's are theirs."""
    if _text(new) == _text(old):
        return
    known = {one.id for one in new.criteria}
    for task, named in _tasks(_text(new)):
        strange = sorted(named - known)
        if strange:
            yield told(f'The task "{task}" names {", ".join(strange[:_MOST])}, which {new.id} does not have.', 600)
        elif not named:
            yield told(f'The task "{task}" names no criterion that it serves: end it with one, as in (AC-1).', 600)


def _text(story: Story) -> str:
    return "\n".join(one.text for one in story.sections if fold(one.title).casefold() in _TITLES)


def _tasks(text: str) -> Iterator[tuple[str, set[str]]]:
    """Each task with the criteria that it, or what is indented below it, names."""
    marks = list(_TASK.finditer(text))
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    for mark, end in zip(marks, ends, strict=True):
        yield mark[1], set(_CRITERION.findall(text[mark.start() : end]))
