"""An intent as pages of answers: which topics it has, and the text with one answer more. Nothing else changes."""

import re
from typing import NamedTuple

from bmad.core.brainstorm.topics import Topic

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*\r?\n?")
_BLANK = re.compile(r"(?:\r?\n[ \t]*)+\Z")
_ITEM = re.compile(r"[ \t]{0,3}(?:[-*+]|\d{1,9}[.)])[ \t]+\S")


class Section(NamedTuple):
    """A heading's level and words, and where the lines under it start and end, as offsets."""

    level: int
    title: str
    start: int
    end: int


def sections(text: str) -> list[Section]:
    """The sections of a document, each up to the next heading of any level."""
    found: list[Section] = []
    at, fenced = 0, False
    for line in _LINE.findall(text):
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else _HEADING.fullmatch(line)
        if heading:
            if found:
                found[-1] = found[-1]._replace(end=at)
            found.append(Section(len(heading[1]), heading[2], at + len(line), len(text)))
        at += len(line)
    return found


def title(text: str) -> str:
    """The document's own title, its first heading of level 1; empty where it has none."""
    return next((one.title for one in sections(text) if one.level == 1), "")


def answers(text: str, topic: Topic) -> int:
    """How many items stand under the topic's heading."""
    return sum(
        bool(_ITEM.match(line))
        for one in sections(text)
        if topic.is_called(one.title)
        for line in text[one.start : one.end].split("\n")
    )


def titled(text: str, name: str, why: str) -> str:
    """The text under a title, with a paragraph that says what it is and why."""
    head = f"# {_line(name)}\n" + (f"\n{_line(why)}\n" if why.strip() else "")
    return f"{head}\n{text}" if text.strip() else head


def added(text: str, topic: Topic, answer: str) -> str:
    """The text with an answer as the last item under the topic's heading, which is added where there is none."""
    end = "\r\n" if "\r\n" in text else "\n"
    item = f"- {_line(answer)}{end}"
    section = next((one for one in sections(text) if topic.is_called(one.title)), None)
    if section is None:
        above = _BLANK.sub("", text)
        return (
            f"{above}{end}{end}## {topic.heading}{end}{end}{item}"
            if above
            else f"## {topic.heading}{end}{end}{item}"
        )
    above, below = _BLANK.sub("", text[: section.end]), text[section.end :]
    last = above[section.start :].rsplit("\n", 1)[-1]
    gap = end if _ITEM.match(last) or last.startswith((" ", "\t")) else end * 2
    return f"{above}{gap}{item}" + (f"{end}{below}" if below else "")


def _line(text: str) -> str:
    return " ".join(text.split())
