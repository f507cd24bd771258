"""What is kept of stories until they land: the journal, and what steps leave behind before their events."""

from collections.abc import Mapping
from typing import Protocol

from bmad.model.journal import Entry


class Notes(Protocol):
    """Small durable texts by name: what a step left behind before its commit and its event were written."""

    def read(self, name: str) -> str | None: ...

    def write(self, name: str, text: str) -> None: ...


class Journal(Protocol):
    """The append-only table of events; a story's state is its replay."""

    def entries(self, story: str | None = None) -> list[Entry]:
        """The events of one story, or of all, in the order in which they were written."""
        ...

    def beyond(self, known: Mapping[str, int]) -> list[Entry]:
        """The events after the number that is known of each story (0 of any other), story by story.

        It is asked often: where there are none it takes no time.
        """
        ...

    def append(self, entry: Entry) -> None:
        """Write one event durably.

        Raises: StaleError where the story has an event of that number already: someone else went on with it;
        FencedError where it is written under a hold on the story that is another's since.
        """
        ...

    def close(self) -> None: ...
