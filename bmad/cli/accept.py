"""Reviewed work lands with the next `bmad act`; with `act.accept: end` all of it lands at once, here."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.acting.people import accept
from bmad.render.acting import settled
from bmad.wiring import open_app


def run(
    stories: Annotated[
        list[str] | None, typer.Argument(metavar="[STORY]...", help="By default the one that waits.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that waits to be accepted.")] = False,
    inspected: Annotated[
        list[str] | None,
        typer.Option(metavar="AC-N=REASON", help="You looked at this criterion, which no test names."),
    ] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    report = accept(open_app(repo).desk(), stories or (), everything=everything, inspected=inspected or ())
    output.told(report, settled, json=json)
    return Exit.OK
