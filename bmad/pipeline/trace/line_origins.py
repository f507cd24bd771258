"""Of which story each line of a file is: git's blame, followed on to where a line really came from.

A commit that formats (the base's `.git-blame-ignore-revs`), takes back, picks or moves hands lines on to where
they stood before; of all others `core.lines.own` tells whose the line is. The one place that answers, for trace,
blame and coverage alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bmad.core.ancestry import Ancestry
from bmad.core.gate.reverts import named as reverted
from bmad.core.hosts import picked
from bmad.core.lines.hunks import marks
from bmad.core.lines.own import NOBODY, File, Kept, Owner, Told, joined, owners
from bmad.core.lines.words import Place, Word, words
from bmad.core.trace import Claim
from bmad.errors import UndecidableError
from bmad.model.commits import FULL, Change, Commit
from bmad.model.history import BlameLine
from bmad.pipeline.trace.commit_records import brought
from bmad.pipeline.trace.comparisons import NO_TWINS, Compared, Comparisons, TwinRow, Twins
from bmad.pipeline.trace.history_blame import Spans
from bmad.pipeline.trace.moved_lines import MovedLines
from bmad.pipeline.trace.revision import Reading, lies_in
from bmad.pipeline.trace.standing_records import StandingRecords

if TYPE_CHECKING:
    from bmad.model.record import Record

_ROUNDS = 64
"""So often a line is handed on: from a revert of a revert to what was formatted before it."""
_REGULAR = ("100644", "100755", "120000")


Mover = tuple[str, str]
"""A commit that may have moved a line within its file or have written it anew, and a story that it was for."""


class Owned(NamedTuple):
    """A line as git blames it, whose it is, and where it came from in the end.

    `older`: it is from before the adoption, and of no story.
    """

    blamed: BlameLine
    owner: Owner
    commit: str
    path: bytes
    at: int
    """Its number there, from 1."""
    older: bool
    movers: tuple[Mover, ...] = ()

    def sources(self) -> dict[str, str]:
        """By story that the line may be of, the commit that it is of then."""
        moved = {story: commit for commit, story in self.movers} if len(self.owner.stories) > 1 else {}
        return {story: moved.get(story, self.commit) for story in self.owner.stories}


class _Leaf(NamedTuple):
    """A line (by its number among those that are asked for) in a commit's file, from 0."""

    number: int
    at: int
    movers: tuple[Mover, ...] = ()


class _End(NamedTuple):
    commit: str
    path: bytes
    at: int
    owner: Owner
    older: bool = False
    movers: tuple[Mover, ...] = ()


_Group = tuple[str, bytes]


Blame = Callable[[Mapping[_Group, Spans]], Mapping[_Group, Iterable[BlameLine]]]
"""The lines of files at commits, those of some spans of each at least."""


