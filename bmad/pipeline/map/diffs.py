"""What a command would write, as a unified diff."""

import difflib
from collections.abc import Mapping


def diff(before: Mapping[str, str], files: Mapping[str, str | None]) -> str:
    """From the texts before to the files that change; None removes one."""
    parts: list[str] = []
    for path in sorted(files):
        old, new = before.get(path, ""), files[path] or ""
        parts += difflib.unified_diff(
            old.splitlines(keepends=True),
            new.splitlines(keepends=True),
            f"a/{path}" if path in before else "/dev/null",
            f"b/{path}" if files[path] is not None else "/dev/null",
        )
    return "".join(part if part.endswith("\n") else f"{part}\n" for part in parts)
