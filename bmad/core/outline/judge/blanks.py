"""What a template leaves to be filled in: `<describe the goal>`, `[Requirement description]`, `{{name}}`."""

import re

from bmad.core.outline.judge import tables
from bmad.core.outline.read.block import Block, Kind, Reading
from bmad.core.outline.read.inline import mask
from bmad.core.outline.words.lexicon import (
    Lexicon,
    Says,
    columns,
    find_heading,
    folded,
    ranks,
    records,
    split,
)  # fmt: skip

_HOLE = re.compile(
    r"<(?P<angle>[^\W\d_][^<>\n]{0,120})>|\[(?P<square>(?!\^|[ xX]\])[^\[\]\n]{2,120})\](?![(\[:])"
    r"|\$?\{\{?(?P<curly>(?![%:])[^{}\n]{1,60})\}\}?|(?P<line>_{3,}|…{1,3}|\.{3,})"
)
_SIGNS = ("<", "[", "{", "___", "…", "...", "orem ipsum")
_TELLS = re.compile(
    r"(?:please |bitte )?(?:describe|insert|enter|specify|list|provide|explain|identify|state|define|fill|replace|"
    r"add|your|e\.? ?g\b|z\. ?b\b|p\. ?ex|p\. ?ej|beschreib|hier |nenne|trage|füge|décri|insér|indiqu|préciser|"
    r"listez|votre|nom d[eu]|describ|inserte|indique|nombre d|liste|sua |seu |insira|nome d|опис|укаж|вставь|"
    r"перечисл|название|填写|填入|请|描述|例如|记入|記入|記載|入力|ここに|例：|작성|입력|기재|예:|açıkla|yazın|ekleyin)"
    r"|.*(?:eintragen|beschreiben|einfügen|ergänzen|eingeben|を記入|を記載|を入力|을 입력|를 입력|작성)$",
    re.IGNORECASE,
)
"""How what is to be filled in begins, or ends."""
_CHOICE = re.compile(r"[^/|]{1,30}(?:[/|][^/|]{1,30}){2,}|[^\W\d]+/[^\W\d]+")
_NAMED = re.compile(r"(?P<name>[\w /+&'’()-]{2,60}?)\s*[:：]\s*(?P<value>\S.*)", re.DOTALL)
_NUMBERED = re.compile(r"[\s\d#.]*$")
_WORD = re.compile(r"[^\W\d_]+")
_FILLER = re.compile(r"\W*lorem ipsum\b", re.IGNORECASE)
_LONG, _SEVERAL = 3, 2
_FRAME = Says.MUST | Says.SHOULD | Says.MAY | Says.CAN | Says.WILL | Says.WISH | Says.FIRST | Says.SECOND
"""What words say that only frame what is to be filled in."""
_REFERENCE = re.compile(r"^ {0,3}\[([^\]\n]{2,120})\]:", re.MULTILINE)


def blanks(reading: Reading, known: Lexicon) -> frozenset[int]:
    """The blocks that say nothing, or nothing behind their name, but what is to be filled in."""
    signs = [sign for sign in _SIGNS if sign in reading.text]
    found = [block for block in reading.blocks if any(sign in block.text for sign in signs)] if signs else []
    links = frozenset(_REFERENCE.findall(reading.text)) if found and "]:" in reading.text else frozenset()
    frame = _frame(known)
    return frozenset(one.index for one in found if one.text.strip(" []") not in links and _is_blank(one, frame))


def _frame(known: Lexicon) -> frozenset[str]:
    """The words that say nothing by themselves, whatever stands between them."""
    phrases: list[str] = []
    for one in known.languages:
        for kind in (one.common, one.clauses, one.reasons, one.given, one.when, one.then, one.more):
            phrases += split(kind)
    phrases += [phrase for phrase, says in known.words.items() if says & _FRAME]
    return frozenset(word for phrase in (*phrases, *known.stop, *known.conditions) for word in phrase.split())


def _is_blank(block: Block, frame: frozenset[str]) -> bool:
    if block.kind == Kind.CODE:
        return False
    if block.kind == Kind.ROW:
        return _is_blank_row(block, frame)
    bare = mask(block.text).replace("*", "").strip()
    named = _NAMED.fullmatch(bare)
    return (
        _FILLER.match(bare) is not None
        or _is_open(bare, frame, most=_SEVERAL * block.story)
        or (named is not None and _is_open(named["value"], frame))
    )


def is_guidance(block: Block, reading: Reading) -> bool:
    """Whether a paragraph or an item is set in italics as a whole: so a template says what to write there."""
    inside = reading.groups[block.group].blocks if block.kind == Kind.SENTENCE else [block.index]
    first, last = reading.blocks[inside[0]], reading.blocks[inside[-1]]
    mark, text = first.text[:1], last.text.rstrip()
    single = mark in {"*", "_"} and first.text[1:2] != mark and text[-1:] == mark and text[-2:-1] != mark
    whole = " ".join(reading.blocks[one].text for one in inside)
    return single and whole.count(mark) == _SEVERAL and not any(reading.blocks[one].story for one in inside)


def _is_blank_row(block: Block, frame: frozenset[str]) -> bool:
    """Whether the cells of a row, its id aside, are empty or to be filled in."""
    cells = [mask(cell).strip(" *") for cell in block.cells if cell.strip(" *")]
    said = [cell for cell in cells if cell != block.source and not tables.is_rank(cell)]
    open_ = [cell for cell in said if any(sign in cell for sign in _SIGNS) and _is_open(cell, frame)]
    return bool(open_) and len(open_) == len(said)


def _is_open(text: str, frame: frozenset[str], *, most: int = 0) -> bool:
    """Whether a text holds what is to be filled in, and at most so many words that say something by themselves."""
    holes = [match for match in _HOLE.finditer(text) if _is_hole(match)]
    if not holes:
        return False
    rest = text
    for match in holes:
        rest = rest.replace(match[0], " ", 1)
    words = _WORD.findall(folded(rest))
    if all(match["line"] for match in holes):
        return not words
    return sum(word not in frame for word in words) <= most and _are_told(holes)


def _is_hole(match: re.Match[str]) -> bool:
    said = match["angle"] or ""
    return not ("@" in said or "://" in said or "=" in said)


def _are_told(holes: list[re.Match[str]]) -> bool:
    """Whether one of them says what is to be filled in: names like `[Save]` stand in brackets, too."""
    return any(
        one["line"] or one[0].startswith(("{{", "${")) or _says(one["angle"] or one["square"] or one["curly"])
        for one in holes
    )


def _says(said: str) -> bool:
    bare = " ".join(_NUMBERED.sub("", folded(said)).replace("-", " ").replace("_", " ").split())
    few = bare.split()
    told = len(few) >= _LONG or (len(few) >= _SEVERAL and said[:1].islower())
    known = columns().find(bare) or records().find(bare) or find_heading(bare) or bare in ranks().whole
    return bool(told or known or _CHOICE.fullmatch(said) or _TELLS.match(bare))
