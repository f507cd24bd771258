"""How an error is told: in words on stderr, and with `--json` as one document on stdout."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bmad.cli import output
from bmad.errors import ALIKE, Exit

if TYPE_CHECKING:
    from bmad.model.failure import ErrorReport

_DO = (
    "add|build|check|choose|clone|commit|correct|did you mean|end|fetch|free|give|go|install|leave|let|list|look|"
    "make|map|mend|merge|move|name|open|put|raise|read|record|remove|run|save|say|see|set|settle|"
    "start|switch|take|tell|to mend|try|update|use|wait|write"
)
_FIX = rf"(?:(?<=[.?]) |; |: )(?=(?i:{_DO})\b|`?(?:bmad|git) [a-z])"
"""Where the words of an error turn to what is to be done: an imperative, or a command."""


def fail(words: str, code: Exit, arguments: Sequence[str]) -> int:
    """Tell an error; the exit code."""
    output.error(words)
    if wants_json(arguments):
        output.failure(report(words, code))
    return int(code)


def report(words: str, code: Exit) -> "ErrorReport":
    """The error as a value: its words parted where they turn to what is to be done."""
    from bmad.model.failure import ErrorReport  # noqa: PLC0415 - where something is wrong

    turns = (one for one in re.finditer(_FIX, words) if words.count("`", 0, one.start()) % 2 == 0)  # none quoted
    turn = next(turns, None)
    if turn is None:
        return ErrorReport(message=words, exit=int(code))
    return ErrorReport(message=words[: turn.start()].rstrip(), exit=int(code), fix=words[turn.end() :])


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for JSON, as far as can be said of one that may be wrong."""
    words = list(arguments)
    words = words[: words.index("--")] if "--" in words else words
    formats = (f"{one}={two}" for one, two in pairwise(words))
    return "--json" in words or "--format=json" in words or "--format=json" in formats


def misused(error: Any) -> str:
    """What typer says of a command line that it cannot read, in bmad's words."""
    words = _plain(str(error.format_message()))
    context = getattr(error, "ctx", None)
    if context is None:
        return words
    below = getattr(context.command, "commands", {})
    if words == "Missing command." and below:
        words = f"Say which: {', '.join(f'{context.command_path} {name}' for name in below)}."
    possible = getattr(error, "possibilities", None)
    if possible:
        words = f"{error.message}. Did you mean {' or '.join(sorted(possible))}?"
    words += _meant(words)
    end = "" if words[-1] in ".?!" else "."
    return f"{words}{end} See: {context.command_path} --help"


_WORDS = {
    "Value error, ": "",
    "Input should be a valid integer, unable to parse string as an integer": "It takes a whole number",
    "Input should be a valid number, unable to parse string as a number": "It takes a number",
}
"""What the reader of values says, in words for people."""


def _plain(words: str) -> str:
    for one, other in _WORDS.items():
        words = words.replace(one, other)
    return " ".join(words.split())


_ELSEWHERE = dict.fromkeys(
    ("gitea", "forgejo"), "Gitea and Forgejo read workflows of GitHub's form: `--ci github`, not tried there."
)
"""What is said to who names another host."""


def _meant(words: str) -> str:
    """Which of the values that there are may be meant by one that is none."""
    from difflib import get_close_matches  # noqa: PLC0415 - where something is wrong

    match = re.search(r"'([^']+)' is not one of ('[^']+'(?:, '[^']+')*)\.?$", words)
    if match is None:
        return ""
    said, known = match[1].lower(), match[2].strip("'").split("', '")
    near = get_close_matches(said, known, n=1, cutoff=ALIKE)
    told = _ELSEWHERE.get(said, "") if "github" in known else ""
    told = told or (f"Did you mean {near[0]}?" if near else "")
    return f"{'' if words.endswith('.') else '.'} {told}" if told else ""
