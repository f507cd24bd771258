"""Markdown for the review thread, one HTML page to explore, or JSON; the range is that of `bmad gate`.

Of a STORY it tells the whole chain as it stands at the head, for whoever asks for evidence: sentences, criteria
and what stands for them, reviews and findings by its record, commits, and the lines that are its own.
"""

from enum import StrEnum
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.pipeline.trace.report import ReportRequest, report
from bmad.render.report import markdown, one_story
from bmad.wiring import App, open_app


class Format(StrEnum):
    MD = "md"
    HTML = "html"
    JSON = "json"


def run(
    story: Annotated[
        str | None, typer.Argument(metavar="STORY", help="One story alone; an unambiguous prefix will do.")
    ] = None,
    base: Annotated[
        str | None, typer.Option("--base", metavar="REV", help="By default what the branch works towards.")
    ] = None,
    head: Annotated[str | None, typer.Option("--head", metavar="REV", help="By default HEAD.")] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="REV", help="Instead of --base: judged step by step."),
    ] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.MD,
    json: Json = False,
    repo: Repo = None,
) -> int:
    if base is not None and since is not None:
        raise UsageError("Either --base or --since.")
    app = open_app(repo)
    as_json = json or form is Format.JSON
    if story is not None:
        if base is not None or since is not None or form is Format.HTML:
            raise UsageError("A STORY goes without --base, --since and --format html: all of it is told.")
        return _of_story(app, story, head, as_json=as_json)
    request = ReportRequest(base, head, since)
    if form is Format.HTML and not as_json:
        from bmad.pipeline.trace.html_report import explore  # noqa: PLC0415 - a report in a thread does without
        from bmad.render.pages.report import html  # noqa: PLC0415

        output.result(html(explore(app.history(), app.formats, app.clock, request)))
        return Exit.OK
    found = report(app.history(), app.formats, app.clock, request)
    output.told(found, markdown, json=as_json)
    return Exit.OK


def _of_story(app: App, story: str, head: str | None, *, as_json: bool) -> int:
    from bmad.pipeline.trace.story_report import OneStoryRequest, report_story  # noqa: PLC0415 - a range does without

    found = report_story(app.told_history(), app.formats, OneStoryRequest(story, head, app.caches()))
    output.told(found, one_story, json=as_json)
    return Exit.OK
