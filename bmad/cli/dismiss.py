"""Nobody is asked: later scans pass over the claim while its lines stay as they are, or until --undo."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.scan.dismiss import dismiss, undo
from bmad.render.scan import dismissed
from bmad.wiring import open_app


def run(
    findings: Annotated[
        list[str], typer.Argument(metavar="FINDING", help="What a scan found; the beginning of an id will do.")
    ],
    why: Annotated[str, typer.Option("--why", help="The reason, for those who read the next scan.")] = "",
    back: Annotated[bool, typer.Option("--undo", help="What was dismissed counts again.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    notes = open_app(repo).notes()
    report = undo(notes, findings, why) if back else dismiss(notes, findings, why)
    output.told(report, dismissed, json=json)
    return Exit.OK
