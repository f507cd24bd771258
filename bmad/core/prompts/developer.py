"""DevStory: the work itself."""

from collections.abc import Sequence

from bmad.core.prompts import answers
from bmad.core.prompts.brief import Brief, Prompt, prompt
from bmad.core.prompts.fences import Script
from bmad.core.prompts.rules import EVIDENCE, READ_FIRST, building
from bmad.core.prompts.worklog import BUG


def dev_prompt(brief: Brief, said: Sequence[str] = (), *, tested: bool = False) -> Prompt:
    """For the developer: build the story; `tested` where a tester's tests stand in the worktree already."""
    tests = _TESTED if tested else _UNTESTED.format(story=brief.id)
    seen = [EVIDENCE] if brief.evidence and not tested else []
    told = [f"{_ROLE.format(story=brief.id)} {tests}", *seen, *([BUG] if brief.bug else []), READ_FIRST]
    role = "\n".join([*told, building(brief.id, brief.pack)])
    form = answers.built(debugged=brief.bug)
    return prompt(brief, Script(role, brief.with_log("creator", "developer", "probe"), form, said=said))


_ROLE = """\
You build the story {story}: all that its acceptance criteria ask for, and nothing beyond. Use only interfaces that
exist in this project."""
_TESTED = "Its tests stand in the folder already: make them pass, and delete, skip or loosen none."
_UNTESTED = """\
Write tests for each of its acceptance criteria, and name its id in a comment, for example:
    # {story}/AC-1
Delete, skip or loosen no test that is there."""
