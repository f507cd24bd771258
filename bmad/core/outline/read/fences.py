"""What an author writes in a fence and is no code: requirements with ids, user stories, scenarios."""

import re

from bmad.core.outline.read.marks import opening
from bmad.core.outline.read.stories import is_scenario, story_end
from bmad.model.draft import Span

_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "markdown", "md", "none"})
"""What the info of a fence says that names no language of programs."""
_PARAGRAPH = re.compile(r"[^\s>][^\n\r]*(?:(?:\r\n|\n|\r)[ \t>]*[^\s>][^\n\r]*)*")
_LINE = re.compile(r"[^\n\r]+")
_SAID = re.compile(r"[^\W\d_]{2,}(?:\W+[^\W\d_]+){2,}|[^\W\d_]{8,}")
"""Words enough to ask for something, with or without blanks between them; code with an id has none."""
_BLANK = re.compile(r"<[^<>\n]{1,60}>|\[[^\]\n]{1,60}\](?!\()|\{[^{}\n]{1,60}\}")
"""What a template leaves to be filled in."""


def paragraphs(raw: str, start: int, info: str, codes: tuple[str, ...]) -> list[Span]:
    """The paragraphs of a fence whose text is `raw` and begins at `start`; none where one of them may be code."""
    if info.split(" ", maxsplit=1)[0].lower() not in _PLAIN:
        return []
    found = [Span(start + match.start(), start + match.end()) for match in _PARAGRAPH.finditer(raw)]
    texts = [raw[one.start - start : one.end - start] for one in found]
    return found if all(_is_written(text, codes) for text in texts) else []


def _is_written(text: str, codes: tuple[str, ...]) -> bool:
    """Whether a paragraph is one of requirements, a user story or a scenario, and no template of one."""
    lines = [line for match in _LINE.finditer(text) if (line := match.group().strip(" \t>"))]
    if not lines or _BLANK.search(text):
        return False
    if story_end(lines[0], codes) or is_scenario(text, codes):
        return True
    begun = opening(lines[0])
    if not begun.source or not any(sign.isalpha() for sign in begun.source):
        return False
    rest = lines[0][begun.offset :] if begun.stripped else lines[0]
    return _SAID.search(rest) is not None or (len(lines) > 1 and is_scenario("\n".join(lines[1:]), codes))
