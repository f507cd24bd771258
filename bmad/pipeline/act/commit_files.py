"""The files of one commit as packs read and search them: out of git's objects, never out of a work tree."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from posixpath import splitext
from typing import Protocol

from bmad.core.knowledge.pages import FOLDER, Page, is_page, page
from bmad.core.packs.source import Found
from bmad.core.packs.words import indexed, telling
from bmad.model.bounds import MIB, Bound
from bmad.ports.library import Library

SEARCHED = Bound("files that are searched", 300_000, 16 * MIB)
"""Bytes of one file, and of those that are laid down in one go; what is larger is found by its path alone."""

READ = Bound("files that are read", 4 * MIB, 4 * MIB)
"""Bytes of a file that a pack looks into."""

MOST = 30_000
"""Files of a commit that are searched, the first ones by path."""

MOST_PAGES = 500
"""Lessons that are read."""

_AT_ONCE = 400
_SEARCHES = 64
"""Searches of which what they found is kept."""

_LOOKED_INTO = 40
"""Files that are searched for a name; where more may hold it, it is taken to stand."""

_UNREAD = frozenset(
    (
        *(".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".bmp", ".pdf", ".zip", ".gz", ".tar", ".xz", ".7z"),
        *(".jar", ".class", ".so", ".dll", ".exe", ".o", ".a", ".wasm", ".pyc", ".woff", ".woff2", ".ttf", ".eot"),
        *(".mp3", ".mp4", ".mov", ".wav", ".ogg", ".db", ".sqlite", ".bin", ".lock", ".svg", ".map", ".snap"),
    )
)


class Store(Protocol):
    """The plain files of commits (`Grounds`)."""

    def files(self, commit: str) -> list[tuple[str, str]]: ...

    def contents(self, blobs: Sequence[str], bound: Bound) -> dict[str, bytes]: ...


class Shelves:
    """What stands in a commit, but for what `is_own`: the specification and the records.

    Where the commit `before` holds the same files, all that was found in them is known; of others their texts.
    """

    def __init__(
        self,
        store: Store,
        library: Library,
        commit: str,
        is_own: Callable[[str], bool],
        before: "Shelves | None" = None,
    ) -> None:
        self._store = store
        self.commit = commit
        kept = {path: blob for path, blob in store.files(commit) if not is_own(path)}
        same = before if before is not None and before.stock.blobs == kept else None
        self.stock: _Stock = same.stock if same is not None else _Stock(store, library, kept)
        self.texts: dict[str, str | None] = same.texts if same is not None else {}
        """Of the blobs that were read; None of what is no text."""
        self._before = before.texts if before is not None else {}
        self._names: dict[str, bool] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        return self.stock.paths

    def read(self, path: str) -> str | None:
        """A file's text; None where there is none that can be read, or it is binary."""
        blob = self.stock.blobs.get(path, "")
        if blob and blob not in self.texts:
            self.texts[blob] = self._before[blob] if blob in self._before else self._text(blob)
        return self.texts.get(blob)

    def _text(self, blob: str) -> str | None:
        content = self._store.contents([blob], READ).get(blob)
        return None if content is None or b"\0" in content else content.decode("utf-8", "replace")

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The lessons that stand in it, by path."""
        paths = [path for path in self.paths if is_page(path)][:MOST_PAGES]
        return tuple(page(path, text) for path in paths if (text := self.read(path)) is not None)

    def holds(self, name: str) -> bool:
        """Whether a name stands in a file that is no lesson; yes where it cannot be said."""
        if name not in self._names:
            self._names[name] = self._holds(name)
        return self._names[name]

    def _holds(self, name: str) -> bool:
        words = telling([name])
        found = self.find(words).words
        holding = [found.get(word, frozenset()) for word in words]
        if not words or not all(holding):  # the page itself holds them, so an index without them is none
            return True
        paths = sorted(path for path in frozenset.intersection(*holding) if not path.startswith(FOLDER))
        asked = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        return len(paths) > _LOOKED_INTO or any(asked.search(self.read(path) or "") for path in paths)

    def find(self, words: Sequence[str]) -> Found:
        """Which of the files hold each of some words."""
        return self.stock.find(tuple(words))


class _Stock:
    """Files, path -> blob, and what is found in them: the same for each commit that holds the same files."""

    def __init__(self, store: Store, library: Library, blobs: dict[str, str]) -> None:
        self._store = store
        self._library = library
        self.blobs = blobs
        self.paths = tuple(sorted(blobs))
        self._found: dict[tuple[str, ...], Found] = {}

    def find(self, words: tuple[str, ...]) -> Found:
        known = self._found.get(words)
        if known is None:
            shelf, sizes = self._shelf, self._sizes  # before anything is asked: what is new is laid down first
            found = {
                word: frozenset(path for blob in blobs for path in shelf.get(blob, ()))
                for word, blobs in self._library.holding(words).items()
            }
            known = Found(found, sizes)
            if len(self._found) >= _SEARCHES:
                self._found.clear()
            self._found[words] = known
        return known

    @cached_property
    def _sizes(self) -> dict[str, int]:
        shelf = self._shelf
        sizes = self._library.sizes(shelf.keys())
        return {path: sizes[blob] for blob in sizes for path in shelf[blob]}

    @cached_property
    def _shelf(self) -> Mapping[str, Sequence[str]]:
        """Blob -> the paths at which it stands; all that the library has not seen yet is laid down."""
        shelf: dict[str, list[str]] = {}
        for path in islice(filter(_is_searched, self.paths), MOST):
            shelf.setdefault(self.blobs[path], []).append(path)
        new = self._library.missing(shelf)
        for at in range(0, len(new), _AT_ONCE):
            read = self._store.contents(new[at : at + _AT_ONCE], SEARCHED)
            self._library.add({blob: _laid_down(read.get(blob)) for blob in new[at : at + _AT_ONCE]})
        return shelf


@lru_cache(maxsize=1 << 16)
def _is_searched(path: str) -> bool:
    return splitext(path)[1].lower() not in _UNREAD


def _laid_down(content: bytes | None) -> str:
    """A file as it is searched; nothing of what is binary, or too large."""
    if content is None or b"\0" in content:
        return ""
    return indexed(content.decode("utf-8", "replace"))
