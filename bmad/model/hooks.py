"""Where git runs hooks from."""

from pathlib import Path
from typing import Literal, NamedTuple


class HooksFolder(NamedTuple):
    """A folder of hooks: the repository's `own`, one that lies among its `files`, or one `elsewhere`."""

    path: Path
    kind: Literal["own", "files", "elsewhere"] = "own"
    scope: str = ""
    """Where `core.hooksPath` is set, as git says (global, local, …); empty where it is not."""
