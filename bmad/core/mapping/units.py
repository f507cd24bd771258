"""What of a draft hangs together: pieces that share statements or requirements, and none with those beside them.

An epic groups, and a story may wait for another one: neither makes one unit of two.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple

from bmad.core.fingerprint import digest_of
from bmad.model.draft import Draft, DraftEpic, DraftRequirement, DraftStatement, DraftStory
from bmad.model.values import all_but


class Unit(NamedTuple):
    """The statements, requirements and stories of one, by where they come in the draft."""

    statements: list[int]
    requirements: list[int]
    stories: list[int]


class Part(NamedTuple):
    """Some units of a draft as a draft of their own, and where they, and its pieces, come in the whole."""

    draft: Draft
    units: list[int]
    statements: list[int]
    requirements: list[int]
    epics: list[int]
    stories: list[int]


_STATEMENT = all_but(DraftStatement, "span")
_REQUIREMENT = all_but(DraftRequirement, "statements")
_STORY = all_but(DraftStory, "epic", "requirements", "depends_on")
_EPIC = all_but(DraftEpic)
_HANGS = attrgetter("epic", "requirements", "depends_on")


def units(draft: Draft) -> list[Unit]:
    """All units, in the order of what comes first in each."""
    needs = len(draft.statements)
    stories = needs + len(draft.requirements)
    above = [*range(stories + len(draft.stories))]

    def top(one: int) -> int:
        while above[one] != one:
            above[one] = one = above[above[one]]
        return one

    for number, need in enumerate(draft.requirements, needs):
        for index in need.statements:
            above[top(index)] = top(number)
    for number, story in enumerate(draft.stories, stories):
        for index in story.requirements:
            above[top(needs + index)] = top(number)
    found: dict[int, Unit] = {}
    for one in above:
        head = top(one)
        if head not in found:
            found[head] = Unit([], [], [])
    for kind, (first, last) in enumerate(((0, needs), (needs, stories), (stories, len(above)))):
        for one in range(first, last):
            found[top(one)][kind].append(one - first)
    return [*found.values()]


def shape(draft: Draft) -> str:
    """A digest of what hangs on what, and of all that is said of the draft as a whole."""
    return digest_of(
        [
            draft.title,
            draft.authored,
            len(draft.statements),
            [one.statements for one in draft.requirements],
            [*map(_HANGS, draft.stories)],
            [*map(_EPIC, draft.epics)],
        ]
    )


def wording(draft: Draft, text: str, unit: Unit) -> str:
    """A digest of all that the pieces of a unit say; `text` is the intent's."""
    statements = [draft.statements[one] for one in unit.statements]
    return digest_of(
        [
            [(*_STATEMENT(one), text[one.span.start : one.span.end]) for one in statements],
            [_REQUIREMENT(draft.requirements[one]) for one in unit.requirements],
            [_STORY(draft.stories[one]) for one in unit.stories],
        ]
    )


def with_waited_for(draft: Draft, every: Sequence[Unit], chosen: Iterable[int]) -> set[int]:
    """Some units, and all that their stories wait for, and so on."""
    unit_of = {story: number for number, unit in enumerate(every) for story in unit.stories}
    found: set[int] = set()
    queue = [*chosen]
    while queue:
        number = queue.pop()
        if number not in found:
            found.add(number)
            queue += [unit_of[one] for own in every[number].stories for one in draft.stories[own].depends_on]
    return found


def part(draft: Draft, every: Sequence[Unit], chosen: Collection[int]) -> Part:
    """The chosen units as a draft of their own, with the epics that hold them, as far as they do."""
    numbers = sorted(chosen)
    own = [every[number] for number in numbers]
    statements = sorted(one for unit in own for one in unit.statements)
    requirements = sorted(one for unit in own for one in unit.requirements)
    stories = sorted(one for unit in own for one in unit.stories)
    at, need, place = map(_places, (statements, requirements, stories))
    holding = {draft.stories[one].epic for one in stories}
    holding |= {at for at, one in enumerate(draft.epics) if not need.keys().isdisjoint(one.requirements)}
    epics = sorted(holding)
    epic = _places(epics)
    return Part(
        replace(
            draft,
            statements=tuple(draft.statements[one] for one in statements),
            requirements=tuple(
                replace(one, statements=tuple(at[index] for index in one.statements))
                for one in (draft.requirements[number] for number in requirements)
            ),
            epics=tuple(
                replace(one, requirements=tuple(need[index] for index in one.requirements if index in need))
                for one in (draft.epics[number] for number in epics)
            ),
            stories=tuple(
                replace(
                    one,
                    epic=epic[one.epic],
                    requirements=tuple(need[index] for index in one.requirements),
                    depends_on=tuple(place[index] for index in one.depends_on),
                )
                for one in (draft.stories[number] for number in stories)
            ),
            blocks=(),
        ),
        numbers,
        statements,
        requirements,
        epics,
        stories,
    )


def _places(chosen: Sequence[int]) -> Mapping[int, int]:
    return {one: place for place, one in enumerate(chosen)}
