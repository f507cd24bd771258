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
    """What it happened in: the step that was called for (`test`, `research`), else the state; `verify.2` again."""
    event: Event
    content: dict[str, Any] = Field(default_factory=dict)
    time: datetime
