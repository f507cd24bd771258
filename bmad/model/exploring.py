"""What the page of `bmad report --format html` shows: a change, the specification around it, and its lines."""

from bmad.model.base import Value
from bmad.model.range_report import RangeReport
from bmad.model.reports import GraphReport
from bmad.model.trace import TracedLine


class ChangedFile(Value):
    """A file of the change as it stands at the head, with the lines whose last commit is one of the change's."""

    path: str
    lines: tuple[TracedLine, ...]
    note: str = ""
    """Why lines are missing; empty where all of them stand there."""


class Exploration(Value):
    report: RangeReport
    graph: GraphReport
    """The specification at the head."""
    built: frozenset[str]
    """The stories of which commits stand at the head."""
    everywhere: frozenset[str]
    """The requirements that hold for all work, and so have no story."""
    files: tuple[ChangedFile, ...]
