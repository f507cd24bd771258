"""Starts of the program without its start-up: a process that has loaded bmad once forks for each.

What runs is a process of its own with its own folder, environment, standard streams and end, as if the program had
been started there; only the imports, which are most of a short command, are shared. A command whose environment
changes how Python itself starts is for `subprocess`.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
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
from typing import IO, NamedTuple

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
    """Run `bmad` with these words; `joined` puts both streams into `out`, in order. Raises: TimeoutError."""
    environ = dict(os.environ if env is None else env)
    if any(environ.get(name) != os.environ.get(name) for name in {*environ, *os.environ} if _starts(name)):
        return _started(arguments, cwd, environ, stdin, joined=joined)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        code = _asked(arguments, cwd, environ, (given, out, out if joined else err))
        out.seek(0)
        err.seek(0)
        return Done(code, out.read(), err.read())


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


def _asked(arguments: Sequence[str], cwd: Path, environ: Mapping[str, str], streams: Sequence[IO[bytes]]) -> int:
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(_server())
        server.settimeout(120)
        wanted = json.dumps([list(arguments), str(cwd), dict(environ)]).encode()
        socket.send_fds(server, [b"%16d" % len(wanted)], [one.fileno() for one in streams])
        server.sendall(wanted)
        return int(server.recv(16))


@cache
def _server() -> str:
    """The address of this process's server, which ends with it."""
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
    _KEPT.append(process)
    return address


_KEPT: list[subprocess.Popen[bytes]] = []
"""The server, whose standard input closes with this process."""


def _serve(listener: socket.socket) -> None:
    """Answer each caller by a process that forks the command, waits for it, and says how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    watch = os.dup(0)
    while _is_wanted(listener, watch):
        caller, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            os.close(watch)
            return _answer(caller)
        caller.close()
    address = Path(listener.getsockname())
    address.unlink(missing_ok=True)
    address.parent.rmdir()
    os._exit(0)


def _is_wanted(listener: socket.socket, watch: int) -> bool:
    """Whether a caller comes, and not the end of who started the server."""
    import select  # noqa: PLC0415 - the server's alone

    waiting: list[socket.socket | int] = [listener, watch]
    ready, _, _ = select.select(waiting, [], [])
    return listener in ready


def _answer(caller: socket.socket) -> None:
    """Returns in the process that is to run the command; the one that waits for it ends here."""
    head, streams, _, _ = socket.recv_fds(caller, 16, 3)
    wanted = b""
    while len(wanted) < int(head):
        wanted += caller.recv(int(head) - len(wanted))
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        caller.sendall(b"%d" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    caller.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    _become(*json.loads(wanted))


def _become(arguments: list[str], cwd: str, environ: dict[str, str]) -> None:
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


def _load() -> None:
    import bmad  # noqa: PLC0415 - the server's alone

    for module in pkgutil.walk_packages(bmad.__path__, "bmad."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


if __name__ == "__main__":
    _load()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    from bmad.__main__ import main

    try:
        main()
    except SystemExit as end:
        _end(end)
