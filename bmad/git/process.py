"""Starting git: argument lists, a scrubbed environment, every exit status checked, bounded output.

Nothing else in bmad starts git. Which repository a call reads is the caller's choice: the user's own (to find
it and its refs) or the private one of `read.private` (for all that decides).
"""

import os
import re
import select
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from typing import IO, Any

from bmad import platforms
from bmad.errors import CannotAnswerError, TooLargeError, UndecidableError
from bmad.git.budget import Budget

MAX_OUTPUT = 1 << 30
MAX_SECONDS = 900.0
_CHUNK = 1 << 18
_KEPT = (
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "TMPDIR",
    "SYSTEMROOT",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
)
_ALWAYS = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_GRAFT_FILE": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_PAGER": "cat",
    "GIT_FLUSH": "0",
}
"""The last has git write where a buffer is full, not after each commit of a walk or each computed merge."""


def program(environ: Mapping[str, str]) -> str:
    """The full path of git. Raises: CannotAnswerError where there is none on the path."""
    found = shutil.which("git", path=environ.get("PATH"))
    if found is None:
        raise CannotAnswerError("There is no `git` on the PATH. Install git 2.39 or newer.")
    return found


def user_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """For calls in the user's repository: their own trust settings (`safe.directory`), nothing of `GIT_*`."""
    return {name: environ[name] for name in _KEPT if name in environ} | _ALWAYS


