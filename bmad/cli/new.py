"""Ids on the command line may be unambiguous prefixes; the new id is minted from the title."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.model.ids import Kind
from bmad.model.reports import NewReport
from bmad.model.spec import StoryKind
from bmad.pipeline.scan.findings import found
from bmad.pipeline.spec.follow_up import Follow, follow
from bmad.pipeline.spec.new import NewItem, new
from bmad.pipeline.status.status import Read
from bmad.wiring import open_app

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help=f"Add a story, requirement or epic. {__doc__}",
)

Title = Annotated[str, typer.Argument(metavar="TITLE", help="One line of words.")]
Text = Annotated[str, typer.Option("--text", help="The body.")]


def _add(request: NewItem, *, json: bool, repo: Repo) -> int:
    opened = open_app(repo)
    return _told(new(opened.workspace, opened.formats, request), json=json)


def _told(report: NewReport, *, json: bool) -> int:
    if json:
        output.json_result(report)
    else:
        output.result(f"{report.id} in {report.path}")
    return Exit.OK


@app.command()
def story(
    title: Annotated[
        str | None, typer.Argument(metavar="TITLE", help="One line of words; not needed with --finding.")
    ] = None,
    finding: Annotated[
        list[str] | None,
        typer.Option(
            "--finding", help="What a story landed with (bmad status) or bmad scan found; may be repeated."
        ),
    ] = None,
    implements: Annotated[
        list[str] | None, typer.Option("--implements", help="A requirement; may be repeated.")
    ] = None,
    epic: Annotated[str | None, typer.Option("--epic", help="The epic it is part of.")] = None,
    criterion: Annotated[
        list[str] | None, typer.Option("--criterion", help="An acceptance criterion; may be repeated.")
    ] = None,
    depends_on: Annotated[list[str] | None, typer.Option("--depends-on", help="A story it waits for.")] = None,
    territory: Annotated[list[str] | None, typer.Option("--territory", help="A glob that it may change.")] = None,
    kind: Annotated[
        StoryKind | None,
        typer.Option(
            "--kind", help="`bug` mends what does not hold; `refactor` changes nothing that is asked for."
        ),
    ] = None,
    text: Text = "",
    json: Json = False,
    repo: Repo = None,
) -> int:
    """Add a story; what it implements is covered by its epic from then on.

    With --finding it mends what a story landed with, or a scan found: its words and requirements come from there.
    """
    wanted = Follow(
        findings=tuple(finding or ()),
        title=title,
        implements=tuple(implements or ()),
        epic=epic,
        criteria=tuple(criterion or ()),
        depends_on=tuple(depends_on or ()),
        territory=tuple(territory or ()),
        text=text,
        kind=kind,
    )
    if not wanted.findings:
        return _add(_plain(wanted), json=json, repo=repo)
    opened = open_app(repo)
    checkout = opened.checkout()
    read = Read(opened.history(), checkout, None, opened.local_target()) if checkout.exists() else Read()
    scanned = found(opened.notes())
    return _told(follow(opened.workspace, opened.formats, read, wanted, scanned), json=json)


def _plain(wanted: Follow) -> NewItem:
    """A story of a person's own. Raises: UsageError where it lacks what they alone can say."""
    lacks = [
        name
        for name, value in (
            ("TITLE", wanted.title),
            ("--implements", wanted.implements),
            ("--epic", wanted.epic),
            ("--criterion", wanted.criteria),
        )
        if not value
    ]
    if lacks:
        raise UsageError(f"A new story needs {', '.join(lacks)}; or make it from a finding: --finding F-…")
    return NewItem(
        Kind.STORY,
        wanted.title or "",
        up=wanted.implements,
        epic=wanted.epic,
        depends_on=wanted.depends_on,
        territory=wanted.territory,
        criteria=wanted.criteria,
        text=wanted.text,
        story_kind=wanted.kind,
    )


@app.command()
def requirement(
    title: Title,
    traces: Annotated[list[str], typer.Option("--traces", help="A statement of the intent; may be repeated.")],
    non_functional: Annotated[bool, typer.Option("--non-functional", help="Make it an NFR.")] = False,
    text: Text = "",
    json: Json = False,
    repo: Repo = None,
) -> int:
    """Add a requirement to the PRD."""
    request = NewItem(Kind.REQUIREMENT, title, up=tuple(traces), text=text, functional=not non_functional)
    return _add(request, json=json, repo=repo)


@app.command()
def epic(
    title: Title,
    covers: Annotated[list[str], typer.Option("--covers", help="A requirement; may be repeated.")],
    text: Text = "",
    json: Json = False,
    repo: Repo = None,
) -> int:
    """Add an epic."""
    return _add(NewItem(Kind.EPIC, title, up=tuple(covers), text=text), json=json, repo=repo)
