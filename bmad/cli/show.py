"""An unambiguous prefix of an id will do, and the id that the author's document has for one thing alone.

Of a finding (`F-…`, as reviews, scans, reports and logs print it) it says where it stood,
what was said, and its end.

`bmad show intent` prints the intent itself with its margin: of each block the class and ids, or why it was left.
"""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.model.ids import FINDING_ID_RE
from bmad.pipeline.spec.intent import names_intent, show_intent
from bmad.pipeline.spec.nodes import show
from bmad.render.margin import annotated
from bmad.render.text import shown
from bmad.screen import columns, wants_colour
from bmad.wiring import App, open_app

_NAME = "A statement, requirement, epic, story, criterion or finding; or `intent`, or the path of the intent."
_PROMPT = "Print what an agent of this role would be given now: creator, tester, developer, reviewer, ..."


def run(
    name: Annotated[str, typer.Argument(metavar="ID", help=_NAME)],
    prompt: Annotated[str | None, typer.Option(metavar="ROLE", help=_PROMPT)] = None,
    lens: Annotated[str | None, typer.Option(help="Of a reviewer; by default the first.")] = None,
    part: Annotated[int, typer.Option(min=1, help="Of a change that is too large for one prompt.")] = 1,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    if prompt is not None:
        return _prompt(app, (name, prompt, lens, part), json=json)
    if lens is not None:
        raise UsageError("--lens is of a reviewer's prompt: bmad show STORY --prompt reviewer --lens NAME")
    if FINDING_ID_RE.fullmatch(name):
        return _finding(app, name, json=json)
    intent = names_intent(app.workspace, app.formats, name, _path(app, name))
    if intent is not None:
        report = show_intent(app.workspace, app.formats, app.outline(), intent)
        output.told(report, lambda one: annotated(one, width=columns(), colour=wants_colour()), json=json)
    else:
        output.told(show(app.workspace, app.formats, name), shown, json=json)
    return Exit.OK


def _path(app: App, name: str) -> str | None:
    """The path of a file in the repository by that name."""
    with suppress(UsageError):
        path = app.intent(Path(name))
        return path if (app.root / path).exists() else None
    return None


def _finding(app: App, name: str, *, json: bool) -> int:
    from bmad.pipeline.act.reports.finding import show_finding  # noqa: PLC0415 - the loop, where it is asked
    from bmad.render.finding import finding  # noqa: PLC0415 - likewise

    output.told(show_finding(app.desk(reading=True), name, app.local_target()), finding, json=json)
    return Exit.OK


def _prompt(app: App, asked: tuple[str, str, str | None, int], *, json: bool) -> int:
    from bmad.pipeline.act.reports.prompt import ShowRequest, show_prompt  # noqa: PLC0415 - the loop, where it is asked

    request = ShowRequest(*asked, target=app.local_target())
    report = show_prompt(app.desk(reading=True, alone=True), request)
    if json:
        output.json_result(report)
    else:
        output.verbatim(report.text)
    return Exit.OK
