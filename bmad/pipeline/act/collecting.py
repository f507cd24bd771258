"""Memory of what goes on for hours: most commands end before their cycles would matter, and look for none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_within: list[bool] = []
"""An entry for each that is entered; to count what is frozen takes longer than a short step."""


@contextmanager
def collecting() -> Iterator[None]:
    """Have what only holds itself go while it is entered; what is there by now stays.

    Where that was seen to before, it stays so: by a worker that carries a story out, or a program that runs bmad.
    """
    was, first = gc.isenabled(), not _within
    if first:
        gc.freeze()
    _within.append(first)
    gc.enable()
    try:
        yield
    finally:
        _within.pop()
        if first:
            gc.unfreeze()
        if not was:
            gc.disable()
