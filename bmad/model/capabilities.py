"""What bmad can do, as other programs are told: each command with its words, effects, reports and exits."""

from bmad.model.plain import Plain, PlainReport


class Takes(Plain):
    """An argument or an option of a command.

    `takes` says what a value is: a story, an id, a finding, a file, a folder, a revision, a number, one of
    `choices`, text; a flag takes none. `default` is what counts without it, None where nothing does.
    """

    name: str
    """As it is spelt: `--rev`, or the name of an argument."""
    help: str
    takes: tuple[str, ...]
    short: str | None = None
    required: bool = False
    several: bool = False
    choices: tuple[str, ...] = ()
    default: str | None = None


class Capability(Plain):
    """A command, those below a group one by one (`new story`).

    `reads`, `writes` and `runs` name what it may, with every option; empty where it never does. `reports` are the
    schemas (`bmad schema NAME`) of what it prints with `--json`, `lines` of what it prints a line each.
    """

    name: str
    group: str
    does: str
    details: str
    arguments: tuple[Takes, ...]
    options: tuple[Takes, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    runs: tuple[str, ...]
    reports: tuple[str, ...]
    lines: tuple[str, ...]
    exits: tuple[int, ...]


class CapabilitiesReport(PlainReport):
    """All commands; `exits` tells what the codes mean, `errors` the schema of an error with `--json`."""

    NAME = "capabilities"

    version: str
    commands: tuple[Capability, ...]
    exits: dict[str, str]
    errors: str = "error"
