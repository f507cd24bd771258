"""Shows which coding agents are installed and logged in, and which roles of bmad.yaml use what. Calls none.

`bmad agents install` writes what agents of any kind are told here: a skill (`.agents/skills/bmad`, which Codex and
others read), a plugin of Claude Code that brings it, and a section of AGENTS.md. What a hand has edited stays.
"""

from enum import StrEnum
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.setup.agent_files import install
from bmad.pipeline.setup.doctor import agents
from bmad.render.machine import listed, told_to_agents
from bmad.wiring import open_app


class Action(StrEnum):
    INSTALL = "install"


def run(
    action: Annotated[
        Action | None, typer.Argument(metavar="install", help="Write what agents are told of bmad here.")
    ] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    if action is Action.INSTALL:
        output.told(install(app.workspace, app.formats), told_to_agents, json=json)
    else:
        output.told(agents(app.machine(), app.formats), listed, json=json)
    return Exit.OK
