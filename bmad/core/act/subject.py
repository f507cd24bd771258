"""What a recording is bound to: what is put before an agent, whatever the wording of its prompt."""

from collections.abc import Iterable, Sequence

from bmad.core.fingerprint import digest
from bmad.model.record import Departure
from bmad.model.review import Finding


def subject(
    spec: str,
    hunks: str,
    findings: Iterable[Finding] = (),
    failing: Iterable[str] = (),
    deviations: Iterable[Departure] = (),
) -> str:
    """What is put before an agent, whatever its prompt's wording: 64 hex digits that a recording is bound to.

    `spec` is the fingerprint of the story's chain, `hunks` that of the change, `failing` has the checks' names.
    """
    told: dict[str, str | Sequence[str | Sequence[str]]] = {
        "spec": spec,
        "hunks": hunks,
        "findings": sorted([one.id, one.disposition.value] for one in findings),
        "failing": sorted(failing),
    }
    if departed := sorted([one.rule, one.reason] for one in deviations):
        told["deviations"] = departed
    return digest(told)
