"""Base and head come from the event of GitHub, Gitea, Forgejo or GitLab; the summary of the job tells it all."""

import json as json_
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import BmadError, Exit, UsageError
from bmad.model.ci import Host
from bmad.model.range_report import RangeReport
from bmad.pipeline.gate.ci import Judged, judge, started
from bmad.render.ci import comment, summary, unjudged
from bmad.render.gate import FORMATS, unanswered
from bmad.wiring import App, open_app

_MOST_EVENT = 16 << 20
_MOST_SUMMARY = 240_000
"""Characters of a summary, of up to four bytes each; GitHub takes 1 MiB."""
_FORK = "this comes from a fork, whose token may write no comment, so it is told here alone"


def run(
    comment_file: Annotated[
        Path | None,
        typer.Option("--comment", metavar="FILE", help="Write the body of the request's comment here."),
    ] = None,
    quality_file: Annotated[
        Path | None,
        typer.Option("--code-quality", metavar="FILE", help="Write GitLab's code quality report here."),
    ] = None,
    report_only: Annotated[
        bool, typer.Option("--report-only", help="Find all the same, and exit 0 for it; 3 stays 3.")
    ] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    try:
        host = started(app.environ, _event(app.environ.get("GITHUB_EVENT_PATH", "")))
        if host.asked.what == "nothing":
            output.result(f"gate: nothing to judge, since {host.asked.why}")
            return Exit.OK
        judged = judge(app.history(), app.formats, app.clock, host.asked, report_only=report_only)
    except BmadError as error:
        _unjudged(app, comment_file, error, json=json)
        raise
    notes = (*judged.notes, *((_FORK,) if host.asked.fork else ()))
    words = summary(judged.report, _about(app, judged), notes)
    if host.summary:
        _append(Path(host.summary), f"{words[:_MOST_SUMMARY]}\n")
    if comment_file is not None:
        _write(app, comment_file, comment(words))
    if quality_file is not None:
        from bmad.render.issues import FORMS, of_gate  # noqa: PLC0415 - GitLab's alone

        _write(app, quality_file, FORMS["gitlab"](of_gate(judged.report)))
    _print(host, judged, notes, json=json)
    return judged.report.exit


def _unjudged(app: App, comment_file: Path | None, error: BmadError, *, json: bool) -> None:
    """Told where a verdict would be: else the comment of an earlier run would go on saying that it passed."""
    words = unjudged(str(error), error.code)
    if there := app.environ.get("GITHUB_STEP_SUMMARY"):
        _append(Path(there), f"{words}\n")
    if comment_file is not None:
        _write(app, comment_file, comment(words))
    if app.environ.get("GITHUB_ACTIONS") and not json:
        output.result(unanswered(str(error)), commands=True)


def _print(host: Host, judged: Judged, notes: tuple[str, ...], *, json: bool) -> None:
    if json:
        output.result(judged.report.as_json())
        return
    form = "github" if host.name == "github" else "text"
    output.result(FORMATS[form](judged.report), commands=host.name == "github")
    for note in notes:
        output.message(note)


def _about(app: App, judged: Judged) -> RangeReport | None:
    """What the change is for; nothing where there is no range, or it cannot be told."""
    verdict = judged.report
    if not judged.ranged or verdict.exit is Exit.ENVIRONMENT or not verdict.base or not verdict.commits:
        return None
    from bmad.pipeline.trace.report import ReportRequest, report  # noqa: PLC0415 - of requests alone

    asked = ReportRequest(verdict.base, verdict.head, target=verdict.target)
    try:
        return report(app.history(), app.formats, app.clock, asked)
    except BmadError:  # the verdict stands without it
        return None


def _event(path: str) -> dict[str, Any]:
    """The event as the host wrote it; empty where it writes none. Raises: UsageError where it is none."""
    if not path:
        return {}
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(_MOST_EVENT + 1)
        found = json_.loads(content) if len(content) <= _MOST_EVENT else None
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(f"{path}, which GITHUB_EVENT_PATH names, is no event that can be read.")
    return found


def _append(path: Path, words: str) -> None:
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(words)
    except OSError as error:
        output.message(f"{path} cannot be written: {error.strerror}. The verdict stands without the summary.")


def _write(app: App, path: Path, words: str) -> None:
    """Write a file of the job. Raises: UsageError where it cannot be, or a change has put a link in its way."""
    told = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` follows links
    top = next((one for one in reversed(told.parents) if one.resolve() == app.root), None)
    if top is not None and told.resolve() != app.root / told.relative_to(top):
        raise UsageError(f"{path} leads elsewhere by a link in the files that are judged, so it is not written.")
    try:
        told.write_text(words, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
