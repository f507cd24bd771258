"""Items as CSV (RFC 4180), for people who open it with a spreadsheet: no cell begins a formula."""

import csv
import io
from collections.abc import Iterable

from bmad.model.exporting import Exported

HEAD = ("id", "kind", "key", "title", "text", "state", "priority", "links", "intent", "path", "line")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(items: Iterable[Exported]) -> str:
    """A row an item; links are `kind id`, behind semicolons."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEAD)
    for one in items:
        links = "; ".join(f"{kind} {name}" for kind, name in one.links)
        cells = (
            one.id,
            one.kind,
            one.source,
            one.title,
            one.text,
            one.state,
            one.priority,
            links,
            one.part,
            one.path,
        )
        writer.writerow([*map(guarded, cells), one.line])
    return stream.getvalue()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what would begin one (OWASP)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
