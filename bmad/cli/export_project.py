"""TO is a folder for files of the BMAD method, else a file: `.reqif` (ReqIF 1.2, the extra `reqif`) or `.csv`."""

from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.cli.status import look
from bmad.errors import Exit, UsageError
from bmad.model.exporting import ExportReport
from bmad.needs import outside
from bmad.pipeline.importing.export_project import BMAD, CSV, Outgoing, export_project, format_of
from bmad.render.importing import exported
from bmad.wiring import App, open_app

_TO = "A folder (BMAD method), or a file that ends in .reqif or .csv."
_FORMAT = "bmad, reqif or csv; by default what TO says."


def run(
    target: Annotated[Path, typer.Argument(metavar="TO", help=_TO)],
    format_: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help=_FORMAT)] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    kind = format_of(target.as_posix(), format_)
    states = {one.id: one.state for one in look(app, blocks=False).stories}
    found = export_project(app.workspace, app.formats, states, kind)
    texts = _texts(app, target, kind, found)
    there = [path for path in texts if path.exists()]
    if there and not force:
        raise UsageError(f"{there[0]} is there already; name another place, or write over it: --force")
    outside(texts)
    report = ExportReport(
        format=kind,
        target=target.as_posix(),
        files=tuple(path.as_posix() for path in texts),
        counts=found.counts,
        left=tuple(found.left),
    )
    output.told(report, exported, json=json)
    return Exit.OK


def _texts(app: App, target: Path, kind: str, found: Outgoing) -> dict[Path, str]:
    """What is written, by its place."""
    if kind == BMAD:
        return {target / path: text for path, text in found.texts.items()}
    if kind == CSV:
        from bmad.render.csv_items import as_csv  # noqa: PLC0415 - of one format

        return {target: as_csv(found.items)}
    from bmad.render.reqif_items import as_reqif  # noqa: PLC0415 - of one format, and heavy

    return {target: as_reqif(found.items, app.root.name, app.clock.now())}
