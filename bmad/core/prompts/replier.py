"""Triage, second part: the reviewer's one answer to the developer's arguments."""

from collections.abc import Sequence

from bmad.core.act.around import around
from bmad.core.prompts import answers, findings
from bmad.core.prompts.brief import Brief, Prompt, prompt, sentences
from bmad.core.prompts.departures import WEIGHED
from bmad.core.prompts.fences import Part, Script
from bmad.core.prompts.lenses import through
from bmad.core.prompts.rules import LOOKING
from bmad.core.prompts.triager import HUNKS
from bmad.model.act import Finding


def reply_prompt(brief: Brief, lens: str, diff: str, disputed: Sequence[Finding]) -> Prompt:
    """For the reviewer of one lens: concede or uphold each disputed finding."""
    shown = around(diff, disputed)
    parts = [
        *brief.parts(),
        Part("The disputed findings with the developer's arguments", findings.told(disputed, "argument")),
        Part(HUNKS, shown.text),
    ]
    held = [*shown.paths, *(one.path for one in disputed)]
    role = sentences(f"{_ROLE.format(story=brief.id)}\n{LOOKING}", WEIGHED if brief.deviations else "")
    return prompt(brief, Script(role, parts, answers.REPLIED, last=through(lens)), held)


_ROLE = """\
The developer disputes findings of your review of the story {story}. Weigh each argument against the code: concede
where it holds, uphold the finding where it does not. You answer once; what you uphold goes to a person with both
arguments side by side."""
