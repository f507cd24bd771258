"""CreateStory: a mapped story is made ready to be built."""

from collections.abc import Sequence

from bmad.core.gate.words import printable
from bmad.core.prompts import answers
from bmad.core.prompts.brief import Brief, Prompt, prompt, sentences
from bmad.core.prompts.fences import Part, Script


def create_prompt(brief: Brief, said: Sequence[str] = (), *, splits: bool = False) -> Prompt:
    """For the creator; `said` are a person's words on an earlier attempt, `splits` says that it may split it."""
    own = Part("The story's own file", printable(brief.path, 4096))
    role = sentences(_ROLE.format(story=brief.id), _SPLIT if splits else "")
    answer = f"{answers.CREATED} {answers.SPLIT}" if splits else answers.CREATED
    return prompt(brief, Script(role, [own, *brief.parts()], answer, said=said))


_ROLE = """\
You prepare the story {story} so that a developer can build it without asking.

Find out first: read the files that it will touch, what they import and who calls them, their tests, and the
pages of `docs/` that speak of it; look for a neighbour that solves something alike. Name only interfaces and
versions that you have seen. Then change only the story's own file, which is named below:

- `Territory`: globs of the paths that the work may change, tests included, as narrow as the work allows, for
  example
  - Territory: `src/clock.py`, `tests/test_clock*.py`, `docs/clock/**`
- `Depends on`: the stories that have to land before this one can begin; it waits for them, so name no others.
- `Tasks / Subtasks`, in the order data, logic, interface, end to end, as far as there is each: every one with the
  criteria that it serves, for example `- [ ] Parse hours (AC-1, AC-3)`; one that names none is refused.
- `Dev Notes`: interfaces that exist, with their paths; the neighbour whose pattern to follow; pinned versions;
  a test plan with a case for each criterion; demands on security and speed that the criteria bring with them.
- `Assumptions (not in the intent)`: each decision that you took and no criterion takes, one a line. Reviewers hold
  the work against the criteria, not against these.
- sections of your own.

Its heading, `Epic`, `Implements`, `Kind`, `Aliases`, `Story` and `Acceptance Criteria` stay as they are, and no
other file changes. Do not commit."""

_SPLIT = """\
Where it is too large to be built and reviewed as one change, prepare nothing and answer `split` instead: bmad
makes stories of these parts, and this one waits for them and builds the rest. Split along what can land by itself:
data, then logic, then interface, then end to end. A part is not split again."""
