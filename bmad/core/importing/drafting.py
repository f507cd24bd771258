"""A part of a project as a draft: what a mapper makes of an intent, with no word that its authors did not write.

Each story is a requirement of its own words, beside those that it says it serves: so a line leads to the sentences
that its story was written in. What is no item is a block that is left, with the reason.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bmad.core.importing.source import Anchor, Part, SourceRequirement, SourceStory
from bmad.core.importing.text import same_key, titled
from bmad.core.outline.compose.coverage import coverage
from bmad.core.outline.judge import reasons
from bmad.core.outline.judge.judge import judge
from bmad.core.outline.judge.verdict import Judgement
from bmad.core.outline.read.reading import read
from bmad.model.draft import Draft, DraftBlock, DraftEpic, DraftRequirement, DraftStatement, DraftStory, Span
from bmad.model.spec import Priority, StatementClass, Verify
from bmad.model.specification import IntentText

NO_ITEM = "it has no key of its own, and is part of no requirement, epic or story"


@dataclass
class _Quotes:
    """The statements of a draft, each run of characters once, in the order of the text."""

    places: dict[str, int]
    """Where the text of each file begins in that of the intent."""
    of: dict[Span, tuple[StatementClass, str, str]] = field(default_factory=dict)
    """The class, title and source of each."""
    order: list[Span] = field(default_factory=list)
    """Them in their order; no two of them share a character."""

    def span(self, anchor: Anchor) -> Span:
        start = self.places[anchor.path]
        return Span(start + anchor.start, start + anchor.end)

    def add(self, anchor: Anchor, klass: StatementClass, title: str, source: str) -> Span | None:
        """Note a statement, or find the one that holds some of its characters; None where it is empty."""
        span = self.span(anchor)
        if span.start >= span.end:
            return None
        if span not in self.of:
            at = bisect_right(self.order, span)
            beside = self.order[max(at - 1, 0) : at + 1]
            if held := [one for one in beside if one.start < span.end and span.start < one.end]:
                return held[0]
            insort(self.order, span)
            self.of[span] = (klass, title, source)
        return span


def drafted(part: Part, intent: IntentText) -> Draft:
    """The draft of a part whose files are the intent's."""
    text = intent.text or ""
    judged = judge(read(text))
    quotes = _Quotes(_places(intent))
    needs = [_spans(quotes, one) for one in part.requirements]
    tales = [_story_spans(quotes, one) for one in part.stories]
    order = sorted(quotes.of)
    number = {span: index for index, span in enumerate(order)}
    paths = _paths(judged)
    requirements = [
        _requirement(one, _indices(spans, number)) for one, spans in zip(part.requirements, needs, strict=True)
    ]
    kept = [index for index, one in enumerate(requirements) if one.statements]
    place = {same_key(part.requirements[index].key): at for at, index in enumerate(kept)}
    own = [requirements[index] for index in kept]
    stories = _stories(part, own, place, [_indices(spans, number) for spans in tales])
    statements = tuple(_statement(span, quotes, paths) for span in order)
    return Draft(
        title=next((section.title for section in judged.reading.sections if section.title), part.name),
        statements=statements,
        requirements=tuple(own),
        epics=_epics(part, place, stories),
        stories=stories,
        authored=True,
        coverage=coverage(len(text), judged.reading.leaves, order),
        blocks=tuple(_blocks(judged, order, part, quotes)),
    )


def _places(intent: IntentText) -> dict[str, int]:
    if not intent.shards:
        return {intent.path: 0}
    return {one.path: one.start for one in intent.shards}


def _indices(spans: Iterable[Span | None], number: dict[Span, int]) -> tuple[int, ...]:
    return tuple(sorted({number[span] for span in spans if span is not None}))


# -- statements ------------------------------------------------------------------------------------------------


def _spans(quotes: _Quotes, one: SourceRequirement) -> list[Span | None]:
    klass = StatementClass.CONSTRAINT if one.everywhere else StatementClass.REQUIREMENT
    return [
        quotes.add(anchor, klass, one.title or one.key, (one.source or one.key) if not at else "")
        for at, anchor in enumerate(one.anchors)
    ]


def _story_spans(quotes: _Quotes, one: SourceStory) -> list[Span | None]:
    spans: list[Span | None] = []
    for at, anchor in enumerate(one.anchors):
        number = at - (len(one.anchors) - len(one.criteria))
        title = one.title if number < 0 else titled(one.criteria[number])
        spans.append(
            quotes.add(
                anchor, StatementClass.REQUIREMENT, title or one.key, (one.source or one.key) if not at else ""
            )
        )
    return spans


