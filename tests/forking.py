"""Starts of the program without its start-up: a process that has loaded bmad once forks for each.

What runs is a process of its own with its own folder, environment, standard streams and end, as if the program had
been started there; only the imports, which are most of a short command, are shared. A command whose environment
changes how Python itself starts is for `subprocess`.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import resource
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

from tests.forked import HEAD, asked

ROOT = Path(__file__).parent.parent
_STARTS = ("PYTHON", "LC_", "LANG")
"""What the names of variables begin with that Python reads when it starts."""


class Done(NamedTuple):
    """How a command ended (below zero: the signal), and what it printed."""

    code: int
    out: bytes
    err: bytes


def run(
    arguments: Sequence[str],
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    *,
    joined: bool = False,
) -> Done:
    """Run `bmad` with these words; `joined` puts both streams into `out`, in order. Raises: TimeoutError.

    What an environment does not say of how Python starts, is as it is here.
    """
    environ = {name: value for name, value in os.environ.items() if _starts(name)}
    environ |= os.environ if env is None else env
    if any(environ[name] != os.environ.get(name) for name in environ if _starts(name)):
        return _started(arguments, cwd, environ, stdin, joined=joined)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        with _asked(arguments, cwd, environ, (given, out, out if joined else err)) as runner:
            code = runner.wait(120)
        out.seek(0)
        err.seek(0)
        return Done(code, out.read(), err.read())


class Runner:
    """A command that was begun, as `subprocess.Popen` has it; `stdout` is what it says, where it is asked."""

    def __init__(self, server: socket.socket, stdout: IO[str] | None = None) -> None:
        self._server = server
        self.pid = int(server.recv(HEAD, socket.MSG_WAITALL))
        self.stdout = stdout
        self.returncode: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is not None:
            self.kill()
        self.wait()
        if self.stdout is not None:
            self.stdout.close()

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        return self._ended(0)

    def wait(self, seconds: float | None = None) -> int:
        """Raises: TimeoutError where it runs for longer."""
        code = self._ended(seconds)
        if code is None:
            raise TimeoutError
        return code

    def communicate(self) -> str:
        """All that it says, until its end."""
        with self:
            assert self.stdout is not None
            return self.stdout.read()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._server], [], [], seconds)[0]:
            self.returncode = int(self._server.recv(HEAD))
            self._server.close()
        return self.returncode


def begin(
    arguments: Sequence[str],
    cwd: Path,
    env: Mapping[str, str] | None = None,
    *,
    out: IO[bytes] | int = subprocess.DEVNULL,
    err: IO[bytes] | None = None,
    largest: int | None = None,
) -> Runner:
    """Begin `bmad` with these words, in a session of its own and with nobody at the keyboard.

    `out` takes both streams where there is no `err`, `largest` is the most bytes that a file of it may have.
    """
    ours = None
    with contextlib.ExitStack() as stack:
        nothing = stack.enter_context(Path(os.devnull).open("r+b"))
        if out == subprocess.PIPE:
            reading, writing = os.pipe()
            ours = os.fdopen(reading, encoding="utf-8")
            told: IO[bytes] = stack.enter_context(os.fdopen(writing, "wb"))
        else:
            told = nothing if isinstance(out, int) else out
        environ = dict(os.environ if env is None else env)
        runner = _asked(arguments, cwd, environ, (nothing, told, err or told), apart=True, largest=largest)
    runner.stdout = ours
    return runner


def quicken(hook: Path) -> None:
    """Have a hook of bmad's that is installed ask for a fork where it would start Python."""
    text = hook.read_text(encoding="utf-8")
    plain = " ".join(f"'{word}'" for word in (sys.executable, "-P", "-m", "bmad"))
    assert plain in text
    quick = shlex.join([sys.executable, "-I", "-S", str(ROOT / "tests" / "forked.py"), _server()])
    hook.write_text(text.replace(plain, quick), encoding="utf-8")


def _starts(name: str) -> bool:
    return name.startswith(_STARTS)


def _started(
    arguments: Sequence[str], cwd: Path, environ: Mapping[str, str], stdin: bytes, *, joined: bool
) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "bmad", *arguments],
        cwd=cwd,
        env=environ,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if joined else subprocess.PIPE,
        check=False,
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr or b"")


