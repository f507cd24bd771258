"""Lines no longer than the terminal, broken between words; what goes on stands further in."""

from collections.abc import Iterator

from bmad.render.margin import wrapped
from bmad.render.words import columns

_FURTHER = 4


def folded(text: str, width: int) -> str:
    """Text whose long lines are broken; commands to type and paths stay whole, and what fits stays as it is."""
    if "\x1b" in text:
        return text
    return "".join(part for row in text.splitlines(keepends=True) for part in _row(row, width))


def _row(row: str, width: int) -> Iterator[str]:
    plain = row.rstrip("\n")
    lead = plain[: len(plain) - len(plain.lstrip())]
    if columns(plain) <= width or plain.lstrip().startswith("$ ") or len(lead) + 2 * _FURTHER >= width:
        yield row
        return
    first, *rest = _broken(plain, lead, width)
    yield f"{first}\n"
    yield from (f"{one}\n" for one in rest)


def _broken(plain: str, lead: str, width: int) -> Iterator[str]:
    """The rows of a line: the first as wide as there is room, the others further in; gaps of the first stay."""
    head = plain[: width + 1].rpartition(" ")[0] if plain[: width + 1].isprintable() else ""
    head = head if head.strip() and columns(head) <= width else ""
    rest = plain[len(head) :].strip()
    if head:
        yield head.rstrip()
    more = " " * (len(lead) + _FURTHER) if head else lead
    yield from (f"{more}{one}" for one in wrapped(rest, width - len(more), paths=True))
