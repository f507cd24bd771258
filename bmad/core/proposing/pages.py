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
    (re.compile(r"\b(?:not|never|no changes?|unchanged|untouched|read-only)\b", re.IGNORECASE), None),
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
        yield from _parted(story.path, section.text, section.line + 1, part)
    for one in story.criteria:
        yield Said("criterion", story.path, one.line, one.text)
    yield Said("criterion", story.path, story.line, f"{story.title}\n{story.narrative}")
    for need in requirements:
        yield Said("requirement", need.path, need.line, need.text)


def said_in(path: str, text: str, *, files_only: bool = False) -> Iterator[Said]:
    """What a story's page says, section by section; sections that look back, or elsewhere, are left out.

    `files_only` is its list of the files that were changed.
    """
    return (one for one in _parted(path, text, 1, "note") if one.part == "files" or not files_only)


def _parted(path: str, text: str, line: int, above: Part) -> Iterator[Said]:
    """The sections of a text, and the lists below a label that is a line of its own, as `**Files to modify:**`."""
    stack: list[tuple[int, Part | None]] = [(0, above)]
    lines: list[str] = []
    begun = line
    fenced = False
    for at, row in enumerate([*text.split("\n"), "# end"], line):
        fenced ^= _FENCE.match(row) is not None
        level, title = (0, "") if fenced and row != "# end" else _heading(row, stack[-1][0])
        if not level:
            lines.append(row)
            continue
        part = stack[-1][1]
        if part is not None:
            yield Said(part, path, begun, "\n".join(lines))
        while len(stack) > 1 and stack[-1][0] >= level:
            stack.pop()
        if title:
            stack.append((level, _part(title, stack[-1][1], level)))
        lines, begun = ([], at + 1) if title else ([row], at)


def _heading(row: str, inside: int) -> tuple[int, str]:
    """The level and title of a heading or label; a paragraph ends what a label is over, without a title."""
    if heading := _HEADING.match(row):
        return len(heading["marks"]), heading["title"]
    if label := _LABEL.match(row):
        return _LABELLED, label["title"]
    return (_LABELLED, "") if inside == _LABELLED and _TEXT.match(row) else (0, "")


_LABEL = re.compile(r"^\*\*(?P<title>[^*\n]{1,100})\*\*:?\s*$")
_TEXT = re.compile(r"(?![-*+|>`]|\d+[.)])\S")
_LABELLED = 7
"""The level of a label: below all headings."""


def _part(title: str, above: Part | None, level: int) -> Part | None:
    """What a section is, by its heading and what it stands in; the title of the page says nothing."""
    if level == 1:
        return "note"
    found = next(((part,) for words, part in _PARTS if words.search(title)), None)
    if found is None or (above is None and found != ("files",)) or (above == "files" and found != (None,)):
        return above
    return found[0]
