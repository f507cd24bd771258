"""Without a story the acceptance desk: what waits, riskiest first, to look at, accept, reject and try.

A dialogue at a terminal; without one, or with `--json`, it is printed, nothing is accepted, and the exit code is 4
while something waits. Accepted work lands with the next `bmad act`; with `act.accept: end` all at once, here.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.model.act_reports import SettledReport
from bmad.pipeline.act.people.acceptance_desk import Words, accept_as_shown, waiting
from bmad.pipeline.act.people.verdicts import accept
from bmad.render.acting import settled
from bmad.render.desk import as_text
from bmad.screen import columns
from bmad.wiring import App, open_app

_WIDEST = 80


def run(
    stories: Annotated[list[str] | None, typer.Argument(metavar="STORY", help="Without any, the desk.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that waits to be accepted.")] = False,
    inspected: Annotated[
        list[str] | None,
        typer.Option(metavar="AC-N=REASON", help="You looked at this criterion, which no test names."),
    ] = None,
    why: Annotated[str, typer.Option("--why", help="The reason, which goes into the record.")] = "",
    seen: Annotated[
        list[str] | None,
        typer.Option(metavar="HASH", help="Only as it was shown: `seen` of `bmad accept --json`."),
    ] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    if stories or everything:
        words = Words(why, tuple(inspected or ()), tuple(seen or ()))
        output.told(_accepted(app, stories or (), words, everything=everything), settled, json=json)
        return Exit.OK
    if why or inspected or seen:
        raise UsageError("--why, --inspected and --seen go with what is accepted: name stories, or say --all.")
    if not json and sys.stdin.isatty() and sys.stdout.isatty():
        return _sit(app)
    shown = waiting(app.desk(reading=True))
    width = min(columns(), _WIDEST)
    output.told(shown, lambda one: as_text(one, width), json=json)
    return Exit.WAITING if shown.items else Exit.OK


def _accepted(app: App, stories: Sequence[str], words: Words, *, everything: bool) -> SettledReport:
    if words.seen:
        return accept_as_shown(app.desk(), () if everything else stories, words)
    return accept(app.desk(), stories, everything=everything, why=words.why, inspected=words.inspected)


def _sit(app: App) -> int:
    from bmad.cli.dialogue import Dialogue  # noqa: PLC0415 - what a terminal alone needs
    from bmad.cli.terminal import Terminal  # noqa: PLC0415

    left = Dialogue(app, Terminal(), min(columns(), _WIDEST)).run()
    return Exit.WAITING if left.items else Exit.OK
