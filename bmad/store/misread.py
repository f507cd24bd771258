"""What is wrong with a setting, in the words of YAML, and where it stands; asked for once something is wrong."""

import difflib
from collections.abc import Sequence
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any

import yaml

from bmad.errors import UsageError
from bmad.model.constraints import SHAPES, Settable, keys

if TYPE_CHECKING:
    from pydantic import ValidationError

Location = tuple[int | str, ...]

_SHOULD = {
    "dataclass_type": "keys and values",
    "tuple_type": "a list, like `[a, b]`",
    "string_type": "text",
    "bool_type": "`true` or `false`",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "a day, like `2027-06-30`",
    ),
}
"""What should stand there, by pydantic's name of what is wrong."""
_PATTERNS = {
    r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$": "the whole id of a commit",
    r"^[0-9]{1,4}[smhd]$": "a number with `s`, `m`, `h` or `d` behind it, like `5h`",
    r"^[A-Za-z_][A-Za-z0-9_]*\*?$": "the name of a variable",
}
_SHAPES = frozenset({*SHAPES, "constrained-str", "literal['root']"})
_IS = {"missing": "is missing", "too_short": "is empty", "string_too_short": "is empty"}


class MisreadError(UsageError):
    """A setting that cannot be read: what is wrong, and its keys and the numbers of its entries, from 0."""

    def __init__(self, words: str, location: Location) -> None:
        super().__init__(f"bmad.yaml: {words}")
        self.words, self.location = words, location


def misread(error: "ValidationError", settings: type[Settable]) -> MisreadError:
    """The first thing that is wrong; of a place that may have several shapes what each of them asks for."""
    every = [(_keys(one["loc"]), one) for one in error.errors(include_url=False)]
    at, first = every[0]
    if first["type"] == "unexpected_keyword_argument":
        close = difflib.get_close_matches(str(at[-1]), _known(settings, at[:-1]), n=1)
        hint = f" Did you mean `{close[0]}`?" if close else " Remove it, or use a bmad that knows it."
        return MisreadError(f"{_place(at)} is not a setting of this version.{hint}", at)
    wanted = dict.fromkeys(words for keys, one in every if keys == at and (words := _wanted(one)))
    if wanted:
        return MisreadError(f"{_place(at)} should be {' or '.join(wanted)}.", at)
    if first["type"] in _IS:
        return MisreadError(f"{_place(at)} {_IS[first['type']]}.", at)
    told = first["msg"].removeprefix("Value error, ")
    return MisreadError(f"{_place(at)}: {told}." if at else f"{told}.", at)


def mark(text: str, location: Location, loader: type[Any]) -> str:
    """`:LINE:COLUMN` of a key or an entry, or of the nearest that stands there; empty where none does."""
    node, found = yaml.compose(text, Loader=loader), None
    for part in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == part), None)
            if pair is None:
                break
            found, node = pair
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node = node.value[part]
        else:
            break
    return f":{found.start_mark.line + 1}:{found.start_mark.column + 1}" if found is not None else ""


def _keys(location: Location) -> Location:
    """The location without the shapes that something may have, which are no keys."""
    return tuple(one for one in location if one not in _SHAPES)


def _wanted(one: Any) -> str:
    if one["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(one["ctx"]["pattern"], "")
    told = _SHOULD.get(one["type"], "")
    return told or one["msg"].partition("Input should be ")[2].replace("'", "`")


def _place(location: Sequence[int | str]) -> str:
    """`until` in entry 1 of `gate.exempt`."""
    told, run = "", list[str]()
    for part in location:
        if isinstance(part, str):
            run.append(part)
        else:
            told, run = f"entry {part + 1} of {_joined(run, told)}", []
    return _joined(run, told)


def _joined(run: Sequence[str], within: str) -> str:
    own = f"`{'.'.join(run)}`" if run else ""
    return f"{own} in {within}" if own and within else own or within


def _known(settings: type[Settable], location: Location) -> list[str]:
    """The keys that may stand at a place in the settings, for the hint on a misspelt one."""
    model: Any = settings
    for part in location:
        if isinstance(part, str):
            found = keys(model).get(part) if is_dataclass(model) else None
            model = found.type if found is not None else None
    return list(keys(model)) if is_dataclass(model) else []
