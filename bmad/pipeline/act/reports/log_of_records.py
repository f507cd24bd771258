"""A story's log where no journal tells of it: what its records hold, on the branch that stories land on."""

from contextlib import suppress

from bmad.core.prefixes import begun, find
from bmad.errors import BmadError
from bmad.model.act import State
from bmad.model.act_reports import Landed, LogReport
from bmad.model.ids import Kind
from bmad.model.record import Record
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.ports.acting import Desk


def recorded(desk: Desk, name: str) -> LogReport | None:
    """The log of a story by its id or an unambiguous prefix; None where no record of it stands."""
    with suppress(BmadError), desk.history.read() as objects:
        tip = desk.repository.tip(desk.repository.target(None))
        basis = Grounds(objects, desk.formats).at(tip) if tip is not None else None
        return None if basis is None else _of(basis, name)
    return None


def _of(basis: Basis, name: str) -> LogReport | None:
    landed = sorted({one.story for one in basis.records})
    stories = begun(landed, name) or [find(basis.state.graph, name, Kind.STORY, basis.commit)]
    if len(stories) != 1 or stories[0] not in landed:
        return None
    [story] = stories
    last = max((one for one in basis.records if one.story == story), key=lambda one: one.landing)
    item = basis.story(story)
    return LogReport(
        story=story,
        title=item.title if item is not None else "",
        state=State.DONE if basis.closed(story) else State.BACKLOG,
        events=(),
        log=last.log,
        landed=_landed(basis, last),
    )


def _landed(basis: Basis, last: Record) -> Landed:
    return Landed(
        record=basis.layout.record_path(last.story, last.landing),
        landing=last.landing,
        work=last.work,
        findings=last.findings,
        evidence=last.evidence,
        accepted=last.accepted,
        signature=bool(last.signature),
    )
