"""For those who do the developer's part themselves: findings are confirmed, but for those you dispute."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.acting.noting import readable
from bmad.pipeline.acting.submit import Stands, triage
from bmad.wiring import open_app


def run(
    story: Annotated[str, typer.Argument(metavar="STORY")],
    dispute: Annotated[
        list[str] | None, typer.Option("--dispute", metavar="FINDING", help="Not right, in your view.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="The argument of the dispute.")] = "",
    json: Json = False,
    repo: Repo = None,
) -> int:
    stands = Stands(story, tuple(dispute or ()), readable(why, "--why"))
    report = triage(open_app(repo).desk(), stands)
    if json:
        output.json_result(report)
    else:
        output.result(report.words)
    return Exit.OK
