"""The acceptance desk: what waits for a person's word, riskiest first, out of journal, record and git.

What agents say of their work is shown as their word; nothing here is taken from it. Who accepts at the desk
accepts what they were shown: where anything of it is another now, nothing is noted and they are shown it again.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from bmad.core.act.diffs import read_lines
from bmad.core.act.replay import runs
from bmad.core.act.risk import in_order
from bmad.core.act.run import Run
from bmad.core.prefixes import one_of
from bmad.errors import StaleError
from bmad.model.act_reports import SettledReport
from bmad.model.desk import DeskItem, DeskReport
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.integration import refusing, waits_for_all
from bmad.pipeline.act.people.assessment import Reader
from bmad.pipeline.act.people.verdicts import ACCEPTING, accept, reject
from bmad.ports.acting import Desk


class _Waiting(NamedTuple):
    """What is shown, and the number of the last event of each story in it."""

    report: DeskReport
    events: Mapping[str, int]


def waiting(desk: Desk) -> DeskReport:
    """All that waits for acceptance, riskiest first (`core.act.risk`)."""
    return _waiting(desk).report


def diff(desk: Desk, item: DeskItem) -> list[str]:
    """The lines of the change, without the names of its blobs."""
    with desk.history.read() as objects:
        lines = read_lines(Grounds(objects, desk.formats).diff(item.base, item.head))
    return [one.text for one in lines if one.sign or not one.text.startswith("index ")]


class Words(NamedTuple):
    """What goes with an acceptance: the reason, what was seen of criteria, and the hashes of what was shown."""

    why: str = ""
    inspected: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()


def accept_as_shown(desk: Desk, names: Sequence[str], words: Words) -> SettledReport:
    """Accept stories, without names all that wait, where each is still what one of the hashes stands for.

    Raises: StaleError where one is not, with nothing noted; UsageError where a name is of none that waits.
    """
    now = {one.story: one for one in waiting(desk).items}
    none = "`{}` names nothing that waits to be accepted. See: bmad accept"
    chosen = [now[one_of(now, name, none.format(name))] for name in names] or list(now.values())
    moved = [one.story for one in chosen if one.seen not in words.seen]
    if moved:
        raise StaleError(_MOVED.format(", ".join(moved)))
    return accept_seen(desk, chosen, words.why, words.inspected)


_MOVED = "Not as you were shown it any more: {}. Nothing was noted; look again."


def accept_seen(
    desk: Desk, shown: Sequence[DeskItem], why: str = "", inspected: Sequence[str] = ()
) -> SettledReport:
    """Accept what a person was shown; `inspected` as for `people.accept`, with the whole id of each criterion.

    Raises: StaleError where any of it has changed since, with nothing noted; else as `people.accept`.
    """
    events = _unmoved(desk, shown)
    return accept(desk, [one.story for one in shown], inspected=inspected, why=why, events=events)


def reject_seen(desk: Desk, shown: DeskItem, why: str) -> SettledReport:
    """Reject what a person was shown. Raises: as above, and as `people.reject`."""
    events = _unmoved(desk, [shown])
    return reject(desk, shown.story, why, events=events)


def _unmoved(desk: Desk, shown: Sequence[DeskItem]) -> Mapping[str, int]:
    """The last events of what was shown. Raises: StaleError where some of it is another now."""
    now = _waiting(desk)
    known = {one.story: one.seen for one in now.report.items}
    moved = [one.story for one in shown if known.get(one.story) != one.seen]
    if moved:
        raise StaleError(_MOVED.format(", ".join(moved)))
    return now.events


def _waiting(desk: Desk) -> _Waiting:
    found = [run for run in runs(desk.journal.entries()).values() if run.state in ACCEPTING]
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        reader = Reader(desk, grounds)
        items = [reader.item(run) for run in found]
        if waits := refusing(desk, grounds, found):
            only = {"commands": waits.commands}
            items = [
                item.model_copy(update=only) if waits_for_all(run) else item
                for item, run in zip(items, found, strict=True)
            ]
    signed = [_signed(item, run) for item, run in zip(items, found, strict=True)]
    notes = (_NO_EVIDENCE,) if any(one.criteria for one in signed) and reader.looks_for_none else ()
    report = DeskReport(items=tuple(in_order(signed)), notes=notes, person=desk.person)
    return _Waiting(report, {run.story: run.seq for run in found})


_NO_EVIDENCE = (
    "Nobody looks here whether a criterion's test fails before the change and passes after it; with "
    "`evidence: {always: true}` in bmad.yaml bmad does."
)


def _signed(item: DeskItem, run: Run) -> DeskItem:
    told = sha256(f"{run.seq}\n{item.model_dump_json()}".encode("utf-8", "backslashreplace")).hexdigest()
    return item.model_copy(update={"seen": told[:16]})
