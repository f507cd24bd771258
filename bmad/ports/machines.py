"""What the loop asks for where several machines work on one journal: who holds a story, the queue, the remote."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import NamedTuple, Protocol

from bmad.model.machines import Fleet, Held, Taken
from bmad.ports.journal import Notes


class Machines(Protocol):
    """Who may go on with a story, and what there is to do. A call is one transaction, by the server's clock."""

    @property
    def holder(self) -> str:
        """What others are told of who this is."""
        ...

    def take(self, story: str) -> Taken | None:
        """Hold a story; its events are written under the epoch then. None where another holds it."""
        ...

    def kept(self, story: str, lost: Callable[[], None]) -> AbstractContextManager[None]:
        """Keep a story held that was taken, for as long as this lasts; `lost` is called once it is another's."""
        ...

    def give(self, story: str, rests: str = "", again: datetime | None = None, *, keep: bool = False) -> None:
        """Hold a story no more, and have it seen what can be worked on now.

        `rests` is why nothing can be done for it now, and `again` when that is worth another look. Its territory
        stays its own where `keep` says so.
        """
        ...

    def claim(
        self, story: str, territory: Sequence[str], fits: Callable[[Sequence[Held]], bool], *, lands: bool
    ) -> bool:
        """Make a territory the story's own, and whether it lands known, where that `fits` beside the others.

        Those are the ones that are held, or have a territory of their own.
        """
        ...

    def another_lands(self, story: str) -> bool:
        """Whether a story other than this one is held, and about to land."""
        ...

    def held(self) -> list[Held]:
        """What is noted of stories."""
        ...

    def ask(self, stories: Iterable[str], *, named: bool, research: bool) -> None:
        """Have stories carried, also those that rest, and have it seen what can be worked on."""
        ...

    def asked(self) -> dict[str, tuple[bool, bool]]:
        """The stories that are to be carried -> whether they were named, and whether research comes first."""
        ...

    def over(self, stories: Collection[str]) -> None:
        """Have stories carried no more."""
        ...

    def put(self, stories: Sequence[tuple[str, int]]) -> None:
        """Queue stories, each with how much it comes before others; one that is queued stays once."""
        ...

    def queued(self) -> set[str]:
        """The stories that wait for a worker, or have one."""
        ...

    def fleet(self) -> Fleet:
        """How the whole stands."""
        ...


class Common(Protocol):
    """The remote that machines have in common; this machine's branches are kept in step with it."""

    def refresh(self) -> None:
        """Bring all branches to where the remote has them. Raises: CannotAnswerError where it is out of reach."""
        ...

    def hold(self, story: str, holder: str, *, again: bool = False) -> None:
        """Hold a story on the remote, too: from now on it takes no push of whoever held it before.

        `again` is whether this machine held it last; then what it has not pushed yet stays.
        """
        ...

    def publish(self, story: str) -> None:
        """Have the remote know the story's branch as it is here.

        Raises: FencedError where another holds the story since.
        """
        ...

    def let_go(self, *, done: bool = False) -> None:
        """Hold it no more; `done` is whether it has come to its end."""
        ...


class Together(NamedTuple):
    """What is there where several machines work on one journal: who holds what, their remote, notes of steps."""

    machines: Machines
    common: Common
    notes: Notes
