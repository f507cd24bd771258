"""Memory of what goes on for hours: most commands end before their cycles would matter, and look for none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collecting() -> Iterator[None]:
    """Have what only holds itself go while it is entered; what is there by now stays."""
    was = gc.isenabled()
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        gc.unfreeze()
        if not was:
            gc.disable()
