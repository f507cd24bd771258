"""Another system, played on Linux: what Linux alone has is taken away, what macOS has instead stands in for it."""

from pathlib import Path

import pytest

from bmad import platforms
from bmad.agents import confine


def without_linux(patch: pytest.MonkeyPatch) -> None:
    """No Landlock, no list of processes, no handles and limits of others; an open file still tells its path."""
    patch.setattr(platforms, "LINUX", False)
    patch.setattr(platforms, "MACOS", True)
    patch.setattr(platforms, "PROC", "/nowhere")
    patch.setattr(platforms, "path_of", lambda descriptor: str(Path(f"/proc/self/fd/{descriptor}").readlink()))
    patch.setattr(confine, "version", lambda: 0)
