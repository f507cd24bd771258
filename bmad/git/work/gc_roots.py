"""What bmad made and no branch holds yet, and a `git gc` of a person that would take it.

A ref for each story that is at work holds the last such commit until it has landed. A collection that had begun
before looked at the refs as they were, and may still take what came since: it says in `gc.pid` that it is at work,
is waited for, and what it took is made anew by whoever made it.
"""

import os
import re
import time
from contextlib import suppress

from bmad import platforms
from bmad.git.work.calls import Calls, ask
from bmad.git.work.refs import drop, drop_all, matching, put, tip

_FOLDER, _NAME = "refs/bmad/", "made"
_STORY = re.compile(r"^Story: ([A-Za-z0-9-]{1,100})$", re.MULTILINE)
_PATIENCE = 60.0
_LOOK = 0.02
_STALE = 12 * 3600.0
"""Git itself believes no mark of a collection that is older."""
_SLACK = 60.0
"""Seconds that the clock of a file system, or one that is set meanwhile, may be off."""


class Held:
    """The commits of one repository that are held, by the story that their messages name."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._refs: dict[str, str] = {}
        """Commit -> the ref that was last put there for its story."""

    def keep(self, commit: str, message: str) -> str:
        """Hold a commit until the next one of its story is held, or it is let go."""
        of = _STORY.search(message)
        ref = f"{_FOLDER}{_NAME}{f'-{of[1]}' if of else ''}"
        if ref not in self._refs.values():
            self._unlock(ref)
        self._refs[commit] = ref
        put(self._calls, ref, commit)
        return commit

    def let_go(self, commit: str) -> None:
        """Hold a commit no more."""
        ref = self._refs.pop(commit, "")
        if ref and tip(self._calls, ref) == commit:
            drop(self._calls, ref)

    def let_all_go(self) -> None:
        """Hold nothing any more, nor what another process left."""
        self._refs.clear()
        if self._is_any():
            names = matching(self._calls, f"{_FOLDER}{_NAME}*")
            for name in names:
                self._unlock(name)
            drop_all(self._calls, names)

    def _unlock(self, ref: str) -> None:
        """Take away the lock that a runner left which was killed as it wrote: no other writes these refs."""
        (self._calls.common / f"{ref}.lock").unlink(missing_ok=True)

    def _is_any(self) -> bool:
        with suppress(OSError):
            if any((self._calls.common / _FOLDER).glob(f"{_NAME}*")):
                return True
            return f" {_FOLDER}{_NAME}".encode() in (self._calls.common / "packed-refs").read_bytes()
        return False


def is_whole(calls: Calls, commit: str, base: str) -> bool:
    """Whether all is there that a held commit has beyond a base, and no collection under way can take it."""
    outlast(calls)
    return ask(calls.bare, ["rev-list", "--objects", "--quiet", commit, "--not", base, "--"]).status == 0


def outlast(calls: Calls) -> None:
    """Wait for the end of the collection that is at work now, as long as its process lives.

    It may have looked at the refs already, and would take what one is put on from now on.
    """
    begun = _at_work(calls)
    end = time.monotonic() + _PATIENCE
    while begun and _at_work(calls) == begun and time.monotonic() < end:
        time.sleep(_LOOK)


def _at_work(calls: Calls) -> bytes:
    """What marks the collection that is at work; empty where none is, or the process that it names is gone.

    A machine that goes down leaves the mark, and gives the number to another process: one that began since then
    has not made it.
    """
    path = calls.common / "gc.pid"
    try:
        age, mark = time.time() - path.stat().st_mtime, path.read_bytes()
    except OSError:
        return b""
    pid = mark.split(b" ")[0]
    number = int(pid) if pid.isdigit() and int(pid) else os.getpid()
    with suppress(ProcessLookupError, OverflowError):
        with suppress(PermissionError):
            os.kill(number, 0)
        return mark if age < min(_STALE, platforms.age(number) + _SLACK) else b""
    return b""
