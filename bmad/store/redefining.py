"""Where a document defines its ids, and the same text with other ids there: items that share one id, too."""

import re
from collections.abc import Mapping

from bmad.model.ids import CRITERION, Kind
from bmad.model.renumbering import Definition
from bmad.store.documents import raw_document
from bmad.store.edits import Patch, patched
from bmad.store.grammar import RawCriterion, RawDocument, RawItem


def definitions(path: str, text: str, kind: Kind | None) -> tuple[Definition, ...]:
    """The items of a document, each with its criteria. Raises: UsageError as `raw_document`."""
    document = raw_document(path, text, kind)
    return tuple(
        Definition(
            item.id,
            item.line,
            _words(document, item),
            tuple(Definition(found.id, found.line, _words(document, found)) for found in item.criteria),
        )
        for item in document.items
    )


def _words(document: RawDocument, found: RawItem | RawCriterion) -> str:
    return document.text[found.start : found.end].rstrip("\n")


def redefine(path: str, text: str, changes: Mapping[int, str | None], kind: Kind | None) -> str:
    """The text with another id for what is defined on each of these lines, from 1; None takes it away.

    A story with a new id names its own criteria by it (`STORY-…/AC-1`). All else stays byte for byte.
    """
    document = raw_document(path, text, kind)
    found: list[RawItem | RawCriterion] = [*document.items]
    found += [one for item in document.items for one in item.criteria]
    result = patched(
        document.text, (_patch(document, one, changes[one.line]) for one in found if one.line in changes)
    )
    for item in document.items:
        new = changes.get(item.line)
        if new and item.criteria:
            result = _own(result, item, new)
    return result.replace("\n", "\r\n" if "\r\n" in text else "\n")


def _patch(document: RawDocument, found: RawItem | RawCriterion, new: str | None) -> Patch:
    if new is None:
        return Patch(found.start, found.end, "")
    start = document.text.index(found.id, found.start)
    return Patch(start, start + len(found.id), new)


def _own(text: str, item: RawItem, new: str) -> str:
    """A story's text with its criteria named by its new id."""
    own = {found.id for found in item.criteria}
    named = re.compile(rf"(?<![\w./-]){re.escape(item.id)}/({CRITERION})(?!\w)")
    return named.sub(lambda match: f"{new}/{match[1]}" if match[1] in own else match[0], text)
