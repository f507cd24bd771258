"""What a command would write, as a unified diff."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

_CONTEXT = 3
"""Lines that are shown around a change."""
_REACH = 2_000
"""Lines around what differs that are compared with it, so that an edit is shown where it reads best."""
_HUNK = re.compile(r"@@ -(\d+)([^+]*)\+(\d+)")


def diff(before: Mapping[str, str], files: Mapping[str, str | None]) -> str:
    """From the texts before to the files that change; None removes one."""
    parts: list[str] = []
    for path in sorted(files):
        old, new = before.get(path, "").splitlines(keepends=True), (files[path] or "").splitlines(keepends=True)
        if old == new:
            continue
        parts.append(f"--- {f'a/{path}' if path in before else '/dev/null'}\n")
        parts.append(f"+++ {f'b/{path}' if files[path] is not None else '/dev/null'}\n")
        parts += _whole(old, new) if not old or not new else _changed(old, new)
    return "".join([part if part.endswith("\n") else f"{part}\n" for part in parts])


def _whole(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The one hunk of a file that is all new, or all gone."""
    return [f"@@ -{_range(old)} +{_range(new)} @@\n", *[f"-{line}" for line in old], *[f"+{line}" for line in new]]


def _range(lines: Sequence[str]) -> str:
    return "0,0" if not lines else "1" if len(lines) == 1 else f"1,{len(lines)}"


def _changed(old: list[str], new: list[str]) -> Iterator[str]:
    """The hunks between two texts, of which nothing is compared but what lies between their equal ends."""
    head = max(_alike(zip(old, new, strict=False)) - _REACH, 0)
    tail = max(_alike(zip(reversed(old[head:]), reversed(new[head:]), strict=False)) - _REACH, 0)
    lines = difflib.unified_diff(old[head : len(old) - tail], new[head : len(new) - tail], n=_CONTEXT)
    for line in list(lines)[2:]:
        yield (
            _HUNK.sub(lambda found: f"@@ -{int(found[1]) + head}{found[2]}+{int(found[3]) + head}", line, count=1)
            if line.startswith("@@")
            else line
        )


def _alike(pairs: Iterable[tuple[str, str]]) -> int:
    """How many pairs are equal before the first that is not."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
