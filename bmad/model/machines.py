"""What several machines know of each other: who holds which story, and what the queue holds."""

from datetime import datetime
from typing import NamedTuple


class Taken(NamedTuple):
    """A story that is held from now on; `again` is whether this machine was the last to hold it, too."""

    epoch: int
    again: bool


class Held(NamedTuple):
    """What is noted of a story among machines.

    `live` is whether somebody holds it now, by the server's clock; `territory` are the globs that are its
    own from its preparation on, None before; `lands` is whether it is about to land.
    """

    story: str
    epoch: int
    holder: str
    live: bool
    territory: tuple[str, ...] | None
    lands: bool
    rests: str
    """Why nothing can be done for it now; empty where that is not known of."""
    again: datetime | None
    """When it is worth another look; None, where it rests, once a person has said something."""


class Fleet(NamedTuple):
    """How the whole stands: workers that were heard of lately, and stories by where they are in the queue."""

    workers: int
    waiting: int
    """Jobs that wait for a worker."""
    doing: int
    """Jobs that a worker has."""
    dispatching: bool
    """Whether it is about to be seen what can be worked on."""
