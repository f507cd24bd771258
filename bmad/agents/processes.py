"""Running one program: its own session and process group, a bounded log, a deadline, and nothing left of it.

Its input and output are files, not pipes, so no grandchild that keeps them open can make bmad wait, and nothing is
held in memory.
"""

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import NamedTuple, Self

from bmad import platforms
from bmad.agents import confine, lease, redacting
from bmad.agents.printed import Printed
from bmad.agents.strays import Strays
from bmad.agents.words import plain
from bmad.model.agents import Fault

MAX_LOG = 16 << 20
MAX_FILE = 1 << 30
GRACE = 1.0
TAIL = 4 << 10
_LOOK = 0.05

Child = subprocess.Popen[bytes]
"""A program that was started."""


class Program(NamedTuple):
    """A program to run in a folder under the lock that `hold` is a descriptor of.

    `stdin` is a file, None for none. `writable` are the paths that it is confined to, None for no confinement.
    """

    argv: tuple[str, ...]
    folder: Path
    environ: Mapping[str, str]
    log: Path
    timeout: float
    hold: int
    strays: Strays
    stdin: Path | None = None
    writable: tuple[Path, ...] | None = None
    answers: bool = False
    """Whether what it prints itself is its answer, and is kept apart from what those print that it starts."""
    at_end: Callable[[], None] = lambda: None
    """What is done at once when it has ended, or has to, before those are ended that it left."""


class End(NamedTuple):
    """How it ended; `words` continue a sentence that begins with its name."""

    exit: int | None
    fault: Fault | None
    words: str
    seconds: float
    printed: bytes | None = None
    """What the program itself printed, where its answer is that."""


def run(program: Program, stop: threading.Event) -> End:
    """Run a program to its end and end all that it began.

    Raises: KeyboardInterrupt where `stop` is set or a signal asked for an end meanwhile.
    """
    begun = time.monotonic()
    try:
        log = open_log(program.log)
    except OSError as error:
        return End(None, Fault.ENVIRONMENT, f"cannot have its log {program.log}: {error.strerror}", 0.0)
    try:
        output = Printed(log, MAX_LOG) if program.answers else nullcontext()
        with output as printed, signals_noted(stop) as asked:
            child = start(program, log, printed)
            if isinstance(child, End):
                return child
            end = _finished(child, program, log, Looked(asked, printed))
    finally:
        os.close(log)
    return end._replace(seconds=round(time.monotonic() - begun, 3))


class Asked(NamedTuple):
    """What says that an end is asked for: the caller's event, and the signals that came meanwhile."""

    stop: threading.Event
    signals: list[int]

    def __bool__(self) -> bool:
        return self.stop.is_set() or bool(self.signals)


class Looked(NamedTuple):
    """What is looked at while a program runs: whether its end is asked for, and what it prints itself."""

    asked: Asked
    printed: Printed | None


_SIGNALS = signal.valid_signals()


@contextmanager
def signals_noted(stop: threading.Event) -> Iterator[Asked]:
    """Signals that would raise a KeyboardInterrupt are noted within, and raise it at the end.

    An exception between the start of a program and the first look at it would lose the program.
    """
    asked = Asked(stop, [])
    if threading.current_thread() is not threading.main_thread():
        yield asked  # signals come to the main thread
        return
    names = [name for name in _SIGNALS if signal.getsignal(name) is signal.default_int_handler]
    for name in names:
        signal.signal(name, lambda number, _: asked.signals.append(number))
    try:
        yield asked
    finally:
        for name in names:
            signal.signal(name, signal.default_int_handler)
    if asked.signals:
        raise KeyboardInterrupt


