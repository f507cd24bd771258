"""Agents are given this index, and the pages that fit their story. With --check, exit 1 where something is wrong.

A page of docs/knowledge/ whose epic has stories to build yet is a project's; of a built epic, an area's; of no
story, a resource; whose story, or all that it names, is gone, archived. `Class: area` in its first lines, or a
folder `areas/`, says otherwise. A page is stale that names what is gone, or what three later stories changed.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import CannotAnswerError, Exit
from bmad.pipeline.act.knowledge import knowledge
from bmad.render.knowledge import knowledge as as_text
from bmad.wiring import open_app


def run(
    check: Annotated[bool, typer.Option("--check", help="Exit 1 where something is wrong with a page.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write docs/knowledge/index.md, too.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    checkout = app.checkout()
    checkout.require()
    head = checkout.head()
    if head is None:
        raise CannotAnswerError("There is no commit yet whose lessons could be read. Make a first commit.")
    report = knowledge(app.desk(reading=True, alone=True), head, app.workspace, write=write)
    output.told(report, as_text, json=json)
    return Exit.FOUND if check and not report.ok else Exit.OK
