"""What the columns of a table hold, and what a row says by them."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from bmad.core.outline.judge import reasons
from bmad.core.outline.judge.force import POINTS_BACK
from bmad.core.outline.read.block import Block
from bmad.core.outline.read.marks import cell_id, is_mark, rank_of
from bmad.core.outline.words.language import Column, Rank
from bmad.core.outline.words.lexicon import columns, folded, nothings, ranked, ranks, records

_NO = frozenset(
    [
        "no", "n", "false", "✗", "❌", "✖", "×", "nein", "non", "não", "нет", "否", "不要", "いいえ", "対象外",
        "nee", "nej", "nie", "아니오", "아니요", "excluded", "out", "not", "not required", "nicht erforderlich",
        "non obligatoire", "no obligatorio", "não obrigatório", "非必须", "非必需", "非必填", "不必须",
    ]
)  # fmt: skip
_YES = frozenset(
    [
        "yes", "y", "true", "x", "✓", "✔", "✅", "☑", "ja", "oui", "sí", "si", "sì", "sim", "да", "是", "要",
        "はい", "○", "〇", "◯", "tak", "예", "네",
    ]
)  # fmt: skip
_IRRELEVANT = frozenset(
    [
        "not relevant", "irrelevant", "not applicable", "nicht relevant", "unwichtig", "nicht wichtig",
        "non pertinent", "sans objet", "no relevante", "não relevante", "не важно", "不相关", "対象外",
    ]
)  # fmt: skip
"""Heads of columns whose mark says that a row does not matter."""
_SCALE = 2
"""The fewest columns of marks that rate a row."""
_CLAUSE = re.compile(r"[,;，、；()（）]|\s[–—-]\s")
"""What parts an answer from what is said of it: `no, later`."""
_INPUTS = frozenset(
    [
        "field", "field name", "parameter", "param", "property", "attribute", "argument", "arg", "option", "flag",
        "column", "header", "variable", "env var", "environment variable", "setting", "input", "prop",
        "feld", "eigenschaft", "attribut", "champ", "paramètre", "propriété", "campo", "parámetro", "propiedad",
        "parâmetro", "propriedade", "поле", "параметр", "свойство", "フィールド", "パラメータ", "パラメーター",
        "項目名", "字段", "参数", "參數", "属性", "veld", "fält", "pole", "parametro", "필드", "매개변수",
    ]
)  # fmt: skip
"""Heads of what a program is given: a column beside them says whether it must be given, and all of it is built."""
_TYPES = frozenset(
    [
        "type", "data type", "datatype", "default", "default value", "format", "nullable", "typ", "datentyp",
        "standardwert", "défaut", "par défaut", "valeur par défaut", "tipo", "tipo de dato", "por defecto",
        "valor por defecto", "tipo de dado", "padrão", "valor padrão", "тип", "тип данных", "по умолчанию", "型",
        "データ型", "初期値", "デフォルト", "类型", "数据类型", "默认值", "타입", "기본값",
    ]
)  # fmt: skip
"""Heads beside them."""
_DONE = frozenset(
    [
        "done", "implemented", "completed", "complete", "shipped", "finished", "erledigt", "fertig", "terminé",
        "hecho", "feito", "готово", "完了", "已完成", "完成", "✅", "✔", "☑",
    ]
)  # fmt: skip
_PEOPLE = frozenset(
    [
        "author", "authors", "editor", "reviewer", "approved by", "changed by", "autor", "autora", "auteur",
        "bearbeiter", "автор", "作成者", "作者", "负责人",
    ]
)  # fmt: skip
"""Columns of people: a version or a date beside them makes a history, they alone may be roles of the product."""
_RANKS = frozenset(
    [
        "must", "should", "could", "wont", "must have", "should have", "could have", "p0", "p1", "p2", "p3",
        "muss", "soll", "kann", "wunsch", "必须", "应该", "应", "可选", "可", "必須", "推奨", "任意",
    ]
)  # fmt: skip
"""Cells that are nothing but a priority."""
_TICKED = re.compile(r"(?=.*(?:☐|\[ \])).*?(?:☑|☒|✓|✔|✅|\[[xX]\])\s*((?:(?!&nbsp;)[^☐☑☒\[]){2,40})")
"""The choice that is ticked of several: `☑ Mandatory ☐ Desired`."""
_AFTER_ZERO = {"P1": Rank.SHOULD, "P2": Rank.COULD}
_BESIDE = frozenset(
    {
        Column.NAME, Column.ID, Column.PRIORITY, Column.REQUIRED, Column.OPTIONAL, Column.SCOPE, Column.DONE,
        Column.ASIDE, Column.DEPENDS,
    }
)  # fmt: skip
"""Columns beside which a name says what is asked for."""


class Layout(NamedTuple):
    """Places of the columns by what they hold; `record` marks a table of versions, terms or risks."""

    places: dict[Column, int]
    meanings: tuple[Column | None, ...]
    record: bool
    inputs: bool
    """Its rows are what a program is given: fields, parameters, settings."""
    choices: tuple[Rank | None, ...] = ()
    """What a mark in a column says of the priority of its row, by its head."""
    scale: tuple[int, ...] = ()
    """The columns that hold no more than one mark in each row, under the head that holds for it."""

    def at(self, column: Column) -> int:
        return self.places.get(column, -1)

    @property
    def story(self) -> bool:
        return Column.WANT in self.places and (Column.ROLE in self.places or Column.WHY in self.places)

    @property
    def asks(self) -> bool:
        """Whether a head names what is asked for."""
        return (
            self.story
            or Column.TEXT in self.places
            or Column.SCOPE in self.places
            or Column.PRIORITY in self.places
        )


@lru_cache(maxsize=1024)
def layout(head: tuple[str, ...]) -> Layout:
    names = [folded(name).replace("-", " ").strip(" *:_?") for name in head]
    meanings = [found[0] if (found := columns().find(name)) else None for name in names]
    places: dict[Column, int] = {}
    for place, meaning in enumerate(meanings):
        if meaning is not None and meaning not in places:
            places[meaning] = place
    known = [meaning for meaning in meanings if meaning]
    history = sum(meaning == Column.RECORD for meaning in known)
    people = sum(name in _PEOPLE for name in names)
    record = (history >= 2 and history > people) or history == len(meanings)
    inputs = any(name in _INPUTS for name in names[:2]) or (
        Column.ID not in places and any(name in _TYPES for name in names)
    )
    return Layout(places, tuple(meanings), record, inputs, _choices(names))


def _choices(names: list[str]) -> tuple[Rank | None, ...]:
    """The priorities that heads name: of all, where `must` is among them; else what does not matter alone."""
    found = [None if name.isdigit() else ranked().whole.get(name) or ranks().whole.get(name) for name in names]
    scale = Rank.MUST in found and len({one for one in found if one}) > 1
    return tuple(
        Rank.WONT if name in _IRRELEVANT else one if scale else None
        for name, one in zip(names, found, strict=True)
    )


def cell(block: Block, place: int) -> str:
    return block.cells[place] if 0 <= place < len(block.cells) else ""


def said(block: Block, shape: Layout) -> str:
    """The cell that carries what a row asks for; empty where no head names it."""
    text = cell(block, shape.at(Column.TEXT))
    if text and not (text == block.source and cell_id(text)):
        return text
    name = cell(block, shape.at(Column.NAME))
    if name and all(
        meaning in _BESIDE or any(rank) for meaning, *rank in zip(shape.meanings, shape.choices, strict=True)
    ):
        return name
    ids = max(shape.at(Column.ID), 0)
    beside = [one for place, one in enumerate(block.cells) if place != ids and not is_rank(one)]
    return beside[0] if block.source and len(beside) == 1 else ""


_TOLD = frozenset({Column.PRIORITY, Column.SCOPE, Column.DEPENDS, Column.DONE})
_BY_THE_WAY = (_BESIDE - {Column.NAME}) | {Column.RECORD}
"""Columns of what is told about a row, and is none of what it asks for."""


def beside(block: Block, shape: Layout) -> list[int]:
    """The columns that a row is understood by only together, where its text alone lacks some of it; else none.

    That is another column of text, the one that says first what a row without an id is about, and all there is of
    what a program is given.
    """
    main = shape.at(Column.TEXT)
    if shape.story or not (shape.inputs or cell(block, main)):
        return []
    aside = _TOLD if shape.inputs else _BY_THE_WAY
    own = [
        place
        for place, meaning in enumerate(shape.meanings)
        if meaning not in aside and cell(block, place) and cell(block, place) != block.source
    ]
    again = any(shape.meanings[place] == Column.TEXT and place != main for place in own)
    about = bool(own) and own[0] == 0 != main and shape.meanings[0] is None and not block.source
    before = [place for place in own if place <= main]
    if not again and block.source and len(before) > 1 and _lacks_subject(cell(block, main)):
        return before
    return own if again or about or (shape.inputs and len(own) > 1) else []


def _lacks_subject(text: str) -> bool:
    """Whether a text begins with a verb, or with a word that points back to what stands beside it."""
    first = text.split(maxsplit=1)[0].strip("*_,.;:") if text.strip() else ""
    return first[:1].islower() or folded(first) in POINTS_BACK


def by_values(shape: Layout, rows: list[Block]) -> Layout:
    """The layout with what the cells say, whatever the heads: of columns of marks, and of words of priority."""
    if len(rows) < 2:
        return shape
    shape = shape._replace(scale=scale(rows, len(shape.meanings)))
    if Column.PRIORITY in shape.places:
        return shape
    for place in range(len(shape.meanings)):
        if all(is_rank(cell(row, place)) for row in rows):
            return shape._replace(places={**shape.places, Column.PRIORITY: place})
    return shape


def is_rank(said: str) -> bool:
    """Whether a cell is nothing but a priority."""
    return folded(said).strip(" *`_.") in _RANKS


def scale(rows: Sequence[Block], columns: int) -> tuple[int, ...]:
    """The columns that only say by a mark, one in a row at the most, which of their heads holds for it."""
    marked = [
        place
        for place in range(1, columns)
        if all(not one or is_mark(one) for one in (cell(row, place) for row in rows))
    ]
    if len(marked) < _SCALE:
        return ()
    count = [sum(bool(cell(row, place)) for place in marked) for row in rows]
    return tuple(marked) if max(count) == 1 else ()


def rated(block: Block, shape: Layout) -> int:
    """The column whose mark rates a row; -1 where none does."""
    return next((place for place in shape.scale if cell(block, place)), -1)


def from_zero(rows: list[Block], shape: Layout) -> bool:
    """Whether the priorities of a table begin with P0, so that P1 is the second of them."""
    given = {cell(row, shape.at(Column.PRIORITY)).strip(" *`").upper() for row in rows}
    return {"P0", "P1"} <= given


def rank(block: Block, shape: Layout, *, zero: bool = False) -> Rank | None:
    """The priority by its column; WONT where the row is out of scope. `zero`: the scale begins with P0."""
    scope = folded(cell(block, shape.at(Column.SCOPE))).strip(" *`_.")
    if scope and (scope == "x" or _answer(scope) is False or rank_of(scope) == Rank.WONT):
        return Rank.WONT
    if rank_of(_state(block, shape)) == Rank.WONT:
        return Rank.WONT
    if (place := rated(block, shape)) >= 0:
        return shape.choices[place]
    given = cell(block, shape.at(Column.PRIORITY))
    if ticked := _TICKED.search(given):
        given = ticked[1]
    if zero and given.strip(" *`").upper() in _AFTER_ZERO:
        return _AFTER_ZERO[given.strip(" *`").upper()]
    return rank_of(given) if given else obliged(block, shape)


def obliged(block: Block, shape: Layout) -> Rank | None:
    """The priority by a column of what must be there, or of what need not."""
    for column in () if shape.inputs else (Column.REQUIRED, Column.OPTIONAL):
        said = cell(block, shape.at(column))
        if not said:
            continue
        later = Rank.COULD in map(rank_of, _CLAUSE.split(said))
        if (answer := _answer(said)) is not None:
            return Rank.MUST if answer == (column == Column.REQUIRED) and not later else Rank.COULD
        if found := rank_of(said):
            return found
    return None


def _answer(said: str) -> bool | None:
    """Whether a cell says yes or no, whatever it adds; None where it says neither."""
    first = folded(_CLAUSE.split(said)[0]).strip(" *`_.:\ufe0f")
    return True if first in _YES else False if first in _NO else None


def _state(block: Block, shape: Layout) -> str:
    """The cell that says how far a row is; a first one names a state that the table is about."""
    place = shape.at(Column.DONE)
    return cell(block, place) if place > 0 else ""


def done(block: Block, shape: Layout) -> bool:
    said = folded(_state(block, shape)).strip(" *`_.")
    return said in _DONE or said.strip(" *`_.✅✔☑\ufe0f") in _DONE


def is_facts(rows: list[Block], head: tuple[str, ...]) -> bool:
    """Whether the first cells of most rows name what a document says about itself; without a head, of a third."""
    firsts = [folded(row.cells[0]).strip(" *:_") for row in rows if row.cells]
    known = sum(records().find(first) is not None for first in firsts)
    bare = len(head) == 2 and not any(head)
    return bool(firsts) and (known * 2 >= len(firsts) or (bare and known * 3 >= len(firsts) and known > 1))


def is_remark(block: Block) -> bool:
    """Whether the row of a card holds what its author remarks, which may be a rule."""
    found = columns().find(folded(block.cells[0]).strip(" *:_"))
    return found is not None and found[0] == Column.ASIDE


def void(block: Block, shape: Layout) -> str:
    """Why a row asks for nothing by its form; empty where it may."""
    if empty(block):
        return reasons.NOTHING
    if done(block, shape):
        return reasons.DONE
    if shape.scale and rated(block, shape) < 0:
        return reasons.LEAD
    words = any(character.isalpha() for text in block.cells for character in text)
    return "" if words else reasons.EXAMPLE


def empty(block: Block) -> bool:
    """Whether a row says nothing."""
    return all(
        not text or folded(text).strip(" .*") in nothings() or cell_id(text) == text for text in block.cells
    )
