"""Findings in words that are safe to print: what the judged change wrote never reaches a terminal raw."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bmad.core.trailers import shown
from bmad.model.quoting import spelt

if TYPE_CHECKING:
    from bmad.model.gate import GateFinding

MOST = 50
"""So many findings of one commit are told one by one."""

_LISTED = 5
"""So many names of one kind are told in a sentence."""


def printable(text: str, limit: int = 200) -> str:
    """A name of unknown origin, as it may stand between backticks: `told`, with its own backticks as escapes."""
    return _escaped(text, limit, "`")


def told(text: str, limit: int = 200) -> str:
    """A sentence, whoever wrote it, with controls, marks of direction and broken bytes as escapes.

    Its backticks stay: what writes Markdown of it has to make them, and all other markup, inert.
    """
    return _escaped(text, limit, "")


def _escaped(text: str, limit: int, also: str) -> str:
    if len(text) <= limit and text.isprintable() and not (also and also in text):
        return text
    out = "".join(char if char.isprintable() and char != also else _escape(char) for char in text[: limit + 1])
    return out if len(text) <= limit else out[:limit] + "…"


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # noqa: PLR2004 - a byte that is no UTF-8, by surrogateescape
        return f"\\{code - 0xDC00:03o}"
    return f"\\x{code:02x}" if code < 256 else f"\\u{{{code:x}}}"  # noqa: PLR2004


def listed(names: Iterable[str]) -> str:
    """Names, each once, safe to print: the first few, and how many more there are."""
    every = list(dict.fromkeys(names))
    told = ", ".join(map(printable, every[:_LISTED]))
    return f"{told} and {len(every) - _LISTED} more" if len(every) > _LISTED else told


def finding(code: str, message: str, path: str | None = None, fix: str = "") -> "GateFinding":
    """A finding; its message bears no full stop at its end, behind which a path or what mends it is told."""
    from bmad.model.gate import GateFinding  # noqa: PLC0415 - half of those who print names judge nothing

    where = None if path is None else printable(spelt(path))
    return GateFinding(code=code, message=message.removesuffix("."), path=where, fix=fix)


def undecidable(message: str, path: str | None = None, fix: str = "") -> "GateFinding":
    return finding("G12", message, path, fix)


def shortened(found: "list[GateFinding]") -> "tuple[GateFinding, ...]":
    """The findings, with those beyond `MOST` counted in the last one."""
    if len(found) <= MOST:
        return tuple(found)
    rest = len(found) - MOST
    last = found[MOST]
    more = last.replaced(message=f"{rest} more like this, among them: {last.message}")
    worst = [one for one in found[MOST + 1 :] if one.code not in {known.code for known in found[: MOST + 1]}]
    return (*found[:MOST], more, *{one.code: one for one in worst}.values())


__all__ = ["MOST", "finding", "listed", "printable", "shortened", "shown", "told", "undecidable"]
