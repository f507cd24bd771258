"""What a command would write, as a unified diff; a line ends where git ends it."""

import difflib
import re
from collections.abc import Iterator, Mapping

from bmad.model.ends import ends

_CONTEXT = 3
"""Lines that are shown around a change."""
_REACH = 2_000
"""Lines around what differs that are compared with it, so that an edit is shown where it reads best."""
_HUNK = re.compile(r"@@ -(\d+)([^+]*)\+(\d+)")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def diff(before: Mapping[str, str], files: Mapping[str, str | None]) -> str:
    """From the texts before to the files that change; None removes one."""
    parts: list[str] = []
    for path in sorted(files):
        old, new = before.get(path, ""), files[path] or ""
        if old == new:
            continue
        parts.append(f"--- {f'a/{path}' if path in before else '/dev/null'}\n")
        parts.append(f"+++ {f'b/{path}' if files[path] is not None else '/dev/null'}\n")
        parts += _changed(old, new) if old and new else [_whole(old, new)]
    return "".join(parts)


def _whole(old: str, new: str) -> str:
    """The one hunk of a file that is all new, or all gone."""
    return f"@@ -{_range(old)} +{_range(new)} @@\n{_marked('-', old)}{_marked('+', new)}"


def _range(text: str) -> str:
    count = text.count("\n") + (not text.endswith("\n")) if text else 0
    return "0,0" if not count else "1" if count == 1 else f"1,{count}"


def _marked(mark: str, text: str) -> str:
    """A text with a mark before each line."""
    bare = text.removesuffix("\n").replace("\n", f"\n{mark}")
    return f"{mark}{bare}\n" if text else ""


def _changed(old: str, new: str) -> Iterator[str]:
    """The hunks between two texts, of which nothing is compared but what lies between their equal ends."""
    alike, behind = ends(old, new)
    start = _lines_before(old, alike)
    above = old.count("\n", 0, start)
    one, other = (text[start : _lines_behind(text, len(text) - behind)] for text in (old, new))
    for line in list(difflib.unified_diff(_LINE.findall(one), _LINE.findall(other), n=_CONTEXT))[2:]:
        told = line if line.endswith("\n") else f"{line}\n"
        if told.startswith("@@"):
            told = _HUNK.sub(lambda at: f"@@ -{int(at[1]) + above}{at[2]}+{int(at[3]) + above}", told, count=1)
        yield told


def _lines_before(text: str, place: int) -> int:
    """Where some lines before a place begin."""
    for _ in range(_REACH + 1):
        place = text.rfind("\n", 0, place)
        if place < 0:
            return 0
    return place + 1


def _lines_behind(text: str, place: int) -> int:
    """Where some lines behind a place end."""
    for _ in range(_REACH + 1):
        place = text.find("\n", place) + 1
        if not place:
            return len(text)
    return place
