"""The boundary: runs one command line and turns what ends it into an exit code; all errors end here.

A server, which goes on, has each of its answers made within it (`guarded`).
"""

import errno
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from typer import Abort
from typer.exceptions import TyperException
from typer.main import get_command

from bmad.cli import output
from bmad.cli.app import app
from bmad.cli.commands import COMMANDS, named
from bmad.cli.failing import fail, misused, wants_json
from bmad.cli.helping import width
from bmad.cli.waiting import waiting
from bmad.errors import BmadError, Exit
from bmad.model.quoting import shown
from bmad.screen import mute, wants_colour

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
_AROUND = 20
_ROOM = "Make room on the disk, or make it writable, and go on; what was written stands."
_NOWHERE = "The folder that this is run in is there no more. Go into one that is, or name it: bmad -C DIR …"

T = TypeVar("T")


class Failed(NamedTuple):
    """What is said of an error, and the exit code of a command line that ends so."""

    words: str
    code: Exit


def run(arguments: list[str]) -> int:
    """Run one command line, without the program's name; its exit code."""
    entry = None if wants_json(arguments) else COMMANDS.get(named(arguments))
    output.begin(
        read_by_people=entry is not None and entry.read_by_people, folds=entry is not None and not entry.data
    )
    ended = guarded(lambda: _ran(arguments))
    return fail(ended.words, ended.code, arguments) if isinstance(ended, Failed) else ended


def guarded(work: Callable[[], T]) -> T | Failed:
    """What work gives, or how it failed; a fault of bmad itself is told as one, and is never a pass."""
    try:
        return work()
    except TyperException as error:
        return Failed(misused(error), Exit.USAGE)
    except (KeyboardInterrupt, Abort):
        return Failed("interrupted", Exit.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the boundary
        failed = _failed(error)
        if output.LEVELS.debug:
            traceback.print_exc()
        return failed


def _ran(arguments: list[str]) -> int:
    try:
        with waiting(arguments):
            code = get_command(app).main(
                arguments, prog_name="bmad", standalone_mode=False, terminal_width=width(), color=wants_colour()
            )
        if code == Exit.INTERRUPTED and not isinstance(code, Exit):
            raise KeyboardInterrupt  # typer made a code of it; a command that says so itself returns an `Exit`
        output.flush()
        output.detail(f"bmad: {time.process_time():.2f} s of CPU, git's beside it")
    except BrokenPipeError:
        # The reader has gone (`bmad graph | head`); Python would complain again when it flushes at exit.
        mute(sys.stdout)
        return int(Exit.OK)
    return code if isinstance(code, int) else int(Exit.OK)


def _failed(error: Exception) -> Failed:
    if isinstance(error, BmadError):
        return Failed(str(error), error.code)
    if isinstance(error, UnicodeEncodeError) and (words := _not_utf8(error)):
        told = f"`{words}` is not UTF-8, and cannot be noted. Give words, and git's user.name, as UTF-8."
        return Failed(told, Exit.USAGE)
    if isinstance(error, FileNotFoundError) and _is_nowhere():
        return Failed(_NOWHERE, Exit.ENVIRONMENT)
    if isinstance(error, OSError) and _has_no_room(error):
        told = f"{error.filename or 'a file'} cannot be written: {error.strerror}. {_ROOM}"
        return Failed(told, Exit.ENVIRONMENT)
    told = f"a fault of its own: {type(error).__name__}: {error} (bmad --debug … shows where)"
    return Failed(told, Exit.ENVIRONMENT)


def _not_utf8(error: UnicodeEncodeError) -> str:
    """The words around a byte from outside that is no text, as they can be shown; empty for other faults."""
    around = " ".join(error.object[max(0, error.start - _AROUND) : error.start + _AROUND].split())
    return told if (told := shown(around)) != around else ""


def _is_nowhere() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - asked of the system alone
    except FileNotFoundError:
        return True
    return False


def _has_no_room(error: OSError) -> bool:
    """Whether a disk is full or takes nothing; `tempfile` then finds no folder for temporary files."""
    return error.errno in _FULL or (error.strerror or "").startswith("No usable temporary directory")
