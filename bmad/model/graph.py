"""The spec graph: nodes and typed links from the lower end to the upper end."""

from enum import StrEnum
from typing import NamedTuple

from bmad.model.ids import Kind
from bmad.model.spec import AnyItem, Criterion


class LinkKind(StrEnum):
    TRACES = "traces"
    COVERS = "covers"
    PART_OF = "part-of"
    IMPLEMENTS = "implements"
    DEPENDS_ON = "depends-on"


class Node(NamedTuple):
    """One node; `line` counts from 1 in `path`, `fingerprint` is 64 hex digits."""

    id: str
    kind: Kind
    title: str
    path: str
    line: int
    fingerprint: str
    item: AnyItem | Criterion


class Link(NamedTuple):
    """One link, and where its reference stands in the lower end's document."""

    source: str
    kind: LinkKind
    target: str
    line: int
    column: int

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.source, self.kind, self.target)
