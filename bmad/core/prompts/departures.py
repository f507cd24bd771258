"""Where the work departs from Dev Notes or assumptions, as a prompt holds it, and what it means to a reviewer."""

import json
from collections.abc import Iterable

from bmad.core.packs.texts import cut
from bmad.core.prompts.fences import Part
from bmad.model.record import Departure

MOST = 3000
"""Bytes that a prompt gives to deviations."""

WEIGHED = """\
Where the work departs from Dev Notes or assumptions, its makers say so below. A departure whose reason holds is
no finding; one whose reason does not is. None lifts a criterion."""


def departures(deviations: Iterable[Departure]) -> Part:
    """All of them, as JSON."""
    told = [one.model_dump(mode="json", include={"step", "rule", "reason"}) for one in deviations]
    return Part(
        "Where the work departs from Dev Notes or assumptions, in its makers' words",
        cut(json.dumps(told, ensure_ascii=False, indent=1), MOST),
    )
