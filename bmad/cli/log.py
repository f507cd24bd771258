"""Event by event, with who did it, and what they say they did; without a story of all of them.

`--follow` goes on as the story does, until it ends; of all stories until Ctrl-C. `--export` leaves out the values
of variables that are named as secrets are, not what else may be one.
"""

import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.model.act import State
from bmad.model.act_reports import LogReport
from bmad.pipeline.act.reports.export_log import exported
from bmad.pipeline.act.reports.log import Following, log, story_of, unjournaled
from bmad.render.log import closing, dated
from bmad.render.log import log as as_text
from bmad.render.words import plural
from bmad.wiring import App, open_app

_PAUSE = 0.5
_ENDS = (State.DONE, State.FAILED, State.CANCELLED)


def run(
    story: Annotated[
        str | None, typer.Argument(metavar="STORY", help="An unambiguous prefix will do; none is all of them.")
    ] = None,
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
    if export is not None and story is None:
        raise UsageError("Say which story is to be exported.")
    if story is not None and export is not None:
        return _export(app, log(desk, story), export)
    if story is not None and not follow:
        output.told(log(desk, story), as_text, json=json)
        return Exit.OK
    name = story_of(desk, story, app.local_target()) if story is not None else ""
    with suppress(KeyboardInterrupt):
        landed = unjournaled(desk, name) if name else None
        if landed is not None:
            output.told(landed, as_text, json=json)
        else:
            if story is None and not follow and not desk.journal.entries():
                output.message("No story has been begun here yet.")
            _follow(Following(desk), name, json=json, ends=not follow)
            for row in closing(log(desk, name)) if name and not json else ():
                output.result(row)
    return Exit.OK


def _follow(following: Following, story: str, *, json: bool, ends: bool) -> None:
    """Tell what there is of a story, or of all, then what comes until it ends; nothing of that where `ends`."""
    state = State.BACKLOG
    while True:
        own = [one for one in following.events() if story in ("", one.story)]
        for event in own:
            if json:
                output.json_line(event)
            else:
                output.result(dated(event))
        output.flush()
        state = own[-1].state if own else state
        if ends or (story and state in _ENDS):
            return
        time.sleep(_PAUSE)


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
    what = f"{plural(len(report.events), 'event')}, {plural(len(report.transcripts), 'transcript')}"
    output.result(f"{report.story}: {what} -> {file}")
    return Exit.OK
