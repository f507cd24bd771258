"""For those who do the developer's part themselves: findings are confirmed, but for those you name.

Your reviewer answers what you dispute, call lesser or a repeat; what is not conceded stands as it was raised.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.act.journal import readable
from bmad.pipeline.act.people.submit import Stands, triage
from bmad.shared import alone
from bmad.wiring import open_app


def run(
    story: Annotated[str, typer.Argument(metavar="STORY", help="The story; an unambiguous prefix will do.")],
    dispute: Annotated[
        list[str] | None, typer.Option("--dispute", metavar="FINDING", help="Not right, in your view.")
    ] = None,
    part: Annotated[
        list[str] | None, typer.Option("--part", metavar="FINDING", help="Right in part; --why says in which.")
    ] = None,
    lesser: Annotated[
        list[str] | None, typer.Option("--lesser", metavar="FINDING=SEVERITY", help="Right, and less grave.")
    ] = None,
    duplicate: Annotated[
        list[str] | None, typer.Option("--duplicate", metavar="FINDING=OTHER", help="A repeat of another one.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="The argument, for all that you name.")] = "",
    json: Json = False,
    repo: Repo = None,
) -> int:
    named = (tuple(one or ()) for one in (part, lesser, duplicate))
    stands = Stands(story, tuple(dispute or ()), readable(why, "--why"), *named)
    app = open_app(repo)
    alone(app, "bmad triage", "developers are agents there.")
    report = triage(app.desk(), stands)
    if json:
        output.json_result(report)
    else:
        output.result(report.words)
    return Exit.OK
