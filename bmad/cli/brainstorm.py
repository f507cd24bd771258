"""Goals, users, what it must and must not do, constraints, risks, questions; without a model.

An intent that is there already is asked on: what it says stays as it is, and answers join their sections. With
`--as`, a model plays a demanding user of it, and each feature that it proposes is kept or dropped.
"""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Repo
from bmad.cli.terminal import Terminal
from bmad.errors import Exit, UsageError
from bmad.pipeline.brainstorm.interview import Interviewed, brainstorm
from bmad.pipeline.map.map import place_of
from bmad.pipeline.spec.work_tree import load
from bmad.render.spending import called
from bmad.render.words import plural
from bmad.wiring import App, open_app

if TYPE_CHECKING:
    from bmad.pipeline.brainstorm.proposals import Decided

_PERSONA = "Let a model play this user, and propose features to keep or drop: `a senior PostgreSQL user`."
_BY = "Who plays it: claude, openai:MODEL, an agent of bmad.yaml; by default its creator or developer."
_LOST = "What was decided so far stands in {}."


def run(
    intent: Annotated[
        Path, typer.Argument(metavar="INTENT", help="The intent to write, or to go on with.")
    ] = Path("intent.md"),
    persona: Annotated[str | None, typer.Option("--as", metavar="USER", help=_PERSONA)] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help=_BY)] = None,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    path = app.inside(intent)
    place_of(load(app.workspace, app.formats), path)  # before anything is asked
    if persona is None:
        if by is not None:
            raise UsageError('--by says who plays a user; say which one: --as "a senior PostgreSQL user"')
        output.result(_told(brainstorm(app.workspace, Terminal(), app.outline(), path), path))
    else:
        _proposed(app, path, persona, by)
    return Exit.OK


def _proposed(app: App, path: str, persona: str, by: str | None) -> None:
    """Let a model play the user; what it cost is told however it ends."""
    from bmad.pipeline.brainstorm.proposals import Proposals, Proposer, player  # noqa: PLC0415
    from bmad.pipeline.map.model_questions import Counsel, means, policy  # noqa: PLC0415 - what asks a model is loaded where one is asked

    if not persona.strip():
        raise UsageError('Say whom it plays: --as "a senior PostgreSQL user"')
    settings = policy(app.workspace, app.formats)
    counsel = Counsel(means("brainstorm", settings, app, player(settings, by), output.message), _LOST.format(path))
    proposals = Proposals(app.workspace, Terminal(), path, Proposer(counsel, persona.strip(), app.outline()))
    try:
        done = proposals.run()
    finally:
        if counsel.spent.calls:
            output.message(called(counsel.name, counsel.spent))
    output.result(_decided(done, path, persona.strip(), by))


def _told(done: Interviewed, path: str) -> str:
    rows = [f"{path}: {plural(done.written, 'answer')} written, {plural(done.statements, 'statement')} to map"]
    if not done.whole:
        rows.append(f"go on: bmad brainstorm {shlex.quote(path)}")
    if done.actionable:
        rows.append(f"next: bmad map {shlex.quote(path)}")
    return "\n".join(rows)


def _decided(done: "Decided", path: str, persona: str, by: str | None) -> str:
    rows = [f"{path}: {plural(done.kept, 'feature')} kept, {done.dropped} dropped, {done.undecided} undecided"]
    if not done.whole or done.undecided:
        who = f" --by {shlex.quote(by)}" if by else ""
        rows.append(f"go on: bmad brainstorm {shlex.quote(path)} --as {shlex.quote(persona)}{who}")
    rows.append(f"next: bmad map {shlex.quote(path)}")
    return "\n".join(rows)
