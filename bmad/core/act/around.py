"""The parts of a change that stand around findings: what one has to see who judges or mends them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bmad.core.act.diffs import Line, files_of, number_lines, path_of
from bmad.core.packs.texts import size
from bmad.model.review import Finding

NEAR = 30
"""Lines between a finding and a hunk that is still shown with it."""


class Around(NamedTuple):
    """The hunks with their line numbers, the paths of their files, and those of the files that are not shown."""

    text: str
    paths: tuple[str, ...]
    left_out: tuple[str, ...]


class _Hunk(NamedTuple):
    file: int
    path: str
    head: Sequence[Line]
    lines: Sequence[Line]


def around(diff: str, findings: Iterable[Finding], most: int = 0) -> Around:
    """The hunks near the findings, of a finding that is near none those of its file, in the order of the diff.

    Where all that takes less than `most` bytes, other hunks are added from the first on.
    """
    hunks = list(_hunks(diff))
    chosen = _chosen(hunks, list(findings))
    used = sum(_size(hunks[at]) for at in chosen)
    for at, hunk in enumerate(hunks):
        if at not in chosen and used + _size(hunk) <= most:
            chosen.add(at)
            used += _size(hunk)
    shown = [hunks[at] for at in sorted(chosen)]
    paths = dict.fromkeys(one.path for one in shown)
    rest = tuple(path for path in dict.fromkeys(one.path for one in hunks) if path and path not in paths)
    return Around(_text(shown), tuple(path for path in paths if path), rest)


def _hunks(diff: str) -> Iterable[_Hunk]:
    """The hunks of a diff; of a file without any its heading."""
    for number, lines in enumerate(files_of(diff) if diff else ()):
        path = path_of(lines[0].text)
        starts = [at for at, one in enumerate(lines) if one.sign == "@"] or [len(lines)]
        head = lines[: starts[0]]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            yield _Hunk(number, path, head, lines[start:end])


def _chosen(hunks: Sequence[_Hunk], findings: Sequence[Finding]) -> set[int]:
    chosen: set[int] = set()
    for one in findings:
        own = [at for at, hunk in enumerate(hunks) if hunk.path == one.path]
        near = [at for at in own if _distance(hunks[at], one) <= NEAR]
        chosen.update(near or own)
    return chosen


def _distance(hunk: _Hunk, one: Finding) -> int:
    """The lines between a finding and the lines of a hunk in the new file."""
    numbers = [line.number for line in hunk.lines if line.number]
    if not numbers:
        return 0
    return max(min(numbers) - max(one.end_line, one.line), one.line - max(numbers), 0)


def _size(hunk: _Hunk) -> int:
    return sum(size(line.text) + 8 for line in (*hunk.head, *hunk.lines))


def _text(shown: Sequence[_Hunk]) -> str:
    lines: list[Line] = []
    before = -1
    for hunk in shown:
        lines += hunk.lines if hunk.file == before else (*hunk.head, *hunk.lines)
        before = hunk.file
    return number_lines(lines)
