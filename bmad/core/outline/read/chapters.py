"""An intent in chapters, each from one heading to the next, so that one that is as it was need not be read again.

A line that begins with `#` ends all that is open above it but a fence and HTML. So what was read between two such
headings reads the same wherever it stands between two of them.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from bmad.core.outline.read.block import Block, Group, Kind, Section
from bmad.core.outline.read.document import Chapter, Document
from bmad.model.draft import Span

_BEGINS = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
_KINDS = {str(one): one for one in Kind}


class Rows(Protocol):
    """What is remembered by names, in plain values."""

    def row(self, name: str) -> Any:
        """None where nothing is known."""

    def keep_row(self, name: str, row: object) -> None: ...


class Anew(NamedTuple):
    """The same where nothing is known."""

    rows: Rows

    def row(self, name: str) -> None:
        """Nothing."""

    def keep_row(self, name: str, row: object) -> None:
        self.rows.keep_row(name, row)


class ForgottenError(Exception):
    """What is remembered of a chapter does not fit what stands around it, or is none of what was kept."""


def chapters(text: str, source: str, starts: Sequence[int], codes: Sequence[str]) -> list[Chapter]:
    """The chapters of a text whose lines start there; the first is what stands before the first heading.

    `source` is the text as it is read, line by line. None where lines may end otherwise than with a line feed.
    """
    if "\r" in text:
        return []
    begins = [0, *(match.start() for match in _BEGINS.finditer(source) if match.start()), len(source)]
    found: list[Chapter] = []
    line = 0
    for begin, end in pairwise(begins):
        first, line = line, line + source.count("\n", begin, end)
        last, stop = (line, starts[line]) if end < len(source) else (len(starts), len(text))
        said = (*codes, text[starts[first] : stop], source[begin:end])
        name = sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        found.append(Chapter(f"{name} blocks", first, last, Span(starts[first], stop), begin))
    return found


class Below(NamedTuple):
    """What stands below one heading; `asks` is what the headings above it say of that, where it matters."""

    asks: bool | None
    groups: Sequence[Any]
    blocks: Sequence[Any]


def _marks(one: Block) -> tuple[Any, ...]:
    """What a block has beside its words and its place."""
    return (
        one.label, one.source, one.ticked, one.struck, one.excluded, one.quoted, one.ordered, one.story, one.title,
        one.cells, one.heads, one.picture, one.told, one.rank,
    )  # fmt: skip


_NO_MARKS = _marks(Block(0, Kind.SENTENCE, Span(0, 0), 0, 0, ""))
"""Those of most blocks."""


def below(asks: bool | None, groups: Sequence[Group], blocks: Sequence[Block], text: str) -> Below:
    """Groups and blocks in plain values, by their places among themselves; `text` is the intent's."""
    first, begin = blocks[0].index if blocks else 0, groups[0].index if groups else 0
    return Below(
        asks,
        [
            [
                one.kind, max(one.parent - first, -1), max(one.lead - first, -1), one.led, one.head, one.labelled,
                one.card,
            ]
            for one in groups
        ],
        [
            [
                one.kind, one.span.start, one.span.end, one.group - begin, max(one.parent - first, -1),
                len(one.text) if text.startswith(one.text, one.span.start) else one.text,
                *(marks if (marks := _marks(one)) != _NO_MARKS else ()),
            ]
            for one in blocks
        ],
    )  # fmt: skip


class Into(NamedTuple):
    """Where blocks go."""

    section: Section
    groups: list[Group]
    blocks: list[Block]


def recall(known: Any, text: str, moved: int, into: Into) -> bool | None:
    """Add the blocks and groups of `below`, which stand so many characters further on; gives what asks.

    Raises: ForgottenError where it is none of what was kept.
    """
    section, groups, blocks = into
    first, begin, at = len(blocks), len(groups), section.index
    try:
        asks, rows, told = known
        for kind, parent, lead, led, head, labelled, card in rows:
            above, before = first + parent if parent >= 0 else -1, first + lead if lead >= 0 else -1
            groups.append(Group(len(groups), kind, at, above, before, led, tuple(head), [], labelled, card))
        for kind, start, end, group, parent, said, *marks in told:
            span = Span(start + moved, end + moved)
            words = text[span.start : span.start + said] if isinstance(said, int) else said
            above, index, own = first + parent if parent >= 0 else -1, len(blocks), groups[begin + group]
            *some, cells, heads, picture, is_told, rank = marks or _NO_MARKS
            more = (*some, tuple(cells), heads, picture, is_told, rank)
            blocks.append(Block(index, _KINDS[kind], span, at, own.index, words, above, *more))
            own.blocks.append(index)
            section.blocks.append(index)
            if above >= 0:
                blocks[above].children.append(index)
    except (TypeError, ValueError, KeyError, IndexError):
        raise ForgottenError from None
    return asks if isinstance(asks, bool) else None


def keep(document: Document, told: Sequence[Below | None], rows: Rows) -> None:
    """Have the chapters remembered that were read; `told` is what stands below each heading, None for nothing."""
    begins = [part.span.start for part in document.parts]
    for chapter in document.fresh:
        start, end = chapter.span
        parts = range(bisect_left(begins, start), bisect_left(begins, end))
        heads = [
            (part.title, part.level, part.span.start - start, part.span.end - start, told[at])
            for at in parts
            for part in [document.parts[at]]
        ]
        leaves = document.leaves[bisect_left(document.leaves, (start,)) : bisect_left(document.leaves, (end,))]
        rows.keep_row(chapter.name, [start, heads, [(one.start - start, one.end - start) for one in leaves]])
