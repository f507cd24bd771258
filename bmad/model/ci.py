"""What CI was started for, and what it is told."""

from typing import Literal, NamedTuple


class Asked(NamedTuple):
    """A request, the queue before its landing, a push, or nothing that is judged (`why` says so).

    `base`, `head` and `before` are full ids as the event has them; `base` is empty where it is the tip of
    `target`, and `before` where nothing was there.
    """

    what: Literal["request", "queue", "push", "nothing"]
    target: str = ""
    """The branch that it works towards, or that was pushed."""
    default: str = ""
    """The default branch of the repository; empty where the event does not say."""
    base: str = ""
    head: str = ""
    before: str = ""
    fork: bool = False
    """Whether it comes from a fork, whose token may write no comment."""
    why: str = ""


class Host(NamedTuple):
    """Whose CI it is, and where it wants its summary."""

    name: Literal["github", "gitlab"]
    asked: Asked
    summary: str = ""
    """The file that the host shows beside a job; empty where it has none."""
