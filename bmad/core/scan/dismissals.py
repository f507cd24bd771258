"""Which claims a person has called false alarms: of the same lines and lenses, and no graver ones."""

from collections.abc import Mapping

from bmad.core.scan.defects import Defect
from bmad.model.scan import Dismissal


def reason(one: Defect, dismissals: Mapping[str, Dismissal]) -> str:
    """Why a person called it a false alarm; empty where nobody did, or where it claims more than they had judged.

    A defect's id is one of its lines' words, so that nobody has dismissed lines that were changed since.
    """
    told = dismissals.get(one.id)
    if told is None or one.finding.severity.value < told.severity.value:
        return ""
    judged = f", {told.lens}, "
    return told.why if all(f", {lens}, " in judged for lens in one.lenses) else ""
