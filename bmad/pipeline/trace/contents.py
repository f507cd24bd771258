"""What stands in files of the history, as far as it is small enough to be read."""

from collections.abc import Sequence

from bmad.errors import UndecidableError
from bmad.model.bounds import Bound
from bmad.ports.history import Objects


def contents(objects: Objects, blobs: Sequence[str], bound: Bound) -> dict[str, bytes]:
    """The contents of blobs; those that are too large, or no files, are left out."""
    try:
        return objects.blobs(blobs, bound)
    except UndecidableError:
        half = len(blobs) // 2
        if not half:
            return {}
        return contents(objects, blobs[:half], bound) | contents(objects, blobs[half:], bound)
