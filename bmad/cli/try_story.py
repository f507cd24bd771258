"""A worktree of the work, out of the checkout, with `setup` done; then `try` of bmad.yaml, at your terminal.

What runs was written for the story, mostly by agents, and runs because you ask for it, kept in as checks are:
where the kernel has Landlock it writes to that worktree and to temporary folders alone, and it gets no keys.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.pipeline.act.people.try_out import TryRequest, attempt, clean
from bmad.render.desk import tried
from bmad.wiring import open_app


def run(
    story: Annotated[
        str | None, typer.Argument(metavar="STORY", help="The story; an unambiguous prefix will do.")
    ] = None,
    command: Annotated[
        list[str] | None, typer.Argument(metavar="COMMAND", help="What to run instead of `try`, behind `--`.")
    ] = None,
    away: Annotated[bool, typer.Option("--clean", help="Take its worktree away, or all of them.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    desk = open_app(repo).desk()
    if away:
        output.told(clean(desk, story), tried, json=json)
        return Exit.OK
    if story is None:
        raise UsageError("Say which story to try. See: bmad inbox")
    report = attempt(desk, TryRequest(story, tuple(command or ()), 2 if json else 1), output.message)
    output.told(report, tried, json=json)
    return Exit.FOUND if report.exit else Exit.OK
