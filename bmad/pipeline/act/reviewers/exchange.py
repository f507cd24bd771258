"""What a reviewer insisted on in an exchange that another one's call kept from ending.

That dispute has had its one exchange: when the others are had again, nobody is asked about it any more.
"""

from collections.abc import Iterable
from dataclasses import replace

from pydantic import TypeAdapter

from bmad.core.act import settling
from bmad.model.act import Triaged
from bmad.model.review import Disposition, Settlement
from bmad.pipeline.act.step import Case

_SETTLEMENTS = TypeAdapter(tuple[Settlement, ...])


def upheld(case: Case) -> tuple[Settlement, ...]:
    """What was upheld of the findings that are RAISED, in an exchange after the same review."""
    text = case.desk.steps.read(_place(case))
    settled = _SETTLEMENTS.validate_json(text) if text is not None else ()
    open_ones = {name for name, one in case.run.findings.items() if one.disposition is Disposition.RAISED}
    return tuple(one for one in settled if one.finding in open_ones)


def uphold(case: Case, settled: Iterable[Settlement]) -> None:
    """Note what a reviewer has upheld, beside what others have."""
    if more := tuple(settled):
        every = (*upheld(case), *more)
        case.desk.steps.write(_place(case), _SETTLEMENTS.dump_json(every).decode())


def with_settled(case: Case, settled: tuple[Settlement, ...]) -> Case:
    """The case as it stands once these are settled."""
    findings = settling.triaged(case.run.findings, Triaged(settlements=settled))
    return replace(case, run=case.run._replace(findings=findings))


def _place(case: Case) -> str:
    """The note of an exchange: a later start, round or review has another one."""
    run = case.run
    return f"{run.story}/upheld-{run.begun}-{run.round}-{len(run.shown)}.json"
