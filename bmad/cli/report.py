"""Markdown for the review thread, one HTML page to explore, or JSON; the range is that of `bmad gate`."""

from enum import StrEnum
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.trace.report import ReportRequest, report
from bmad.render.report import markdown
from bmad.wiring import open_app


class Format(StrEnum):
    MD = "md"
    HTML = "html"
    JSON = "json"


def run(
    base: Annotated[str | None, typer.Option("--base", help="By default what the branch works towards.")] = None,
    head: Annotated[str | None, typer.Option("--head", help="By default HEAD.")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.MD,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    request = ReportRequest(base, head)
    if form is Format.HTML and not json:
        from bmad.pipeline.trace.html_report import explore  # noqa: PLC0415 - a report in a thread does without
        from bmad.render.pages.report import html  # noqa: PLC0415

        output.result(html(explore(app.history(), app.formats, app.clock, request)))
        return Exit.OK
    found = report(app.history(), app.formats, app.clock, request)
    if json or form is Format.JSON:
        output.json_result(found)
    else:
        output.result(markdown(found))
    return Exit.OK
