"""Goals, users, what it must and must not do, constraints, risks, questions; without a model.

An intent that is there already is asked on: what it says stays as it is, and answers join their sections.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Repo
from bmad.errors import Exit
from bmad.pipeline.brainstorm import Interviewed, brainstorm
from bmad.render.words import plural
from bmad.wiring import open_app


class _Terminal:
    """Questions to stderr, answers from stdin, so that a pipe can answer too."""

    def ask(self, prompt: str) -> str | None:
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = sys.stdin.readline() if sys.stdin is not None else ""  # None: it was closed before the start
        if not line:
            sys.stderr.write("\n")
        return line or None

    def tell(self, words: str) -> None:
        sys.stderr.write(f"{words}\n")


def run(
    intent: Annotated[Path, typer.Argument(help="The intent to write, or to go on with.")] = Path("intent.md"),
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    path = app.inside(intent)
    done = brainstorm(app.workspace, _Terminal(), app.outline(), path)
    output.result(_told(done, path))
    return Exit.OK


def _told(done: Interviewed, path: str) -> str:
    rows = [f"{path}: {plural(done.written, 'answer')} written, {plural(done.statements, 'statement')} to map"]
    if not done.whole:
        rows.append(f"go on: bmad brainstorm {path}")
    if done.actionable:
        rows.append(f"next: bmad map {path}")
    return "\n".join(rows)
