"""Short ways to look at a draft in tests."""

from bmad.core.outline import outline
from bmad.model.draft import Draft, DraftRequirement, DraftStory
from bmad.model.spec import Priority, StatementClass
from tests.outline.drafts import check


def under(heading: str, body: str) -> str:
    """A document with one heading below its title."""
    return f"# P\n\n## {heading}\n\n{body}"


def mapped(text: str) -> Draft:
    """The draft of a text, which is whole and says nothing of its own."""
    draft = outline(text)
    check(text, draft)
    return draft


def quotes(text: str, klass: StatementClass) -> list[str]:
    return [text[s.span.start : s.span.end] for s in mapped(text).statements if s.klass == klass]


def asked(text: str) -> list[str]:
    """The quotes of what must be built or held."""
    wanted = {StatementClass.REQUIREMENT, StatementClass.GOAL, StatementClass.CONSTRAINT}
    return [text[s.span.start : s.span.end] for s in mapped(text).statements if s.klass in wanted]


def refused(text: str) -> list[str]:
    return quotes(text, StatementClass.NON_GOAL)


def left(text: str) -> dict[str, str]:
    """The blocks that were left, with the reason."""
    return {text[b.span.start : b.span.end]: b.why for b in mapped(text).blocks if b.statement < 0}


def titles(draft: Draft) -> list[str]:
    return [story.title for story in draft.stories]


def story(draft: Draft, title: str) -> DraftStory:
    return next(one for one in draft.stories if one.title == title)


def needs(draft: Draft, one: DraftStory) -> list[DraftRequirement]:
    return [draft.requirements[index] for index in one.requirements]


def priorities(text: str) -> list[Priority]:
    return [need.priority for need in mapped(text).requirements]


def epics(draft: Draft) -> dict[str, list[str]]:
    """The titles of the stories of each epic."""
    return {
        epic.title: [one.title for one in draft.stories if one.epic == number]
        for number, epic in enumerate(draft.epics)
    }
