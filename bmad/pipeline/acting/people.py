"""A person's part: accept, reject, rule, let go on, cancel."""

from collections.abc import Sequence
from typing import NamedTuple

from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.errors import UsageError, WaitingError
from bmad.model.act import (
    AcceptedBy,
    Cancelled,
    Content,
    Disposition,
    Event,
    Extended,
    Finding,
    Rejected,
    Ruled,
    State,
)
from bmad.model.act_reports import SettledReport
from bmad.pipeline.acting.case import short
from bmad.pipeline.acting.ending import accept_at_the_end
from bmad.pipeline.acting.noting import find_run, named, note
from bmad.pipeline.acting.telling import stands
from bmad.ports.acting import Desk

_ACCEPTING = (State.PLAN, State.ACCEPT)
_REJECTABLE = (*_ACCEPTING, State.LAND)
"""A story that waits to be landed may have been accepted too early."""


class Ruling(NamedTuple):
    """A person's word on a dispute: `side` is whose argument holds; `more` rounds are granted instead."""

    story: str
    finding: str | None = None
    side: str | None = None
    more: int = 0
    why: str = ""


def accept(desk: Desk, names: Sequence[str], *, everything: bool = False) -> SettledReport:
    """Accept plans and reviewed work; `everything` is all that waits for it.

    Raises: UsageError where a story waits for no acceptance; WaitingError where there is nothing to accept.
    """
    by = _person(desk)
    known = runs(desk.journal.entries())
    waiting = [run for run in known.values() if run.state in _ACCEPTING]
    chosen = waiting if everything or not names else [named(known, name) for name in names]
    if not names and not everything and len(waiting) > 1:
        raise UsageError(f"{len(waiting)} stories wait to be accepted; name one, or say --all. See: bmad inbox")
    if not chosen:
        raise WaitingError("Nothing waits to be accepted.")
    for run in chosen:
        if run.state not in _ACCEPTING:
            raise UsageError(f"{run.story} is in state `{run.state}` and waits for no acceptance. See: bmad inbox")
    onto = ""
    standing = [run for run in waiting if run.has_landed]
    if any(run.has_landed for run in chosen):
        if not everything and len(standing) > 1:
            raise UsageError("With `act.accept: end` all stories are accepted together: bmad accept --all")
        onto = accept_at_the_end(desk, standing[0].target, known.values())
    content = [AcceptedBy(by=by, onto=onto if run.has_landed else "") for run in chosen]
    then = [note(desk, run, Event.ACCEPTED, one) for run, one in zip(chosen, content, strict=True)]
    for run in then:
        if run.state is State.DONE:
            desk.repository.remove(run.story, f"{run.story}/done")
    words = f"all of it stands on {short(standing[0].target)}" if onto else "bmad act goes on with it"
    return SettledReport(stories=stands(desk, then), words=words)


def reject(desk: Desk, name: str, why: str) -> SettledReport:
    """Send a plan or reviewed work back; the reason becomes a P1.

    Raises: UsageError where the story waits neither for acceptance nor to be landed, or no reason is given.
    """
    run = find_run(desk, name)
    if run.state not in _REJECTABLE:
        raise UsageError(
            f"{run.story} is in state `{run.state}`; only what waits to be accepted or landed can be rejected."
        )
    return _settle(
        desk, run, Event.REJECTED, Rejected(by=_person(desk), why=_reason(why)), "bmad act goes on with it"
    )


def arbitrate(desk: Desk, ruling: Ruling) -> SettledReport:
    """Rule on one dispute, or let the story go on for some more rounds.

    Raises: UsageError where the story waits for no ruling, or the finding is in no dispute.
    """
    run = find_run(desk, ruling.story)
    if run.state is not State.ARBITRATE:
        raise UsageError(f"{run.story} is in state `{run.state}` and waits for no ruling. See: bmad inbox")
    by = _person(desk)
    if ruling.more:
        extended = Extended(by=by, why=ruling.why.strip(), rounds=ruling.more)
        return _settle(desk, run, Event.EXTENDED, extended, "bmad act goes on with it")
    disputes = [one for one in run.findings.values() if one.disposition is Disposition.UPHELD]
    if not disputes:
        raise UsageError(f"{run.story} has no open dispute; let it go on with --more ROUNDS, or cancel it.")
    finding = _dispute(run, disputes, ruling.finding)
    if ruling.side not in ("reviewer", "developer"):
        raise UsageError("Say whose argument holds: --for reviewer, or --for developer.")
    disposition = Disposition.CONFIRMED if ruling.side == "reviewer" else Disposition.FALSE_POSITIVE
    content = Ruled(finding=finding.id, disposition=disposition, by=by, why=_reason(ruling.why))
    words = "" if len(disputes) > 1 else "bmad act goes on with it"
    return _settle(desk, run, Event.RULED, content, words or f"{len(disputes) - 1} more to rule on")


def _dispute(run: Run, disputes: Sequence[Finding], name: str | None) -> Finding:
    if name is None and len(disputes) == 1:
        return disputes[0]
    found = [one for one in disputes if name is not None and one.id.startswith(name)]
    if len(found) != 1:
        listed = ", ".join(one.id for one in disputes)
        raise UsageError(f"Name one of the disputes of {run.story}: {listed}.")
    return found[0]


def cancel(desk: Desk, name: str, why: str) -> SettledReport:
    """Stop a story; its branch and all work stay, and `bmad act STORY` takes it up again."""
    run = find_run(desk, name)
    content = Cancelled(by=_person(desk), why=why.strip())
    return _settle(desk, run, Event.CANCELLED, content, f"bmad act {run.story} takes it up again")


def _settle(desk: Desk, run: Run, event: Event, content: Content, words: str) -> SettledReport:
    return SettledReport(stories=stands(desk, [note(desk, run, event, content)]), words=words)


def _person(desk: Desk) -> str:
    if not desk.person:
        raise UsageError("It is not known who decides: set git's user.email, or BMAD_ACTOR.")
    return desk.person


def _reason(why: str) -> str:
    if not why.strip():
        raise UsageError("Say why: --why REASON.")
    return why.strip()
