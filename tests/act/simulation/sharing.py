"""The ports of what machines share (`ports.journal`, `ports.machines`), over the server in memory.

A call whose connection is cut is made anew, as `store.postgres.server` does it: what it does may have been done.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from bmad.errors import CannotAnswerError
from bmad.model.journal import Entry
from bmad.model.machines import Fleet, Held, Taken
from bmad.ports.threads import Threads
from tests.act.simulation.clockwork import Clockwork
from tests.act.simulation.faults import CutError
from tests.act.simulation.server import SimServer

Answer = TypeVar("Answer")

_LOOK = 0.5
_LONGEST_LOOK = 5.0
_BEATS = 3


class Wire:
    """What one machine has of the server; `is_cut` says whether nothing comes through."""

    def __init__(self, server: SimServer, is_cut: Callable[[], bool] = lambda: False) -> None:
        self._server = server
        self._is_cut = is_cut

    def change(self, work: Callable[[SimServer], Answer]) -> Answer:
        return self.ask(work)

    def ask(self, question: Callable[[SimServer], Answer]) -> Answer:
        if self._is_cut() or self._server.away > self._server.now():
            raise CutError("The server cannot be reached.")
        return question(self._server)


class Link:
    """A connection that outlasts `patience` seconds without the server, unless `over` says so."""

    def __init__(
        self, wire: Wire, works: Clockwork, patience: float = 0.0, over: Callable[[], bool] = lambda: False
    ) -> None:
        self._wire, self._works = wire, works
        self._patience, self._over = patience, over

    def another(self) -> "Link":
        return Link(self._wire, self._works)

    def ask(self, question: Callable[[SimServer], Answer]) -> Answer:
        return self._patiently(lambda: self._wire.ask(question))

    def change(self, work: Callable[[SimServer], Answer]) -> Answer:
        return self._patiently(lambda: self._wire.change(work))

    def _patiently(self, made: Callable[[], Answer]) -> Answer:
        deadline, look = self._works.seconds + self._patience, _LOOK
        while True:
            try:
                return made()
            except CutError:
                if self._works.seconds + look > deadline or self._over():
                    raise
                self._works.wait(self._over, look)
                look = min(look * 2, _LONGEST_LOOK)


class SharedJournal:
    def __init__(self, link: Link, epochs: Mapping[str, int]) -> None:
        self._link, self._epochs = link, epochs
        self.wrote: Callable[[Entry, int | None], None] = lambda _entry, _epoch: None
        """Is told of each event that is written, and under which epoch."""

    def entries(self, story: str | None = None) -> list[Entry]:
        return self._link.ask(lambda server: [one for one in server.events if story in (None, one.story)])

    def beyond(self, known: Mapping[str, int]) -> list[Entry]:
        return self._link.ask(lambda server: server.beyond(known))

    def append(self, entry: Entry) -> None:
        json.dumps(entry.content, ensure_ascii=False).encode()
        epoch, tries = self._epochs.get(entry.story), 0

        def write(server: SimServer) -> None:
            nonlocal tries
            tries += 1
            if tries == 1 or not server.stands(entry, epoch):
                server.append(entry, epoch)
                self.wrote(entry, epoch)

        self._link.change(write)

    def close(self) -> None:
        """Nothing is open."""


class SharedNotes:
    def __init__(self, link: Link, epochs: Mapping[str, int]) -> None:
        self._link, self._epochs = link, epochs

    def read(self, name: str) -> str | None:
        return self._link.ask(lambda server: server.notes.get(name))

    def write(self, name: str, text: str) -> None:
        epoch = self._epochs.get(name.partition("/")[0])
        self._link.change(lambda server: server.write(name, text, epoch))


class SharedMachines:
    """`took` is told of each story that was taken."""

    def __init__(
        self,
        link: Link,
        holder: str,
        epochs: dict[str, int],
        seconds: float,
        threads: Threads,
    ) -> None:
        self._link, self._holder, self._epochs = link, holder, epochs
        self._seconds, self._threads = seconds, threads
        self.took: Callable[[str, Taken], None] = lambda _story, _taken: None
        self.renews = True

    @property
    def holder(self) -> str:
        return self._holder

    def take(self, story: str) -> Taken | None:
        def take(server: SimServer) -> Taken | None:
            taken = server.take(story, self._holder, self._seconds)
            if taken is not None:
                self.took(story, taken)
            return taken

        found = self._link.change(take)
        if found is not None:
            self._epochs[story] = found.epoch
        return found

    @contextmanager
    def kept(self, story: str, lost: Callable[[], None]) -> Iterator[None]:
        over, link, epoch, is_over = self._threads.bell(), self._link.another(), self._epochs[story], [False]

        def keep() -> None:
            while not over.wait(self._seconds / _BEATS):
                try:
                    stands = not self.renews or link.change(
                        lambda server: server.keep(story, epoch, self._seconds, self._holder)
                    )
                except CannotAnswerError:
                    continue
                if not stands and not is_over[0]:
                    lost()
                    return

        thread = self._threads.begin(keep, f"lease of {story}")
        try:
            yield
        finally:
            is_over[0] = True
            over.set()
            thread.join()

    def give(self, story: str, rests: str = "", again: datetime | None = None, *, keep: bool = False) -> None:
        epoch = self._epochs.get(story)
        self._link.change(lambda server: server.give(story, epoch, rests, again, keep=keep))
        self._epochs.pop(story, None)

    def claim(
        self, story: str, territory: Sequence[str], fits: Callable[[Sequence[Held]], bool], *, lands: bool
    ) -> bool:
        epoch = self._epochs.get(story)
        return self._link.change(lambda server: server.claim(story, epoch, territory, fits, lands=lands))

    def another_lands(self, story: str) -> bool:
        return self._link.ask(lambda server: server.another_lands(story))

    def held(self) -> list[Held]:
        return self._link.ask(lambda server: server.held())

    def ask(self, stories: Iterable[str], *, named: bool, research: bool) -> None:
        names = list(stories)
        self._link.change(lambda server: server.ask(names, named=named, research=research))

    def asked(self) -> dict[str, tuple[bool, bool]]:
        return self._link.ask(lambda server: dict(server.told))

    def over(self, stories: Collection[str]) -> None:
        self._link.change(lambda server: server.over(stories))

    def put(self, stories: Sequence[tuple[str, int]]) -> None:
        self._link.change(lambda server: server.put(stories))

    def queued(self) -> set[str]:
        return self._link.ask(lambda server: server.queued())

    def fleet(self) -> Fleet:
        return self._link.ask(lambda server: server.fleet(2 * self._seconds))
