"""V13: open questions, each told once, where a person would answer it.

What the intent leaves open is quoted, and then stands in the statement, in its requirement, in the story and its
criteria. Once it is answered in the intent and that is read again, it is gone from them all.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from bmad.core.gate.words import listed
from bmad.core.graph import SpecGraph, upward
from bmad.core.places import Stands
from bmad.model.findings import Finding, Severity
from bmad.model.markdown import CLARIFICATION
from bmad.model.spec import Document, Ref
from bmad.model.specification import Spec

_ANSWER = "answer it there, and have the document read again (bmad map, or the import that it came by)"


class _Place(NamedTuple):
    path: str
    line: int
    column: int


class _Asked(NamedTuple):
    """A question of an item; `name` is empty where it stands above all of them."""

    text: str
    name: str
    place: _Place


class Questions:
    """The open questions of a specification; `quotes` says of each statement where it stands in its intent."""

    def __init__(self, spec: Spec, graph: SpecGraph, quotes: Mapping[str, Stands | None]) -> None:
        self._spec, self._graph, self._quotes = spec, graph, quotes
        self._asked = [one for document in spec.documents for one in _of_document(document)]
        self._asking: dict[str, set[str]] = {}
        for one in self._asked:
            self._asking.setdefault(one.text, set()).add(one.name)

    def findings(self) -> Iterator[Finding]:
        """One for each question, which names the items that have it from there."""
        first: list[_Asked] = []
        repeats: dict[tuple[str, str], list[str]] = {}
        for one in self._asked:
            above = self._above(one)
            first += [] if above else [one]
            for name in above:
                repeats.setdefault((name, one.text), []).append(one.name)
        told: dict[_Place, tuple[str, list[str]]] = {}
        for one in first:
            said = self._said(one)
            _, names = told.setdefault(said or one.place, (one.text, []))
            names += [one.name] * (said is not None) + repeats.get((one.name, one.text), [])
        for place, (text, names) in told.items():
            yield self._finding(place, text, names)

    def _finding(self, place: _Place, text: str, names: Iterable[str]) -> Finding:
        also = f" (so it stands in {listed(names)})" if names else ""
        in_intent = any(at.path == place.path for _, at in self._in_intents)
        return Finding(
            code="V13",
            severity=Severity.WARNING,
            path=place.path,
            line=place.line,
            column=place.column,
            message=f"an open question: {text or 'NEEDS CLARIFICATION'}{also}",
            fix=_ANSWER if in_intent else "answer it and take the mark away",
        )

    def _above(self, one: _Asked) -> list[str]:
        """The items up to the intent that ask the same, the topmost ones."""
        asking = self._asking[one.text]

        def up(name: str) -> list[str]:
            return [link.target for link in upward(self._graph, name) if link.target in asking]

        return [name for name in dict.fromkeys(up(one.name)) if not up(name)]

    def _said(self, one: _Asked) -> _Place | None:
        """Where the question stands in the words of the intent that its statement quotes."""
        stands = self._quotes.get(one.name)
        if stands is None:
            return None
        first, last = stands.lines
        said = (at for text, at in self._in_intents if text == one.text and at.path == stands.path)
        return next((at for at in said if first <= at.line <= last), None)

    @cached_property
    def _in_intents(self) -> list[tuple[str, _Place]]:
        """The marks of the intents: what each asks, and where it stands."""
        rows = (
            (intent, number, row)
            for intent in self._spec.intents
            for number, row in enumerate((intent.text or "").removeprefix("\ufeff").split("\n"), 1)
        )
        return [
            ((match[1] or "").strip(), _Place(*intent.at(number), match.start() + 1))
            for intent, number, row in rows
            for match in CLARIFICATION.finditer(row)
        ]


def _of_document(document: Document) -> Iterator[_Asked]:
    """The questions of a document: of an item's heading where it says what its text does not, each said once.

    Marks that say nothing are as many questions as there are in the text.
    """
    by_item: dict[int, list[Ref]] = {}
    for mark in document.clarifications:
        at = max((index for index, item in enumerate(document.items) if item.line <= mark.line), default=-1)
        by_item.setdefault(at, []).append(mark)
    for at, marks in by_item.items():
        name, heading = (document.items[at].id, document.items[at].line) if at >= 0 else ("", 0)
        below = [one for one in marks if one.line != heading]
        known = {one.text for one in below}
        seen: set[str] = set()
        for mark in [*(one for one in marks if one.line == heading and one.text not in known), *below]:
            if not mark.text or mark.text not in seen:
                yield _Asked(mark.text, name, _Place(document.path, mark.line, mark.column))
            seen.add(mark.text)