class Ownership:
    """Answers for one revision, each question of git asked once; `ignored` are commits that only format."""

    def __init__(
        self,
        reading: Reading,
        ignored: frozenset[str] = frozenset(),
        compared: Mapping[Compared, Sequence[TwinRow]] = MappingProxyType({}),
        known: Iterable[Commit] = (),
    ) -> None:
        """`compared` was found before; of `known` commits, parents first, git is not asked which come before."""
        self._reading = reading
        self._objects = reading.objects
        self._ignored = ignored
        self.comparisons = Comparisons(self._blob, compared)
        self.moved = MovedLines(reading.objects, self._blob)
        self._claims: dict[str, Claim] = {}
        self._brought: dict[str, tuple[Record, ...]] = {}
        self._files: dict[_Group, Place | None] = {}
        self._marks: dict[str, list[str] | None] = {}
        self._gone: dict[tuple[bytes, str], list[str]] = {}
        self._when: dict[tuple[bytes, str], int] = {}
        self._asked: set[bytes] = set()
        self._paths: set[bytes] = set()
        self._remembers = False
        self._ancestry = Ancestry(known)
        self.records = StandingRecords(reading, self._reaches)

    def claim(self, commit: str) -> Claim:
        """What a commit claims."""
        self.learn([commit])
        return self._claims[commit]

    def remember(self, claims: Sequence[Claim], changes: Mapping[str, Sequence[Change]]) -> None:
        """Take commits, oldest first, and what they do to their first parents: git is not asked of them again."""
        for name, own in changes.items():
            self._note(name, own)
        self.moved.remember(changes)
        self._remembers = True
        self._ancestry = Ancestry(claim.commit for claim in claims)
        self._learn(claims, changes)

    def learn(self, names: Iterable[str]) -> None:
        """Read many commits at once."""
        new = self._objects.commits([name for name in dict.fromkeys(names) if name not in self._claims])
        if new:
            self._learn(self._reading.claimed(new.values()))

    def _learn(self, claims: Iterable[Claim], changes: Mapping[str, Sequence[Change]] | None = None) -> None:
        new = {claim.commit.id: claim for claim in claims}
        self._claims |= new
        plain = [claim.commit for claim in new.values() if len(claim.commit.parents) == 1]
        self._brought |= brought(self._objects, self._reading.formats, plain, self._reading.layout, changes)

    def blob(self, path: bytes) -> str | None:
        """The blob of a file at the revision; None where there is none."""
        place = self._place((self._reading.head.id, path))
        return place.blob if place is not None else None

    def content(self, path: bytes) -> bytes | None:
        """A file at the revision; None where there is none."""
        return self._content((self._reading.head.id, path))

    def owned(self, rows: Sequence[BlameLine], blame: Blame | None = None) -> list[Owned]:
        """Whose blamed lines are; `blame` tells of those that are handed on to other commits."""
        blame = blame or self._blame
        self._paths |= {row.path for row in rows if not row.older}
        ends: dict[int, list[_End]] = {number: [] for number in range(len(rows))}
        todo: dict[_Group, list[_Leaf]] = {}
        for number, row in enumerate(rows):
            if row.older:
                ends[number].append(_End(row.commit, row.path, row.at - 1, NOBODY, older=True))
            else:
                todo.setdefault((row.commit, row.path), []).append(_Leaf(number, row.at - 1))
        for _ in range(_ROUNDS):
            if not todo:
                break
            self.learn(commit for commit, _ in todo)
            handed: dict[_Group, list[_Leaf]] = {}
            for group, leaves in todo.items():
                for number, end in self._settle(group, leaves, handed):
                    ends[number].append(end)
            todo = self._blamed(handed, ends, blame)
        for (commit, path), leaves in todo.items():
            for leaf in leaves:
                ends[leaf.number].append(_End(commit, path, leaf.at, NOBODY))
        return [_whole(row, ends[number]) for number, row in enumerate(rows)]

    def _settle(
        self, group: _Group, leaves: Sequence[_Leaf], handed: dict[_Group, list[_Leaf]]
    ) -> Iterator[tuple[int, _End]]:
        """The ends of a commit's lines in a file; those that it was handed go on."""
        commit, path = group
        left: list[_Leaf] = []
        onward = self._onward(commit, path)
        for leaf in leaves:
            place, lines = next(((one, of) for one, twins in onward if (of := twins.of(leaf.at))), (group, ()))
            for at in lines:
                handed.setdefault(place, []).append(leaf._replace(at=at))
            if not lines:
                left.append(leaf)
        found = self._told(commit, path, [leaf.at for leaf in left])
        came = {at for at, one in found.items() if isinstance(one, Owner) and one.stories}
        moved = self.moved.of(self._claims[commit].commit, path, came)
        for leaf in left:
            one, was, movers = found[leaf.at], moved.get(leaf.at), leaf.movers
            if isinstance(one, Kept):
                was = one
            elif was is not None:
                movers = (*movers, *((commit, story) for story in one.stories))
            else:
                yield leaf.number, _End(commit, path, leaf.at, _either(movers, one), movers=movers)
                continue
            parent = self._claims[commit].commit.parents[0]
            handed.setdefault((parent, was.path), []).append(_Leaf(leaf.number, was.at, movers))

    def _blamed(
        self, handed: Mapping[_Group, Sequence[_Leaf]], ends: dict[int, list[_End]], blame: Blame
    ) -> dict[_Group, list[_Leaf]]:
        """Where lines that stand in a commit's file came from."""
        todo: dict[_Group, list[_Leaf]] = {}
        spans = {group: _spans(leaf.at + 1 for leaf in leaves) for group, leaves in handed.items()}
        for group, told in (blame(spans) if spans else {}).items():
            rows = {row.line: row for row in told}
            for leaf in handed[group]:
                row = rows[leaf.at + 1]
                if row.older:
                    ends[leaf.number].append(_End(row.commit, row.path, row.at - 1, NOBODY, older=True))
                else:
                    todo.setdefault((row.commit, row.path), []).append(leaf._replace(at=row.at - 1))
        return todo

    def _blame(self, asked: Mapping[_Group, Spans]) -> dict[_Group, list[BlameLine]]:
        since = self._reading.since
        return {group: self._objects.blame(*group, spans, since) for group, spans in asked.items()}

    def _onward(self, name: str, path: bytes) -> list[tuple[_Group, Twins]]:
        """Where lines of a commit's file stood before, the best first, where it is known to have written none."""
        claim = self._claims[name]
        commit = claim.commit
        if name in self._ignored and len(commit.parents) == 1:
            before = (commit.parents[0], path)
            return [(before, self._twins(before, (name, path), loosely=True))]
        if claim.stories or len(commit.parents) != 1:
            return []
        return [(one, self._twins(one, (name, path), loosely=False)) for one in self._origins(commit, path)]

    def _twins(self, before: _Group, after: _Group, *, loosely: bool) -> Twins:
        """Which lines of a file stood in another, or but for their layout; none where one is not at hand."""
        old, new = self._place(before), self._place(after)
        if old is None or new is None:
            return NO_TWINS
        return self.comparisons.twins(old.blob, new.blob, loosely=loosely)

    def _origins(self, commit: Commit, path: bytes) -> Iterator[_Group]:
        """Where lines of a commit without story may have stood: before what it takes back, in what it picks."""
        targets = reverted(commit.message)
        full = self._objects.full([one for one in targets if len(one) not in FULL]) if targets else {}
        for target in targets:
            name = full.get(target, target)
            taken = self._objects.commit(name) if len(name) in FULL else None
            if taken is not None and taken.parents and self._reaches(commit.id, taken.id):
                yield taken.parents[0], path
        for target in picked(commit.message):
            origin = self._objects.commit(target)
            if origin is not None:
                yield origin.id, path
        if not targets:
            yield from self._restored(commit, path)

    def _note(self, name: str, changes: Iterable[Change]) -> None:
        for change in changes:
            self._when.setdefault((change.path, name), len(self._when))
            there = change.new_mode in _REGULAR
            self._files[name, change.path] = Place(change.path, change.new_blob) if there else None
            self._gone.setdefault((change.path, change.old_blob), []).append(name)

    def _restored(self, commit: Commit, path: bytes) -> Iterator[_Group]:
        """The commit before the one that took away a content of a file which this one brings back as it was."""
        if not self._remembers and path not in self._asked:
            new = sorted({path, *self._paths} - self._asked)
            self._asked.update(new)
            for touched in reversed(self._objects.touching(self._reading.head.id, new, self._reading.since)):
                self._note(touched.commit, touched.changes)
        now = self._when.get((path, commit.id))
        place = self._place((commit.id, path)) if now is not None else None
        if now is None or place is None:
            return
        for name in reversed(self._gone.get((place.path, place.blob), [])):
            if self._when[path, name] < now and self._reaches(commit.id, name):
                [found] = self._objects.commits([name]).values()
                yield found.parents[0], path
                return

    def _reaches(self, tip: str, name: str) -> bool:
        known = self._ancestry.reaches(tip, name)
        return bool(self._objects.reached([name], tip)) if known is None else known

    def _told(self, name: str, path: bytes, numbers: Sequence[int]) -> Mapping[int, Owner | Kept]:
        """What the commit's trailers and the records say of its lines."""
        claim = self._claims[name]
        named = () if claim.recorded else claim.stories
        every = self._words(claim, named, path)

        def narrow(stories: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(one for one in stories if lies_in(self._reading, one, _text(path)))

        place = self._place((name, path))
        content = self._blob(place.blob) if every and place is not None else None
        if place is None or content is None:
            return dict.fromkeys(numbers, joined(NOBODY, Told(named, narrow=narrow)))
        olds = self._olds(every)
        before = self._before(claim.commit, every)
        return owners(File.of(place, content), numbers, Told(named, every, olds, before, narrow))

    def _words(self, claim: Claim, named: Sequence[str], path: bytes) -> list[Word]:
        """What records say of a path's lines: those that came with the commit, else those that go over it."""
        own = self._brought.get(claim.commit.id, ())
        if own:
            every = [word for record in own for word in words(record)]
            return every if any(word.end.path == path for word in every) else []
        if len(claim.commit.parents) != 1:
            return []
        over = (
            [one for one in self.records.of(path) if one.story in named]
            if named
            else self.records.over(claim.commit.id, path)
        )
        return [word for record in over for word in words(record) if word.end.path == path]

    def stories_of(self, commit: str, path: bytes, numbers: Sequence[int]) -> Iterator[str]:
        """Of lines (from 0) that came with a commit, each that is of one story: which."""
        for owner in self._told(commit, path, numbers).values() if numbers else ():
            if isinstance(owner, Owner) and len(owner.stories) == 1:
                yield owner.stories[0]

    def _olds(self, every: Sequence[Word]) -> dict[str, list[str]]:
        """The marks of the contents that records began from, as far as they are at hand."""
        ends = {word.end for word in every}
        starts = {word.start.blob for word in every if word.start is not None and word.start not in ends}
        return {blob: known for blob in starts if (known := self._marks_of(blob)) is not None}

    def _before(self, commit: Commit, every: Sequence[Word]) -> dict[bytes, str]:
        """The blobs of the paths that records begin from, in what a commit was made on."""
        paths = {word.start.path for word in every if word.start is not None}
        places = (self._place((commit.parents[0], path)) for path in paths) if commit.parents else ()
        return {place.path: place.blob for place in places if place is not None}

    def _place(self, group: _Group) -> Place | None:
        """A file of a commit; None where there is none."""
        if group not in self._files:
            name, path = group
            commit = self._claims[name].commit if name in self._claims else self._objects.commits([name])[name]
            at = self._objects.files(commit.tree, [path.rpartition(b"/")[0]]).get(path)
            self._files[group] = Place(path, at.id) if at is not None and at.mode in _REGULAR else None
        return self._files[group]

    def _content(self, group: _Group) -> bytes | None:
        place = self._place(group)
        return self._objects.blobs([place.blob])[place.blob] if place is not None else None

    def _marks_of(self, blob: str) -> list[str] | None:
        """The marks of a content; None where it is not at hand, or too large."""
        if blob not in self._marks:
            content = self._blob(blob)
            self._marks[blob] = marks(content) if content is not None else None
        return self._marks[blob]

    def _blob(self, blob: str) -> bytes | None:
        """A content; None where it is not at hand, or too large."""
        try:
            return self._objects.blobs([blob])[blob] if self._objects.at_hand(blob) else None
        except UndecidableError:
            return None


def _either(movers: Sequence[Mover], origin: Owner) -> Owner:
    """Whose a line is that stood there before, unless it was written anew; whoever moves nobody's gains none."""
    every = tuple(dict.fromkeys((*(story for _, story in movers), *origin.stories)))
    return Owner(every, "one-of") if origin.stories and len(every) > 1 else origin


def _whole(row: BlameLine, ends: Sequence[_End]) -> Owned:
    """A line that was made of several: of a story where all of them are, else of one of theirs."""
    first = ends[0]
    if len(ends) == 1:
        return Owned(row, first.owner, first.commit, first.path, first.at + 1, first.older, first.movers)
    stories = tuple(dict.fromkeys(story for end in ends for story in end.owner.stories))
    alike = len({end.owner.stories for end in ends}) == 1 and len({end.older for end in ends}) == 1
    owner = first.owner if alike else Owner(stories, "one-of") if stories else NOBODY
    movers = tuple(dict.fromkeys(one for end in ends for one in end.movers))
    return Owned(row, owner, first.commit, first.path, first.at + 1, all(end.older for end in ends), movers)


def _spans(numbers: Iterable[int]) -> Spans:
    """Numbers as runs, from first to last."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
