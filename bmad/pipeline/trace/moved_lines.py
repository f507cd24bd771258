"""Where lines stood that a commit may have moved within their file, since it takes them away as well."""

from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from bmad.core.lines.alike import moved
from bmad.core.lines.lineage import made_of
from bmad.core.lines.own import Kept
from bmad.model.commits import ABSENT, Change, Commit
from bmad.pipeline.trace.code_commits import changes_of
from bmad.pipeline.trace.comparisons import Content, unended
from bmad.ports.history import Objects

_FILE = "10"
"""What the mode of a file begins with."""
_MOST_GONE = 16
"""Of so many files that a commit takes away a new one may hold lines, where git says of none that it was moved."""


class MovedLines:
    """Answers for commits; `content` gives that of a blob."""

    def __init__(self, objects: Objects, content: Content) -> None:
        self._objects = objects
        self._content = content
        self._changes: dict[str, Sequence[Change]] = {}
        self._by_path: dict[str, Mapping[bytes, Change]] = {}

    def remember(self, changes: Mapping[str, Sequence[Change]]) -> None:
        """Take what commits do to their first parents: git is not asked of it again."""
        self._changes |= changes

    def changes(self, commits: Sequence[Commit]) -> Mapping[str, Sequence[Change]]:
        """What each commit changes against its first parent, by id."""
        self._changes |= changes_of(self._objects, [one for one in commits if one.id not in self._changes])
        return {one.id: self._changes[one.id] for one in commits}

    def of(self, commit: Commit, path: bytes, came: Collection[int]) -> Mapping[int, Kept]:
        """Of lines (from 0) that came to a file with a commit, where those stood that it took away as well."""
        if not came or not commit.parents:
            return {}
        if commit.id not in self._by_path:
            self._by_path[commit.id] = {one.path: one for one in self.changes([commit])[commit.id]}
        changes = self._by_path[commit.id]
        own = changes.get(path)
        new = self._content(own.new_blob) if own is not None else None
        if own is None or new is None:
            return {}
        source = self._source(commit, changes, own)
        gone = ((one.path, one.old_blob) for one in changes.values() if one.new_mode == ABSENT)
        found: dict[int, Kept] = {}
        for place, blob in [source] if source is not None else islice(gone, _MOST_GONE):
            old = self._content(blob)
            was = moved(unended(old), unended(new), came) if old is not None else {}
            found = {at: Kept(place, line) for at, line in was.items()} | found
        return found

    def _source(self, commit: Commit, changes: Mapping[bytes, Change], own: Change) -> tuple[bytes, str] | None:
        """The file of the first parent that one is of, and its blob; None where it is a new one."""
        if own.old_mode.startswith(_FILE):
            return own.path, own.old_blob

        def renamed(gone: Sequence[bytes]) -> bytes | None:
            parent = self._objects.commits([commit.parents[0]])[commit.parents[0]]
            return self._objects.renamed((parent.tree, commit.tree), own.path, gone)

        return made_of(changes, own.path, renamed)
