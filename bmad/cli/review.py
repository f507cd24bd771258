"""Findings must quote the line they are about, or they are dropped. Exit 1 where a P0 or P1 is found."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.pipeline.acting.look import LookRequest, look
from bmad.render.acting import review as as_text
from bmad.wiring import open_app


def run(
    base: Annotated[
        str | None,
        typer.Option(
            metavar="REV", help="What the change is measured against; by default what the branch works towards."
        ),
    ] = None,
    head: Annotated[str | None, typer.Option(metavar="REV", help="The change; by default HEAD.")] = None,
    staged: Annotated[bool, typer.Option("--staged", help="Review what the next commit would hold.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    if staged and (base is not None or head is not None):
        raise UsageError("--staged goes without --base and --head.")
    report = look(open_app(repo).desk(), LookRequest(base, head, staged))
    output.told(report, as_text, json=json)
    return Exit.OK if report.ok else Exit.FOUND
