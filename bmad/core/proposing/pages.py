"""The texts that may say where a story's work is: its document, what it implements, and its own project's page."""

import re
from collections.abc import Iterable, Iterator

from bmad.core.proposing.mentions import Part, Said
from bmad.model.spec import Requirement, Story

_HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<title>.+?)\s*#*$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_BACK = (
    "references?|to reference|previous|learnings?|intelligence|review|reviewer|change log|changelog|completion"
    "|debug|verification|findings|pre-mortem|anti-patterns?|relationships?|problem|out of scope|non-goals"
    "|codebase patterns|context for development|dependencies|validation|risks|migration notes|status|alternatives"
    "|agent model|audit|sprint status|recommendations|background"
)
_FILES = (
    "file list|files? (?:to (?:be )?)?(?:created?|modify|modified|changed?|add(?:ed)?|touch(?:ed)?|update[d]?)"
    "|(?:new|modified|affected|changed) files?|source tree components? to touch|file locations?"
)
_PARTS: tuple[tuple[re.Pattern[str], Part | None], ...] = (
    (re.compile(rf"\b(?:{_BACK})\b", re.IGNORECASE), None),
    (re.compile(rf"\b(?:{_FILES})\b", re.IGNORECASE), "files"),
    (re.compile(r"\b(?:tasks?|subtasks?|implementation plan)\b", re.IGNORECASE), "task"),
    (re.compile(r"\bacceptance criteria\b", re.IGNORECASE), "criterion"),
)
"""What a section is by the words of its heading; None where it looks back, or elsewhere."""


def said(story: Story, requirements: Iterable[Requirement]) -> Iterator[Said]:
    """What a story's own document says, and the requirements that it implements."""
    for section in (one for one in story.sections if one.title not in ("Story", "Acceptance Criteria")):
        part: Part = "task" if section.title.startswith("Tasks") else "note"
        yield Said(part, story.path, section.line + 1, section.text)
    for one in story.criteria:
        yield Said("criterion", story.path, one.line, one.text)
    yield Said("criterion", story.path, story.line, f"{story.title}\n{story.narrative}")
    for need in requirements:
        yield Said("requirement", need.path, need.line, need.text)


def said_in(path: str, text: str, *, files_only: bool = False) -> Iterator[Said]:
    """What a story's page says, section by section; sections that look back, or elsewhere, are left out.

    `files_only` is its list of the files that were changed.
    """
    stack: list[tuple[int, Part | None]] = [(0, "note")]
    lines: list[str] = []
    begun = 1
    fenced = False
    for at, row in enumerate([*text.split("\n"), "# end"], 1):
        fenced ^= _FENCE.match(row) is not None
        heading = None if fenced and row != "# end" else _HEADING.match(row)
        if heading is None:
            lines.append(row)
            continue
        part = stack[-1][1]
        if part is not None and (part == "files" or not files_only):
            yield Said(part, path, begun, "\n".join(lines))
        level = len(heading["marks"])
        while stack[-1][0] >= level:
            stack.pop()
        stack.append((level, _part(heading["title"], stack[-1][1], level)))
        lines, begun = [], at + 1


def _part(title: str, above: Part | None, level: int) -> Part | None:
    """What a section is, by its heading and what it stands in; the title of the page says nothing."""
    if level == 1:
        return "note"
    found = next(((part,) for words, part in _PARTS if words.search(title)), None)
    if found is None or (above is None and found != ("files",)) or (above == "files" and found != (None,)):
        return above
    return found[0]
