"""Reads JUnit XML, which the test runners of all languages write, and runs nothing itself.

A test names a criterion by its id, STORY-3t8vnp/AC-1, in its name, docstring, marker or a comment, or as
story_3t8vnp_ac_1 in an identifier. What was skipped or did not run covers nothing. With stories, all of their
criteria have to be covered.
"""

from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.needs import test_reports
from bmad.pipeline.status.verify import VerifyRequest, verify
from bmad.render.verify import verified
from bmad.wiring import open_app


def run(
    stories: Annotated[
        list[str] | None, typer.Argument(metavar="STORY|FILE", help="Stories to hold, or further reports.")
    ] = None,
    junit: Annotated[
        list[Path] | None, typer.Option("--junit", metavar="FILE", help="A report; may be repeated.")
    ] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    files = [one for one in stories or () if one.endswith(".xml")]
    paths = [*(junit or ()), *map(Path, files)]
    if not paths:
        raise UsageError("Name what the tests have reported: bmad verify --junit FILE")
    names = [one for one in stories or () if one not in files]
    report = verify(app.workspace, app.formats, VerifyRequest(test_reports(paths), names, app.checkout().listed()))
    output.noted(report, verified, json=json)
    return Exit.OK if report.ok else Exit.FOUND
