"""The formats together, as the use cases ask for them (`ports.Formats`)."""

from collections.abc import Sequence

from bmad.model.edits import Edit
from bmad.model.lock import Lock
from bmad.model.record import Record
from bmad.model.settings import Settings
from bmad.model.spec import Document
from bmad.store import documents, edits, lockfile
from bmad.store.records import parse_record
from bmad.store.settings import parse_settings


class TextFormats:
    def document(self, path: str, text: str) -> Document:
        return documents.parse(path, text)

    def lock(self, text: str) -> Lock:
        return lockfile.parse_lock(text)

    def render_lock(self, lock: Lock) -> str:
        return lockfile.render_lock(lock)

    def settings(self, text: str) -> Settings:
        return parse_settings(text)

    def record(self, text: str) -> Record:
        return parse_record(text)

    def edit(self, path: str, text: str, changes: Sequence[Edit]) -> str:
        return edits.edit(path, text, changes)

    def canonical(self, path: str, text: str) -> str:
        return edits.canonical(path, text)
