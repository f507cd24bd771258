"""What is read of story branches: the commits of steps, and differences as text."""

import os
import re
from collections.abc import Iterator, Sequence

from bmad.git.patch import CUT, DIFF, MAX_DIFF
from bmad.git.work.calls import Calls, tell
from bmad.model.worktrees import StepCommit

_AT_ONCE = 1 << 16
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


def diff(calls: Calls, old: str, new: str, paths: Sequence[bytes] = ()) -> str:
    """The unified diff between two commits, all of it or below some paths, at most 4 MiB.

    Bytes that are no UTF-8 are kept as surrogates. The last one of a whole change is kept: several checks read it.
    """
    if paths:
        return _diff(calls, old, new, paths)
    if calls.diff[0] != (old, new):
        calls.diff = ((old, new), _diff(calls, old, new, ()))
    return calls.diff[1]


def _diff(calls: Calls, old: str, new: str, paths: Sequence[bytes]) -> str:
    kept = bytearray()
    for part in _parts(paths):
        stream = calls.bare.stream([*DIFF, old, new, "--", *part])
        for piece in stream:
            kept += piece
            if len(kept) > MAX_DIFF:
                stream.close()
                return kept[: kept.rfind(b"\n", 0, MAX_DIFF) + 1].decode("utf-8", "surrogateescape") + CUT
    return kept.decode("utf-8", "surrogateescape")


def _parts(paths: Sequence[bytes]) -> Iterator[list[str]]:
    """The paths in portions that fit on a command line; without paths one empty portion."""
    part: list[str] = []
    size = 0
    for path in paths:
        if size + len(path) > _AT_ONCE:
            yield part
            part, size = [], 0
        part.append(os.fsdecode(path))
        size += len(path) + 9
    if part or not paths:
        yield part
