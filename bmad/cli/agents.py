"""Shows which coding agents are installed and logged in, and which roles of bmad.yaml use what. Calls none."""

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.setup.doctor import agents
from bmad.render.machine import listed
from bmad.wiring import open_app


def run(json: Json = False, repo: Repo = None) -> int:
    app = open_app(repo)
    output.told(agents(app.machine(), app.formats), listed, json=json)
    return Exit.OK
