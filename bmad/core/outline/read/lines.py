"""What the lines of an intent say by their form alone: marks that stand for a heading, and the words of one."""

import re
from collections.abc import Sequence

from bmad.core.outline.read.document import Node
from bmad.core.outline.read.marks import BULLET, CROSSES, TICKS, is_marked, opening, rank_of
from bmad.core.outline.read.stories import story_end
from bmad.core.outline.words.language import Rank, Role
from bmad.core.outline.words.lexicon import find_heading, folded
from bmad.model.draft import Span

LINE_START = re.compile(r"(?<=\n)[ \t>]*(?=\S)|(?<=\r)[ \t>]*(?=[^\s\n])")
PICTURES = frozenset({"mermaid", "plantuml", "puml", "uml", "dot", "graphviz", "d2", "ditaa", "ascii-art"})
DIRECTIVE = re.compile(r"\.\. (?:code|code-block|sourcecode|literalinclude|parsed-literal)::")
"""What the lines indented below are code of, in reStructuredText."""
CODE_ALONE = re.compile(r"`[^`\n]+`")
LABEL_ONLY = re.compile(r"(\*\*|__)(?:(?!\1).){1,90}\1")
_LINE = 80
"""The most characters of a line that stands for a heading."""


def is_marked_line(raw: str) -> bool:
    """Whether a paragraph is one short line with a mark that neither ticks nor crosses, and without an end."""
    found = BULLET.match(raw)
    told = raw[found.end() :].strip() if found else ""
    plain = found is not None and found.group("mark") not in TICKS | CROSSES | frozenset("✅")
    return plain and "\n" not in told and 0 < len(told) <= _LINE and not told.endswith((".", "。", "!", "?", ";"))


def pieces(raw: str, start: int, codes: tuple[str, ...]) -> list[tuple[int, int]]:
    """A paragraph cut before each line that begins as it does, with an id or a label, or with a user story."""
    cuts = [0]
    if "\n" in raw or "\r" in raw:
        first = opening(raw)
        starts = [(match.end(), raw[match.end() : match.end() + 400]) for match in LINE_START.finditer(raw)]
        several = sum(opening(line).stripped for _, line in starts) > 1
        for at, line in starts:
            begun = opening(line)
            alike = (begun.stripped and (first.stripped or several)) or (begun.label and first.label)
            if alike or story_end(line, codes):
                cuts.append(at)
    ends = [*cuts[1:], len(raw)]
    found = []
    for left, right in zip(cuts, ends, strict=True):
        kept = trimmed(raw[left:right])
        if kept:
            found.append((start + left, start + left + len(kept)))
    return found


def is_set_in(text: str, at: int) -> bool:
    """Whether nothing but more than one blank stands before a place in its line."""
    start = text.rfind("\n", 0, at) + 1
    return at - start > 1 and text[start:at].isspace()


_DOT = re.compile(r"(?<=\s)[•‣◦▪](?=\s*\S)")
_BEFORE = (":", "：", ".", "。", "!", "！", ";", "；")
"""What ends the words before a bullet that stands in their line; without it, it parts words of one."""
_SEVERAL = 2


def first_dot(raw: str) -> int:
    """Where the first of several bullets stands that are set in one paragraph, behind its first words; else 0."""
    found = [match.start() for match in _DOT.finditer(raw)]
    if len(found) < _SEVERAL:
        return 0
    before = raw[: found[0]]
    return found[0] if before.rstrip().endswith(_BEFORE) or before.rstrip(" \t>").endswith(("\n", "\r")) else 0


def bullets(raw: str) -> list[int]:
    """Where the bullets of a paragraph stand that begins with one: at the beginning of lines, and in them."""
    lines = {match.end() for match in LINE_START.finditer(raw) if BULLET.match(raw, match.end())}
    dots = [match.start() for match in _DOT.finditer(raw)]
    inside = dots if raw.lstrip(" \t>")[:1] in set("•‣◦▪") else []
    return sorted({0, *lines, *inside})


_BREAK = re.compile(r"<br ?/?>\Z", re.IGNORECASE)
"""A tag at the end of a line that only breaks it."""


def trimmed(raw: str) -> str:
    """Text without the blanks at its end, tags that break the line there, and marks of a quote alone."""
    kept = raw.rstrip()
    while kept.endswith(">"):
        line = kept[max(kept.rfind("\n"), kept.rfind("\r")) + 1 :]
        found = _BREAK.search(line)
        if not found and line.strip(" \t>"):
            break
        kept = kept[: len(kept) - len(found[0] if found else line)].rstrip()
    return kept


def bare(title: str) -> str:
    """A heading as it is looked up."""
    return " ".join(folded(title).replace("-", " ").strip(" .:?!*_").split())


def refuses(head: str) -> bool:
    """Whether the head of a column says that what stands below it is out of scope."""
    words = bare(head)
    return find_heading(words) == (Role.NON_GOAL, words)


def ranking(node: Node) -> list[Rank | None]:
    """What columns say by their heads of the items that stand in them, one a cell; empty where they do not.

    Of several, some are out of scope, or all are priorities, but for the first one, which may name the rows.
    """
    found = [
        None if is_marked(node.rows, place) else Rank.WONT if refuses(name) else rank_of(name)
        for place, name in enumerate(node.head)
    ]
    ranked = {one for one in found if one}
    if Rank.MUST in ranked and len(ranked) > 1 and all(found[1:]) and not node.parted:
        return found
    refused = [Rank.WONT if one and refuses(name) else None for name, one in zip(node.head, found, strict=True)]
    return refused if any(refused) and not all(refused) else []


def in_columns(text: str, row: Span, cells: Sequence[str], *, first: int) -> list[tuple[int, Span]] | None:
    """Where the cells of a row stand that say something, from the `first` on, by their places.

    None where one of them is not in one piece: lines of others lie between its own.
    """
    found: list[tuple[int, Span]] = []
    at = row.start
    for place, cell in enumerate(cells):
        if place < first or not any(map(str.isalnum, cell)):
            continue
        match = re.compile(r"\s+".join(map(re.escape, cell.split()))).search(text, at, row.end)
        if match is None:
            return None
        found.append((place, Span(*match.span())))
        at = match.end()
    return found


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
