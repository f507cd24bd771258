"""Warnings fail with --strict; with --report-only nothing does, for the first weeks of an adoption."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.validate import validate
from bmad.render.findings import validation
from bmad.wiring import open_app, wants_colour


def run(
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail, as CI should.")] = False,
    report_only: Annotated[bool, typer.Option("--report-only", help="Report, but exit 0.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = validate(app.workspace, app.formats, strict=strict, tracked=app.checkout().listed())
    if json:
        output.json_result(report)
    else:
        output.result(validation(report, colour=wants_colour()))
    return Exit.OK if report.ok or report_only else Exit.FOUND
