"""Each story goes through CreateStory, DevStory, CodeReview and FixThis until it converges.

Called again, it goes on where it was, also where an agent died. Stories named here that failed otherwise, are
blocked or were cancelled are taken up again. Exit 4 where something is left to do. Agents are set in bmad.yaml.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.model.act import State
from bmad.model.journal import Entry
from bmad.pipeline.act.reports.log import event_of
from bmad.pipeline.act.reports.watch import Show
from bmad.pipeline.act.scheduler import ActRequest, act
from bmad.pipeline.act.together import act_together
from bmad.render.acting import happened, standing
from bmad.wiring import App, open_app


def run(
    stories: Annotated[
        list[str] | None, typer.Argument(metavar="STORY", help="Some stories only; a prefix will do.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Run the checks of these stories again that failed, as the work is.")
    ] = False,
    why: Annotated[
        str,
        typer.Option("--why", help="With --again: what you say of it; tests that it names may ask for less."),
    ] = "",
    research: Annotated[
        bool, typer.Option("--research", help="Have an agent find out first what stories that begin now need.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", min=1, max=64, metavar="N", help="Carry up to N stories at once (`act.workers`)."
        ),
    ] = None,
    record: Annotated[
        str | None, typer.Option("--record", metavar="FILE", help="Write what agents do to a recording.")
    ] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    if dry_run and again:
        raise UsageError("Either --dry-run or --again.")
    if why and not again:
        raise UsageError("--why goes with --again.")
    app = open_app(repo)
    request = ActRequest(tuple(stories or ()), app.local_target(), dry_run, again, why, research, workers)
    with _watched(app, plain=json or dry_run) as show:
        tell = teller(json=json) if show is None else None
        desk = app.desk(tell, record, reading=dry_run)
        if desk.together is not None:
            if workers is not None or record is not None:
                raise UsageError(
                    "With a server (`act.server`) workers carry: --workers and --record are for one machine."
                )
            report = act_together(desk, desk.together, request, show)
        else:
            report = act(desk, request, show)
    told = report.as_line() if json else standing(report)
    if report.interrupted:
        output.last(told, "interrupted")
        return Exit.INTERRUPTED
    output.result(told)
    return Exit.OK if report.ok or dry_run else Exit.WAITING


@contextmanager
def _watched(app: App, *, plain: bool) -> Iterator[Show | None]:
    """What shows a live board while stories are carried; None where they are told of line by line."""
    if plain or not output.is_lively(app.environ):
        yield None
        return
    from bmad.cli.live import Live  # noqa: PLC0415 - rich is loaded where it is seen

    with Live(app.environ, app.clock.now) as live:
        yield live.show


def teller(*, json: bool) -> Callable[[Entry, State], None]:
    """What prints each event as it happens."""
    counted: set[str] = set()

    def tell(entry: Entry, state: State) -> None:
        told = event_of(entry, state, counted)
        if json:
            output.json_line(told)
        else:
            output.message(happened(told))

    return tell
