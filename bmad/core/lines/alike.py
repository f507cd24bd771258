"""Which lines of one file stand in another: as they are, or but for their layout."""

import re
from collections.abc import Collection, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, TypeVar

from bmad.core.lines.hunks import lines
from bmad.model.ends import ends

T = TypeVar("T", bound=Hashable)
_WORD = re.compile(rb"[0-9A-Za-z_\x80-\xff]+|[^0-9A-Za-z_\x80-\xff\s'\"`,;()\[\]{}\\]")
"""A word or an operator: what no formatter changes. All else it may: blanks, quotes, commas, brackets."""
_NAME = re.compile(rb"[0-9A-Za-z_\x80-\xff]")
_MOST = 4_000_000
"""Products of two lengths up to which lines are compared all with all."""
_TWICE = -1


def same(old: Sequence[T], new: Sequence[T]) -> dict[int, int]:
    """By number of a line of `new` (from 0) that of the line of `old` that it is; both in the same order."""
    return {
        new_at: old_at
        for old_at, new_at, size in _blocks(old, new)
        for old_at, new_at in _run(old_at, new_at, size)
    }


def _run(old_at: int, new_at: int, size: int) -> Iterator[tuple[int, int]]:
    return ((old_at + step, new_at + step) for step in range(size))


def _blocks(old: Sequence[T], new: Sequence[T]) -> Iterator[tuple[int, int, int]]:
    """Runs that both have, as (place in old, place in new, length)."""
    first, last = ends(old, new)
    yield 0, 0, first
    inner_old, inner_new = old[first : len(old) - last], new[first : len(new) - last]
    if inner_old and inner_new and len(inner_old) * len(inner_new) <= _MOST:
        found = SequenceMatcher(None, inner_old, inner_new, autojunk=False).get_matching_blocks()
        yield from ((first + one.a, first + one.b, one.size) for one in found)
    elif inner_old and inner_new:
        yield from _once(inner_old, inner_new, first)
    yield len(old) - last, len(new) - last, last


def _once(old: Sequence[T], new: Sequence[T], first: int) -> Iterator[tuple[int, int, int]]:
    """The lines that stand once in each, as far as they come in the same order."""
    before, last = once(old), -1
    for one, number in once(new).items():
        place = before.get(one, -1)
        if place > last:
            last = place
            yield first + place, first + number, 1


def once(lines: Sequence[T], wanted: Collection[T] | None = None) -> dict[T, int]:
    """The place (from 0) of each line that stands once in a file, of all or of those that are wanted."""
    found: dict[T, int] = {}
    for at, line in enumerate(lines):
        if wanted is None or line in wanted:
            found[line] = _TWICE if line in found else at
    return {line: at for line, at in found.items() if at != _TWICE}


def moved(old: Sequence[bytes], new: Sequence[bytes], came: Collection[int]) -> dict[int, int]:
    """Of lines that came (by number in `new`, from 0) those that were taken away as well: their place in `old`.

    They stand once in each, and hold a word; a blank line or a bracket is taken for a new one. Contents do not say
    whether such a line was moved or written alike, and which of two has moved past the other is the choice of
    whoever compares them.
    """
    wanted = {line for at in came if not is_bare(line := new[at])}
    before, after = once(old, wanted), once(new, wanted)
    return {at: before[new[at]] for at in came if new[at] in before and new[at] in after}


def is_bare(line: bytes) -> bool:
    """Whether a line has no word in it: a blank one, a bracket, a rule."""
    return _NAME.search(line) is None


def laid_out(old: bytes, new: bytes) -> dict[int, tuple[int, ...]]:
    """By number of a line of `new` (from 0) those of `old` that it was made of, where only the layout differs.

    A formatter joins and splits lines, and changes blanks, quotes, commas and brackets. Between lines that stand
    in both, it is held against that: word by word, from both ends as far as the words are the same, and by their
    place it is known which line went where. A line with another word in it is in no answer.
    """
    before, after = ([_words(line) for line in lines(one)] for one in (old, new))
    twins = same(before, after)
    found: dict[int, tuple[int, ...]] = {}
    last_old = last_new = 0
    for new_at, old_at in [*sorted(twins.items()), (len(after), len(before))]:
        if last_old < old_at and last_new < new_at:
            between = before[last_old:old_at], after[last_new:new_at]
            moved = _moved(*([line.words for line in one] for one in between))
            found.update((last_new + at, tuple(last_old + one for one in of)) for at, of in moved.items())
        if new_at < len(after):
            found[new_at] = (old_at,)
        last_old, last_new = old_at + 1, new_at + 1
    return found


class _Words(NamedTuple):
    """The words of a line, and where it has none what else stands in it."""

    words: tuple[bytes, ...]
    rest: bytes


def _words(line: bytes) -> _Words:
    found = tuple(_WORD.findall(line))
    return _Words(found, b"" if found else line.strip())


def _moved(old: Sequence[Sequence[bytes]], new: Sequence[Sequence[bytes]]) -> dict[int, tuple[int, ...]]:
    """The same for what lies between two lines that stand in both, by the words of each line."""
    whence = [at for at, line in enumerate(old) for _ in line]
    before, after = [word for line in old for word in line], [word for line in new for word in line]
    first = _alike(before, after)
    last = _alike(before[::-1], after[::-1])
    shift, found, begun = len(before) - len(after), dict[int, tuple[int, ...]](), 0
    for at, line in enumerate(new):
        until = begun + len(line)
        if until <= first and (line or begun > 0):
            found[at] = tuple(dict.fromkeys(whence[begun:until] or whence[begun - 1 : begun]))
        elif begun >= len(after) - last and (line or begun < len(after)):
            found[at] = tuple(dict.fromkeys(whence[shift + begun : shift + until] or whence[shift + begun :][:1]))
        begun = until
    return found


def _alike(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    """So many words are the same from the start on."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
