"""Values that bmad alone makes, as frozen dataclasses: to make them, or to write their JSON, loads no pydantic.

What comes from outside is a `base.Value`, whose checks pydantic builds; it tells the JSON Schemas of both.
"""

import codecs
import json
import re
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Plain:
    """Each class below it is a frozen dataclass, made by keywords; read by a `Value`, it has no unknown keys."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True, eq=False, repr=False)(cls)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

    def replaced(self, **changes: Any) -> Self:
        """The same, with other values."""
        return replace(self, **changes)  # type: ignore[type-var]  # it is a dataclass


class PlainReport(Plain):
    """A report; its JSON is as that of `report.Report`."""

    NAME: ClassVar[str]

    def as_bytes(self) -> bytes:
        """The report as one JSON document in UTF-8, two blanks deep, with a line end."""
        body = json.dumps(self, default=_keys, indent=2, ensure_ascii=False)
        return document(self.NAME, body.encode("utf-8", "surrogatepass"))

    def as_json(self) -> str:
        """The same as text."""
        return self.as_bytes().decode()

    def as_line(self) -> str:
        """The report as one line of JSON Lines, without a line end."""
        return line(self.NAME, json.dumps(self, default=_keys, separators=(",", ":"), ensure_ascii=False))


def document(name: str, body: bytes) -> bytes:
    """A report's JSON, with its name put first; as bytes, which of a large one take a half of the room."""
    told = b"".join((f'{{\n  "schema": "bmad.{name}/1",'.encode(), memoryview(body)[1:], b"\n"))
    del body
    return _escaped(told.decode("utf-8", "surrogatepass")).encode() if _may_hide(told) else told


def line(name: str, body: str) -> str:
    """The same on one line, without a line end."""
    return f'{{"schema":"bmad.{name}/1",{escaped(body)[1:]}'


_HIDDEN = (
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\uf8ff\ufeff\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bcaf"
    "\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
"""Control and format signs, marks of direction, and what is for private use: nobody sees them, or what they do."""


def escaped(document: str) -> str:
    r"""JSON that says the same and hides nothing at a terminal or in a log: such signs as `\u….`."""
    return _escaped(document) if _may_hide(document.encode("utf-8", "surrogatepass")) else document


def _escaped(document: str) -> str:
    return re.sub(_HIDDEN, lambda found: json.dumps(found[0])[1:-1], document)


_SHOWN = bytes(range(0x7F))
"""What there is of ASCII in a JSON document, line ends among it, but for the one sign that nobody sees."""


_SLICE = 1 << 16
"""Bytes that are looked at together, so that a look at a large document takes no room."""


def _may_hide(document: bytes) -> bool:
    """Whether what is not ASCII, which is little of most documents, has a sign that is not printed."""
    read = codecs.getincrementaldecoder("utf-8")("surrogatepass").decode
    slices = (document[at : at + _SLICE] for at in range(0, len(document), _SLICE))
    return not all(read(part.translate(None, _SHOWN)).isprintable() for part in slices)


def _keys(value: object) -> dict[str, Any]:
    """What JSON makes of a dataclass."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    raise TypeError(f"a {type(value).__name__} has no JSON")
