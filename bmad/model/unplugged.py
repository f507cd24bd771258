"""pydantic without plugins: what happens to be installed beside bmad has no say in what it reads.

To look for them, in the metadata of all packages that are installed, takes longer than to check a thousand items.
"""

import sys
from types import ModuleType

_LOADER = "pydantic.plugin._loader"


class _NoPlugins(ModuleType):
    """Stands where pydantic asks for its plugins, which is when it builds its first validator."""

    @staticmethod
    def get_plugins() -> tuple[()]:
        return ()


def unplug() -> None:
    """Let pydantic find no plugins, unless it has looked for them already."""
    sys.modules.setdefault(_LOADER, _NoPlugins(_LOADER))
