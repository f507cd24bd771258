"""Nodes and links of the specification, whole or around one node; the same bytes for the same documents.

With --history also the commits since the adoption, the files that they change, the tests that name criteria,
records and findings.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.model.reports import GraphReport
from bmad.pipeline.trace.graph import DEPTH, GraphRequest, graph
from bmad.render.graphs import dot, graphml, matrix, mermaid
from bmad.wiring import open_app


class Format(StrEnum):
    JSON = "json"
    GRAPHML = "graphml"
    DOT = "dot"
    MERMAID = "mermaid"
    CSV = "csv"


def run(
    form: Annotated[
        Format,
        typer.Option("--format", help="csv is the traceability matrix; with --history, commits and records too."),
    ] = Format.JSON,
    around: Annotated[
        str | None, typer.Option(metavar="NODE", help="Only what is near it: an id, a commit, a file.")
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="How many links away from --around.", show_default=str(DEPTH)),
    ] = None,
    rev: Annotated[str | None, typer.Option(metavar="REV", help="As of this revision, not the work tree.")] = None,
    history: Annotated[bool, typer.Option("--history", help="With commits, files, tests and records.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    if depth is not None and around is None:
        raise UsageError("--depth N is how far to go from a node: name it with --around NODE.")
    app = open_app(repo)
    request = GraphRequest(rev, history, around, DEPTH if depth is None else depth)
    report = graph(app.workspace, app.formats, app.history, request)
    if json or form is Format.JSON:
        output.json_result(report)
    else:
        written: dict[Format, Callable[[GraphReport], str]] = {
            Format.GRAPHML: graphml,
            Format.DOT: dot,
            Format.MERMAID: mermaid,
            Format.CSV: partial(matrix, history=history),
        }
        output.result(written[form](report))
    return Exit.OK
