"""A person's pager: it reads a text, and the keyboard, until they leave it."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress


def page(text: str, argv: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Show a text in a pager; whether that could be started. Who leaves it early has seen what they wanted."""
    try:
        child = subprocess.Popen(argv, stdin=subprocess.PIPE, env=dict(environ))
    except OSError:
        return False
    with _undisturbed():
        if child.stdin is not None:
            with suppress(BrokenPipeError):
                child.stdin.write(text.encode("utf-8", "backslashreplace"))
            with suppress(BrokenPipeError):
                child.stdin.close()
        child.wait()
    return True


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C is the pager's, which is at the same terminal."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
