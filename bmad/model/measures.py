"""What a monitoring system is told, as numbers over time."""

from typing import Literal, NamedTuple


class Measure(NamedTuple):
    """One metric; `samples` are its values by what tells them apart, `{"state": "dev"}`."""

    name: str
    help: str
    kind: Literal["gauge", "counter"]
    samples: tuple[tuple[dict[str, str], float], ...]
