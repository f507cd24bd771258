"""Two agents of different vendors look through the files of HEAD, a unit at a time, each by itself.

Rounds go on until neither finds anything new. How much the two found in common says how much is left. What they
find are claims: nobody has confirmed them. Called again, it goes on where it was, and asks only about what has
changed. Exit 1 where a P0 or P1 is claimed, 3 or 4 where not all of it could be looked through.
"""

import re
from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.model.scan import ScanReport
from bmad.pipeline.scan.scan import ScanRequest, scan
from bmad.pipeline.scan.territories import is_of_specification
from bmad.render.scan import scan as as_text
from bmad.wiring import App, open_app

_WILD = re.compile(r"[*?\[]")


def run(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH|GLOB|ID",
            help="Some files, folders or globs only, or the territory of a story or an epic; by default all code.",
        ),
    ] = None,
    lens: Annotated[
        list[str] | None,
        typer.Option(
            "--lens",
            help="What to look for: correctness (the default), security, maintainability, tests, performance, "
            "debt, or words of your own; may be repeated.",
        ),
    ] = None,
    agent: Annotated[
        list[str] | None,
        typer.Option(
            "--agent",
            help="Who looks: an entry of `agents` in bmad.yaml, or a backend; twice. By default the reviewer, and "
            "the next agent of another vendor.",
        ),
    ] = None,
    one: Annotated[bool, typer.Option("--one", help="One reviewer is enough; there is no estimate then.")] = False,
    rounds: Annotated[
        int | None, typer.Option("--rounds", min=1, max=50, help="The most rounds; by default `act.rounds`.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be looked through, and ask nobody.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Ask about what has not changed since the last scan, too.")
    ] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    request = ScanRequest(
        paths=tuple(_place(app, one) for one in paths or ()),
        lenses=tuple(lens or ("correctness",)),
        agents=tuple(agent or ()),
        one=one,
        rounds=rounds,
        dry_run=dry_run,
        again=again,
    )
    report = scan(app.desk(reading=request.dry_run, alone=True), request, output.message)
    output.told(report, as_text, json=json)
    return code(report)


def _place(app: App, named: str) -> str:
    """A path from the repository's root; a glob, a story and an epic stand as they are."""
    return named if _WILD.search(named) or is_of_specification(named) else app.inside(Path(named))


def code(report: ScanReport) -> int:
    """The exit code: what keeps it from having seen all comes before what it found."""
    if report.ok or report.dry:
        return Exit.OK
    if report.stop == "waiting":
        return Exit.WAITING
    return Exit.ENVIRONMENT if report.stop or report.unanswered else Exit.FOUND
