"""`bmad report --format html`: a change with the specification around it, and the lines that it is of."""

from collections.abc import Iterator

from bmad.core.paths import PathClass
from bmad.errors import UsageError
from bmad.model.exploring import ChangedFile, Exploration
from bmad.model.ids import Kind
from bmad.model.quoting import quoted, unquoted
from bmad.model.range_report import RangeReport
from bmad.model.spec import Requirement
from bmad.pipeline.spec.nodes import graph_report
from bmad.pipeline.trace.blame import Asked, lines_of
from bmad.pipeline.trace.recorded_commits import adopted
from bmad.pipeline.trace.report import ReportRequest, report
from bmad.pipeline.trace.revision import Reading, read_at
from bmad.ports.files import Formats
from bmad.ports.history import Clock, History

_APART = (PathClass.SPEC, PathClass.RECORD)
_MERGE = 2
MOST_LINES = 20_000
"""Lines of one page, some three megabytes; a browser takes a second for them."""


def explore(history: History, formats: Formats, clock: Clock, request: ReportRequest) -> Exploration:
    """A range as `report` explains it, to go through from the intent's sentences to the lines and back."""
    found = report(history, formats, clock, request)
    with history.read() as objects:
        after = read_at(objects, formats, found.head)
        graph = after.explainer.graph
        needs = (node.item for node in graph.of_kind(Kind.REQUIREMENT))
        return Exploration(
            report=found,
            graph=graph_report(after.explainer.spec, graph),
            built=frozenset(after.worked(adopted(after))),
            everywhere=frozenset(need.id for need in needs if isinstance(need, Requirement) and need.everywhere),
            files=tuple(_files(after, found)),
        )


def _files(after: Reading, found: RangeReport) -> Iterator[ChangedFile]:
    """The files that the range's commits work on, each with the lines that came with them."""
    own = frozenset(one.commit for one in found.commits)
    commits = [one for one in after.objects.commits(sorted(own)).values() if len(one.parents) < _MERGE]
    every = (change for changes in after.changes(commits).values() for change in changes)
    left = MOST_LINES
    for path in sorted({quoted(one.path) for one in every if after.classify.of(one).klass not in _APART}):
        try:
            lines = [line for line in lines_of(after, Asked(unquoted(path))).lines if line.commit in own]
        except UsageError:
            continue  # it is gone, or no file with lines
        if lines:
            note = (
                f"{len(lines) - left} more lines are not shown: a page has at most {MOST_LINES}"
                if len(lines) > left
                else ""
            )
            yield ChangedFile(path=path, lines=tuple(lines[:left]), note=note)
            left = max(0, left - len(lines))
