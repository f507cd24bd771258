"""The author's own marks: ids, labels, check boxes, priorities, and what a numbered heading numbers."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from bmad.core.outline.read.block import Heading
from bmad.core.outline.read.inline import TAG, blank, plain
from bmad.core.outline.words.language import Column, Rank
from bmad.core.outline.words.lexicon import columns, folded, ranks, units
from bmad.model.draft import Span

IDENT = r"(?:[A-Z][A-Za-z]{0,9}(?:[-_.][A-Z]{1,6}){0,2}[-_.]?\d{1,5}(?:[.\-_]\d{1,4}){0,3}[a-z]?)"
_USUAL = (
    r"(?:[A-Z]|N?FR|REQ|RE?Q|U[SCR]|[BSDITPCQ]R|RN?F|N?FA|EN?F|HU|CU|AC|AK|TC|L[FZDLER]|NF|KR|ST|TS|FS|SW|SYS|SRS|PRD|BRD"
    r"|CHK|FEAT|TASK|BUG|STORY|EPIC)"
)
"""What ids usually begin with. A name like ESP32 or OAuth2 is none, where only a blank parts it from the words."""
NUMBER = r"\d{1,3}(?:\.\d{1,3}){1,4}"
_OPENS = re.compile(
    rf"\s*(?:ID\s*[:：]\s*)?[\[(（]?(?P<id>{IDENT})(?![.\-_]?\d)[\])）]?\s*(?:[:：.)–—]|\s-)\s*(?=\S)"
    rf"|\s*\[(?P<tag>[A-Z]{{1,8}}[-_.][A-Z0-9][A-Z0-9._-]*)\]\s*(?=\S)"
    rf"|\s*(?P<bare>(?:{_USUAL}\d{{2,5}}|(?!V\d){_USUAL}\d{{1,4}}(?:\.\d{{1,3}}){{1,3}}|[A-Z]-\d{{2,5}}|[A-Z]{{2,6}}-\d{{1,5}}))\s+(?=[^\s\d=<>+-])"
    rf"|\s*(?P<number>{NUMBER})\.?\s+(?=\S)"
    rf"|\s*/(?P<slashed>{IDENT}|[A-Z]{{1,6}} \d{{1,4}})/(?:\s*[:：–—-]\s*|\s+)(?=\S)"
)
_NAMED = re.compile(
    r"(?P<id>(?:R|FR|NFR|REQ|US|UC|BR|SR|RF|RNF|FA|NFA|EF|ENF|QR)[-_.]?\d{1,4}(?:[.-]\d{1,3}){0,2})\s+(?=\S)"
)
"""An id in a bold label that only a blank parts from the label's words, by the usual names of ids."""
_ONLY = re.compile(rf"\s*[\[(]?(?P<id>{IDENT}|{NUMBER}|[A-Z]{{1,6}}-[A-Z0-9-]{{1,12}})[\])]?\s*[:：.]?\s*")
_CELL = re.compile(r"[A-Za-z]{0,10}[-_.# ]?[A-Za-z]{0,8}[-_.]?\d+(?:[.\-_]\d+)*[a-z]?")
_ID_ALONE = re.compile(rf"{IDENT}|[A-Z][A-Z0-9]{{0,7}}(?:-[A-Z0-9]+)*-\d+[a-z]?")
_CLOSES = re.compile(rf"\s*[\[(（](?P<id>{IDENT})[\])）]\s*[.。]?\s*$")
_LABEL = re.compile(
    r"\s*(?:\*\*|__)(?P<label>[^*_\n]{1,90}?)(?:[:：.]\s*(?:\*\*|__)|(?:\*\*|__)\s*(?:[:：]|\s?[-–—→]\s|\s\())\s*(?=\S)"
    r"|\s*(?:\*\*|__)(?P<alone>[^*_\n]{1,90}?)(?:\*\*|__)\s*(?:\n|$)"
    r"|\s*(?P<code>`[^`\n]{1,60}`)\s*[:：–—-]\s+(?=\S)"
)
_BEGINS_LABEL = ("*", "_", "`")
_BOLD_ID = re.compile(rf"\s*(?:\*\*|__)\s*/?(?P<id>{IDENT})/?\s*[:：.]?\s*(?:\*\*|__)\s*[:：.–—-]?\s*(?=\S)")
CHECKBOX = re.compile(r"\[(?P<tick>[ xX])\]\s+")
STRUCK = re.compile(r"(?:\*\*[^*]{1,60}\*\*:?\s*)?~~.+?~~(?=\s*(?:$|[.。]\s*$|[*_(（–—-]))", re.DOTALL)
BULLET = re.compile(r"[ \t>]*(?P<mark>[✅☑✔✓❌✖✗✘🚫⛔•‣◦▪●○➤►🔹🔸⭐👉🎯💡⚡🚀])️?\s*(?=\S)")
TICKS = frozenset("☑✔✓")
CROSSES = frozenset("❌✖✗✘🚫⛔")
_MARKED = frozenset("xX×✓✔✅☑☒●•◉■★")
_NUMBERING = re.compile(
    r"^(?:(?:chapter|section|part|kapitel|abschnitt|chapitre|capítulo|глава|раздел)\s+)?(?:\d{1,3}(?:\.\d{1,3})+[a-z]?|\d{1,3}|[IVX]{1,5}"
    r"|[A-Z](?=[.)、]))(?:[.):、．]|(?=\s))\s*|^第[一二三四五六七八九十\d]{1,3}[章节節部分]+\s*|^[一二三四五六七八九十]{1,3}、\s*"
    r"|^[（(][一二三四五六七八九十\d]{1,3}[）)]\s*|^§\s*\d+(?:\.\d+)*\s*",
    re.IGNORECASE,
)
_DECORATION = re.compile(r"^[^\w(\[`«“\"'（【「<$@/.¿]+|[\s:：*_#]+$|\s*[\U0001f000-\U0001ffff☀-➿️]+\s*$")
_ATTRIBUTES = re.compile(r"\s*\{[#.][^{}]{0,120}\}\s*$")
_PRIORITY = re.compile(
    r"\s*[-–—]?\s*[(\[（【]\s*(?:priority|prio|priorität|priorité|prioridad|prioridade|приоритет|优先级|優先度)?\s*[:：]?\s*"
    r"(?P<rank>[^()\[\]（）【】]{1,24})[)\]）】]\s*(?:🎯.*)?$",
    re.IGNORECASE,
)
_HEAD_ID = re.compile(
    rf"(?:ID\s*[:：]\s*)?/?(?P<id>{IDENT}|{NUMBER})/?(?:\s*[:：.)–—]|\s-)?\s+(?=\S)|(?P<whole>{IDENT})\s*$"
    rf"|/(?P<slashed>{IDENT}|[A-Z]{{1,6}} \d{{1,4}})/(?:\s*[:：.)–—-])?\s*"
)
_ONE_WORD = re.compile(r"[A-Za-z]+\d+[a-z]?")
_USUAL_ID = re.compile(rf"{_USUAL}\d{{1,4}}[a-z]?")
_LETTER_ID = re.compile(r"[A-Z]\d{1,2}")
_DIGIT = re.compile(r"\d")
_EARLY = 26
"""So many characters hold the name of a unit and the first digit of its number."""
_HEAD_NUMBER = r"\s*(?:no\.?|nr\.?|n°|#|№)?\s*(?P<number>\d{1,4}(?:[.\-]\d{1,3}){0,3}[a-z]?)?\s*"


