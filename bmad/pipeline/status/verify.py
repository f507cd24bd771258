"""`bmad verify`: what really ran, joined with the criteria that the tests of the work tree name."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.evidence.joining import Joined, join, outcome_of
from bmad.core.evidence.naming import Names
from bmad.core.evidence.people import by_person
from bmad.core.evidence.sources import Source, holds_tests, read
from bmad.core.graph import SpecGraph
from bmad.core.prefixes import find_story
from bmad.errors import UsageError
from bmad.model.spec import Story
from bmad.model.verification import CriterionRan, Misnamed, Outcome, TestCase, VerifyReport
from bmad.pipeline.spec.work_tree import load_sound
from bmad.ports.files import Formats, Workspace

_MOST = 20
"""Notes of a kind that are told."""


class VerifyRequest(NamedTuple):
    """The tests that reports tell of; the stories of which all has to be covered; the paths that git tracks."""

    cases: Sequence[TestCase]
    stories: Sequence[str]
    tracked: Sequence[str]


def verify(workspace: Workspace, formats: Formats, request: VerifyRequest) -> VerifyReport:
    """What the tests of each criterion came to. Raises: UsageError where a name stands for no story."""
    graph = load_sound(workspace, formats).graph()
    asked = tuple(dict.fromkeys(find_story(graph, name).id for name in request.stories))
    names = Names(f"{story.id}/{one.id}" for story in graph.stories for one in story.criteria)
    sources = {path: _read(workspace.read, path, names) for path in request.tracked if holds_tests(path)}
    joined = join(request.cases, [test for source in sources.values() for test in source.tests], names)
    stories = [one for one in graph.stories if not asked or one.id in asked]
    criteria = tuple(row for story in stories for row in _rows(graph, story, joined))
    misnamed = tuple(_misnamed(sources, joined))
    wrong = any(one.state in ("failed", "skipped", "not-run") for one in criteria)
    bare = bool(asked) and any(one.state == "unnamed" for one in criteria)
    outcomes = [one.outcome for one in request.cases]
    return VerifyReport(
        ok=not (misnamed or wrong or bare),
        stories=asked,
        passed=outcomes.count(Outcome.PASSED),
        failed=outcomes.count(Outcome.FAILED),
        skipped=outcomes.count(Outcome.SKIPPED),
        criteria=criteria,
        misnamed=misnamed,
        notes=tuple(_notes(sources, joined)),
    )


def _read(reader: Callable[[str], str | None], path: str, names: Names) -> Source:
    """The tests of a file; none, and that it could not be read, where it is no text."""
    try:
        text = reader(path)
    except UsageError:
        return Source(whole=False)
    return read(path, text, names) if text is not None else Source()


def _rows(graph: SpecGraph, story: Story, joined: Joined) -> Iterator[CriterionRan]:
    for one in story.criteria:
        name = f"{story.id}/{one.id}"
        tests = joined.tests.get(name, ())
        state = outcome_of(tests)
        if state == "unnamed" and by_person(graph, story):
            state = "by-person"
        yield CriterionRan(criterion=name, text=one.text, state=state, tests=tests)


def _misnamed(sources: dict[str, Source], joined: Joined) -> Iterator[Misnamed]:
    for path, source in sorted(sources.items()):
        yield from (Misnamed(id=one.id, path=path, line=one.line) for one in source.unknown)
    yield from (Misnamed(id=name, path=place) for name, place in joined.unknown)


def _notes(sources: dict[str, Source], joined: Joined) -> Iterator[str]:
    loose = [
        f"{path}:{one.line} names {one.id} outside of any test"
        for path, source in sorted(sources.items())
        for one in source.loose
    ]
    blind = [
        f"{path} cannot be read, so what its tests name is not known"
        for path, source in sorted(sources.items())
        if not source.whole
    ]
    alike = [
        f"{one} may be one of several tests that name different criteria, and counts for none"
        for one in joined.ambiguous
    ]
    for told in (loose, blind, alike):
        yield from told[:_MOST]
        if len(told) > _MOST:
            yield f"and {len(told) - _MOST} more of these"
