"""A copy of what cannot be the intent where it stands: exports that are no Markdown, and files that are governed.

It holds the author's words as they are, below headings that say what they are of, and a digest of itself, so that
an edit by hand in it is seen and never written over.
"""

import re
from hashlib import sha256

from bmad.core.importing.source import Anchor, Copy

FOLDER = "imported"
_HEAD = "<!-- Copied by `bmad import` from {source}; edit it there, then import again. {digest} -->\n\n"
_DIGEST = re.compile(r"\A<!-- Copied by `bmad import` from [^\n]*? (?P<digest>[0-9a-f]{16}) -->\n\n")
_ROOM = 16
"""Digits of the digest, for which room is made before the text is known."""


class Scribe:
    """Writes a copy, and knows where in it each text stands."""

    def __init__(self, name: str, source: str) -> None:
        self.path = f"{FOLDER}/{name}.md"
        self._source = source.replace("-->", "").replace("\n", " ")
        self._parts: list[str] = []
        self._at = len(_HEAD.format(source=self._source, digest="0" * _ROOM))

    def heading(self, level: int, text: str) -> None:
        self._put(f"{'#' * level} {' '.join(text.split())}\n\n")

    def text(self, text: str) -> Anchor:
        """A text on lines of its own, as it is but for blanks at its ends."""
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
        start = self._at
        self._put(f"{text}\n\n" if text else "")
        return Anchor(self.path, start, start + len(text))

    def item(self, text: str) -> Anchor:
        """A text as a list item; lines behind its first are set in."""
        told = "\n  ".join(text.replace("\r\n", "\n").strip().split("\n"))
        self._put("- ")
        start = self._at
        self._put(f"{told}\n")
        return Anchor(self.path, start, start + len(told))

    def end(self) -> None:
        """The end of a list."""
        self._put("\n")

    def whole(self, text: str) -> int:
        """A file as it is; where it begins in the copy."""
        start = self._at
        self._put(text if text.endswith("\n") else f"{text}\n")
        self._put("\n")
        return start

    def copy(self) -> Copy:
        body = "".join(self._parts)
        return Copy(self.path, f"{_HEAD.format(source=self._source, digest=_digest(body))}{body}")

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._at += len(text)


def _digest(body: str) -> str:
    return sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:_ROOM]


def is_touched(text: str) -> bool:
    """Whether a copy that stands there was changed since it was made, or is none."""
    found = _DIGEST.match(text)
    return found is None or _digest(text[found.end() :]) != found["digest"]
