"""Locks whose lines are spelled in two ways: a signature of nobody or none, a letter of a name or its escape."""

from collections.abc import Callable, Iterable

from tests.oracle.texts import HEADER, PRD, Requirements, fingerprints, requirements

_NOBODY, _ADA, _ESCAPED = ' ["", ""]', '"ada"', r'"\u0061da"'


def other(line: str) -> str:
    """A line of the lock in its other spelling; itself where it has no other."""
    if line.startswith("link ") and "[" not in line:
        return line + _NOBODY
    return line.replace(_ADA, _ESCAPED) if _ADA in line else line.removesuffix(_NOBODY).replace(_ESCAPED, _ADA)


def twinned(lock: str) -> str:
    return _of(one for line in _lines(lock) for one in (line, other(line)))


def respelled(lock: str) -> str:
    return _of(map(other, _lines(lock)))


def untwinned(pick: Callable[[str, str], str]) -> Callable[[str], str]:
    """Of lines that stand in two spellings the one that is picked."""

    def once(lock: str) -> str:
        lines = _lines(lock)
        return _of(pick(one, other(one)) if other(one) in lines else one for one in lines)

    return once


FORESEEN = f"link STORY-a implements FR-a {fingerprints(PRD, requirements(Requirements('second')))['FR-a']}"
"""A line on words of a requirement that do not stand yet."""


def unforeseen(lock: str) -> str:
    return _of(_lines(lock) - {FORESEEN, other(FORESEEN)})


def _lines(lock: str) -> set[str]:
    return {one for one in lock.split("\n") if one and one[0] != "#"}


def _of(lines: Iterable[str]) -> str:
    return "\n".join([HEADER, *sorted({*lines}), ""])
