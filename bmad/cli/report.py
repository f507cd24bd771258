"""Markdown for the review thread, or JSON; the range is that of `bmad gate`."""

from enum import StrEnum
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.report import ReportRequest, report
from bmad.render.report import markdown
from bmad.wiring import open_app


class Format(StrEnum):
    MD = "md"
    JSON = "json"


def run(
    base: Annotated[str | None, typer.Option("--base", help="By default what the branch works towards.")] = None,
    head: Annotated[str | None, typer.Option("--head", help="By default HEAD.")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.MD,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    found = report(app.history(), app.formats, app.clock, ReportRequest(base, head))
    if json or form is Format.JSON:
        output.json_result(found)
    else:
        output.result(markdown(found))
    return Exit.OK
