"""Warnings fail with --strict; with --report-only nothing does, for the first weeks of an adoption."""

from enum import StrEnum
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.spec.validate import validate
from bmad.render.findings import validation
from bmad.screen import wants_colour
from bmad.wiring import open_app


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITLAB = "gitlab"


def run(
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail, as CI should.")] = False,
    report_only: Annotated[bool, typer.Option("--report-only", help="Report, but exit 0.")] = False,
    format_: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TEXT,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = validate(app.workspace, app.formats, strict=strict, tracked=app.checkout().listed())
    if json or format_ is Format.JSON:
        output.json_result(report)
    elif format_ is Format.TEXT:
        output.result(validation(report, colour=wants_colour()))
    else:
        from bmad.pipeline.spec.described_rules import rules_of_validation  # noqa: PLC0415 - most runs do without
        from bmad.render.issues import FORMS, of_validation  # noqa: PLC0415

        output.result(FORMS[format_](of_validation(report, rules_of_validation(), strict=strict)))
    return Exit.OK if report.ok or report_only else Exit.FOUND
