"""`prepare-commit-msg` fills in the trailer, `commit-msg` asks what the gate asks, with `bmad hooks run`."""

import sys
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Repo
from bmad.errors import BmadError, Exit, UsageError
from bmad.pipeline.gate.received import CLIENT, EACH, SERVER, judged, protected, updates
from bmad.pipeline.setup.hooks import Wishes, install, install_server, uninstall
from bmad.pipeline.spec.merge_driver import install_driver, uninstall_driver
from bmad.render.pushes import refusal
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
    push: Annotated[
        bool, typer.Option("--push", help="Judge what goes to the remote's default branch before it goes.")
    ] = False,
    server: Annotated[
        bool, typer.Option("--server", help="Into a bare repository: judge what is pushed, before any ref moves.")
    ] = False,
    protect: Annotated[
        list[str] | None,
        typer.Option("--protect", metavar="BRANCH", help="With --server: by default the branch of HEAD."),
    ] = None,
    report_only: Annotated[
        bool, typer.Option("--report-only", help="With --server: tell what would be refused, and refuse nothing.")
    ] = False,
    repo: Repo = None,
) -> int:
    """Write prepare-commit-msg and commit-msg into this repository; a hook that is there already stays.

    Git is told of the merge driver as well, which `.gitattributes` asks for by `merge=bmad`.
    """
    opened = open_app(repo)
    checkout = opened.checkout()
    if report_only and not server:
        raise UsageError("--report-only goes with --server; in CI: bmad ci --report-only")
    if server:
        served = install_server(checkout, opened.command(), protect or (), report_only=report_only)
        output.result("\n".join(served.notes))
        return Exit.OK if served.complete else Exit.USAGE
    checkout.require()
    install_driver(checkout, opened.command())
    done = install(checkout, opened.command(), Wishes(chain=chain, everywhere=everywhere, push=push))
    output.result("\n".join(done.notes))
    return Exit.OK if done.complete else Exit.USAGE


@app.command("run", hidden=True)
def run_hook(hook: str, words: Annotated[list[str] | None, typer.Argument()] = None) -> int:
    """What git calls of a server, or before a push; the hooks of commits do without the command line."""
    opened = open_app(None)
    checkout = opened.checkout()
    if hook not in (SERVER, EACH, CLIENT):
        raise UsageError(f"There is no hook `{hook}`; git's hooks call this.")
    lines = "" if hook == EACH else sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    report_only = hook != CLIENT and checkout.reports_only()
    try:
        wanted = updates(hook, words or (), lines)
        kept = protected(checkout, hook, wanted)
        answers = judged(opened.history(), opened.formats, opened.clock, wanted, kept, report_only=report_only)
    except BmadError as error:
        if not report_only:
            raise
        output.message(f"bmad: {error}")
        return Exit.OK
    refused = [one for one in answers if one.refused]
    for note in (one.note for one in answers if one.note and not one.refused):
        output.message(f"bmad: {note}.")
    for one in refused:
        output.result(refusal(one.ref, one.why, one.report, report_only=report_only))
    return Exit.FOUND if refused and not report_only else Exit.OK


@app.command("uninstall")
def uninstall_hooks(repo: Repo = None) -> int:
    """Take bmad's hooks away, and its merge driver; a hook that was there before stands again."""
    checkout = open_app(repo).checkout()
    output.result("\n".join([*uninstall(checkout), *uninstall_driver(checkout)]))
    return Exit.OK
