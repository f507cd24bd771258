"""The program."""

import gc
import os
import signal
import sys
from contextlib import suppress

from bmad.errors import Exit

_JUDGED = (["pre-receive"], ["update"], ["pre-push"])
"""Hooks that ask the gate, which takes all of the program."""

_UNSEEN = (["hooks", "run"], ["completion", "words"])
"""What git and a shell call, where nobody looks for a word of bmad's."""


def _open_streams() -> None:
    """Have the three standard streams lead somewhere, or the next file that is opened would be one of them."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    sys.stdin, sys.stdout, sys.stderr = (
        stream if stream is not None else open(number, mode, encoding="utf-8")  # noqa: PTH123, SIM115 - a descriptor
        for number, (stream, mode) in enumerate(((sys.stdin, "r"), (sys.stdout, "w"), (sys.stderr, "w")))
    )


def main() -> None:
    """Run `bmad` with the words of its command line and exit with its code."""
    for name in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(name) is signal.SIG_DFL:
            signal.signal(name, signal.default_int_handler)  # ends what was started, as Ctrl-C does
    _open_streams()
    gc.disable()  # a command ends before cycles would matter; the collector is a tenth of a large run
    try:
        if sys.argv[1:3] == ["hooks", "run"] and sys.argv[3:4] not in _JUDGED:
            from bmad import hooked  # noqa: PLC0415 - without the command line, which takes longer than all it does

            sys.exit(hooked.run(sys.argv[3:]))
        if sys.argv[1:3] == ["completion", "words"]:
            from bmad import completing  # noqa: PLC0415 - the same

            sys.exit(completing.run(sys.argv[3:]))
        from bmad.cli.boundary import run  # noqa: PLC0415 - half of the start-up, and may be interrupted
        from bmad.cli.output import speak  # noqa: PLC0415

        speak(sys.stdout, sys.stderr)
        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        if sys.argv[1:3] not in _UNSEEN:
            with suppress(OSError):
                os.write(2, b"bmad: interrupted\n")  # before the boundary, or while it told of a signal before
        sys.exit(int(Exit.INTERRUPTED))
    finally:
        gc.freeze()  # or Python, as it ends, looks for cycles in all that it loaded, time and again


if __name__ == "__main__":
    main()
