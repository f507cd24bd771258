"""What is read of story branches: the commits of steps."""

import re

from bmad.git.work.calls import Calls, tell
from bmad.model.worktrees import StepCommit

_TRAILER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*):[ \t]*(.*)")


def steps(calls: Calls, tip: str, base: str) -> list[StepCommit]:
    """The commits that tip reaches and base does not, oldest first."""
    if tip == base:
        return []
    form = "--format=%H%x00%P%x00%T%x00%B%x00"
    order = ["rev-list", "--topo-order", "--reverse", "--no-commit-header", "--encoding=UTF-8", form]
    told = tell(calls.bare, [*order, tip, f"^{base}", "--"]).decode("utf-8", "replace")
    fields = told.split("\0")[:-1]
    return [_step(*fields[at : at + 4]) for at in range(0, len(fields), 4)]


def _step(name: str, parents: str, tree: str, message: str) -> StepCommit:
    found = _trailers(message)
    parent = parents.partition(" ")[0]
    return StepCommit(name.lstrip("\n"), parent, tree, found.get("step", ""), found.get("story", ""))


def _trailers(message: str) -> dict[str, str]:
    """The trailers of the last paragraph, which is not the first and holds nothing else.

    Keys in lower case; one that stands there twice says nothing.
    """
    paragraphs = [part for part in re.split(r"\n[ \t\r]*\n", message.strip("\n")) if part.strip()]
    found: dict[str, str] = {}
    twice: set[str] = set()
    for line in paragraphs[-1].split("\n") if len(paragraphs) > 1 else ():
        match = _TRAILER.fullmatch(line.rstrip("\r"))
        if match is None and (line[:1] not in (" ", "\t") or not found):
            return {}
        if match is not None:
            key = match[1].lower()
            twice |= {key} & found.keys()
            found[key] = match[2].strip()
    return {key: value for key, value in found.items() if key not in twice}
