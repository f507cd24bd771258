"""What stands for `~/.cache` where something is set up or checked."""

from typing import NamedTuple


class Cache(NamedTuple):
    """What stands for `~/.cache` in a call: what is kept under a name, or a copy of it where that is not to stay.

    Without a name it is empty, and goes with the call. `packages` is whether package managers keep what they
    download in it, too: else that is beside the commit, as all that a check or `setup` makes.
    """

    name: str = ""
    stays: bool = True
    packages: bool = False


NO_CACHE = Cache()
