"""What the base's policy asks of a record: the lenses, the checks, who accepted, and in how many rounds.

Policy may have changed since honest work was reviewed; each sentence comes with the command that mends that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bmad.core.gate.reviews import last_work
from bmad.core.gate.shown import last_lenses
from bmad.core.gate.words import listed, printable
from bmad.model.settings import Settings

if TYPE_CHECKING:
    from bmad.model.record import Record


class Belied(NamedTuple):
    """What the policy belies, in words, and what mends it."""

    words: str
    fix: str


def belied(record: Record, settings: Settings, later: Callable[[], Sequence[Record]]) -> Iterator[Belied]:
    """What the policy of the base says against a record.

    A check that it lacks may have run for one of the `later` ones, which were built on what it brings: so does a
    check that policy asks for since.
    """
    name = printable(record.story)
    again = (
        f"where it waits to land, bmad act {name} (bmad submit {name} for your own work) does what the base's "
        f"policy asks for; where its branch was left for a code host, bmad reject {name} --why REASON first"
    )
    missing = [lens for lens in settings.act.lenses if lens not in last_lenses(record)]
    if missing:
        yield Belied(f"the base's bmad.yaml asks for a review through {listed(missing)}, and there is none", again)
    for check in settings.verify:
        fault = _fault(record, check.name)
        if fault and all(_fault(one, check.name) for one in later()):
            yield Belied(f"the check {printable(check.name)}, which bmad.yaml of the base names, {fault}", again)
    if settings.act.accept == "story" and record.accepted.how == "policy":
        words = "policy accepted it, and bmad.yaml of the base asks for a person (`act.accept: story`)"
        yield Belied(words, f"bmad act {name}, then bmad accept {name}")
    granted = settings.act.rounds + sum(one.rounds for one in record.granted)
    if record.rounds > granted:
        words = (
            f"it took {record.rounds} rounds, and bmad.yaml of the base (`act.rounds`) and people allow {granted}"
        )
        yield Belied(words, "let the base allow as many (`act.rounds`, a policy commit), or begin the story anew")


def unchecked(settings: Settings) -> Iterator[str]:
    """What the report says where the base names no command that a change has to pass."""
    if not settings.verify:
        yield (
            "bmad.yaml of the base names no `verify` command: no record has to say that a test ran, and a review "
            "rests on what was read. Name one in `verify:` by a policy commit"
        )


def _fault(record: Record, name: str) -> str:
    """What is wrong with the last run of a check that was to pass; empty where nothing is."""
    runs = sorted((one for one in record.checks if one.name == name), key=lambda one: one.round)
    if not runs:
        return "never ran"
    if runs[-1].round < (worked := last_work(record)):
        return f"did not run after the work of round {worked}"
    return "" if runs[-1].ok and runs[-1].exit == 0 else "did not end with 0"
