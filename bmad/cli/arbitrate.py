"""A finding that developer and reviewer do not agree on is confirmed, or is a false positive that leaves a mark.

Where the rounds are used up, or the work goes in circles, `--more` lets it go on, and what is confirmed can be
ruled to be a false alarm (`--for developer`) or less grave.
"""

from enum import StrEnum
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.model.agents import Severity
from bmad.pipeline.act.people.verdicts import Ruling, arbitrate
from bmad.render.acting import settled
from bmad.wiring import open_app


class Side(StrEnum):
    REVIEWER = "reviewer"
    DEVELOPER = "developer"


def run(
    story: Annotated[str, typer.Argument(metavar="STORY", help="The story; an unambiguous prefix will do.")],
    finding: Annotated[
        list[str] | None,
        typer.Argument(metavar="FINDING", help="Its id, or several; not needed where one alone is in dispute."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is in dispute.")] = False,
    side: Annotated[Side | None, typer.Option("--for", help="Whose argument holds.")] = None,
    severity: Annotated[
        Severity | None, typer.Option("--severity", help="With --for reviewer: right, but only this grave.")
    ] = None,
    more: Annotated[int, typer.Option("--more", min=0, max=20, help="Grant so many rounds more.")] = 0,
    why: Annotated[str, typer.Option("--why", help="The reason; the developer is told.")] = "",
    json: Json = False,
    repo: Repo = None,
) -> int:
    chosen = side.value if side else None
    ruling = Ruling(story, tuple(finding or ()), everything, chosen, more, why, severity)
    report = arbitrate(open_app(repo).desk(), ruling)
    output.told(report, settled, json=json)
    return Exit.OK
