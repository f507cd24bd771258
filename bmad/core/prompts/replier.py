"""Triage, second part: the reviewer's one answer to the developer's arguments."""

from collections.abc import Iterable, Sequence

from bmad.core.act.around import around
from bmad.core.act.triage import Argued
from bmad.core.prompts import answers, findings
from bmad.core.prompts.brief import Brief, Prompt, prompt, sentences
from bmad.core.prompts.departures import WEIGHED
from bmad.core.prompts.fences import Part, Script
from bmad.core.prompts.lenses import through
from bmad.core.prompts.rules import LOOKING
from bmad.core.prompts.triager import HUNKS
from bmad.model.review import Finding


def reply_prompt(
    brief: Brief, lens: str, diff: str, disputed: Sequence[Argued], repeated: Iterable[Finding] = ()
) -> Prompt:
    """For the reviewer of one lens: concede or uphold what the developer says of each finding.

    `repeated` are those that some of them are said to repeat.
    """
    own = [one.finding for one in disputed]
    shown = around(diff, own)
    parts = [
        *brief.parts(),
        Part("The disputed findings with the developer's arguments", findings.argued(disputed)),
        Part("The findings that some of them are said to repeat", findings.told(repeated)),
        Part(HUNKS, shown.text),
    ]
    held = [*shown.paths, *(one.path for one in own)]
    role = sentences(
        f"{_ROLE.format(story=brief.id)}\n{LOOKING}",
        "\n".join(_MEANING[stand] for stand in _MEANING if any(one.stand.stand == stand for one in disputed)),
        WEIGHED if brief.deviations else "",
    )
    return prompt(brief, Script(role, parts, answers.REPLIED, last=through(lens)), held)


_ROLE = """\
The developer disputes findings of your review of the story {story}. Weigh each argument against the code: concede
where it holds, uphold the finding where it does not. You answer once."""

_MEANING = {
    "disputed": "Of one whose `stand` is `disputed`: what you uphold goes to a person with both arguments.",
    "lesser": (
        "Of one whose `stand` is `lesser`: it is right, and you concede that it is no graver than `proposed`. "
        "What you uphold is mended as it stands."
    ),
    "duplicate": (
        "Of one whose `stand` is `duplicate`: you concede that what mends the finding `same_as` mends it, too; "
        "then it is settled with that one. What you uphold is mended by itself."
    ),
}
"""What a concession means; what is not `disputed` is confirmed by both, and no person is asked."""
