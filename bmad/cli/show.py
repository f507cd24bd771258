"""An unambiguous prefix of an id will do."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.pipeline.graph import show
from bmad.render.text import shown
from bmad.wiring import App, open_app

_PROMPT = "Print what an agent of this role would be given now: creator, tester, developer, reviewer, ..."


def run(
    name: Annotated[str, typer.Argument(metavar="ID", help="A statement, requirement, epic, story or criterion.")],
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
    output.told(show(app.workspace, app.formats, name), shown, json=json)
    return Exit.OK


def _prompt(app: App, asked: tuple[str, str, str | None, int], *, json: bool) -> int:
    from bmad.pipeline.acting.showing import ShowRequest, show_prompt  # noqa: PLC0415 - the loop, where it is asked

    request = ShowRequest(*asked, target=app.local_target())
    output.told(show_prompt(app.desk(reading=True), request), lambda report: report.text, json=json)
    return Exit.OK
