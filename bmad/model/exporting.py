"""What goes out of a specification to other tools: its items with their links, and what `bmad export` reports."""

from typing import NamedTuple

from bmad.model.report import Report


class Exported(NamedTuple):
    """A node as other tools take it; `links` are kind and id of the upper end, `part` the intent it is of."""

    id: str
    kind: str
    title: str
    text: str
    source: str = ""
    state: str = ""
    priority: str = ""
    part: str = ""
    path: str = ""
    line: int = 0
    links: tuple[tuple[str, str], ...] = ()


class ExportReport(Report):
    """`files` are the paths that were written; `left` says what the format has no place for."""

    NAME = "export"

    format: str
    target: str
    files: tuple[str, ...]
    counts: dict[str, int]
    left: tuple[str, ...] = ()
