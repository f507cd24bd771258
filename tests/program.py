"""The installed program, run as a person runs it."""

import contextlib
import gc
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bmad.cli.boundary import run
from tests import forking


class Ended(NamedTuple):
    code: int
    out: str
    err: str


def bmad(*arguments: str, cwd: Path, env: dict[str, str] | None = None, stdin: str = "") -> Ended:
    """Run `bmad` in a folder; a traceback is never an answer."""
    done = forking.run(arguments, cwd, env, os.fsencode(stdin))
    out, err = done.out.decode(), done.err.decode()
    assert not any(line.startswith("Traceback") for line in (out + err).splitlines()), err
    assert "a fault of its own" not in err, err
    return Ended(done.code, out, err)


def git(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, check=False, text=True)
    assert done.returncode == 0, f"git {arguments}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """The program looks for no garbage, unless a command asks for it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Nobody at the keyboard, where a test has put nobody there: pytest's own stand-in refuses to be read."""
    before = sys.stdin
    if type(before).__module__.startswith("_pytest."):
        sys.stdin = io.StringIO()
    try:
        yield
    finally:
        sys.stdin = before


def inside(*arguments: str, cwd: Path) -> Ended:
    """Run `bmad` in a folder within this process, for tests of many commands: nothing is loaded twice."""
    out, err = io.StringIO(), io.StringIO()
    streams = contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)
    with contextlib.chdir(cwd), streams[0], streams[1], _silence(), _uncollected():
        code = run(list(arguments))
    assert "a fault of its own" not in err.getvalue(), err.getvalue()
    return Ended(code, out.getvalue(), err.getvalue())
