"""Of the lines that a landing added, those that are gone again although no other story has worked on their file.

A line counts by its mark, as often as the file has fewer of it than the landing put there. Nothing is said of a
file that stands no more (`gone_landings` tells of those), that never stood as the record has it, that a commit of
another story or one that only formats has changed since, or of which another's record tells that is not older.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bmad.core.lines.hunks import marks
from bmad.core.lines.words import Word, words
from bmad.core.trace import claims
from bmad.errors import UndecidableError
from bmad.model.commits import ABSENT
from bmad.model.history import Listed, Touched
from bmad.ports.history import Objects

if TYPE_CHECKING:
    from bmad.model.record import Record

_MOST_MERGES = 32
"""Of so many merges since it is looked for the commits that they brought to a file."""


class Lost(NamedTuple):
    """How many lines are gone, of all that the landing added."""

    lines: int
    of: int


def lost_lines(
    objects: Objects,
    head: str,
    landings: Iterable[Record],
    standing: Sequence[Record],
    formatting: Collection[str] = (),
) -> dict[str, Lost]:
    """By story what a commit lacks of its landing; `standing` are all records there, `formatting` commits."""
    told = [word for one in landings for word in words(one) if word.hunks is not None]
    fewer = _fewer(objects, objects.commits([head])[head].tree, told)
    since = _Since(objects, head, [word for word, _ in fewer], standing, formatting)
    lost = Counter[str]()
    for word, lines in fewer:
        lost[word.story] += lines if since.is_nobodys(word) else 0
    added = Counter[str]()
    for word in told:
        added[word.story] += len(_added(word))
    return {story: Lost(lines, added[story]) for story, lines in lost.items() if lines}


def _added(word: Word) -> list[str]:
    return [mark for hunk in word.hunks or () for mark in hunk.added]


def _fewer(objects: Objects, tree: str, told: Sequence[Word]) -> list[tuple[Word, int]]:
    """The words on files that stand and lack lines of them, with how many."""
    there = objects.files(tree, {word.end.path.rpartition(b"/")[0] for word in told})
    other = [word for word in told if there.get(word.end.path, _GONE).id not in ("", word.end.blob)]
    found = []
    for word in other:
        try:
            blob = there[word.end.path].id
            lines = Counter(marks(objects.blobs([blob])[blob]))
        except UndecidableError:  # no file, or a larger one than is read
            continue
        if missing := (Counter(_added(word)) - lines).total():
            found.append((word, missing))
    return found


_GONE = Listed(ABSENT, "")


class _End(NamedTuple):
    """What a story made of a file, as its record says."""

    story: str
    blob: str


class _Since:
    """What changed the files of some words after what each says of them."""

    def __init__(
        self,
        objects: Objects,
        head: str,
        about: Sequence[Word],
        standing: Sequence[Record],
        formatting: Collection[str],
    ) -> None:
        self._objects = objects
        self._formatting = frozenset(formatting)
        paths = sorted({word.end.path for word in about})
        self._line = objects.touching(head, paths) if paths else []
        self._others: dict[bytes, set[_End]] = {}
        for one in standing if paths else ():
            for entry in one.change:
                self._others.setdefault(entry.raw, set()).add(_End(one.story, entry.new_blob))
        self._merges = 0

    def is_nobodys(self, word: Word) -> bool:
        """Whether no other story's work has changed the file since, as far as all of it can be told."""
        path = word.end.path
        own = [(one, change.new_blob) for one in self._line for change in one.changes if change.path == path]
        landed = next((at for at, (_, blob) in enumerate(own) if blob == word.end.blob), 0)
        before = {blob for _, blob in own[landed:]}
        if any(end.story != word.story and end.blob not in before for end in self._others.get(path, ())):
            return False
        commits = [name for one, _ in own[:landed] for name in self._brought(one, path)]
        if not commits or self._merges > _MOST_MERGES or self._formatting.intersection(commits):
            return False
        every = claims(self._objects.commits(commits).values())
        return {story for claim in every for story in claim.stories} <= {word.story}

    def _brought(self, one: Touched, path: bytes) -> list[str]:
        """A commit, or what a merge brought of those that change a file."""
        first, *others = self._objects.commits([one.commit])[one.commit].parents or ("",)
        self._merges += len(others)
        if not others or self._merges > _MOST_MERGES:
            return [one.commit]
        sides = (self._objects.touching(other, [path], first) for other in others)
        return [one.commit, *(each.commit for side in sides for each in side)]
