"""Rows of a table as units: which column says what, and what the row says."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re

from bmad.core.outline.judge import EMPTY, Judge
from bmad.core.outline.modality import Level, binding
from bmad.core.outline.prose import clean
from bmad.core.outline.roles import Role
from bmad.core.outline.units import STORY, Clause, Kind
from bmad.model.spec import StatementClass

ID = re.compile(r"(?:#|id|no\.?|nr\.?|ref(?:erence)?|key|编号|序号|編號|番号)", re.IGNORECASE)
MAIN = re.compile(
    r"(?:requirements?|user stor(?:y|ies)|stor(?:y|ies)|features?|rules?|descriptions?|statement|behaviou?r|"
    r"what|acceptance.*|"
    r"需求|功能|描述|说明|要求|要件|説明|anforderung|beschreibung|exigence|requisito|descripción)",
    re.IGNORECASE,
)
ASKS = re.compile(
    r"(?:.*requirements?|.*stor(?:y|ies)|features?|rules?|需求|功能|要求|要件|anforderung|exigences?|requisitos?)",
    re.IGNORECASE,
)
RANK = re.compile(
    r"(?:priority|moscow|level|必要性|优先级|優先級|優先度|priorität|priorité|prioridad)", re.IGNORECASE
)
RANKS = (
    (Level.MUST, re.compile(r"(?:must|p0|p1|high|critical|required|1|yes|高|muss|hoch)\b", re.IGNORECASE)),
    (Level.SHOULD, re.compile(r"(?:should|p2|medium|recommended|2|中|soll|mittel)\b", re.IGNORECASE)),
    (Level.MAY, re.compile(r"(?:could|may|p3|p4|low|optional|nice|3|4|低|kann|niedrig)\b", re.IGNORECASE)),
)
IDENT = re.compile(r"[A-Za-z]{0,8}[-_.]?\d+(?:[.\-_]\d+)*[a-z]?")


def row_unit(
    head: list[str], cells: list[str], raw: str, role: Role, judge: Judge, *, own: bool
) -> tuple[StatementClass, Clause, str, str] | None:
    """Class, clause, label and source id of a row; None where it is context."""
    texts = [clean(cell) for cell in cells]
    if not any(texts) or len("".join(texts)) < 3:
        return None
    columns = [column.strip(" *") for column in head] + [""] * (len(texts) - len(head))
    ident = next((t for c, t in zip(columns, texts, strict=False) if ID.fullmatch(c) and IDENT.fullmatch(t)), "")
    main = _main(columns, texts)
    if main < 0 or EMPTY.fullmatch(texts[main]):
        return None
    asked = any(ASKS.fullmatch(column) for column in columns)
    story = bool(STORY.match(texts[main]))
    level = judge.level(raw, role)
    klass = judge.classify(raw, texts[main], role, item=True, own=own)
    if klass is None and (asked or story) and role not in {Role.CONTEXT, Role.USERS, Role.VETO}:
        klass = StatementClass.REQUIREMENT
    if role in {Role.NEUTRAL, Role.REFERENCE} and not (asked or story or binding(raw) or level):
        klass = None
    if klass is None:
        return None
    ranked = _rank(columns, texts)
    label = next((t for i, t in enumerate(texts[:main]) if t and t != ident and len(t) <= 60), "")
    return klass, Clause(_text(columns, texts, main, ident), Kind.NORM, ranked or level), label, ident


def _main(columns: list[str], texts: list[str]) -> int:
    """The column that carries the rule: by its head, else the longest."""
    for place, column in enumerate(columns[: len(texts)]):
        if MAIN.fullmatch(column) and len(texts[place]) > 2 and not IDENT.fullmatch(texts[place]):
            later = [
                i
                for i in range(place + 1, len(texts))
                if MAIN.fullmatch(columns[i]) and len(texts[i]) > len(texts[place])
            ]
            return later[0] if later and len(texts[place].split()) < 4 else place
    return max(range(len(texts)), key=lambda i: (len(texts[i]), -i), default=-1)


def _rank(columns: list[str], texts: list[str]) -> Level:
    for column, text in zip(columns, texts, strict=False):
        if RANK.fullmatch(column):
            return next((level for level, pattern in RANKS if pattern.match(text)), Level.NONE)
    return Level.NONE


def _text(columns: list[str], texts: list[str], main: int, ident: str) -> str:
    """The row as one sentence: what it is about, its rule, and the other columns by name."""
    first = "".join(f"{t}: " for t in texts[:main] if t and t != ident)
    rest = [
        f"{c}: {t}" if c else t
        for i, (c, t) in enumerate(zip(columns, texts, strict=False))
        if i > main and t and not EMPTY.fullmatch(t) and not RANK.fullmatch(c)
    ]
    return first + texts[main] + (f" ({'; '.join(rest)})" if rest else "")
