"""A call of an agent beside all stories: one at a time, and what keeps it from beginning is told by its name."""

from pathlib import Path
from typing import cast

import pytest

from bmad.agents.alone import Errand, Place, alone
from bmad.agents.registry import AgentRoom, Hold
from bmad.errors import CannotAnswerError
from bmad.model.agents import Outcome, Role, Task
from bmad.model.settings import AgentSettings

ERRAND = Errand(
    command="map",
    key="map/1",
    name="ada",
    agent=AgentSettings(use="claude"),
    role=Role.REVIEWER,
    kind="review",
    prompt="What is it?",
    writable=False,
    confine=True,
)


class Held:
    released = 0

    def release(self) -> None:
        self.released += 1


class Room:
    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def run(self, task: Task, _: Hold) -> Outcome:
        assert task.folder.is_dir()
        self.tasks.append(task)
        raise OSError("no program")


def place(folder: Path, room: Room, held: Held | None) -> Place:
    return Place(cast("AgentRoom", room), folder, lambda *_: cast("Hold | None", held))


def test_a_call_has_a_folder_of_its_own_and_gives_its_lock_back_whatever_happens(tmp_path: Path) -> None:
    held, room = Held(), Room()
    with (
        pytest.raises(CannotAnswerError, match="The agent `ada` cannot be asked: no program"),
        alone(place(tmp_path, room, held), ERRAND) as (_, call),
    ):
        call()
    [task] = room.tasks
    assert (held.released, task.folder.exists()) == (1, False)
    assert (task.story, task.then, task.log.name) == ("map", "bmad map", "map-1.log")


def test_a_second_call_is_told_who_is_at_work(tmp_path: Path) -> None:
    with (
        pytest.raises(CannotAnswerError, match="Another `bmad map` is at work here"),
        alone(place(tmp_path, Room(), None), ERRAND),
    ):
        pass
