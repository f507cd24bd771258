"""The policy comes from the base, the evidence from the head; what cannot be judged exits 3, never 0."""

from enum import StrEnum
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.model.settings import Level
from bmad.pipeline.gate.gate import GateRequest, forewarned
from bmad.render.gate import FORMATS
from bmad.wiring import open_app


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    MD = "md"
    SARIF = "sarif"
    JUNIT = "junit"
    GITLAB = "gitlab"


def run(
    base: Annotated[
        str | None,
        typer.Option(
            metavar="REV", help="What the change is measured against; by default what the branch works towards."
        ),
    ] = None,
    head: Annotated[str | None, typer.Option(metavar="REV", help="The change; by default HEAD.")] = None,
    level: Annotated[Level | None, typer.Option(help="Ask more than the base's policy does.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="REV", help="Judge each step of a history after REV (or `root`).")
    ] = None,
    require_policy: Annotated[
        bool, typer.Option("--require-policy", help="Exit 3 where the base has no bmad.yaml; for CI.")
    ] = False,
    report_only: Annotated[
        bool, typer.Option("--report-only", help="Find all the same, and exit 0 for it; 3 stays 3.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Judge nothing: say by which policy, level and governed names.")
    ] = False,
    format_: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TEXT,
    json: Json = False,
    repo: Repo = None,
) -> int:
    if since is not None and base is not None:
        raise UsageError("--since and --base exclude each other: --since takes the base of each step itself.")
    if explain and (report_only or since is not None or format_ not in (Format.TEXT, Format.JSON)):
        raise UsageError("--explain speaks of one range, as text or with --json: name it by --base and --head.")
    app = open_app(repo)
    request = GateRequest(base, head, level, since, require_policy, report_only)
    if explain:
        from bmad.pipeline.gate.explain import explain as explained  # noqa: PLC0415 - a gate in CI does without
        from bmad.render.explained import text  # noqa: PLC0415

        rules = explained(app.history(), app.formats, app.clock, request)
        output.result(rules.as_json() if json or format_ is Format.JSON else text(rules))
        return Exit.OK
    report = forewarned(app.history(), app.formats, app.clock, request)
    form = Format.JSON if json else format_
    if form in FORMATS:
        output.result(FORMATS[form](report), commands=form is Format.GITHUB)
    else:
        from bmad.pipeline.spec.described_rules import codes_of_gate  # noqa: PLC0415 - as above
        from bmad.render.issues import FORMS, of_gate  # noqa: PLC0415

        output.result(FORMS[form](of_gate(report, codes_of_gate())))
    return report.exit
