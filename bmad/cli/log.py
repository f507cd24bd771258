"""Event by event, with who did it; `--follow` goes on as the story does.

`--export` leaves out the values of variables that are named as secrets are, not what else may be one.
"""

import time
from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.model.act import State
from bmad.model.act_reports import LogReport
from bmad.pipeline.act.reports.export_log import exported
from bmad.pipeline.act.reports.log import log
from bmad.render.log import log as as_text
from bmad.render.log import logged
from bmad.wiring import App, open_app

_PAUSE = 0.5
_ENDS = (State.DONE, State.FAILED, State.CANCELLED)


def run(
    story: Annotated[str, typer.Argument(metavar="STORY", help="An unambiguous prefix will do.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for what comes, until it ends.")] = False,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export", metavar="FILE", help="Write all of it, transcripts too, as JSON Lines to a new file."
        ),
    ] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    desk = app.desk(reading=True)
    report = log(desk, story)
    if export is not None:
        return _export(app, report, export)
    if json and follow:
        for event in report.events:
            output.result(event.as_line())
    elif json:
        output.json_result(report)
    else:
        output.result(as_text(report))
    told = len(report.events)
    while follow and report.state not in _ENDS:
        time.sleep(_PAUSE)
        report = log(desk, report.story)
        for event in report.events[told:]:
            output.result(event.as_line() if json else logged(event))
        told = len(report.events)
    return Exit.OK


def _export(app: App, report: LogReport, file: Path) -> int:
    """Raises: UsageError where the file is there already, or something cannot be read or written."""
    lines = exported(report, app.clean)
    try:
        with file.open("x", encoding="utf-8") as out:
            out.writelines(f"{one}\n" for one in lines)
    except FileExistsError:
        raise UsageError(f"{file} is there already; name a new file.") from None
    except OSError as error:
        raise UsageError(f"{error.filename or file} cannot be read or written: {error.strerror}.") from None
    output.result(f"{report.story}: {len(report.events)} events, {len(report.transcripts)} transcripts -> {file}")
    return Exit.OK
