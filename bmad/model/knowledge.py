"""What `bmad knowledge` reports: the lessons of `docs/knowledge/`, arranged, and what is wrong with them."""

from typing import Literal

from pydantic import Field

from bmad.model.base import Value
from bmad.model.report import Report


class KnowledgePage(Value):
    """A page; `stale` says why, a clause each, `changed` which stories changed files of its own story since."""

    path: str
    title: str
    klass: Literal["project", "area", "resource", "archive"] = Field(serialization_alias="class")
    story: str = ""
    epic: str = ""
    bytes: int
    long: bool
    stale: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


class SaidTwice(Value):
    """A paragraph that stands on two pages; `share` is the Jaccard index of its runs of three words, 0 to 1."""

    path: str
    other: str
    words: str
    share: float


class KnowledgeReport(Report):
    """`ok` where no page is stale or too long, nothing is said twice, and a written index reads as it should.

    `text` is the index as it is written.
    """

    NAME = "knowledge"

    ok: bool
    commit: str
    pages: tuple[KnowledgePage, ...]
    twice: tuple[SaidTwice, ...] = ()
    index: str
    in_step: bool | None = None
    """Whether the index that the commit holds reads as it should; null where it holds none."""
    written: bool = False
    text: str
