"""Prose and unknown sections stay byte for byte; with --check nothing is written."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.spec.confirm import fmt
from bmad.render.text import formatted
from bmad.wiring import open_app


def run(
    check: Annotated[bool, typer.Option("--check", help="Only say what would change; exit 1 if any.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = fmt(app.workspace, app.formats, check=check)
    if json:
        output.json_result(report)
    else:
        output.result(formatted(report, check=check))
    return Exit.OK if report.ok else Exit.FOUND
