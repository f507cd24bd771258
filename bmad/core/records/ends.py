"""How a call of an agent ended, in words."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bmad.model.record import Work


def ended(work: Work) -> str:
    """The end of a sentence on a call that came to nothing."""
    if work.exit is not None and work.exit < 0:
        return f"was ended by the signal {_signal(-work.exit)}"
    why = f" ({work.fault})" if work.fault is not None else ""
    return f"ended with exit code {work.exit}{why}" if work.exit else f"gave nothing that counts{why}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
