"""DevStory, first part: the tests, by one who does not write the code."""

from collections.abc import Sequence

from bmad.core.prompts import answers
from bmad.core.prompts.brief import Brief, Prompt, prompt
from bmad.core.prompts.fences import Script
from bmad.core.prompts.rules import EVIDENCE, building


def test_prompt(brief: Brief, said: Sequence[str] = ()) -> Prompt:  # noqa: PT028 - no test
    """For the tester: write the criteria's tests before there is any code for them."""
    seen = f"\n{EVIDENCE}" if brief.evidence else ""
    role = f"{_ROLE.format(story=brief.id)}{seen}\n{building(brief.id, brief.pack)}"
    return prompt(brief, Script(role, brief.with_log("creator", "tester"), answers.WORK, said=said))


_ROLE = """\
You write the tests of the story {story}, before it is built by someone else. For each acceptance criterion write
at least one test that fails now, because what it asks for is missing, and passes once it is there. Name the
criterion's id in each test, for example in a comment on its first line:
    # {story}/AC-1
Write them as the tests beside them are written. Tests only, no code that they test; delete, skip and loosen
none."""