def private_environment(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """For calls in the private repository: no configuration but the one in it."""
    return {
        "PATH": environ.get("PATH", ""),
        "HOME": str(home),
        "TMPDIR": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CEILING_DIRECTORIES": str(home),
    } | _ALWAYS


class Failed(UndecidableError):  # noqa: N818 - an end that callers look into, before it is an error
    """git ended with a status that was not expected."""

    def __init__(self, status: int, words: str, arguments: Sequence[str]) -> None:
        self.status = status
        self.words = words
        verb = next((word for word in arguments if not word.startswith("-")), "git")
        super().__init__(f"`git {verb}` ended with status {status}: {words or 'without a word'}.")


class Git:
    """git in one place with one environment; `common` is the repository's folder where calls may write to it.

    With a budget its children are bounded by it, since they read what anybody wrote; `within` keeps them in.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        common: Path | None = None,
        *,
        budget: Budget | None = None,
        within: "Within | None" = None,
    ) -> None:
        self.command = tuple(command)
        self.environment = dict(environment)
        self.folder = folder
        self.common = common
        self.budget = budget
        self.within = within
        self.apart = False
        """Whether an interrupt at the terminal is not for those that `start` begins."""
        self.files: Path | None = None
        """The worktree whose files it reads, where those are an agent's."""

    def start(
        self, arguments: Sequence[str], stdin: IO[bytes] | int, stderr: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """Start git with its output on a pipe. Raises: CannotAnswerError where it does not start."""
        try:
            child = spawn(
                [*self.command, *arguments],
                self.within,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=self.environment,
                cwd=self.folder,
                bufsize=_CHUNK,
                start_new_session=self.apart,
            )
        except OSError as error:
            raise CannotAnswerError(f"git does not start in {self.folder}: {error.strerror or error}.") from None
        self.bound(child)
        return child

    def stream(
        self, arguments: Sequence[str], stdin: IO[bytes] | None = None, *, most: int = MAX_OUTPUT
    ) -> Generator[bytes, None, None]:
        """The output in pieces, at most so many bytes; ends with an error where git did.

        Raises: Failed on a status other than 0; UndecidableError where output, time or memory run over.
        """
        with tempfile.TemporaryFile() as errors:
            child = self.start(arguments, stdin or subprocess.DEVNULL, errors)
            over = time.monotonic() + MAX_SECONDS
            total = 0
            try:
                while part := piece(child, over):
                    total += len(part)
                    if total > most:
                        raise TooLargeError(f"`git {arguments[0]}` says more than {most} bytes of it.")
                    yield part
                self.charge(child)
                if not ended(child, over - time.monotonic()):
                    child.kill()
                status = child.wait()
            finally:
                end(child)
                if self.budget is not None:
                    self.budget.forget(child.pid)
            if status != 0:
                raise self.failed(status, errors, arguments)

    def run(self, arguments: Sequence[str], stdin: IO[bytes] | None = None, *, most: int = MAX_OUTPUT) -> bytes:
        """The whole output. Raises: as `stream`."""
        return b"".join(self.stream(arguments, stdin, most=most))

    def patient(self) -> "Git":
        """Git for what is read of the base's history alone, which is as long as it is: bounded in memory only."""
        budget = Budget(int(MAX_SECONDS)) if self.budget is not None else None
        return Git(self.command, self.environment, self.folder, self.common, budget=budget, within=self.within)

    @property
    def spent(self) -> float:
        """CPU seconds that its children took so far; 0 without a budget."""
        return self.budget.spent if self.budget is not None else 0.0

    def bound(self, child: subprocess.Popen[bytes]) -> None:
        """Let a child take what the budget has left."""
        if self.budget is not None:
            self.budget.bound(child.pid)

    def charge(self, child: subprocess.Popen[bytes]) -> None:
        """Charge the budget with what a child took. Raises: UndecidableError where nothing is left of it."""
        if self.budget is not None:
            self.budget.charge(child.pid)

    def failed(self, status: int, errors: IO[bytes], arguments: Sequence[str]) -> UndecidableError:
        """How a git of this one ended, with the number where it was a bound."""
        words = complaint(errors)
        bounded = self.budget.ended(status, words, arguments) if self.budget is not None else None
        return bounded or Failed(status, words, arguments)


_STARTING = threading.Lock()
_RUNNING: set[int] = set()


Within = Callable[[Callable[[], "subprocess.Popen[bytes]"]], "subprocess.Popen[bytes]"]
"""Starts what it is given so that it may write to some places only."""


def spawn(command: Sequence[str], within: Within | None = None, **how: Any) -> "subprocess.Popen[bytes]":
    """Start a child, known to `children` until `end` is called on it. Raises: OSError."""

    def begin() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(command, **how)

    with _STARTING:
        child = begin() if within is None else within(begin)
        _RUNNING.add(child.pid)
        return child


@contextmanager
def children() -> Iterator[frozenset[int]]:
    """The processes of git that run now; while it is entered, no further one is started."""
    with _STARTING:
        yield frozenset(_RUNNING)


def piece(child: "subprocess.Popen[bytes]", over: float) -> bytes:
    """What a child says next, empty at its end; one that says nothing until it should be over is killed."""
    assert child.stdout is not None  # noqa: S101 - asked for with PIPE
    if not _readable(child.stdout.fileno(), over - time.monotonic()):
        child.kill()
    return os.read(child.stdout.fileno(), _CHUNK)


def ended(child: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Wait so long for a child to end; whether it has. On Linux without a thread, and without looking in steps."""
    descriptor = platforms.handle(child.pid)
    if descriptor is None:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(seconds, 0))
        return child.returncode is not None
    try:
        return _readable(descriptor, seconds)
    finally:
        os.close(descriptor)


def _readable(descriptor: int, seconds: float) -> bool:
    look = select.poll()
    look.register(descriptor, select.POLLIN | select.POLLHUP)
    return bool(look.poll(max(seconds, 0) * 1000))


_UNWRITTEN = re.compile(r"(?:unable to write file|couldn't write) [^:]*$")
"""What git could not write without saying why."""


def complaint(errors: IO[bytes]) -> str:
    """The last words on a child's stderr, made safe to print."""
    errors.seek(0)
    text = errors.read(1 << 14).decode("utf-8", "backslashreplace")
    lines = [line for line in text.splitlines() if line.strip()]
    told = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[-1] if lines else "")
    if told.endswith(":"):
        named = takewhile(lambda line: line.startswith("\t"), lines[lines.index(told) + 1 :])
        told = f"{told} {', '.join(map(str.strip, named))}".rstrip(" :")
    clean = "".join(char if char.isprintable() else "?" for char in told)
    words = clean.removeprefix("fatal: ").removeprefix("error: ").rstrip(".")[:300]
    return f"{words} (is the disk full?)" if _UNWRITTEN.search(words) else words


def end(child: subprocess.Popen[bytes]) -> None:
    """Close a child's pipes and see that it is gone."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
    if child.poll() is None:
        with suppress(PermissionError):  # of a thread that is confined, where one was collected: it ends by itself
            child.kill()
    child.wait()
    _RUNNING.discard(child.pid)
