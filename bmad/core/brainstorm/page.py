"""An intent as pages of answers: which topics it has, and the text with one answer more. Nothing else changes."""

import re
from typing import NamedTuple

from bmad.core.brainstorm.topics import Topic
from bmad.model.markdown import lines, outline

_MARK = re.compile(r"\A(?:(?:[-*+•]|#{1,6}) )+(?=\S)")
"""What makes an item or a heading of a line that was typed or pasted: the answer is an item already."""
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
    headings = outline(text).headings
    ends = [*(heading.start for heading in headings[1:]), len(text)]
    return [
        Section(heading.level, heading.text, min(heading.end + 1, end), end)
        for heading, end in zip(headings, ends, strict=False)
    ]


def title(text: str) -> str:
    """The document's own title, its first heading of level 1; empty where it has none."""
    return next((one.title for one in sections(text) if one.level == 1), "")


def answers(text: str, topic: Topic) -> int:
    """How many items stand under the topic's heading."""
    return sum(
        not line.fenced and bool(_ITEM.match(line.text))
        for one in sections(text)
        if topic.is_called(one.title)
        for line in lines(text[one.start : one.end])
    )


def titled(text: str, name: str) -> str:
    """The text under a title."""
    head = f"# {_MARK.sub('', _line(name))}\n"
    return f"{head}\n{text}" if text.strip() else head


def explained(text: str, why: str) -> str:
    """The text with a paragraph below its title that says what it is and why."""
    start = next((one.start for one in sections(text) if one.level == 1), 0)
    above, below = text[:start].rstrip("\r\n"), text[start:].lstrip("\r\n")
    return f"{above}\n\n{_line(why)}\n" + (f"\n{below}" if below else "")


def added(text: str, topic: Topic, answer: str) -> str:
    """The text with an answer as the last item under the topic's heading, which is added where there is none.

    Code that is left open would take in all that follows: it is closed first.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    text = _closed(text, end)
    item = f"- {_MARK.sub('', _line(answer))}{end}"
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


def _closed(text: str, end: str) -> str:
    """The text with the fence closed that reaches to its end."""
    marks = outline(text).open
    return f"{_BLANK.sub('', text)}{end}{marks}{end}" if marks else text


def _line(text: str) -> str:
    return " ".join(text.split())
