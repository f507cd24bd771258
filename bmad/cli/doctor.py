"""Looks at git, Python, the sandbox and bmad.yaml as it is here, and calls each agent of it once.

A call costs some hundred to thousands of tokens; `--no-calls` leaves them out. Exit 1 where something is wrong.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.setup.agent_files import old
from bmad.pipeline.setup.doctor import doctor
from bmad.render.machine import examined
from bmad.wiring import open_app


def run(
    no_calls: Annotated[bool, typer.Option("--no-calls", help="Call no agent: costs nothing.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = doctor(app.machine(), app.formats, calls=not no_calls, beside=old(app.workspace, app.formats))
    output.told(report, examined, json=json)
    return Exit.OK if report.ok else Exit.FOUND
