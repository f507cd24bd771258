"""One call of an agent that belongs to no story, in a folder that is gone afterwards, under a lock of its own."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from bmad.agents.private import private_folder
from bmad.agents.registry import AgentRoom, Hold
from bmad.errors import CannotAnswerError
from bmad.model.agents import AnswerKind, Outcome, Role, Task
from bmad.model.settings import AgentSettings


class Place(NamedTuple):
    """Where such a call is done: the room, the folder of homes and logs, and how its lock is taken."""

    room: AgentRoom
    folder: Path
    take: Callable[[str, str], Hold | None]
    """By its name, and what it says of who holds it."""


class Errand(NamedTuple):
    """What is asked of whom. `command` is the one of bmad that asks; its folder and lock are named after it."""

    command: str
    key: str
    name: str
    agent: AgentSettings
    role: Role
    kind: AnswerKind
    prompt: str
    writable: bool
    confine: bool


@contextmanager
def alone(place: Place, errand: Errand) -> Iterator[tuple[Path, Callable[[], Outcome]]]:
    """The folder to work in, and the call. Raises: CannotAnswerError."""
    hold = place.take(errand.command, f"bmad {errand.command}")
    if hold is None:
        raise CannotAnswerError(f"Another `bmad {errand.command}` is at work here. Wait for it to end.")
    try:
        with private_folder(errand.command, place.folder / errand.command) as folder:
            yield folder, lambda: place.room.run(_task(place, errand, folder), hold)
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotAnswerError(f"The agent `{errand.name}` cannot be asked: {error}.") from None
    finally:
        hold.release()


def _task(place: Place, errand: Errand, folder: Path) -> Task:
    return Task(
        key=errand.key,
        story=errand.command,
        role=errand.role,
        name=errand.name,
        agent=errand.agent,
        folder=folder,
        prompt=errand.prompt,
        kind=errand.kind,
        subject=sha256(errand.prompt.encode("utf-8", "surrogatepass")).hexdigest(),
        writable=errand.writable,
        log=place.folder / errand.command / f"{errand.key.replace('/', '-')}.log",
        confine=errand.confine,
        then=f"bmad {errand.command}",
    )
