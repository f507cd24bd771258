"""Of which story a line is: by the trailer of the commit that it came with, then by a record, then by content.

Each answer says how sure it is:

- `exact`: a record's lines, applied to the content that it names, give the very file; or trailer and record, which
  nobody wrote from one another, name the same story for the line;
- `trailer`: the commit names one story, or of several only one may work there;
- `record`: a record holds the line, and its commit names no story;
- `one-of`: it is of one of several, and nothing tells which.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from bmad.core.lines.alike import is_bare, once, same
from bmad.core.lines.hunks import lines, mark, marks, replayed
from bmad.core.lines.words import Chain, Place, Word, chain, tips
from bmad.model.trace import Sure

Marks = Sequence[str]


class Owner(NamedTuple):
    """The stories that a line may be of; none, and `sure` None, where nothing says so."""

    stories: tuple[str, ...] = ()
    sure: Sure | None = None


NOBODY = Owner()


class Kept(NamedTuple):
    """A line that was there before: its path, and its place (from 0) in the file that the commit was made on."""

    path: bytes
    at: int


class File(NamedTuple):
    """A file as a commit left it; `marks` are those of its lines, `bare` those of lines without a word in them."""

    place: Place
    marks: Marks
    bare: frozenset[str] = frozenset()

    @classmethod
    def of(cls, place: Place, content: bytes) -> "File":
        return cls(place, marks(content), frozenset(mark(one) for one in set(lines(content)) if is_bare(one)))


class _Line(NamedTuple):
    """A line while records are applied: its mark, the story that added it, or its place in the first content.

    Several stories where one of them may have moved a line of another one's.
    """

    mark: str
    stories: tuple[str, ...]
    at: int


class Told(NamedTuple):
    """What trailers and records say of a commit's work on a file.

    `named` are the stories of its trailers, `words` what the records say that came with it or go over it, `olds`
    the marks of such contents (by blob) as are at hand, `before` what the commit was made on, by path.
    """

    named: tuple[str, ...]
    words: Sequence[Word] = ()
    olds: Mapping[str, Marks] = {}
    before: Mapping[bytes, str] = {}
    narrow: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda stories: stories
    """Of several stories those that may work on the file."""


def owners(file: File, numbers: Iterable[int], told: Told) -> dict[int, Owner | Kept]:
    """Of each line (from 0) that came with a commit, whose it is, or where it was before."""
    applied = _applied(file, told) if told.words else {}
    own = _of_path(told.words, file.place.path)
    return {at: _one(file.marks[at], applied.get(at), own, told) for at in numbers}


def _of_path(words: Sequence[Word], path: bytes) -> list[Word]:
    """The words on a path, and on those that it has moved from."""
    paths, found = {path}, list[Word]()
    for word in reversed(words):
        if word.end.path in paths:
            found.append(word)
            paths |= {word.start.path} if word.start is not None else set()
    return found


def _one(mark: str, found: Owner | Kept | None, own: Sequence[Word], told: Told) -> Owner | Kept:
    if isinstance(found, Kept):
        return found
    return joined(found or _by_mark(mark, own) or _silent(own, told), told)


def joined(recorded: Owner, told: Told) -> Owner:
    """What a record says, beside what the trailers say."""
    named = told.named
    if not named:
        return recorded
    if not recorded.stories:
        few = told.narrow(named) or named if len(named) > 1 else named
        return Owner(few, "trailer" if len(few) == 1 else "one-of")
    both = tuple(story for story in recorded.stories if story in named)
    if len(both) == 1 and (len(recorded.stories) == 1 or len(named) == 1):
        agreed = len(named) == 1 or recorded.sure == "exact"
        return Owner(both, "exact" if agreed else "record")
    every = both or tuple(dict.fromkeys((*named, *recorded.stories)))
    return Owner(every, "one-of")


def _by_mark(mark: str, words: Sequence[Word]) -> Owner | None:
    """The stories whose records hold such a line."""
    found = tuple(dict.fromkeys(one.story for one in words if mark in _added(one)))
    return Owner(found, "record" if len(found) == 1 else "one-of") if found else None


def _silent(words: Sequence[Word], told: Told) -> Owner:
    """Where the commit names no story, those whose records speak of the file and not of its lines."""
    every = tuple(dict.fromkeys(one.story for one in words if one.hunks is None)) if not told.named else ()
    few = told.narrow(every) or every if len(every) > 1 else every
    return Owner(few, "record" if len(few) == 1 else "one-of") if few else NOBODY


def _added(word: Word) -> set[str]:
    return {mark for hunk in word.hunks or () for mark in hunk.added}


def _applied(file: File, told: Told) -> dict[int, Owner | Kept]:
    """By number of a line what the records say of it, applied one after another to what they began from."""
    whole = chain(told.words, file.place)
    if (
        whole.words
        and (made := _made(whole, told.olds, file.bare)) is not None
        and [one.mark for one in made] == file.marks
    ):
        return {at: one for at, line in enumerate(made) if (one := _exactly(line, whole, told)) is not None}
    found: dict[int, Owner | Kept] = {}
    for tip in tips(told.words, file.place.path):
        made = _made(chain(told.words, tip), told.olds, file.bare)
        if made is not None:
            twins = same([one.mark for one in made], file.marks)
            told_of = {at: made[old].stories for at, old in twins.items()}
            found |= {at: _of(stories, "record") for at, stories in told_of.items() if stories}
    return found


def _of(stories: tuple[str, ...], sure: Sure) -> Owner:
    return Owner(stories, sure if len(stories) == 1 else "one-of")


def _exactly(line: _Line, whole: Chain, told: Told) -> Owner | Kept | None:
    if line.stories:
        return _of(line.stories, "exact")
    start = whole.start
    if start is not None and told.before.get(start.path) == start.blob:
        return Kept(start.path, line.at)
    return None


def _new(story: str, gone: Sequence[_Line], added: Sequence[str]) -> list[_Line]:
    """The lines that a story adds; one that it takes away and puts back is what it was."""
    kept = same([line.mark for line in gone], added)
    return [gone[kept[at]] if at in kept else _Line(mark, (story,), -1) for at, mark in enumerate(added)]


def _made(whole: Chain, olds: Mapping[str, Marks], bare: frozenset[str]) -> list[_Line] | None:
    """What records make of the content that they began from; None where that, or what one says, is not known."""
    first = olds.get(whole.start.blob) if whole.start is not None else ()
    if first is None:
        return None
    made: list[_Line] = [_Line(mark, (), at) for at, mark in enumerate(first)]
    for word in whole.words:
        if word.hunks is None:
            return None
        after = replayed(made, word.hunks, partial(_new, word.story))
        if after is None:
            return None
        made = _moved(made, after, bare)
    return made


def _moved(before: Sequence[_Line], after: Sequence[_Line], bare: frozenset[str]) -> list[_Line]:
    """The lines after a story's work, of which one that it puts back elsewhere may be of whom it was before."""
    was, found = once([line.mark for line in before]), list(after)
    for one, at in once([line.mark for line in after]).items():
        old, new = (before[was[one]] if one in was and one not in bare else after[at]), after[at]
        if old.stories and old is not new:
            found[at] = new._replace(stories=tuple(dict.fromkeys((*new.stories, *old.stories))))
    return found
