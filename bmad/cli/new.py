"""Ids on the command line may be unambiguous prefixes; the new id is minted from the title."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.model.ids import Kind
from bmad.pipeline.extend import NewItem, new
from bmad.wiring import open_app

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=f"Add a story, requirement or epic. {__doc__}",
)

Title = Annotated[str, typer.Argument(help="One line of words.")]
Text = Annotated[str, typer.Option("--text", help="The body.")]


def _add(request: NewItem, *, json: bool, repo: Repo) -> int:
    opened = open_app(repo)
    report = new(opened.workspace, opened.formats, request)
    if json:
        output.json_result(report)
    else:
        output.result(f"{report.id} in {report.path}")
    return Exit.OK


@app.command()
def story(
    title: Title,
    implements: Annotated[list[str], typer.Option("--implements", help="A requirement; may be repeated.")],
    epic: Annotated[str, typer.Option("--epic", help="The epic it is part of.")],
    criterion: Annotated[list[str], typer.Option("--criterion", help="An acceptance criterion; may be repeated.")],
    depends_on: Annotated[list[str] | None, typer.Option("--depends-on", help="A story it waits for.")] = None,
    territory: Annotated[list[str] | None, typer.Option("--territory", help="A glob that it may change.")] = None,
    text: Text = "",
    json: Json = False,
    repo: Repo = None,
) -> int:
    """Add a story; what it implements is covered by its epic from then on."""
    request = NewItem(
        Kind.STORY,
        title,
        up=tuple(implements),
        epic=epic,
        depends_on=tuple(depends_on or ()),
        territory=tuple(territory or ()),
        criteria=tuple(criterion),
        text=text,
    )
    return _add(request, json=json, repo=repo)


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