def _paths(judged: Judgement) -> list[tuple[int, tuple[str, ...]]]:
    """Where each section begins, and its headings."""
    found: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    found += [
        (section.span.start, tuple(part for part in section.path if part))
        for section in judged.reading.sections
        if section.span.end
    ]
    return sorted(found)


def _statement(span: Span, quotes: _Quotes, paths: Sequence[tuple[int, tuple[str, ...]]]) -> DraftStatement:
    klass, title, source = quotes.of[span]
    at = bisect_right(paths, span.start, key=lambda one: one[0]) - 1
    return DraftStatement(span=span, klass=klass, under=paths[at][1], title=title, source=source)


# -- requirements, stories, epics ------------------------------------------------------------------------------


def _requirement(one: SourceRequirement, statements: tuple[int, ...]) -> DraftRequirement:
    counts = any(sign.isdigit() for sign in one.text)
    return DraftRequirement(
        title=one.title or one.key,
        text=one.text,
        functional=one.functional,
        priority=one.priority or Priority.MUST,
        verify=Verify.INSPECTION if one.everywhere and not counts else Verify.TEST,
        statements=statements,
        source=one.source or one.key,
        everywhere=one.everywhere,
        no_story=one.no_story,
    )


def _stories(
    part: Part, own: list[DraftRequirement], place: dict[str, int], quoted: Sequence[tuple[int, ...]]
) -> tuple[DraftStory, ...]:
    """The stories, each with the requirement that it is itself; those are added to `own`."""
    epics = {one.key: at for at, one in enumerate(part.epics)}
    at = {one.key: index for index, one in enumerate(part.stories)}
    found: list[DraftStory] = []
    for one, statements in zip(part.stories, quoted, strict=True):
        needs = [place[same_key(key)] for key in one.needs if same_key(key) in place]
        text = one.narrative or one.title
        own.append(
            DraftRequirement(
                title=titled(one.title) or one.key,
                text=text,
                priority=one.priority or Priority.MUST,
                statements=statements,
                source=one.source or one.key,
            )
        )
        found.append(
            DraftStory(
                title=titled(one.title) or one.key,
                epic=epics[one.epic],
                requirements=(len(own) - 1, *dict.fromkeys(needs)),
                depends_on=tuple(dict.fromkeys(at[key] for key in one.after if key in at and key != one.key)),
                narrative=text,
                criteria=tuple(dict.fromkeys(one.criteria)) or (" ".join(text.split()),),
                tasks=one.tasks,
                notes=one.notes,
                source=one.source or one.key,
                done_elsewhere=one.done,
            )
        )
    return tuple(found)


def _epics(part: Part, place: dict[str, int], stories: Sequence[DraftStory]) -> tuple[DraftEpic, ...]:
    found: list[DraftEpic] = []
    for at, one in enumerate(part.epics):
        said = [place[same_key(key)] for key in one.covers if same_key(key) in place]
        held = [need for story in stories if story.epic == at for need in story.requirements]
        requirements = tuple(dict.fromkeys([*said, *held]))
        found.append(DraftEpic(title=titled(one.title) or one.key, text=one.text, requirements=requirements))
    return tuple(found)


# -- blocks ----------------------------------------------------------------------------------------------------


def _blocks(judged: Judgement, order: Sequence[Span], part: Part, quotes: _Quotes) -> Iterable[DraftBlock]:
    """Every block of the text: in a statement, in what the items say else, or left for the outline's reason."""
    starts = [span.start for span in order]
    used = sorted((quotes.span(anchor), why) for anchor, why in part.used if anchor.path in quotes.places)
    for block in judged.reading.blocks:
        verdict = judged.verdicts[block.index]
        under = tuple(one for one in judged.reading.sections[block.section].path if one)
        at = bisect_right(starts, block.span.end - 1) - 1
        taken = at >= 0 and order[at].end > block.span.start
        within = next(
            (why for span, why in used if span.start < block.span.end and block.span.start < span.end), ""
        )
        why = within or (verdict.why if verdict.why and verdict.why != reasons.TELLS else NO_ITEM)
        asks = judged.standings[block.section].asks and not within
        yield DraftBlock(block.span, under, at if taken else -1, "" if taken else why, asks)
