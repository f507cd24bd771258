"""`install` writes them; `run` is what they call."""

from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Repo
from bmad.errors import Exit, UsageError
from bmad.pipeline.hooks import HOOKS, commit_msg, install, prepare_commit_msg
from bmad.wiring import open_app

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True, help=__doc__)


@app.command("install")
def install_hooks(repo: Repo = None) -> int:
    """Write prepare-commit-msg and commit-msg into this repository; a hook that is there already stays."""
    opened = open_app(repo)
    notes = install(opened.checkout(), opened.command())
    output.result("\n".join(notes))
    return Exit.OK if all(note.startswith("installed") for note in notes) else Exit.USAGE


@app.command("run", hidden=True)
def run_hook(
    hook: Annotated[str, typer.Argument(help=" | ".join(HOOKS))],
    file: Annotated[Path, typer.Argument(help="The message, as git passes it.")],
    source: Annotated[str, typer.Argument(help="Where the message comes from, as git says.")] = "",
    _commit: Annotated[str, typer.Argument(help="The commit that is amended, as git says.")] = "",
) -> int:
    opened = open_app(None)
    if hook == "prepare-commit-msg":
        prepare_commit_msg(opened.checkout(), file, source)
        return Exit.OK
    if hook != "commit-msg":
        raise UsageError(f"There is no hook `{hook}`; there are {' and '.join(HOOKS)}.")
    try:
        message = (opened.root / file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from None
    problems = commit_msg(opened.workspace, opened.formats, opened.checkout(), message)
    for problem in problems:
        output.error(problem)
    if problems:
        output.message(
            "The message is kept in .git/COMMIT_EDITMSG. (git commit --no-verify skips this, not the gate.)"
        )
    return Exit.FOUND if problems else Exit.OK
