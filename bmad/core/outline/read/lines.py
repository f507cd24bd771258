"""What the lines of an intent say by their form alone: marks that stand for a heading, and the words of one."""

import re

from bmad.core.outline.read.document import Node
from bmad.core.outline.read.marks import BULLET, CROSSES, TICKS
from bmad.core.outline.words.language import Role
from bmad.core.outline.words.lexicon import find_heading, folded

LINE_START = re.compile(r"(?<=\n)[ \t>]*(?=\S)|(?<=\r)[ \t>]*(?=[^\s\n])")
_LINE = 80
"""The most characters of a line that stands for a heading."""


def is_marked_line(raw: str) -> bool:
    """Whether a paragraph is one short line with a mark that neither ticks nor crosses, and without an end."""
    found = BULLET.match(raw)
    told = raw[found.end() :].strip() if found else ""
    plain = found is not None and found.group("mark") not in TICKS | CROSSES | frozenset("✅")
    return plain and "\n" not in told and 0 < len(told) <= _LINE and not told.endswith((".", "。", "!", "?", ";"))


def trimmed(raw: str) -> str:
    """Text without the blanks at its end and the marks of a quote that stand alone there."""
    kept = raw.rstrip()
    while kept.endswith(">") and not (last := kept[max(kept.rfind("\n"), kept.rfind("\r")) + 1 :]).strip(" \t>"):
        kept = kept[: len(kept) - len(last)].rstrip()
    return kept


def bare(title: str) -> str:
    """A heading as it is looked up."""
    return " ".join(folded(title).replace("-", " ").strip(" .:?!*_").split())


def refuses(head: str) -> bool:
    """Whether the head of a column says that what stands below it is out of scope."""
    words = bare(head)
    return find_heading(words) == (Role.NON_GOAL, words)


def flat(nodes: list[Node]) -> list[Node]:
    """The paragraphs and code blocks of nodes, in order, however deep (the parser bounds the depth)."""
    found: list[Node] = []
    for node in nodes:
        if node.kind == "list":
            for item in node.items:
                found.extend(flat(item))
        else:
            found.append(node)
    return found
