"""The table of commands: where each is, its line of help, and what it reads, writes, runs, reports and exits with.

What a command's own code does not show is declared here, and nowhere else; `tests/test_capabilities.py` holds it
true. `bmad --help` and `bmad capabilities` are made from it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bmad.errors import Exit

SPEC, HISTORY, TREE, JOURNAL, MACHINE = "specification", "history", "work tree", "journal", "machine"
"""What is read: documents, settings and lock; commits; any file; what `bmad act` keeps; what is installed."""

DOCUMENTS, REPOSITORY, CONFIGURATION, CACHE, OUTSIDE = (
    "documents",
    "repository",
    "git configuration",
    "cache",
    "outside",
)
"""What is written: documents of the work tree; branches and commits; hooks and settings of git; what can be made
anew, in the cache folder of the user; a file or folder that is named, or of the user."""

AGENTS, CHECKS = "agents", "commands of the project"
"""What is run: coding agents and models, which may cost money; what `bmad.yaml` or the command line names."""

FOUND, WAITING = Exit.FOUND, Exit.WAITING
ALWAYS = (Exit.OK, Exit.USAGE, Exit.ENVIRONMENT, Exit.INTERRUPTED)
"""Exit codes of every command; the others are declared."""

_ACT = (SPEC, HISTORY, TREE, JOURNAL, MACHINE)


class Entry(NamedTuple):
    """A command: the module below `bmad.cli` that holds it, its line of help, and what it does to the world."""

    module: str
    help: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    """Names of the schemas of what it prints with `--json`."""
    lines: tuple[str, ...] = ()
    """Those that it prints a line each, as JSON Lines."""
    exits: tuple[Exit, ...] = ()
    """The exit codes that not every command has."""
    read_by_people: bool = False
    """Whether its text is paged and coloured at a terminal."""
    data: bool = False
    """Whether what it prints is for other programs, and never broken to the terminal's width."""


