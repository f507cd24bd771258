"""What whoever pushes reads where it is refused: the ref, why, and how to mend it."""

from bmad.model.gate import GateReport
from bmad.render.gate import text
from bmad.render.words import visible


def refusal(ref: str, why: str, report: GateReport | None, *, report_only: bool = False) -> str:
    """For the other end of a push, which shows each line behind `remote:`."""
    head = f"bmad: {visible(ref)} {'would be' if report_only else 'is'} refused"
    return f"{head}: {visible(why)}." if report is None else f"{head}\n{text(report)}"