_ALONE = re.compile(
    rf"[\W_]*(?:(?:(?P<label>[^\W\d_]{{2,14}})[\W_]*[:：][\W_]*)?(?P<id>{IDENT})"
    r"|(?P<name>[^\W\d_]{2,14})[\W_]*[:：][\W_]*(?P<word>[A-Z]{1,6}(?:-[A-Z]{2,10})+))"
    r"(?:[\W_]+(?P<rank>[^\W\d_][\w -]{0,20}?))?[\W_]*"
)
_MARKS = ("`", "*", "_", "[", "(")
_NAMING = 60
"""The most characters of a line that holds nothing but an id and a priority."""


class Opening(NamedTuple):
    """How a sentence or an item begins: the author's id, a bold label, and where the words after the id begin."""

    source: str = ""
    label: str = ""
    offset: int = 0
    stripped: bool = False
    """Whether the words before `offset` are only an id or the name of a unit."""


def alone(text: str) -> tuple[str, Rank | None]:
    """The id and the priority of a line that holds nothing else; empty where it is none."""
    found = _ALONE.fullmatch(text) if len(text) <= _NAMING else None
    label = (found["label"] or found["name"]) if found else None
    if found is None or (label and columns().whole.get(folded(label)) != Column.ID):
        return "", None
    rank = rank_of(found["rank"]) if found["rank"] else None
    return (found["id"] or found["word"], rank) if rank or not found["rank"] else ("", None)


