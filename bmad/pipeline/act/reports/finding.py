"""`bmad show FINDING`: where it stood, how it was settled and by whom, by journal, records and scans."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.core.gate.state import State
from bmad.core.prefixes import one_of
from bmad.core.records.followups import mends
from bmad.errors import BmadError
from bmad.model.explained_finding import FindingReport, FindingStand
from bmad.model.followup import FollowUp
from bmad.model.quoting import shown
from bmad.model.record import Record, RecordedClaim, RecordedFinding
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.scan.dismiss import dismissals
from bmad.pipeline.scan.findings import found as of_scans
from bmad.ports.acting import Desk

_UNKNOWN = (
    "`{}` is no finding that the journal or a scan here, or a record where stories land, tells of. "
    "See: bmad log STORY"
)


class _Landed(NamedTuple):
    state: State
    records: tuple[Record, ...]
    paths: dict[tuple[str, int], str]


def show_finding(desk: Desk, name: str, target: str | None) -> FindingReport:
    """A finding by its id or an unambiguous prefix. Raises: UsageError where nothing tells of it."""
    known, scanned = runs(desk.journal.entries()), of_scans(desk.notes)
    landed = _landed(desk, target)
    every = [one for run in known.values() for one in run.findings]
    every += [one.id for record in landed.records for one in _told(record)] if landed else []
    found = one_of([*every, *scanned], name, _UNKNOWN.format(shown(name)))
    stands = [_of_run(run, found, landed) for run in known.values() if found in run.findings]
    told = {(one.story, one.landing) for one in stands}
    if landed is not None:
        stands += [one for one in _of_records(landed, found) if (one.story, one.landing) not in told]
    told_off = dismissals(desk.notes).get(found)
    return FindingReport(
        id=found,
        stands=tuple(stands),
        scanned=_scanned(scanned, found, landed),
        dismissed=told_off.why if told_off is not None else "",
    )


def _scanned(scanned: Mapping[str, FollowUp], name: str, landed: _Landed | None) -> FollowUp | None:
    one, state = scanned.get(name), landed.state if landed is not None else None
    if one is None or state is None:
        return one
    stories = filter(None, map(state.story, sorted(state.stories)))
    return one.model_copy(update={"mended_by": next((each.id for each in stories if name in mends(each)), "")})


def _landed(desk: Desk, target: str | None) -> _Landed | None:
    """What stands where stories land; None where that cannot be read: then the journal alone is asked."""
    with suppress(BmadError), desk.history.read() as objects:
        tip = desk.repository.tip(desk.repository.target(target))
        if tip is not None:
            basis = Grounds(objects, desk.formats).at(tip)
            paths = {
                (one.story, one.landing): basis.layout.record_path(one.story, one.landing) for one in basis.records
            }
            return _Landed(basis.state, basis.records, paths)
    return None


def _told(record: Record) -> Iterator[RecordedFinding | RecordedClaim]:
    yield from record.findings
    yield from record.claims


def _title(landed: _Landed | None, story: str) -> str:
    item = landed.state.story(story) if landed is not None else None
    return item.title if item is not None else ""


def _of_run(run: Run, name: str, landed: _Landed | None) -> FindingStand:
    one = run.findings[name]
    told = one.model_dump(include=set(FindingStand.model_fields))
    record = landed.paths.get((run.story, run.landing), "") if landed is not None else ""
    place = {"story": run.story, "title": _title(landed, run.story), "landing": run.landing, "record": record}
    return FindingStand.model_validate({**told, **place})


def _of_records(landed: _Landed, name: str) -> Iterator[FindingStand]:
    for record in landed.records:
        for one in _told(record):
            if one.id == name:
                told = one.model_dump(include=set(FindingStand.model_fields))
                story, landing = record.story, record.landing
                path = landed.paths[story, landing]
                place = {"story": story, "title": _title(landed, story), "landing": landing, "record": path}
                yield FindingStand.model_validate({**told, **place})
