"""A command that a person runs and watches: at their terminal, kept in as a check is, and ended with all it began.

It has no controlling terminal, so that it cannot type into the person's shell; what they type reaches it all the
same, and Ctrl-C is handed on.
"""

import signal
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bmad import platforms
from bmad.agents import calls, environment, lease, packages, processes
from bmad.agents.calls import Place
from bmad.agents.private import private_folder
from bmad.model.agents import Fault, Ran
from bmad.model.attending import Attended

_LOOK = 0.1
_PATIENT = 2
"""How often a person asks for an end before what runs is ended without its leave."""
_INPUT = Path("/dev/stdin")


def attend(one: Attended, hold: int, place: Place, *, confined: bool) -> Ran:
    """Run it to its end, however long that takes; `hold` is a descriptor of the lock of its worktree."""
    under = platforms.path_of(hold)
    try:
        with private_folder(under) as private, _terminal():
            temp, cache = calls.made(private / "tmp"), calls.made(private / "cache")
            downloads = packages.beside(one.folder, place.environ)
            checks = environment.for_check(place.environ, one.folder, under, temp, cache, downloads)
            program = processes.Program(
                argv=tuple(environment.filled(word, one.given) for word in one.argv),
                folder=one.folder,
                environ={**checks, **one.given},
                log=private / "none",
                timeout=0,
                hold=hold,
                strays=place.strays,
                stdin=_INPUT if _opens(_INPUT) else None,
                writable=(one.folder, private) if calls.confined(confined) else None,
            )
            end = _run(program, one.out, place.stop)
    except OSError as error:
        return Ran(None, Fault.ENVIRONMENT, f"has no temporary folder: {error}", "", 0.0)
    return Ran(end.exit, end.fault, end.words, "", end.seconds)


def _opens(path: Path) -> bool:
    """Whether the person's input can be opened once more; what is a socket cannot."""
    try:
        with path.open("rb"):
            return True
    except OSError:
        return False


def _run(program: processes.Program, out: int, stop: threading.Event) -> processes.End:
    with processes.signals_noted(stop) as asked:
        child = processes.start(program, out)
        if isinstance(child, processes.End):
            return child
        try:
            _watched(child, asked)
        finally:
            gone = lease.end(
                platforms.path_of(program.hold), child.pid, processes.GRACE, still=program.strays.still
            )
            code = processes.reaped(child)
            gone = program.strays.done(child) and gone
            asked.signals.clear()  # they were the program's
    if not gone or code is None:
        return processes.End(code, Fault.ENVIRONMENT, "left processes behind that do not end", 0.0)
    return processes.End(code, None, "", 0.0)


def _watched(child: processes.Child, asked: processes.Asked) -> None:
    """Wait until it ends, and hand on what asks for an end; who asks again is heard at once."""
    told = 0
    with processes.Watch(child) as ended:
        while not ended.within(_LOOK):
            count = len(asked.signals)
            if asked.stop.is_set() or count >= _PATIENT:
                return
            if count > told:
                told = count
                lease.kill_group(child.pid, signal.Signals(asked.signals[-1]))


@contextmanager
def _terminal() -> Iterator[None]:
    """The terminal is afterwards as it was: a program that is ended may have left it without echo."""
    before = None
    if sys.stdin is not None and sys.stdin.isatty():
        with suppress(termios.error):
            before = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        if before is not None:
            with suppress(termios.error):
                termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