def names_next(text: str) -> str:
    """The id on a line of nothing else that is about what stands below: it bears a mark, or a priority."""
    source, rank = alone(text)
    return source if rank or text[:1] in _MARKS else ""


def opening(raw: str) -> Opening:
    """What a raw sentence, item or cell begins with."""
    start = raw.lstrip()[:1]
    if start in _BEGINS_LABEL:
        label = _LABEL.match(raw)
        if label:
            return _labelled(raw, label)
        bold = re.match(
            rf"\s*(?:\*\*|__)\s*/?(?P<id>{IDENT})/?\s*[:：.]?\s*(?:\*\*|__)\s*[:：.–—-]?\s*(?=\S)", raw
        )
        return Opening(bold.group("id"), "", bold.end(), stripped=True) if bold else Opening()
    if start == "<":
        bare = TAG.sub(blank, raw)
        return opening(bare) if bare != raw else Opening()
    begins = start in "[(（/" or (start.isalnum() and _DIGIT.search(raw) is not None)
    found = _OPENS.match(raw) if begins else None
    early = found is None and start.isalpha() and _DIGIT.search(raw, 0, _EARLY)
    if early and (unit := _unit_id(ends=True).match(raw)):
        return Opening(unit["id"], "", unit.end(), stripped=True)
    if found is None or (start in "[(（" and _is_rank(found.group("id"))):
        return Opening()
    source = next(part for part in found.groups() if part)
    rest = raw[found.end() :]
    label = _LABEL.match(rest) if rest[:1] in _BEGINS_LABEL else None
    return Opening(source, plain(_name(label)) if label else "", found.end(), stripped=True)


def _name(label: re.Match[str]) -> str:
    return str(label.group("label") or label.group("alone") or label.group("code") or "").strip()


def _labelled(raw: str, label: re.Match[str]) -> Opening:
    name = _name(label)
    whole = _ONLY.fullmatch(name)
    if whole and not label.group("code"):
        rest = raw[label.end() :]
        again = _LABEL.match(rest) if rest[:1] in _BEGINS_LABEL else None
        return Opening(whole.group("id"), plain(_name(again)) if again else "", label.end(), stripped=True)
    found = (_OPENS.match(name) or _NAMED.match(name)) if not label.group("code") else None
    if found:
        source = next(part for part in found.groups() if part)
        return Opening(source, plain(name[found.end() :]), 0)
    if not label.group("code") and (unit := _unit_id(ends=False).match(name)):
        rest = plain(name[unit.end() :].strip(" ()（）"))
        return Opening(unit["id"], rest, 0 if rest else label.end(), stripped=not rest)
    if units().get(folded(plain(name))) == "story":
        return Opening("", "", label.end(), stripped=True)
    return Opening("", plain(name), 0)


def closing(raw: str) -> tuple[str, int]:
    """An id in brackets at the end, and where the words before it end."""
    if not raw.rstrip(" .。").endswith(("]", ")", "）")):
        return "", len(raw)
    found = _CLOSES.search(raw[-60:])
    if found and (_is_rank(found.group("id")) or _is_part(found.group("id"))):
        return "", len(raw)
    return (
        (found.group("id"), len(raw) - 60 + found.start() if len(raw) > 60 else found.start())
        if found
        else ("", len(raw))
    )


def _is_rank(name: str | None) -> bool:
    """Whether what stands in brackets is a priority, `P1`, and no id."""
    return name is not None and name.lower() in ranks().whole


def _is_part(name: str) -> bool:
    """Whether what stands in brackets is the name of a part or a norm, `ESP32`, and no id."""
    return _ONE_WORD.fullmatch(name) is not None and _USUAL_ID.fullmatch(name) is None


def cell_id(text: str, *, named: bool = True) -> str:
    """The id that a cell holds; empty where it is none. `named`: the column is one of ids, so a number will do."""
    bare = plain(text).strip("*`[]() /")
    if not named:
        return bare if _ID_ALONE.fullmatch(bare) and "`" not in text else ""
    return bare if _CELL.fullmatch(bare) or re.fullmatch(r"[A-Z][A-Z0-9]{0,7}(?:-[A-Z0-9]+)+", bare) else ""


