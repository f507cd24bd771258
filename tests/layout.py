"""The paths of a repository that says nothing of them, and the formats of documents that stand there."""

from collections.abc import Mapping, Sequence

from bmad.model.edits import Edit
from bmad.model.layout import Layout
from bmad.model.renumbering import Definition
from bmad.model.spec import Document
from bmad.store.formats import TextFormats

LAYOUT = Layout()
PLACE = LAYOUT.places[0]
LOCK = LAYOUT.lock
REGISTER, PRD, STORIES = PLACE.register, PLACE.prd, PLACE.stories
document_kind = LAYOUT.kind
record_path = LAYOUT.record_path
record_name = LAYOUT.record
_FORMATS = TextFormats()


def parse(path: str, text: str) -> Document:
    return _FORMATS.document(path, text, LAYOUT.kind(path))


def edit(path: str, text: str, changes: Sequence[Edit]) -> str:
    return _FORMATS.edit(path, text, changes, LAYOUT.kind(path))


def canonical(path: str, text: str) -> str:
    return _FORMATS.canonical(path, text, LAYOUT.kind(path))


def definitions(path: str, text: str) -> tuple[Definition, ...]:
    return _FORMATS.definitions(path, text, LAYOUT.kind(path))


def redefine(path: str, text: str, changes: Mapping[int, str | None]) -> str:
    return _FORMATS.redefine(path, text, changes, LAYOUT.kind(path))
