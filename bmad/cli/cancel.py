"""Branch, commits and unfinished work stay; `bmad act STORY` takes the story up again."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.act.people.verdicts import cancel
from bmad.render.acting import settled
from bmad.wiring import open_app


def run(
    story: Annotated[str, typer.Argument(metavar="STORY", help="The story; an unambiguous prefix will do.")],
    why: Annotated[str, typer.Option("--why", help="The reason, for the log.")] = "",
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = cancel(app.desk(), story, why, app.local_target())
    output.told(report, settled, json=json)
    return Exit.OK
