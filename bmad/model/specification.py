"""The whole specification at one moment, as it was read."""

from bisect import bisect_right
from dataclasses import field
from typing import NamedTuple

from bmad.model.layout import Layout, Place
from bmad.model.lock import Lock
from bmad.model.spec import Document
from bmad.model.values import value


class Shard(NamedTuple):
    """A file of an intent that has several, and where its own text begins in the one that they make."""

    path: str
    line: int
    """From 1."""
    start: int
    length: int
    """Characters."""


@value(frozen=True, slots=True, kw_only=True)
class IntentText:
    """An intent: where it and its documents stand, and its text, None where the file is not there."""

    place: Place = field(default_factory=Place)
    text: str | None = None
    shards: tuple[Shard, ...] = ()
    """Where it has several files."""
    missing: tuple[str, ...] = ()
    """Files that its index links to and that are not there."""

    @property
    def path(self) -> str:
        return self.place.intent

    def at(self, line: int) -> tuple[str, int]:
        """The file and line, from 1, of a line of the text."""
        shard = self.shards[max(bisect_right(self.shards, line, key=_line) - 1, 0)] if self.shards else None
        return (shard.path, line - shard.line + 1) if shard is not None else (self.path, line)


def _line(shard: Shard) -> int:
    return shard.line


@value(frozen=True, slots=True, kw_only=True)
class Spec:
    """All documents, the intents' texts in the order of the settings, the lock, and where they stand."""

    documents: tuple[Document, ...]
    intents: tuple[IntentText, ...]
    lock: Lock
    layout: Layout = field(default_factory=Layout)

    def intent_of(self, register: str) -> IntentText | None:
        """The intent whose statements a register holds."""
        return next((one for one in self.intents if one.place.register == register), None)
