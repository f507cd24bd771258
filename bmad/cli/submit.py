"""Your commits are verified, reviewed by agents, recorded and landed; nothing of your branch is changed."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.act import teller
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.pipeline.act.people.submit import SubmitRequest, submit
from bmad.pipeline.branches import BRANCH
from bmad.render.acting import standing
from bmad.shared import alone
from bmad.wiring import open_app


def run(
    story: Annotated[
        str | None, typer.Argument(metavar="STORY", help="By default the one that the branch is bound to.")
    ] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    alone(app, "bmad submit", "push your work and have it merged, or leave the server out.")
    checkout = app.checkout()
    checkout.require()
    branch = checkout.branch() or ""
    bound = checkout.story_of(branch) or (branch.removeprefix(BRANCH) if branch.startswith(BRANCH) else "")
    named = story or bound
    if not named:
        raise UsageError(
            f"{branch or 'A detached head'} is bound to no story. Switch to the story's branch, or name the story "
            "whose work this is: bmad submit STORY; to begin one: bmad start STORY"
        )
    ref = f"refs/heads/{branch}" if branch else ""
    request = SubmitRequest(named, ref, app.local_target(submitting=True), bound)
    report = submit(app.desk(teller(json=json)), request)
    output.result(report.as_line() if json else standing(report))
    return Exit.OK if report.ok else Exit.WAITING
