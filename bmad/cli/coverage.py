"""Trace coverage: the lines since the adoption whose story's chain reaches the intent; older ones stand apart.

PATH is a file or a folder, from where you stand or from the top; without any it is the whole repository at
HEAD or --rev. Commits are those that change what is asked for, by the name that it has there. A line that is
one of several stories' counts where all of them reach the intent. Apart, and in no share, stand what the adoption
wrote, exact reverts, and what the policy exempts or has a lane for: no requirement is asked for these. 100 % is
said where it is all of the others. Exit 1 where the share of lines is below --fail-under. What git's blame says
is kept in the user's cache folder, outside the repository; `bmad trace` and `blame` read it.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.trace.coverage import CoverageRequest, coverage
from bmad.render.coverage import covered
from bmad.wiring import open_app


def run(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", help="Files and folders.")] = None,
    fail_under: Annotated[
        float | None,
        typer.Option(
            "--fail-under",
            metavar="PCT",
            help="Exit 1 below this share of the lines that a requirement is asked for.",
        ),
    ] = None,
    rev: Annotated[str | None, typer.Option("--rev", metavar="REV", help="Answer as of this revision.")] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    request = CoverageRequest(tuple(paths or ()), rev, fail_under, app.places)
    report = coverage(app.told_history(), app.formats, app.cache(), request)
    output.noted(report, covered, json=json)
    return Exit.OK if report.ok else Exit.FOUND
