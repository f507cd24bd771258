"""What a model said of each block, as the lock keeps it: by what it says and where, so that an edit ends it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, get_args

from bmad.core.gate.words import printable
from bmad.model.draft import Draft, DraftBlock, Span
from bmad.model.lock import Sorted
from bmad.model.normal import fold
from bmad.model.sorting import BlockWord

if TYPE_CHECKING:
    from bmad.core.outline.read.block import Reading

Facts = Mapping[str, tuple[Sorted, ...]]

_KINDS = frozenset(get_args(BlockWord))
_REASON = 160
_DIGITS = 16


def facts(text: str, draft: Draft) -> dict[str, tuple[Sorted, ...]]:
    """What the lock keeps of a draft; empty where nobody but the outline sorted its blocks."""
    if all(block.judged is None for block in draft.blocks):
        return {}
    places = [(block.span, block.under) for block in draft.blocks]
    told = zip(_keys(text, places), draft.blocks, strict=True)
    return {key: (block.judged,) for key, block in told if block.judged is not None}


def renewed(held: Facts, text: str, draft: Draft) -> dict[str, tuple[Sorted, ...]]:
    """What is held of the blocks of other intents, and what a draft of this one says of its own."""
    own = set(_keys(text, [(block.span, block.under) for block in draft.blocks])) if held else set()
    return {key: told for key, told in held.items() if key not in own} | facts(text, draft)


def known(reading: "Reading", held: Facts) -> dict[int, Sorted]:
    """What was said of the blocks of an intent that stand as they did, by their index."""
    paths = [tuple(part for part in section.path if part) for section in reading.sections]
    keys = _keys(reading.text, [(block.span, paths[block.section]) for block in reading.blocks])
    found = ((block.index, _of(held, key)) for block, key in zip(reading.blocks, keys, strict=True))
    return {index: one for index, one in found if one is not None}


def recalled(text: str, draft: Draft, held: Facts) -> Draft:
    """A draft with what was said of its blocks when they were mapped, in place of what the outline says today."""
    if not held:
        return draft
    keys = _keys(text, [(block.span, block.under) for block in draft.blocks])
    blocks = tuple(_recalled(block, _of(held, key)) for block, key in zip(draft.blocks, keys, strict=True))
    sorted_all = all(block.judged is not None for block in blocks)
    return replace(draft, blocks=blocks, reads_as="" if sorted_all else draft.reads_as)


def reason(one: Sorted) -> str:
    """Who said it and why, safe to print."""
    return printable(f"{one.by}: {one.why}", _REASON)


def _recalled(block: DraftBlock, one: Sorted | None) -> DraftBlock:
    if one is None:
        return block
    left = one.kind == "context"
    return block._replace(
        statement=-1 if left else block.statement, why=reason(one) if left else block.why, judged=one
    )


def _of(held: Facts, key: str) -> Sorted | None:
    """What was said of a block; where a merge has brought two answers that differ, none counts."""
    told = [one for one in held.get(key, ()) if one.kind in _KINDS]
    return told[-1] if len({one.kind for one in told}) == 1 else None


def _keys(text: str, places: Iterable[tuple[Span, Sequence[str]]]) -> list[str]:
    count: Counter[str] = Counter()
    found: list[str] = []
    for span, under in places:
        said = "\0".join([*under, fold(text[span.start : span.end])])
        count[said] += 1
        raw = f"{said}\0{count[said]}".encode("utf-8", "surrogatepass")
        found.append(sha256(raw).hexdigest()[:_DIGITS])
    return found
