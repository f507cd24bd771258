"""`bmad report STORY`: one story's chain as it stands at a revision, from the sentence to the lines and back."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bmad.core.paths import PathClass
from bmad.core.prefixes import find_story
from bmad.core.trace import by_story, title_of
from bmad.errors import UsageError
from bmad.model.quoting import unquoted
from bmad.model.range_report import OneStoryReport, StoryCommit, StoryLines
from bmad.model.record import Record
from bmad.model.trace import TracedLine
from bmad.pipeline.gate.mailmap import Mailmaps
from bmad.pipeline.trace.blame import Asked, lines_of
from bmad.pipeline.trace.recorded_commits import adopted
from bmad.pipeline.trace.report import left_open, of_story, records_at, with_record
from bmad.pipeline.trace.revision import Reading, files_of, read_at
from bmad.ports.cache import NO_CACHES, Caches
from bmad.ports.files import Formats
from bmad.ports.history import History

_APART = (PathClass.SPEC, PathClass.RECORD)
"""What says what a story is, and what it did, and is none of its work."""


class OneStoryRequest(NamedTuple):
    """A story by its id or an unambiguous prefix, and the revision that is asked; HEAD by default."""

    story: str
    head: str | None = None
    caches: Caches = NO_CACHES


def report_story(history: History, formats: Formats, request: OneStoryRequest) -> OneStoryReport:
    """Explain one story.

    Raises: UsageError where the name is no story's; CannotAnswerError where there is no repository or commit.
    """
    with history.read() as objects:
        reading = read_at(objects, formats, request.head)
        graph = reading.explainer.graph
        name = find_story(graph, request.story, reading.head.id).id
        found = {claim.commit.id: claim for claim in adopted(reading)}
        own = by_story(found.values()).get(name, [])
        changes = reading.changes([found[one].commit for one in own])
        paths = dict.fromkeys(path for one in own for path in files_of(found[one], name, changes[one]))
        records = records_at(reading)
        mine = sorted((one for one in records if one[1].story == name), key=lambda one: one[1].landing)
        paths |= dict.fromkeys(one.path for _, record in mine for one in record.change)
        people = Mailmaps(objects).people(reading.head.tree)
        files = {name: sorted(one for one in paths if reading.classify(unquoted(one)).klass not in _APART)}
        story = of_story(reading.explainer, name, own, files, self_authored=False)
        story = with_record(reading.explainer, story, mine[-1] if mine else None, people, {})
        left = left_open(reading, [record for _, record in records])
        return OneStoryReport(
            head=reading.head.id,
            story=story.model_copy(update={"left_open": tuple(one for one in left if one.story == name)}),
            landings=tuple(path for path, _ in mine),
            commits=tuple(StoryCommit(commit=one, title=title_of(found[one].commit)) for one in own),
            lines=tuple(_lines(reading, name, files[name], request.caches)),
            titles={one: graph.nodes[one].title for one in story.requirements if one in graph.nodes},
            notes=tuple(_notes(mine)),
        )


def _lines(reading: Reading, story: str, paths: Sequence[str], caches: Caches) -> Iterator[StoryLines]:
    """The lines of the story that stand, row by row; those that may be of other stories as well are left out."""
    for path in paths:
        try:
            told = lines_of(reading, Asked(unquoted(path)), cache=caches.lines)
        except UsageError:  # it is gone, or no text
            continue
        yield from _rows(path, [one for one in told.lines if one.story == story])


def _rows(path: str, lines: Sequence[TracedLine]) -> Iterator[StoryLines]:
    first = 0
    for at, one in enumerate(lines, 1):
        after = lines[at] if at < len(lines) else None
        if after is None or (after.line, after.sure) != (one.line + 1, one.sure):
            yield StoryLines(path=path, first=lines[first].line, last=one.line, sure=one.sure)
            first = at


def _notes(records: Sequence[tuple[str, Record]]) -> Iterator[str]:
    if not records:
        yield "no record of it stands, so nothing here tells of checks, reviews and evidence"
    if any(one.signature for _, one in records):
        yield "signatures are not checked here; bmad gate --since REV checks them"
    if any(one.findings for _, one in records):
        yield "a record keeps where a finding stood and what came of it, not its words"
