"""What became of each part of an intent: the blocks a mapper cut, beside the statements the register holds.

What the register holds is taken, however the mapper judges today; why a block was left, only the mapper can say.
"""

import re
import shlex
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.places import Words
from bmad.core.sorting.facts import reason
from bmad.model.draft import Draft, DraftBlock, Span
from bmad.model.graph import LinkKind
from bmad.model.ids import Kind
from bmad.model.intent import IntentCoverage, IntentPart, IntentReport, PartState, SilentSection
from bmad.model.spec import ACTIONABLE, Statement, StatementClass, way_in
from bmad.model.specification import IntentText


class _Fate(NamedTuple):
    """A block, the statements of the register that stand in it, and what became of it."""

    block: DraftBlock
    held: tuple[Statement, ...]
    state: PartState
    klass: StatementClass | None
    source: str


class Told(NamedTuple):
    """What is told of an intent's blocks without printing them."""

    coverage: IntentCoverage
    silent: tuple[SilentSection, ...]


class _Standing(NamedTuple):
    """Whether there is a register, what became of each block, and the statements that stand nowhere any more."""

    mapped: bool
    fates: list[_Fate]
    gone: tuple[str, ...]


def margin(intent: IntentText, draft: Draft, graph: SpecGraph, origin: str = "") -> IntentReport:
    """An intent with what became of each part; without a register, what a map would make of it.

    `origin` says what its register was imported from.
    """
    mapped, fates, gone = standing = _standing(intent, draft, graph)
    coverage, silent = _told(intent, draft, fates)
    return IntentReport(
        path=intent.path,
        mapped=mapped,
        reads_as=draft.reads_as,
        coverage=_dated(coverage, standing, intent.path, origin),
        gone=gone,
        silent=silent,
        parts=tuple(_Parts(intent, graph).all(fates)),
    )


def covered(intent: IntentText, draft: Draft, graph: SpecGraph, origin: str = "") -> IntentCoverage:
    """How many blocks of an intent its register holds, and how many were left; `origin` as in `margin`."""
    standing = _standing(intent, draft, graph)
    return _dated(_told(intent, draft, standing.fates).coverage, standing, intent.path, origin)


def _dated(took: IntentCoverage, standing: _Standing, path: str, origin: str) -> IntentCoverage:
    """The same, with what the register holds no longer, and the command that brings it up to date."""
    gone = len(standing.gone)
    if not standing.mapped or not (took.new or gone):
        return took
    command = way_in(origin) if origin else f"bmad map {shlex.quote(path)}"
    return took.model_copy(update={"gone": gone, "command": command})


def summed_coverage(each: Iterable[IntentCoverage]) -> IntentCoverage:
    """The coverage of several intents."""
    every = list(each)
    left = [one.left for one in every if one.left is not None]
    return IntentCoverage(
        blocks=sum(one.blocks for one in every),
        taken=sum(one.taken for one in every),
        new=sum(one.new for one in every),
        left=sum(left) if len(left) == len(every) else None,
        to_act_on=sum(one.to_act_on for one in every),
        left_asked=sum(one.left_asked for one in every),
        gone=sum(one.gone for one in every),
        command=every[0].command if len(every) == 1 else "",
    )


def drafted(intent: IntentText, draft: Draft) -> Told:
    """What a draft takes and leaves of an intent, whatever stands in the register."""
    return _told(intent, draft, _fates(draft, [], mapped=False))


def _standing(intent: IntentText, draft: Draft, graph: SpecGraph) -> _Standing:
    items = (node.item for node in graph.of_kind(Kind.STATEMENT) if node.path == intent.place.register)
    statements = [item for item in items if isinstance(item, Statement)]
    spans = Words(intent.text or "").spans(statements) if statements else {}
    places = [(Span(*span), one) for one in statements if (span := spans[one.id]) is not None]
    fates = _fates(draft, places, mapped=bool(statements))
    return _Standing(bool(statements), fates, tuple(node for node, span in spans.items() if span is None))


def _fates(draft: Draft, places: Iterable[tuple[Span, Statement]], *, mapped: bool) -> list[_Fate]:
    """What became of each block, in the order of the text; a statement outside of all is a block of its own."""
    blocks = _blocks(draft)
    ends = [block.span.end for block in blocks]
    held: dict[int, list[Statement]] = {}
    fates: list[_Fate] = []
    for span, one in places:
        first = at = bisect_right(ends, span.start)
        while at < len(blocks) and blocks[at].span.start < span.end:
            held.setdefault(at, []).append(one)
            at += 1
        if at == first:
            under = tuple(one.under.split(" > ")) if one.under else ()
            fates.append(_taken(DraftBlock(span, under, -1), (one,)))
    for at, block in enumerate(blocks):
        if at in held:
            fates.append(_taken(block, tuple(held[at])))
        elif block.statement >= 0:
            piece = draft.statements[block.statement]
            fates.append(_Fate(block, (), "new" if mapped else "taken", piece.klass, piece.source))
        else:
            fates.append(_Fate(block, (), "left", None, ""))
    return sorted(fates, key=lambda fate: fate.block.span)


