"""What bmad made and no branch holds yet, and a `git gc` of a person that would take it.

One ref holds the last such commit until it has landed. A collection that had begun before looked at the refs as
they were, and may still take what came since: it says in `gc.pid` that it is at work, is waited for, and what it
took is made anew by whoever made it.
"""

import os
import time
from contextlib import suppress

from bmad.git.work.calls import Calls, ask
from bmad.git.work.refs import drop, put, tip

_REF = "refs/bmad/made"
_PATIENCE = 60.0
_LOOK = 0.02


def keep(calls: Calls, commit: str) -> str:
    """Hold a commit until the next one is held, or it is let go."""
    put(calls, _REF, commit)
    return commit


def let_go(calls: Calls) -> None:
    """Hold nothing any more."""
    if tip(calls, _REF) is not None:
        drop(calls, _REF)


def is_whole(calls: Calls, commit: str, base: str) -> bool:
    """Whether all is there that a held commit has beyond a base, and no collection under way can take it."""
    _outlast(calls)
    return ask(calls.bare, ["rev-list", "--objects", "--quiet", commit, "--not", base, "--"]).status == 0


def _outlast(calls: Calls) -> None:
    """Wait for the end of the collection that is at work now, as long as its process lives."""
    begun = _at_work(calls)
    end = time.monotonic() + _PATIENCE
    while begun and _at_work(calls) == begun and time.monotonic() < end:
        time.sleep(_LOOK)


def _at_work(calls: Calls) -> bytes:
    """What marks the collection that is at work; empty where none is, or the process that it names is gone."""
    try:
        mark = (calls.common / "gc.pid").read_bytes()
    except OSError:
        return b""
    pid = mark.split(b" ")[0]
    with suppress(ProcessLookupError, OverflowError):
        with suppress(PermissionError):
            os.kill(int(pid) if pid.isdigit() and int(pid) else os.getpid(), 0)
        return mark
    return b""