def _asked(
    arguments: Sequence[str], cwd: Path, environ: Mapping[str, str], streams: Sequence[IO[bytes]], **how: object
) -> Runner:
    wanted = [list(arguments), str(cwd), dict(environ), how]
    return Runner(asked(_server(), wanted, [one.fileno() for one in streams]))


@cache
def _server() -> str:
    """The address of this process's server, which ends with it: its standard input closes then."""
    address = str(Path(tempfile.mkdtemp(prefix="bmad-fork-")) / "at")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    command = [sys.executable, "-m", "tests.forking", str(listener.fileno())]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, pass_fds=[listener.fileno()], start_new_session=True
    )
    listener.close()
    atexit.register(process.communicate)
    return address


def _serve(listener: socket.socket) -> None:
    """Fork for each caller, and say how each ended; returns in the process that is to run the command."""
    woken, wakes = socket.socketpair()
    wakes.setblocking(False)  # noqa: FBT003 - as the signal's handler needs it
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno())
    gc.collect()
    gc.freeze()
    watch = os.dup(0)
    callers: dict[int, socket.socket] = {}
    heard: list[socket.socket | int] = [listener, watch, woken]
    while watch not in (ready := select.select(heard, [], [])[0]):
        if woken in ready:
            woken.recv(1 << 10)
            _tell(callers)
        if listener in ready:
            caller, _ = listener.accept()
            wanted, streams = _wanted(caller)
            child = os.fork() if wanted else -1
            if child == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for one in (listener, woken, wakes, caller, *callers.values()):
                    one.close()
                os.close(watch)
                return _become(streams, *json.loads(wanted))
            for stream in streams:
                os.close(stream)
            if child > 0:
                caller.sendall(b"%*d" % (HEAD, child))
                callers[child] = caller
    address = Path(listener.getsockname())
    address.unlink(missing_ok=True)
    address.parent.rmdir()
    os._exit(0)


def _wanted(caller: socket.socket) -> tuple[bytes, list[int]]:
    """What a caller wants, and the streams that it gives; empty where it is gone."""
    head, streams, _, _ = socket.recv_fds(caller, HEAD, 3)
    wanted = b""
    while len(wanted) < int(head or 0):
        wanted += caller.recv(int(head) - len(wanted))
    return wanted, streams


def _tell(callers: dict[int, socket.socket]) -> None:
    """Tell those whose command has ended, unless they are gone."""
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            with callers.pop(found[0]) as caller, contextlib.suppress(OSError):
                caller.sendall(b"%d" % os.waitstatus_to_exitcode(found[1]))


def _become(
    streams: list[int], arguments: list[str], cwd: str, environ: dict[str, str], how: dict[str, Any]
) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    if how.get("apart"):
        os.setsid()
    if how.get("largest") is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (how["largest"], resource.RLIM_INFINITY))
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["bmad", *arguments]
    sys.stdin = TextIOWrapper(os.fdopen(0, "rb"), sys.stdin.encoding, sys.stdin.errors)
    sys.stdout = TextIOWrapper(os.fdopen(1, "wb"), sys.stdout.encoding, sys.stdout.errors)
    sys.stderr = TextIOWrapper(os.fdopen(2, "wb", 0), sys.stderr.encoding, "backslashreplace", write_through=True)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]


def _end(end: SystemExit) -> None:
    """End as Python does, but for taking apart all that was loaded, which is dearer than most commands.

    Raises: the end itself, where Python has something to say of it.
    """
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        raise end from None
    if not isinstance(end.code, int):
        raise end
    os._exit(end.code)


_CLIENTS = {f"bmad.agents.sdk.{name}" for name in ("chat", "messages", "openai_client", "responses")}
"""What loads the clients of models, which are larger than all else: a command that asks one loads its own."""


def _load() -> None:
    import bmad  # noqa: PLC0415 - the server's alone

    for module in pkgutil.walk_packages(bmad.__path__, "bmad."):
        if not module.name.endswith("__main__") and module.name not in _CLIENTS:
            importlib.import_module(module.name)


if __name__ == "__main__":
    _load()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    from bmad.__main__ import main

    try:
        main()
    except SystemExit as end:
        _end(end)
