"""Works in an empty folder, a new repository, and an old one, which is adopted at its present commit."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from bmad import __version__
from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.model.reports import InitReport
from bmad.needs import schema
from bmad.pipeline.setup.hooks import Wishes, install
from bmad.pipeline.setup.init import Ci, Surroundings, init
from bmad.pipeline.spec.merge_driver import install_driver
from bmad.render.text import initialised
from bmad.wiring import App, open_here


class Host(StrEnum):
    GITHUB = "github"
    GITLAB = "gitlab"
    BARE = "bare"


def run(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
    hooks: Annotated[bool, typer.Option("--hooks", help="Install the git hooks too.")] = False,
    ci: Annotated[
        Host | None, typer.Option("--ci", help="Write what this host's CI takes to run the gate.")
    ] = None,
    package: Annotated[
        str,
        typer.Option("--package", metavar="WHAT", help="What CI installs: NAME==VERSION, a URL, OWNER/REPO@HASH."),
    ] = f"bmad=={__version__}",
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_here(repo)
    checkout = app.checkout()
    made = not checkout.exists()
    if made:
        checkout.create()
    app = open_here(checkout.top())
    asks = not yes and not json and sys.stdin.isatty()
    hooks = hooks or (asks and typer.confirm("Install git hooks that fill in and check trailers?", err=True))
    if ci is None and asks and typer.confirm("Write a GitHub workflow with the gate?", err=True):
        ci = Host.GITHUB
    there = tuple(one.name for one in app.machine().installed() if one.path)
    found = Surroundings(
        str(app.root), checkout.head(), checkout.branch(), made, there, tuple(checkout.listed(new=True))
    )
    found = found._replace(default=checkout.default())
    report = init(app.workspace, app.formats, found, Ci(ci.value, package) if ci is not None else None)
    install_driver(checkout, app.command())
    schema("bmad.yaml", app.root)
    if hooks:
        report = _with_hooks(app, report)
    output.told(report, initialised, json=json)
    return Exit.OK


def _with_hooks(app: App, report: InitReport) -> InitReport:
    done = install(app.checkout(), app.command(), Wishes())
    return report.model_copy(update={"notes": (*done.notes, *report.notes)})