def is_mark(cell: str) -> bool:
    """Whether a cell holds nothing but a mark that what its column says holds."""
    return cell.strip(" *_`()[]\ufe0f") in _MARKED


def is_marked(rows: Iterable[tuple[Span, Sequence[str]]], place: int) -> bool:
    """Whether a column holds marks alone."""
    return all(is_mark(cells[place]) for _, cells in rows if "".join(cells[place : place + 1]))


def rank_of(text: str) -> Rank | None:
    """The priority that a mark or a cell names."""
    bare = folded(plain(text)).strip(" .:()[]*`").replace("-", " ")
    found = ranks().find(bare) if bare else None
    return found[0] if found else None


def without_attributes(title: str) -> str:
    """A heading without the `{#anchor}` at its end."""
    return _ATTRIBUTES.sub("", title)


def undecorated(title: str) -> str:
    """A heading without numbering, emoji and marks at its ends."""
    text = title.strip()
    for _ in range(3):
        text = _DECORATION.sub("", text).strip()
    return _NUMBERING.sub("", text, count=1).strip() or text or title.strip()


@cache
def _unit() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in units())
    return re.compile(rf"(?P<unit>{words})(?![\w-]*[^\W\d_]){_HEAD_NUMBER}(?P<colon>[:：.–—-]?)\s*", re.IGNORECASE)


@cache
def _unit_id(*, ends: bool) -> re.Pattern[str]:
    """How a line or a label begins that has the name of a unit and a number for its id: `Requirement 2.1: …`.

    `ends`: a mark stands behind it, as in a line of text it must.
    """
    words = "|".join(re.escape(word) for word, unit in units().items() if unit in {"requirement", "story"})
    number = r"(?:(?:no\.?|nr\.?|n°|#|№)\s*)?\d{1,4}(?:\.\d{1,3}){0,3}[a-z]?"
    end = r"(?:\s*[:：)–—]|\.(?=\s)|\s-)\s*(?=\S)" if ends else r"[\s:：.–—-]*"
    return re.compile(rf"\s*(?P<id>(?:{words})\s*{number})(?!\w){end}", re.IGNORECASE)


def _is_name(found: re.Match[str], *, numbered: bool) -> bool:
    """Whether what a heading begins with is a word of it that has a number, `OAuth2 login`, and no id.

    Behind a number of its own, `3.1 S2 data`, a letter with a number is a name, too.
    """
    name, ends = found.group("id") or "", found.group().rstrip()
    usual = _USUAL_ID.fullmatch(name) is not None and not (numbered and _LETTER_ID.fullmatch(name))
    return _ONE_WORD.fullmatch(name) is not None and ends == name and not usual


def heading(title: str) -> Heading:
    """What a heading says: `User Story 2 - Export (Priority: P3)` is story 2, "Export", could."""
    text = undecorated(without_attributes(title))
    rank = None
    if text.endswith((")", "]", "）", "】")) or "🎯" in text:
        found = _PRIORITY.search(text)
        rank = rank_of(found.group("rank")) if found else None
        if found and rank:
            text = text[: found.start()].rstrip()
    unit = _unit().match(text)
    if unit and (unit.group("number") or (unit.group("colon") and unit.end() < len(text))):
        number = unit.group("number") or ""
        words = text[unit.end() :].strip() if number or unit.group("colon") in {":", "："} else ""
        if number or words:
            source = text[: unit.end("number")].strip() if number else ""
            return Heading(words, source, units()[unit.group("unit").lower()], rank)
    named = _HEAD_ID.match(text)
    numbered = title.strip()[:1].isdigit()
    named = None if named and _is_name(named, numbered=numbered) else named
    if named and text.upper() != text[: named.end()].upper() + "":
        source = named.group("id")
        if _is_rank(source):
            return Heading(text[named.end() :].strip(), "", "", rank or rank_of(source))
        if source and any(c.isalpha() for c in source):
            return Heading(text[named.end() :].strip(), source, "item", rank)
    if named and (whole := named.group("whole") or named.group("slashed")):
        return Heading(text[named.end() :].strip(), whole, "item", rank)
    return Heading(text, "", "", rank)
