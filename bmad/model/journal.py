"""An entry of the journal, which is all that is kept of a story's life until it lands."""

from datetime import datetime
from typing import Any

from pydantic import Field

from bmad.model.act import Event
from bmad.model.base import Value


class Entry(Value):
    """One event of the journal. `seq` counts a story's events from 1; `state` is the one it happened in."""

    story: str
    seq: int = Field(ge=1)
    round: int = Field(ge=0)
    step: str
    """The state it happened in, and `.2` and so on where the round came there again: `dev`, `verify.2`."""
    event: Event
    content: dict[str, Any] = Field(default_factory=dict)
    time: datetime
