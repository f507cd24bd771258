"""A command that a person runs and watches."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Attended(NamedTuple):
    """What runs where: `given` are variables that also stand for their values in arguments (`$BMAD_PORT`)."""

    argv: tuple[str, ...]
    folder: Path
    given: Mapping[str, str]
    out: int = 1
    """The descriptor that it prints to."""
