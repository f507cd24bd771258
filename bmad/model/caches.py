"""What stands for `~/.cache` where something is set up or checked."""

from typing import NamedTuple


class Cache(NamedTuple):
    """What stands for `~/.cache` in a call: what is kept under a name, or a copy of it where that is not to stay.

    Without a name it is empty, and goes with the call.
    """

    name: str = ""
    stays: bool = True


NO_CACHE = Cache()
