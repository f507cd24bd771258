"""The accounts that agents work on, and which of them are paused; noted, so that the next runner knows it too."""

from collections.abc import Collection
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from bmad.core.act.accounts import Pause, may_wait, paused
from bmad.model.agents import Fault, Outcome
from bmad.ports.acting import Desk

_NOTE = "accounts.json"
_PAUSES = TypeAdapter(dict[str, Pause])


class Accounts:
    """What is known of the accounts of a repository's agents; nothing of it is a secret."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def pause(self, account: str) -> Pause | None:
        """The pause of an account; None where it may be asked now.

        One that was noted later than now is of a clock that went wrong: nobody knows when it ends.
        """
        one, now = self._known().get(account), self._now()
        return one if one is not None and one.noted <= now < one.until else None

    def hold(self, account: str, outcome: Outcome, fault: Fault) -> Pause:
        """Ask an account no more for a while, by what it said.

        Where another call has met the same while this one was made, that counts once.
        """
        known, before = self._known(), self.pause(account)
        if before is not None and (outcome.until is None or outcome.until <= before.until):
            return before
        one = paused(known.get(account), fault, outcome.words, outcome.until, self._now())
        self._write({**known, account: one})
        return one

    def back(self, patience: float, ends: Collection[datetime]) -> datetime | None:
        """The first of the ends of pauses that stories wait for, where it is worth waiting for."""
        now = self._now()
        return may_wait(
            (one for one in self._known().values() if one.until in ends and one.noted <= now), patience
        )

    def works(self, account: str) -> None:
        """An account has answered: what kept it from working is over, but for what began while it was asked."""
        known = self._known()
        if self.pause(account) is None and known.pop(account, None) is not None:
            self._write(known)

    def forget(self) -> None:
        """A person has it tried at once."""
        if self._known():
            self._write({})

    def _now(self) -> datetime:
        return self._desk.clock.now()

    def _known(self) -> dict[str, Pause]:
        """The pauses that are noted; what does not read is none."""
        text = self._desk.notes.read(_NOTE)
        try:
            return _PAUSES.validate_json(text) if text is not None else {}
        except ValidationError:
            return {}

    def _write(self, known: dict[str, Pause]) -> None:
        self._desk.notes.write(_NOTE, _PAUSES.dump_json(known).decode())
