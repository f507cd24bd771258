"""The `bmad` group: a table of commands, each loaded only when it is called."""

from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup

from bmad import __version__
from bmad.cli import output
from bmad.cli.options import PlainCommand, spared
from bmad.model.unplugged import unplug

unplug()  # before typer reads the first option with pydantic


class Entry(NamedTuple):
    """A command: the module below `bmad.cli` that holds it, and its line of help."""

    module: str
    help: str


COMMANDS = {
    "init": Entry("init", "Set up bmad.yaml, hooks and CI in this folder."),
    "brainstorm": Entry("brainstorm", "Be asked what is wanted, and have it written down as an intent."),
    "map": Entry("map", "Turn an intent into requirements, epics and stories, or update them."),
    "validate": Entry("validate", "Check the specification: every finding, with its place and a fix."),
    "fmt": Entry("fmt", "Write documents and lock in their canonical form."),
    "renumber": Entry("renumber", "Give each thing an id of its own where two branches gave them the same."),
    "new": Entry("new", "Add a story, requirement or epic."),
    "status": Entry("status", "Show the board: epics, stories, coverage, what is next."),
    "show": Entry("show", "Show one node, what is above it and what is below."),
    "graph": Entry("graph", "Write out the graph of the specification."),
    "impact": Entry("impact", "Show what hangs below a change, down to commits and lines."),
    "confirm": Entry("confirm", "Settle suspect links: what changed above still holds."),
    "start": Entry("start", "Begin a story: its branch, with trailers filled in."),
    "act": Entry("act", "Have agents carry the backlog to landed commits, or go on with it."),
    "worker": Entry("worker", "Carry stories beside other machines that work on the same server."),
    "submit": Entry("submit", "Have your own work verified, reviewed, recorded and landed."),
    "review": Entry("review", "Have an agent review any change."),
    "scan": Entry("scan", "Have two agents look through all code, and estimate what they missed."),
    "dismiss": Entry("dismiss", "Call what a scan found a false alarm, and say why."),
    "triage": Entry("triage", "Say where you stand on a review of your work."),
    "inbox": Entry("inbox", "List all that waits for a person."),
    "accept": Entry("accept", "Accept plans and reviewed work; without a story, the desk of what waits."),
    "try": Entry("try_story", "Run the work on a story in a worktree of its own."),
    "serve": Entry("serve", "Show the desk and the board as a page, on this machine alone."),
    "reject": Entry("reject", "Send a plan or reviewed work back, with the reason."),
    "arbitrate": Entry("arbitrate", "Rule on a dispute between developer and reviewer."),
    "cancel": Entry("cancel", "Stop a story; its work stays."),
    "log": Entry("log", "Show how the work on a story went."),
    "retro": Entry("retro", "Look back: rounds, findings, who was right, cost, where time went."),
    "knowledge": Entry("knowledge", "List the lessons of earlier stories, and which are stale or said twice."),
    "reopen": Entry("reopen", "Take up a landed story again, and say why."),
    "hooks": Entry("hooks", "Install the git hooks that write and check trailers, or remove them."),
    "merge-driver": Entry("merge_driver", "Merge one document of two branches, for git to call."),
    "trace": Entry("trace", "Follow a commit, a line or an id to the intent's own words."),
    "blame": Entry("blame", "Tell the commit, story, requirement and statement of each line of a file."),
    "coverage": Entry("coverage", "Tell which share of lines and commits reaches the intent, and the gaps."),
    "report": Entry("report", "Say what a change is for, for those who review it."),
    "verify": Entry("verify", "Join what tests really ran with the criteria that they name."),
    "gate": Entry("gate", "Refuse commits that are not traced, out of scope or not reviewed."),
    "attest": Entry("attest", "Say what the gate found in a signed statement that other tools verify."),
    "schema": Entry("schema", "Print the JSON Schema of a document or report."),
    "doctor": Entry("doctor", "See whether this machine and its agents can work, with one small call each."),
    "agents": Entry("agents", "List the coding agents that are installed, and who does what."),
    "demo": Entry("demo", "See the whole way on a throw-away repository."),
}


class LazyGroup(TyperGroup):
    """Knows its commands by name; imports a command's module only to run it or to show its help."""

    def get_params(self, ctx: Any) -> list[Any]:
        return spared(super().get_params(ctx))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's signature
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = import_module(f"bmad.cli.{entry.module}")
        app = getattr(module, "app", None)
        if app is None:
            app = typer.Typer(add_completion=False, rich_markup_mode=None)
            app.command(cmd_name, cls=PlainCommand, help=f"{entry.help}\n\n{module.__doc__ or ''}")(module.run)
        command = typer.main.get_command(app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - typer's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bmad {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="bmad",
    cls=LazyGroup,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Intent to spec to code, with a trace that is checked: every line keeps its reason.",
    epilog="Exit codes: 0 done; 1 the check found something; 2 wrong usage or input; 3 the environment cannot "
    "answer; 4 waiting for a person; 130 interrupted.",
)


@app.callback()
def main_options(
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print results only.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print each finding of a map, and what the command took.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    output.configure(quiet=quiet, verbose=verbose, debug=debug)
