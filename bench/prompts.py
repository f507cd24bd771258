"""What agents are given to read: bytes of each prompt of the demonstration's stories, beside the BMAD method's.

The method's create-story, dev-story and code-review are whole skill folders of that many bytes, read anew for each
story, before any file of the project. Here it is all that a role is given, its context pack with it.
"""

import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from unittest.mock import patch

from bmad.agents.registry import AgentRoom
from bmad.cli.demo import RULED, Stage, set_up
from bmad.errors import Exit
from bmad.model.agents import Outcome, Task
from bmad.ports.acting import Hold

METHOD = {"create": 44_433, "dev": 32_761, "review": 50_159}
"""Bytes of create-story, dev-story and code-review of the BMAD method."""

BAR = 4
"""A story's prompts take at most one of so many parts of the method's bytes."""


class _Read:
    """Notes the size of each prompt that is put to an agent."""

    def __init__(self) -> None:
        self.sizes: dict[tuple[str, str], list[int]] = {}
        """Story and step, without round and visit -> bytes."""
        self._run = AgentRoom.run

    def noting(self) -> Callable[[AgentRoom, Task, Hold], Outcome]:
        def run(room: AgentRoom, task: Task, hold: Hold) -> Outcome:
            step = task.key.split("/")[2].partition(".")[0]
            self.sizes.setdefault((task.story, step), []).append(len(task.prompt.encode()))
            return self._run(room, task, hold)

        return run


def measure() -> Mapping[tuple[str, str], Sequence[int]]:
    """Story and kind of step -> the bytes of each of its prompts, as the demonstration is carried out."""
    read = _Read()
    story, finding = RULED
    with tempfile.TemporaryDirectory(prefix="bmad-bench-") as folder:
        stage = Stage(Path(folder).resolve())
        set_up(stage)
        with patch.object(AgentRoom, "run", read.noting()):
            stage.bmad("act", code=Exit.WAITING)
            stage.bmad("arbitrate", story, finding, "--for", "reviewer", "--why", "it is right")
            stage.bmad("act")
    return read.sizes


def table(found: Mapping[tuple[str, str], Sequence[int]]) -> str:
    """The medians by step, and what a story takes from its creation through its first review, as Markdown."""
    steps = dict.fromkeys(step for _, step in found)
    lines = ["| prompts of one-file stories | median bytes | largest |", "| --- | --- | --- |"]
    for step in steps:
        sizes = [size for (_, each), several in found.items() if each == step for size in several]
        lines.append(f"| {step} | {statistics.median(sizes):,.0f} | {max(sizes):,} |")
    stories = {story for story, _ in found}
    once = [sum(found[story, step][0] for step in METHOD if (story, step) in found) for story in stories]
    most, bar = max(once), sum(METHOD.values()) // BAR
    over = "" if most <= bar else ", over"
    lines.append(
        f"| create, dev and review of a story | {statistics.median(once):,.0f} | {most:,} (bar {bar:,}{over}) |"
    )
    lines.append(f"| the BMAD method's create-story, dev-story, code-review | {sum(METHOD.values()):,} | |")
    return "\n".join(lines)
