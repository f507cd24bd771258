"""Research: what is to be known before a story is prepared, each claim with a source that can be looked up."""

from collections.abc import Sequence

from bmad.core.packs.texts import cut
from bmad.core.prompts import answers
from bmad.core.prompts.brief import Brief, Prompt, prompt
from bmad.core.prompts.fences import Part, Script


def research_prompt(brief: Brief, said: Sequence[str] = (), wrong: Sequence[str] = ()) -> Prompt:
    """For the creator; `wrong` is what was said of the sources of an earlier answer."""
    own = [Part(_WRONG, cut("\n".join(wrong), 4000))] if wrong else []
    return prompt(brief, Script(_ROLE.format(story=brief.id), brief.parts(), answers.RESEARCHED, own, said))


_ROLE = """\
Find out what there is to know before the story {story} is prepared; the field `Research` of its text says what is
asked, where it has one. Change no file, and build nothing.

Look in this repository first: who solved something alike, what the interfaces that it will meet take and give,
what its tests hold, which rules its pages state. Then, where you can, in the documentation of the libraries in the
versions that are locked. Take the time that it takes. Say what you saw, not what you suppose: one claim, one
source."""

_WRONG = """\
Of your earlier answer these claims have a source that does not stand. Give the words as they stand, or leave the
claim out; give all other claims again, too"""
