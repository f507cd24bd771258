"""What the base's policy asks of a record: the lenses, the checks, who accepted, and in how many rounds.

Policy may have changed since honest work was reviewed; each sentence comes with the command that mends that.
"""

from collections.abc import Iterator
from typing import NamedTuple

from bmad.core.gate.shown import last_lenses
from bmad.core.gate.words import listed, printable
from bmad.model.record import CheckRun, Record
from bmad.model.settings import Settings


class Belied(NamedTuple):
    """What the policy belies, in words, and what mends it."""

    words: str
    fix: str


def belied(record: Record, settings: Settings, worked: int) -> Iterator[Belied]:
    """What the policy of the base says against a record; `worked` is the last round that changed files."""
    name = printable(record.story)
    again = (
        f"where it waits to land, bmad act {name} (bmad submit {name} for your own work) does what the policy of "
        f"the base asks for; where its branch was left for a code host, bmad reject {name} --why REASON first"
    )
    missing = [lens for lens in settings.act.lenses if lens not in last_lenses(record)]
    if missing:
        yield Belied(
            f"bmad.yaml of the base asks for a review through {listed(missing)}, and there is none", again
        )
    last = {one.name: one for one in sorted(record.checks, key=lambda one: one.round)}
    for check in settings.verify:
        fault = _fault(last.get(check.name), worked)
        if fault:
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


def _fault(run: CheckRun | None, worked: int) -> str:
    """What is wrong with the last run of a check that was to pass; empty where nothing is."""
    if run is None:
        return "never ran"
    if run.round < worked:
        return f"did not run after the work of round {worked}"
    return "" if run.ok and run.exit == 0 else "did not end with 0"
