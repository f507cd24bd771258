"""A story that is too large for one change, split by bmad as its creator proposed: pure, over parsed stories.

The story stays as it is, with all that it means: its id, its title, its links and every criterion. It waits for
the parts, builds what they leave, and lands once all of it holds; so whatever depends on it still waits for all
of it, and no review can be of fewer criteria than its base has. A part is a story of its own, of the same epic and
requirements, with copies of some of the criteria, word for word: none is lost or invented. Its territory lies
within the story's.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.fingerprint import fingerprint, mint
from bmad.core.gate.words import told
from bmad.core.territory import territory_fault, within
from bmad.model.answers import SplitPart
from bmad.model.edits import Edit, SetField, SetSection
from bmad.model.ids import PREFIX, Kind
from bmad.model.layout import Layout
from bmad.model.normal import fold
from bmad.model.spec import Criterion, Ref, Section, Story

MOST = 5
"""Parts that may be taken out of a story at once."""

_TITLE = 120
_PART = re.compile(r"(STORY-.+)-part-[0-9]+")


class Division(NamedTuple):
    """The new stories, in order, and the edits of the one that they are taken out of."""

    parts: tuple[Story, ...]
    edits: tuple[Edit, ...]


def is_part(story: Story) -> bool:
    """Whether a story was taken out of another one; its alias says of which, and no agent may change that."""
    return bool(whole_of(story))


def whole_of(story: Story) -> str:
    """The id of the story that it was taken out of; empty where it is no part."""
    return next((match[1] for alias in story.aliases if (match := _PART.fullmatch(alias))), "")


def was_split(story: Story, others: Iterable[Story]) -> bool:
    """Whether it is a part of another one, or parts were taken out of it."""
    return is_part(story) or any(f"{story.id}-part-1" in one.aliases for one in others)


def judge_split(
    story: Story, parts: Sequence[SplitPart], layout: Layout, others: Iterable[Story] = (), *, landed: bool = False
) -> list[str]:
    """What speaks against a proposal, a sentence each; empty where it can be done.

    `others` are the other stories of the specification, `landed` whether the story has landed before.
    """
    faults = []
    if landed:
        faults.append(f"{story.id} has landed before; what has landed is not split.")
    if was_split(story, others):
        faults.append(f"{story.id} was split already; neither it nor its parts are split again.")
    if not 1 <= len(parts) <= MOST:
        faults.append(f"It may have 1 to {MOST} parts, not {len(parts)}.")
    return [told(one, 600) for one in (*faults, *_of_criteria(story, parts), *_of_parts(story, parts, layout))]


def _of_criteria(story: Story, parts: Sequence[SplitPart]) -> Iterator[str]:
    known = {one.id for one in story.criteria}
    count = Counter(name for part in parts for name in part.criteria)
    for name in count:
        if name not in known:
            yield f"{story.id} has no criterion `{name}`."
        elif count[name] > 1:
            yield f"`{name}` stands in more than one place of the proposal."
    if known <= set(count):
        yield f"Every criterion is taken; at least one has to stay in {story.id}."


def _of_parts(story: Story, parts: Sequence[SplitPart], layout: Layout) -> Iterator[str]:
    titles = [fold(part.title) for part in parts]
    own = tuple(ref.text for ref in story.territory)
    for at, part in enumerate(parts):
        title = titles[at]
        if not title or len(title) > _TITLE or not title.isprintable() or "`" in title:
            yield f"Part {at + 1} needs a title of words on one line, of at most {_TITLE} characters."
        if title in (*titles[:at], fold(story.title)):
            yield f"`{title}` is the title of another one."
        if not part.criteria:
            yield f"Part {at + 1} takes no criterion."
        for name in part.depends:
            if fold(name) not in titles[:at]:
                yield f"Part {at + 1} depends on `{name}`, which is no title of a part before it."
        for glob in part.territory:
            fault = territory_fault(glob, layout)
            if fault is not None:
                yield f"The territory `{glob}` of part {at + 1} {fault}."
            elif own and not within(own, glob):
                yield f"The territory `{glob}` of part {at + 1} is not within that of {story.id}."


def divide(story: Story, parts: Sequence[SplitPart], taken: Collection[str]) -> Division:
    """The parts as stories with ids of their own, and what is left of the story; `taken` are all ids ever used.

    The proposal must be one that `judge_split` has nothing against.
    """
    words = {one.id: one for one in story.criteria}
    used = dict.fromkeys(taken, "")
    made: dict[str, Story] = {}
    for number, part in enumerate(parts, 1):
        title = fold(part.title)
        name = mint(PREFIX[Kind.STORY], used, Kind.STORY.value, story.id, title)
        used[name] = ""
        before = [Ref(made[fold(one)].id) for one in part.depends]
        made[title] = Story(
            id=name,
            title=title,
            aliases=(f"{story.id}-part-{number}",),
            epic=story.epic,
            implements=story.implements,
            depends_on=(*story.depends_on, *dict.fromkeys(before)),
            territory=tuple(map(Ref, part.territory)) or story.territory,
            kind=story.kind,
            narrative=story.narrative,
            criteria=tuple(_copied(words[one]) for one in part.criteria),
            sections=(
                Section(_TASKS, _tasks(story, part.criteria), 0),
                Section("Dev Notes", _origin(story, part), 0),
            ),
        )
    waits = ", ".join([*(ref.text for ref in story.depends_on), *(one.id for one in made.values())])
    taken_out = {name for part in parts for name in part.criteria}
    edits: list[Edit] = [SetField(story.id, "Depends on", waits)]
    if _section(story, _TASKS).strip():
        left = [one for one in words if one not in taken_out]
        edits.append(SetSection(story.id, _TASKS, f"\n{_tasks(story, left, rest=True)}\n\n"))
    built = "\n".join(f"- {one.id} builds {', '.join(each.id for each in one.criteria)}" for one in made.values())
    notes = _section(story, _NOTES).strip("\n")
    text = f"{notes}\n\n" if notes else ""
    edits.append(SetSection(story.id, _NOTES, f"\n{text}{_SPLIT}\n\n{built}\n"))
    return Division(tuple(made.values()), tuple(edits))


_SPLIT = "Split by bmad. What its parts build has to hold here, too; the rest is built here."
_NOTES = "Dev Notes"
_TASKS = "Tasks / Subtasks"
_SERVED = re.compile(r"\bAC-[0-9]+\b")


def _section(story: Story, title: str) -> str:
    return next((one.text for one in story.sections if one.title == title), "")


def _tasks(story: Story, criteria: Collection[str], *, rest: bool = False) -> str:
    """The tasks that serve only these criteria, with the lines below them; `rest`: those of none, too."""
    kept: list[str] = []
    keeps = rest
    for line in _section(story, _TASKS).strip("\n").split("\n"):
        if not line.startswith((" ", "\t")):
            served = set(_SERVED.findall(line))
            keeps = served <= set(criteria) if served else rest
            keeps = keeps or (rest and bool(served & set(criteria)))
        if keeps:
            kept.append(line)
    return "\n".join(kept)


def _copied(one: Criterion) -> Criterion:
    return Criterion(id=one.id, text=one.text)


def _origin(story: Story, part: SplitPart) -> str:
    return f"A part of {story.id}, which builds its {', '.join(part.criteria)}; split by bmad."


def judge_division(before: Story, after: Story | None, parts: Sequence[Story]) -> list[str]:
    """What is wrong with a division as it came to stand; empty where all is meant as before."""
    if after is None:
        return [f"{before.id} is gone."]
    known = {one.id: fold(one.text) for one in before.criteria}
    own, same = _links(before), fingerprint(before) == fingerprint(after)
    faults = [] if same and own == _links(after) else [f"{before.id} means something else, or has other links."]
    for one in parts:
        if any(known.get(each.id) != fold(each.text) for each in one.criteria):
            faults.append(f"{one.id} has a criterion that is none of {before.id}.")
        if _links(one)[:3] != own[:3]:
            faults.append(f"{one.id} has other links than {before.id}.")
    return faults


def _links(one: Story) -> tuple[object, ...]:
    epic = one.epic.text if one.epic is not None else None
    return epic, sorted(ref.text for ref in one.implements), one.kind, [ref.text for ref in one.territory]


def summary(story: str, parts: Sequence[SplitPart]) -> str:
    """A proposal in one sentence, for a person."""
    told_of = "; ".join(f"“{fold(part.title)}” builds {', '.join(part.criteria)}" for part in parts)
    return told(f"it would be split, and {story} waits for the parts and builds the rest: {told_of}", 1200)
