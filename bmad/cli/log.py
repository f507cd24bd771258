"""Event by event, with who did it; `--follow` goes on as the story does."""

import time
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.model.act import State
from bmad.pipeline.acting.telling import log
from bmad.render.acting import happened
from bmad.render.acting import log as as_text
from bmad.wiring import open_app

_PAUSE = 0.5
_ENDS = (State.DONE, State.FAILED, State.CANCELLED)


def run(
    story: Annotated[str, typer.Argument(metavar="STORY", help="An unambiguous prefix will do.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for what comes, until it ends.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    desk = open_app(repo).desk(reading=True)
    report = log(desk, story)
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
            output.result(event.as_line() if json else happened(event))
        told = len(report.events)
    return Exit.OK
