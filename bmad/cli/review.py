"""Of a STORY that a person reviews: say what you think of it, once for all lenses; with no option, in your editor.

Without a STORY the reviewers of bmad.yaml look at a change. Findings quote the line they are about; of one whose
quote stands nowhere that is told. Exit 1 where a P0 or P1 is found.
"""

import re
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from bmad.cli import editing, output
from bmad.cli.act import teller
from bmad.cli.output import Json, Repo
from bmad.errors import Exit, UsageError
from bmad.model.act_reports import ActReport
from bmad.model.agents import Severity
from bmad.pipeline.act.people.pushed import Pushed, take_up
from bmad.pipeline.act.people.review import Opinion, give, written
from bmad.pipeline.act.people.review_any_change import LookRequest, look
from bmad.render.acting import review as as_text
from bmad.render.acting import settled as as_settled
from bmad.render.acting import standing
from bmad.shared import alone
from bmad.wiring import App, open_app

_PLACE = re.compile(r"[^\n]+:[0-9]+")


class Command(TyperCommand):
    """Takes what follows the place of a `--comment` for its words."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        rest, joined = list(args), list[str]()
        while rest:
            joined.append(rest.pop(0))
            if joined[-1] == "--comment" and len(rest) > 1 and _PLACE.fullmatch(rest[0]):
                joined.append(f"{rest.pop(0)} {rest.pop(0)}")
        return super().parse_args(ctx, joined)


def run(
    story: Annotated[
        str | None,
        typer.Argument(
            metavar="STORY", help="One whose reviewer is a person (`use: human`), begun here or fetched."
        ),
    ] = None,
    approve: Annotated[bool, typer.Option("--approve", help="It is right; earlier findings are settled.")] = False,
    request_changes: Annotated[
        str | None, typer.Option("--request-changes", metavar="WHAT", help="It is not; this becomes a P1.")
    ] = None,
    comment: Annotated[
        list[str] | None,
        typer.Option("--comment", metavar="FILE:LINE WHAT", help="A finding on a line, which bmad quotes."),
    ] = None,
    severity: Annotated[
        Severity | None,
        typer.Option("--severity", help="Of the comments; P2 where they begin with none."),
    ] = None,
    settled: Annotated[
        list[str] | None, typer.Option("--settled", metavar="FINDING", help="An earlier finding that is mended.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="REV", help="What the change is measured against; by default what the branch works towards."
        ),
    ] = None,
    head: Annotated[str | None, typer.Option(metavar="REV", help="The change; by default HEAD.")] = None,
    staged: Annotated[bool, typer.Option("--staged", help="Review what the next commit would hold.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    of_range, of_story = staged or base or head, approve or request_changes is not None or comment or settled
    if staged and (base is not None or head is not None):
        raise UsageError("--staged goes without --base and --head.")
    if story is not None and of_range:
        raise UsageError("A STORY goes without --staged, --base and --head: its change is known.")
    if story is None and (of_story or severity):
        raise UsageError("Say which STORY it is about: bmad review STORY. See: bmad inbox")
    app = open_app(repo)
    if story is None:
        report = look(app.desk(alone=True), LookRequest(base, head, staged))
        output.told(report, as_text, json=json)
        return Exit.OK if report.ok else Exit.FOUND
    alone(app, "bmad review STORY", "reviewers are agents there; `bmad reject STORY --why REASON` says yours.")
    comments = tuple(_from_top(app, one) for one in comment or ())
    opinion = written(Opinion(approve, request_changes, comments, severity, tuple(settled or ())))
    held_up = _take_up(app, story, json=json)
    if held_up is not None:
        output.result(held_up.as_line() if json else standing(held_up))
        return Exit.WAITING
    if not of_story:
        return editing.review(app, story, json=json)
    output.told(give(app.desk(), story, opinion), as_settled, json=json)
    return Exit.OK


def _take_up(app: App, story: str, *, json: bool) -> ActReport | None:
    """Bring what somebody else pushed to where it waits for a review; what keeps it from that, else None."""
    branches = tuple(app.checkout().of_stories())
    return take_up(app.desk(None if json else teller(json=False)), Pushed(story, branches, app.local_target()))


def _from_top(app: App, comment: str) -> str:
    """A comment whose file is named from where the person stands, with its path from the top."""
    path, colon, rest = comment.partition(":")
    there = next((one for one in app.places(path) if (app.root / one).is_file()), path)
    return f"{there}{colon}{rest}"


app = typer.Typer(add_completion=False, rich_markup_mode=None)
app.command("review", cls=Command, help=f"Review a story, or have an agent review any change.\n\n{__doc__}")(run)
