"""`specs/trace.lock`: what each link was confirmed against, and which ids were ever used."""

from dataclasses import field
from typing import NamedTuple

from bmad.model.values import value

LinkKey = tuple[str, str, str]
"""(source, kind, target): the lower end, the link's kind, the upper end."""


class NodeLock(NamedTuple):
    """A live node: its fingerprint when the lock was written.

    `derived` holds what a mapper wrote, by part: the ids of a list of references, a short hash of a text. So
    the next map can tell a part that a person has edited from one that nobody touched.
    """

    fingerprint: str
    derived: tuple[tuple[str, str], ...] = ()


class LinkLock(NamedTuple):
    """A link: its upper end's fingerprint when it was last confirmed, and by whom and why."""

    fingerprint: str
    by: str = ""
    why: str = ""


class Sorted(NamedTuple):
    """What a block is, as a mapper other than the outline said, with its reason."""

    kind: str
    by: str
    why: str


class Reopened(NamedTuple):
    """Who took up a landed story again, and why."""

    by: str
    why: str


@value(frozen=True, slots=True, kw_only=True)
class Lock:
    """The whole lock. After a union merge a link may have several lines; all of them are kept here."""

    nodes: dict[str, tuple[NodeLock, ...]] = field(default_factory=dict)
    links: dict[LinkKey, tuple[LinkLock, ...]] = field(default_factory=dict)
    retired: dict[str, str] = field(default_factory=dict)
    """Ids that are used no more, with the fingerprint they had."""
    reopened: dict[tuple[str, int], tuple[Reopened, ...]] = field(default_factory=dict)
    """Landings (story, number) after which the story was taken up again; such a line is never taken away."""
    blocks: dict[str, tuple[Sorted, ...]] = field(default_factory=dict)
    """What a model said of blocks of the intent, by a hash of what they say and where."""
