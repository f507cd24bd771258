"""Nodes and links of the specification; byte for byte the same for the same documents."""

from enum import StrEnum
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.graph import graph
from bmad.render.graphs import dot, matrix, mermaid
from bmad.wiring import open_app


class Format(StrEnum):
    JSON = "json"
    DOT = "dot"
    MERMAID = "mermaid"
    CSV = "csv"


def run(
    form: Annotated[Format, typer.Option("--format", help="csv is the traceability matrix.")] = Format.JSON,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = graph(app.workspace, app.formats)
    if json or form is Format.JSON:
        output.json_result(report)
    else:
        output.result({Format.DOT: dot, Format.MERMAID: mermaid, Format.CSV: matrix}[form](report))
    return Exit.OK
