"""The formats together, as the use cases ask for them (`ports.files.Formats`)."""

from collections.abc import Collection, Container, Mapping, Sequence
from typing import TYPE_CHECKING

from bmad.model.ids import Kind
from bmad.model.lock import Lock
from bmad.model.settings import Settings
from bmad.model.spec import Document
from bmad.store import documents, lockfile
from bmad.store.plain import plain
from bmad.store.settings import parse_settings

if TYPE_CHECKING:
    from bmad.model.edits import Edit
    from bmad.model.excerpts import Excerpt, LockExcerpt, Whole
    from bmad.model.record import Record
    from bmad.model.renumbering import Definition
    from bmad.model.verification import TestCase


class TextFormats:
    def document(
        self, path: str, text: str, kind: Kind | None, before: tuple[str, Document] | None = None
    ) -> Document:
        if before is not None and kind is not None:
            from bmad.store import rereading  # noqa: PLC0415 - a map's need

            again = rereading.reread(text, kind, *before)
            if again is not None:
                return again
        return plain(path, text, kind) or documents.parse(path, text, kind)

    def lock(self, text: str) -> Lock:
        return lockfile.parse_lock(text)

    def render_lock(self, lock: Lock, over: str = "") -> str:
        return lockfile.render_lock(lock, over)

    def settings(self, text: str) -> Settings:
        return parse_settings(text)

    def record(self, text: str) -> "Record":
        from bmad.store.records import parse_record  # noqa: PLC0415 - most commands read no record

        return parse_record(text)

    def test_report(self, data: bytes, shown: str) -> "tuple[TestCase, ...]":
        from bmad.store.junit import parse  # noqa: PLC0415 - few commands read a report

        return parse(data, shown)

    def edit(self, path: str, text: str, changes: "Sequence[Edit]", kind: Kind | None) -> str:
        from bmad.store import edits  # noqa: PLC0415 - who only reads does without, as below

        return edits.edit(path, text, changes, kind)

    def excerpt(self, text: str, ids: Container[str]) -> "Excerpt | None":
        from bmad.store import excerpts  # noqa: PLC0415

        return excerpts.excerpt(text, ids)

    def whole(self, cut: "Excerpt", text: str) -> "Whole | None":
        from bmad.store import excerpts  # noqa: PLC0415

        return excerpts.whole(cut, text)

    def lock_excerpt(
        self, text: str, ids: Collection[str], covers: Mapping[str, Collection[str]]
    ) -> "LockExcerpt":
        from bmad.store import excerpts  # noqa: PLC0415

        return excerpts.lock_excerpt(text, ids, covers)

    def whole_lock(self, cut: "LockExcerpt", before: str, text: str) -> str:
        from bmad.store import excerpts  # noqa: PLC0415

        return excerpts.whole_lock(cut, before, text)

    def canonical(self, path: str, text: str, kind: Kind | None) -> str:
        from bmad.store import edits  # noqa: PLC0415

        return edits.canonical(path, text, kind)

    def definitions(self, path: str, text: str, kind: Kind | None) -> "tuple[Definition, ...]":
        from bmad.store import redefining  # noqa: PLC0415 - one command's need

        return redefining.definitions(path, text, kind)

    def redefine(self, path: str, text: str, changes: Mapping[int, str | None], kind: Kind | None) -> str:
        from bmad.store import redefining  # noqa: PLC0415 - one command's need

        return redefining.redefine(path, text, changes, kind)
