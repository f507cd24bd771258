"""Triage: the developer's stand on each finding."""

from collections.abc import Iterable, Sequence

from bmad.core.act.around import around
from bmad.core.prompts import answers, findings
from bmad.core.prompts.brief import Brief, Prompt, prompt
from bmad.core.prompts.fences import Part, Script
from bmad.core.prompts.rules import LOOKING
from bmad.model.review import Finding


def triage_prompt(
    brief: Brief,
    diff: str,
    raised: Sequence[Finding],
    beside: Iterable[Finding] = (),
    complaints: Sequence[str] = (),
) -> Prompt:
    """For the developer: a stand on each raised finding. Of the change it shows what stands around them.

    `beside` are others that are open, which a raised one may repeat; `complaints` what was wrong with an answer.
    """
    shown = around(diff, raised)
    parts = [
        *brief.parts(),
        Part("The findings", findings.told(raised)),
        findings.context(beside),
        Part("What your first answer lacks", "\n".join(complaints)),
        Part(HUNKS, shown.text),
    ]
    held = [*shown.paths, *(one.path for one in raised)]
    near = findings.at_one_place(raised, _ONE_OR_SEVERAL)
    role = "\n".join(filter(None, (_ROLE.format(story=brief.id), near, LOOKING)))
    return prompt(brief, Script(role, parts, answers.TRIAGED), held)


HUNKS = "The change around the findings; the folder has all of it, each line bears its number in the file"

_ROLE = """\
A reviewer raised findings against your change for the story {story}. Take each by itself and look at the code:
confirm it where it is right, even if you would rather not; dispute it where it is not, with an argument that
can be checked. One that rests on nothing but an entry of `Assumptions` is no more than a P2. Fix nothing now."""

_ONE_OR_SEVERAL = """\
They may be one defect or several: where what mends one mends the other, the other is its `duplicate`, else each
has a stand of its own."""
