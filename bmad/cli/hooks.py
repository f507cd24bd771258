"""`prepare-commit-msg` fills in the trailer, `commit-msg` asks what the gate asks, with `bmad hooks run`."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Repo
from bmad.errors import Exit
from bmad.pipeline.setup.hooks import Wishes, install, uninstall
from bmad.pipeline.spec.merge_driver import install_driver, uninstall_driver
from bmad.wiring import open_app

app = typer.Typer(add_completion=False, rich_markup_mode=None, help=__doc__)


@app.command("install")
def install_hooks(
    chain: Annotated[
        bool, typer.Option("--chain", help="Keep a hook that is there already, and run it before bmad's.")
    ] = False,
    everywhere: Annotated[
        bool,
        typer.Option("--global", help="Into the folder of core.hooksPath, though it serves other repositories."),
    ] = False,
    repo: Repo = None,
) -> int:
    """Write prepare-commit-msg and commit-msg into this repository; a hook that is there already stays.

    Git is told of the merge driver as well, which `.gitattributes` asks for by `merge=bmad`.
    """
    opened = open_app(repo)
    checkout = opened.checkout()
    checkout.require()
    install_driver(checkout, opened.command())
    done = install(checkout, opened.command(), Wishes(chain=chain, everywhere=everywhere))
    output.result("\n".join(done.notes))
    return Exit.OK if done.complete else Exit.USAGE


@app.command("uninstall")
def uninstall_hooks(repo: Repo = None) -> int:
    """Take bmad's hooks away, and its merge driver; a hook that was there before stands again."""
    checkout = open_app(repo).checkout()
    output.result("\n".join([*uninstall(checkout), *uninstall_driver(checkout)]))
    return Exit.OK
