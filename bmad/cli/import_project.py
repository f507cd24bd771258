"""Reads what the BMAD method, Spec Kit and other tools have written; their documents stay, and are the intent."""

from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.needs import sources
from bmad.pipeline.importing.import_project import ImportRequest, import_project
from bmad.render.importing import imported
from bmad.wiring import App, open_app

_FROM = "The folder or file that the other tool writes: _bmad-output, specs, openspec, .kiro, an export, …"
_FORMAT = "Which format it is: bmad, spec-kit, openspec, kiro, task-master, backlog, github, jira."


def run(
    source: Annotated[Path, typer.Argument(metavar="FROM", help=_FROM)],
    format_: Annotated[str | None, typer.Option("--from", metavar="FORMAT", help=_FORMAT)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell all, write nothing.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Where a hand changed what was imported, it wins.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    root, path, inside = _place(app, source)
    request = ImportRequest(path, str(source), format_, dry_run, keep, inside)
    report = import_project(app.workspace, app.formats, sources(root), request)
    output.told(report, lambda one: imported(one, verbose=output.LEVELS.verbose), json=json)
    if not json:
        for note in report.notes:
            output.message(note)
    return Exit.OK if report.ok else Exit.USAGE


def _place(app: App, source: Path) -> tuple[Path, str, bool]:
    """The root of the sources, the path below it, and whether that is the repository's own."""
    try:
        path = app.inside(source)
    except UsageError:
        full = source.resolve()
        if not full.exists():
            raise UsageError(f"{source} does not exist.") from None
        return (full, "", False) if full.is_dir() else (full.parent, full.name, False)
    return app.root, "" if path == "." else path, True
