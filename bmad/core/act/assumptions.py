"""What a story's preparation decided and nobody had asked for: the entries of its section `Assumptions`.

The section may be one of the story's own or stand below another one, such as `Dev Notes`. An entry is an item of a
list with the lines that go on with it, or a paragraph; what says that there are none is none.
"""

import re
from collections.abc import Iterator

from bmad.model.markdown import lines
from bmad.model.spec import Story

_ITEM = re.compile(r"\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+(.*)")
_NONE = frozenset({"none", "no assumptions", "-", "n/a", "nothing"})


def assumptions(story: Story) -> tuple[str, ...]:
    """The assumptions in the order in which they stand, each on one line."""
    found = (
        " ".join(entry).strip() for section in story.sections for entry in _entries(section.title, section.text)
    )
    return tuple(one for one in found if one.strip().rstrip(".").casefold() not in {"", *_NONE})


def _entries(title: str, text: str) -> Iterator[list[str]]:
    """The lines of each entry."""
    entry: list[str] = []
    for line in _assumed(title, text):
        item = _ITEM.match(line)
        if item is not None or not line.strip():
            yield entry
            entry = []
        if line.strip():
            entry.append(item[1].strip() if item is not None else line.strip())
    yield entry


def _assumed(title: str, text: str) -> Iterator[str]:
    """The lines of a section that stand below a heading `Assumptions`, without code."""
    inside, level = _is_assumptions(title), 0
    for line in lines(text):
        heading = line.heading
        if heading is not None:
            deeper = inside and heading.level > level > 0
            inside = deeper or _is_assumptions(heading.text) or (level == 0 and _is_assumptions(title))
            level = level if deeper or not inside else heading.level
        elif inside and not line.fenced:
            yield line.text.rstrip("\r\n")


def _is_assumptions(title: str) -> bool:
    return title.strip().casefold().startswith("assumption")