def _taken(block: DraftBlock, held: tuple[Statement, ...]) -> _Fate:
    return _Fate(block, held, "taken", held[0].klass, held[0].source)


def _blocks(draft: Draft) -> Sequence[DraftBlock]:
    """The blocks of a draft; a mapper that tells none has at least those that it took."""
    return draft.blocks or sorted(
        DraftBlock(one.span, one.under, index) for index, one in enumerate(draft.statements)
    )


def _told(intent: IntentText, draft: Draft, fates: Sequence[_Fate]) -> Told:
    left = [fate for fate in fates if fate.state == "left"]
    coverage = IntentCoverage(
        blocks=len(fates),
        taken=sum(fate.state == "taken" for fate in fates),
        new=sum(fate.state == "new" for fate in fates),
        left=len(left) if draft.blocks else None,
        to_act_on=sum(fate.klass in ACTIONABLE for fate in fates),
        left_asked=sum(fate.block.asks for fate in left),
    )
    return Told(coverage, tuple(_silent(intent, fates)))


def _silent(intent: IntentText, fates: Iterable[_Fate]) -> Iterator[SilentSection]:
    """The sections that ask for something and of which nothing was taken, in the order of the text."""
    sections: dict[tuple[str, ...], list[_Fate]] = {}
    for fate in fates:
        sections.setdefault(fate.block.under, []).append(fate)
    for heading, found in sections.items():
        if any(fate.block.asks for fate in found) and all(fate.state == "left" for fate in found):
            path, at = intent.at((intent.text or "").count("\n", 0, found[0].block.span.start) + 1)
            yield SilentSection(path=path, line=at, heading=heading, left=len(found))


def _why(fate: _Fate) -> str:
    """Why a block is left, or taken: the latter only a mapper tells that is asked."""
    if fate.state == "left":
        return fate.block.why
    return reason(fate.block.judged) if fate.block.judged is not None else ""


class _Parts:
    """Cuts an intent into its parts: blocks, and what stands between them."""

    def __init__(self, intent: IntentText, graph: SpecGraph) -> None:
        self.intent = intent
        self.text = intent.text or ""
        self.graph = graph
        self.starts = [0, *(match.end() for match in re.finditer("\n", self.text))]

    def all(self, fates: Iterable[_Fate]) -> Iterator[IntentPart]:
        at = 0
        for fate in fates:
            start, end = max(at, fate.block.span.start), fate.block.span.end
            if end > start:
                yield from self._between(at, start)
                yield self._part(fate, start, end)
                at = end
        yield from self._between(at, len(self.text))

    def _between(self, start: int, end: int) -> Iterator[IntentPart]:
        """What stands between blocks, shard by shard; the lines between two shards are nobody's."""
        whole = [(0, len(self.text))]
        for begins, ends in [(one.start, one.start + one.length) for one in self.intent.shards] or whole:
            first, last = max(start, begins), min(end, ends)
            if last > first:
                path, lines = self._place(first, last)
                yield IntentPart(state="structure", text=self.text[first:last], path=path, lines=lines)

    def _place(self, start: int, end: int) -> tuple[str, tuple[int, int]]:
        """The file of a run of characters, with its first and last line there."""
        path, first = self.intent.at(bisect_right(self.starts, start))
        return path, (first, self.intent.at(bisect_right(self.starts, end - 1))[1])

    def _part(self, fate: _Fate, start: int, end: int) -> IntentPart:
        statements = tuple(one.id for one in fate.held)
        requirements = self._below(statements, LinkKind.TRACES)
        path, lines = self._place(start, end)
        return IntentPart(
            state=fate.state,
            text=self.text[start:end],
            path=path,
            lines=lines,
            heading=fate.block.under,
            klass=fate.klass,
            source=fate.source,
            statements=statements,
            requirements=requirements,
            stories=self._below(requirements, LinkKind.IMPLEMENTS),
            why=_why(fate),
            asks=fate.block.asks,
        )

    def _below(self, nodes: Iterable[str], kind: LinkKind) -> tuple[str, ...]:
        links = (link for node in nodes for link in self.graph.down(node) if link.kind is kind)
        return tuple(dict.fromkeys(link.source for link in links))