GROUPS: dict[str, dict[str, Entry]] = {
    "Set up": {
        "init": Entry(
            "init", "Set up bmad.yaml, hooks and CI in this folder.",
            (SPEC, TREE, MACHINE), (DOCUMENTS, REPOSITORY, CONFIGURATION), reports=("init",),
        ),
        "adopt": Entry(
            "adopt", "Have everything traced from the present commit on, in a repository with a history.",
            (SPEC, TREE, MACHINE), (DOCUMENTS, REPOSITORY, CONFIGURATION), reports=("adopt",),
        ),
        "hooks": Entry(
            "hooks", "Install the git hooks that write and check trailers, or remove them.",
            (SPEC,), (CONFIGURATION,),
        ),
        "agents": Entry(
            "agents", "List the coding agents that are installed, and who does what; tell agents of bmad.",
            (SPEC, MACHINE, TREE), (DOCUMENTS,), reports=("agents", "agent-files"), read_by_people=True,
        ),
        "doctor": Entry(
            "doctor", "See whether this machine and its agents can work, with one small call each.",
            (SPEC, MACHINE, TREE), (OUTSIDE,), (AGENTS,), ("doctor",), exits=(FOUND,),
        ),
        "demo": Entry(
            "demo", "See the whole way on a throw-away repository.",
            writes=(OUTSIDE,), runs=(CHECKS,), exits=(FOUND, WAITING),
        ),
    },
    "Say what is wanted": {
        "brainstorm": Entry(
            "brainstorm", "Be asked what is wanted, and have it written down as an intent.",
            (SPEC, TREE), (DOCUMENTS,), (AGENTS,),
        ),
        "map": Entry(
            "map", "Turn an intent into requirements, epics and stories, or update them.",
            (SPEC,), (DOCUMENTS, CACHE), (AGENTS,), ("map", "maps"),
        ),
        "import": Entry(
            "import_project", "Take over what another method or tracker holds.",
            (SPEC, TREE), (DOCUMENTS,), reports=("import",),
        ),
        "export": Entry(
            "export_project", "Give the specification to other tools: BMAD method, ReqIF, CSV.",
            (SPEC, HISTORY, JOURNAL), (OUTSIDE,), reports=("export",),
        ),
        "new": Entry(
            "new", "Add a story, requirement or epic.",
            (SPEC, HISTORY, JOURNAL), (DOCUMENTS,), reports=("new",),
        ),
        "territory": Entry(
            "territory", "Propose the paths that open stories may touch, each with what it follows from.",
            (SPEC, HISTORY, TREE), (DOCUMENTS,), reports=("territory",), read_by_people=True,
        ),
        "validate": Entry(
            "validate", "Check the specification: every finding, with its place and a fix.",
            (SPEC, TREE), reports=("validate",), exits=(FOUND,), read_by_people=True,
        ),
        "fmt": Entry(
            "fmt", "Write documents and lock in their canonical form.",
            (SPEC,), (DOCUMENTS,), reports=("fmt",), exits=(FOUND,),
        ),
        "renumber": Entry(
            "renumber", "Give each thing an id of its own where two branches gave them the same.",
            (SPEC, HISTORY), (DOCUMENTS,), reports=("renumber",), exits=(FOUND,),
        ),
        "confirm": Entry(
            "confirm", "Settle suspect links: what changed above still holds.",
            (SPEC,), (DOCUMENTS,), reports=("confirm",),
        ),
        "reopen": Entry(
            "reopen", "Take up a landed story again, and say why.",
            (SPEC, HISTORY), (DOCUMENTS,), reports=("reopen",),
        ),
    },
    "See how it stands": {
        "status": Entry(
            "status", "Show the board: epics, stories, coverage, what is next.",
            (SPEC, HISTORY, JOURNAL), reports=("status",), lines=("progress",), read_by_people=True,
        ),
        "show": Entry(
            "show", "Show one node, what is above it and what is below.",
            (SPEC, HISTORY, JOURNAL), reports=("show", "intent", "prompt", "finding"), read_by_people=True,
        ),
        "graph": Entry(
            "graph", "Write out the graph of the specification.",
            (SPEC, HISTORY), reports=("graph",), data=True,
        ),
        "impact": Entry(
            "impact", "Show what hangs below a change, down to commits and lines.",
            (SPEC, HISTORY), reports=("impact",), read_by_people=True,
        ),
        "log": Entry(
            "log", "Show how the work on a story went.",
            (SPEC, HISTORY, JOURNAL), (OUTSIDE,), reports=("log",), lines=("act-event",), read_by_people=True,
        ),
        "retro": Entry(
            "retro", "Look back: rounds, findings, who was right, cost, where time went.",
            (SPEC, HISTORY, JOURNAL), reports=("retro",), read_by_people=True,
        ),
        "knowledge": Entry(
            "knowledge", "List the lessons of earlier stories, and which are stale or said twice.",
            (TREE, HISTORY), (DOCUMENTS,), reports=("knowledge",), exits=(FOUND,), read_by_people=True,
        ),
    },
    "Do the work": {
        "start": Entry(
            "start", "Begin a story: its branch, with trailers filled in.",
            (SPEC, HISTORY), (REPOSITORY, CONFIGURATION), reports=("start",),
        ),
        "submit": Entry(
            "submit", "Have your own work verified, reviewed, recorded and landed.",
            _ACT, (REPOSITORY, JOURNAL, TREE, OUTSIDE), (AGENTS, CHECKS), lines=("act-event", "act"),
            exits=(WAITING,),
        ),
        "act": Entry(
            "act", "Have agents carry the backlog to landed commits, or go on with it.",
            _ACT, (REPOSITORY, JOURNAL, TREE, OUTSIDE), (AGENTS, CHECKS), lines=("act-event", "act"),
            exits=(WAITING,),
        ),
        "worker": Entry(
            "worker", "Carry stories beside other machines that work on the same server.",
            _ACT, (REPOSITORY, JOURNAL, OUTSIDE), (AGENTS, CHECKS),
        ),
        "review": Entry(
            "review", "Have an agent review any change.",
            _ACT, (REPOSITORY, JOURNAL, OUTSIDE), (AGENTS, CHECKS), ("review", "settled", "act"),
            exits=(FOUND, WAITING),
        ),
        "scan": Entry(
            "scan", "Have two agents look through all code, and estimate what they missed.",
            _ACT, (JOURNAL, OUTSIDE), (AGENTS,), ("scan",), exits=(FOUND, WAITING),
        ),
    },
    "Decide": {
        "inbox": Entry(
            "inbox", "List all that waits for a person.",
            (SPEC, HISTORY, JOURNAL), reports=("inbox",), read_by_people=True,
        ),
        "accept": Entry(
            "accept", "Accept plans and reviewed work; without a story, the desk of what waits.",
            (SPEC, HISTORY, JOURNAL), (REPOSITORY, JOURNAL, TREE), reports=("settled", "desk"), exits=(WAITING,),
        ),
        "reject": Entry(
            "reject", "Send a plan or reviewed work back, with the reason.",
            (SPEC, HISTORY, JOURNAL), (JOURNAL,), reports=("settled",),
        ),
        "try": Entry(
            "try_story", "Run the work on a story in a worktree of its own.",
            (SPEC, HISTORY, JOURNAL), (REPOSITORY, JOURNAL, OUTSIDE), (CHECKS,), ("try",), exits=(FOUND,),
        ),
        "serve": Entry(
            "serve", "Show the desk and the board as a page, on this machine alone.",
            (SPEC, HISTORY, JOURNAL),
        ),
        "triage": Entry(
            "triage", "Say where you stand on a review of your work.",
            (SPEC, HISTORY, JOURNAL), (JOURNAL,), reports=("settled",),
        ),
        "arbitrate": Entry(
            "arbitrate", "Rule on a dispute between developer and reviewer.",
            (SPEC, HISTORY, JOURNAL), (JOURNAL,), reports=("settled",),
        ),
        "dismiss": Entry(
            "dismiss", "Call what a scan found a false alarm, and say why.",
            (SPEC, HISTORY, JOURNAL), (JOURNAL,), reports=("dismissed",),
        ),
        "cancel": Entry(
            "cancel", "Stop a story; its work stays.", (SPEC, HISTORY, JOURNAL), (JOURNAL,), reports=("settled",),
        ),
    },
    "Ask why, and hold it": {
        "trace": Entry(
            "trace", "Follow a commit, a line or an id to the intent's own words.",
            (SPEC, HISTORY, TREE), (CACHE,), reports=("trace",), read_by_people=True,
        ),
        "blame": Entry(
            "blame", "Tell the commit, story, requirement and statement of each line of a file.",
            (SPEC, HISTORY, TREE), (CACHE,), reports=("blame",), read_by_people=True,
        ),
        "backfill": Entry(
            "backfill", "Propose stories for the history before the adoption; nothing is traced by them.",
            (SPEC, HISTORY), (CACHE,), reports=("backfill",),
        ),
        "coverage": Entry(
            "coverage", "Tell which share of lines and commits reaches the intent, and the gaps.",
            (SPEC, HISTORY), (CACHE,), reports=("coverage",), exits=(FOUND,), read_by_people=True,
        ),
        "report": Entry(
            "report", "Say what a change is for, for those who review it.",
            (SPEC, HISTORY), (CACHE,), reports=("report", "story-report"), data=True,
        ),
        "verify": Entry(
            "verify", "Join what tests really ran with the criteria that they name.",
            (SPEC, TREE), reports=("verify",), exits=(FOUND,),
        ),
        "gate": Entry(
            "gate", "Refuse commits that are not traced, out of scope or not reviewed.",
            (SPEC, HISTORY), reports=("gate", "explain"), exits=(FOUND,), read_by_people=True,
        ),
        "ci": Entry(
            "ci", "The gate as a code host's CI asks it: base and head come from the event.",
            (SPEC, HISTORY), (OUTSIDE,), reports=("gate",), exits=(FOUND,), data=True,
        ),
        "attest": Entry(
            "attest", "Say what the gate found in a signed statement that other tools verify.",
            (SPEC, HISTORY), exits=(FOUND,), data=True,
        ),
    },
    "For other programs": {
        "completion": Entry(
            "completion", "Print what completes commands, ids and files in bash, zsh or fish.", data=True,
        ),
        "capabilities": Entry(
            "capabilities", "Tell what each command does, takes, reads, writes and exits with.",
            reports=("capabilities",), data=True,
        ),
        "mcp": Entry(
            "mcp", "Answer agents over the Model Context Protocol, reading alone.", (SPEC, HISTORY, TREE, JOURNAL),
            data=True,
        ),
        "schema": Entry("schema", "Print the JSON Schema of a document or report.", data=True),
        "merge-driver": Entry(
            "merge_driver", "Merge one document of two branches, for git to call.",
            (OUTSIDE,), (OUTSIDE,), exits=(FOUND,), data=True,
        ),
    },
}  # fmt: skip
"""By what a person is about; the order is that of `bmad --help`."""

COMMANDS = {name: entry for group in GROUPS.values() for name, entry in group.items()}


def named(arguments: Sequence[str]) -> str:
    """The word of a command line that names its command; without any it is the board."""
    return next((one for one in arguments if not one.startswith("-")), "status")
