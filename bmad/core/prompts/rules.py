"""bmad's words that several roles are told."""

from bmad.core.packs.pack import Pack

CHECKS, RAN = "checks", "ran"
"""The names of the pack's parts with the `verify` commands, and with how they ended on a change."""


def building(story: str, pack: Pack) -> str:
    """What may change, and what decides."""
    return "\n".join(line for line in (_BUILDING.format(story=story), deciding(pack), _WINS) if line)


_BUILDING = """\
Work in the folder that you are started in. You may change only paths in the story's territory; for lessons that
others should know there is also docs/knowledge/{story}.md (short, files in backticks, nothing that another lesson
says). Leave the specification, records, bmad.yaml, CI files and git itself alone: do not commit, bmad does it. Any
other change makes the whole work void. What running things leaves is none where git ignores it, as most caches
are; where git does not, take it away before you end."""

_WINS = "Where Dev Notes and acceptance criteria collide, the criteria win."

READ_FIRST = """\
Read each file that you change before you change it: see what it does now, what must stay, and who calls it."""


def deciding(pack: Pack) -> str:
    """That the checks decide, where there are any."""
    there = any(one.name == CHECKS for one in pack.sections)
    return _DECIDE if there else ""


_DECIDE = """\
The checks listed below decide; bmad runs them on a clean copy of what you leave. Run them yourself before you
end."""

LOOKING = """\
The folder that you are started in holds the change. Leave its files as they are. To run tests and experiments,
copy what you need to a temporary folder."""

LOOKING_ROUND = """\
The folder that you are started in holds all of the code, at the commit {commit}. Leave its files as they are. To
run tests and experiments, copy what you need to a temporary folder."""

EVIDENCE = """\
A test stands for its criterion where it fails without the work by what the code does, passes with it, and would
fail if a line were wrong: hold what comes back against a value. bmad itself looks, and changes lines to see it."""
"""What tests are held to where each criterion's evidence is asked for."""
