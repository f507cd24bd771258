"""A review in the person's editor: what they write stays in a file of git's own folder until it is noted."""

import sys
from pathlib import Path

from bmad.cli import output
from bmad.errors import Exit, UsageError
from bmad.model.act_reports import SettledReport
from bmad.pipeline.act.people import review as own
from bmad.render.acting import settled
from bmad.wiring import App


def review(app: App, story: str, *, json: bool) -> int:
    """Have a story reviewed in the editor. Raises: UsageError where that is not possible, or does not read."""
    desk = app.desk()
    sheet = own.sheet(desk, story)
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal for an editor; say --approve, --request-changes or --comment.")
    checkout = app.checkout()
    file = checkout.own_file(f"bmad-review-{sheet.story}.diff")
    _lay_out(file, sheet.text)
    checkout.edit(file)
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    try:
        said = own.read(text, sheet) if text.strip() else None
        report = own.give(desk, story, said, sheet) if said is not None else None
    except UsageError as error:
        again = f"bmad review {sheet.story}"
        raise UsageError(f"{error} What you wrote stays in {file}; this opens it again: {again}") from None
    file.unlink()
    return _told(report, json=json)


def _lay_out(file: Path, text: str) -> None:
    """Write the sheet; one that was written on for the same change stays, for another it is put aside."""
    try:
        old = file.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        old = ""
    if old.partition("\n")[0] == text.partition("\n")[0]:
        return
    if old:
        kept = file.with_suffix(".old.diff")
        file.replace(kept)
        output.message(f"What you wrote on an earlier state of the change is now {kept}.")
    file.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")


def _told(report: SettledReport | None, *, json: bool) -> int:
    if report is None:
        output.message("Nothing was written, so nothing is noted.")
    else:
        output.told(report, settled, json=json)
    return Exit.OK