def tail(log: Path, limit: int = TAIL) -> str:
    """The end of a log, fit to be shown."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - limit))
            return plain(file.read(limit).decode("utf-8", "replace"))
    except OSError:
        return ""


def open_log(log: Path) -> int:
    log.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(log, flags, 0o600)


def start(program: Program, log: int, printed: Printed | None = None) -> "subprocess.Popen[bytes] | End":
    """The running program, or the words for why there is none; `stdin` is a path or a device."""
    program.strays.leases.begins(platforms.path_of(program.hold))
    try:
        with open(program.stdin or os.devnull, "rb") as stdin, lease.lent(program.hold) as lent:  # noqa: PTH123

            def begin() -> "subprocess.Popen[bytes]":
                return subprocess.Popen(
                    program.argv,
                    cwd=program.folder,
                    env=program.environ,
                    stdin=stdin,
                    stdout=log if printed is None else printed.writer,
                    stderr=log,
                    start_new_session=True,
                    pass_fds=(lent,),
                )

            paths = program.writable
            child = program.strays.begin(
                begin if paths is None else lambda: confine.start(begin, (*paths, program.log))
            )
    except confine.ConfinementError as error:
        return End(None, Fault.ENVIRONMENT, f"was not started, since it cannot be confined: {error}", 0.0)
    except (OSError, ValueError) as error:
        return _not_started(program, error)
    if printed is not None:
        printed.started()
    _limit(child.pid)
    return child


def _not_started(program: Program, error: OSError | ValueError) -> End:
    name = program.argv[0]
    if not program.folder.is_dir():
        return End(None, Fault.ENVIRONMENT, f"was not started: its folder {program.folder} is not there", 0.0)
    if isinstance(error, FileNotFoundError):
        why = f"there is no program `{name}` on the PATH; install it, or name another one in bmad.yaml"
    elif isinstance(error, PermissionError):
        why = f"`{name}` may not be executed; make it executable (`chmod +x`)"
    elif isinstance(error, OSError):
        why = f"`{name}` does not start: {error.strerror or error}"
    else:
        why = f"`{name}` does not start: {error}"
    return End(None, Fault.NOT_STARTED, f"was not started: {why}", 0.0)


def _limit(pid: int) -> None:
    """No core files, and no file without end; set from here, since nothing may run between fork and exec."""
    platforms.limit(pid, "RLIMIT_CORE", (0, 0))
    platforms.limit(pid, "RLIMIT_FSIZE", (MAX_FILE, MAX_FILE))


def _finished(child: "subprocess.Popen[bytes]", program: Program, log: int, looked: Looked) -> End:
    """How it ended, once the program and all that it began are gone."""
    under = platforms.path_of(program.hold)
    number = program.strays.leases.begun(under)
    secrets = redacting.secrets(program.environ)
    try:
        fault, words = _watched(child, program.timeout, log, looked)
        told = None if looked.printed is None else redacting.redacted(looked.printed.end(), secrets)
        program.at_end()
    finally:
        gone = lease.end(under, child.pid, GRACE, still=program.strays.still)
        status = reaped(child)
        gone = program.strays.done(child) and gone
        tidy(log, secrets)
    if not gone or status is None:
        fault, words = Fault.ENVIRONMENT, "left processes behind that do not end even when killed"
    else:
        program.strays.leases.none_left(under, number)
    return End(status, fault, words, 0.0, told)


def _watched(
    child: "subprocess.Popen[bytes]", timeout: float, log: int, looked: Looked
) -> tuple[Fault | None, str]:
    """Wait until it ends by itself, or has to be ended. Raises: KeyboardInterrupt where that is asked for."""
    deadline = time.monotonic() + timeout
    with Watch(child, looked.printed) as ended:
        while True:
            over = ended.within(min(_LOOK, max(0.0, deadline - time.monotonic())))
            if os.fstat(log).st_size > MAX_LOG:
                return Fault.FLOOD, f"printed more than {MAX_LOG >> 20} MiB and was ended"
            if over:
                return None, ""
            if looked.asked:
                raise KeyboardInterrupt
            if time.monotonic() >= deadline:
                return Fault.TIMEOUT, f"was still at work after {timeout:g} seconds and was ended"


class Watch:
    """Looks whether a child has ended without reaping it, so that its process group keeps its number.

    Meanwhile it takes what the child prints.
    """

    def __init__(self, child: "subprocess.Popen[bytes]", printed: Printed | None = None) -> None:
        self._child = child
        self._printed = printed
        self._handle: int | None = None
        self._poll = select.poll()

    def __enter__(self) -> Self:
        self._handle = platforms.handle(self._child.pid)
        if self._handle is not None:
            self._poll.register(self._handle, select.POLLIN)
        if self._printed is not None:
            self._poll.register(self._printed.reader, select.POLLIN)
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            os.close(self._handle)

    def within(self, seconds: float) -> bool:
        if self._handle is not None or self._printed is not None:
            ready = {one for one, _ in self._poll.poll(seconds * 1000)}
            if self._printed is not None and self._printed.reader in ready and not self._printed.take():
                self._poll.unregister(self._printed.reader)
                self._printed = None
            if self._handle is not None:
                return self._handle in ready
            seconds = 0
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(seconds)
        return self._child.returncode is not None


def tidy(log: int, secrets: tuple[bytes, ...]) -> None:
    """Cut a log that is too long, and take secrets out of it."""
    if os.fstat(log).st_size > MAX_LOG:
        os.ftruncate(log, MAX_LOG)
    redacting.redact(log, secrets)


def reaped(child: "subprocess.Popen[bytes]") -> int | None:
    """The exit code, negative for a signal; None where even SIGKILL does not end it (it hangs in the kernel)."""
    try:
        return child.wait(5)
    except subprocess.TimeoutExpired:
        return None
