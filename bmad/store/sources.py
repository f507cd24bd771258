"""The files of another project, below one folder; nothing of them is run, and no link is followed."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from bmad.errors import UsageError
from bmad.store.workspace import read_text

_SKIPPED = frozenset([".git", "node_modules", ".venv", "__pycache__", ".bmad"])


class FolderSources:
    """The files below a root."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def below(self, path: str, most: int) -> list[str]:
        full = self.root / path
        if full.is_symlink():
            raise UsageError(f"{path} is a symbolic link; name what it leads to.")
        if full.is_file():
            return [path]
        if not full.is_dir():
            raise UsageError(f"{path or self.root} does not exist.")
        found: list[str] = []
        for folder, folders, files in os.walk(full):
            folders[:] = [one for one in folders if one not in _SKIPPED]
            here = Path(folder).relative_to(self.root).as_posix()
            head = "" if here == "." else f"{here}/"
            found += [f"{head}{name}" for name in files if not (Path(folder) / name).is_symlink()]
            if len(found) > most:
                raise UsageError(
                    f"{path or '.'} holds more than {most:,} files; name the folder of the other tool."
                )
        return sorted(found, key=_natural)

    def read(self, path: str) -> str:
        return read_text(self.root / path, path)


def write_all(texts: Mapping[Path, str]) -> None:
    """Write files, each aside first and then renamed; none is renamed before all are written.

    Raises: UsageError where one cannot be written.
    """
    aside: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_symlink():
                raise UsageError(f"{path} is a symbolic link; name what it leads to.")
            aside[path] = path.with_name(f".{path.name}.bmad-new")
            aside[path].write_text(text, encoding="utf-8", newline="")
        for path, new in aside.items():
            new.replace(path)
    except OSError as error:
        raise UsageError(f"{error.filename or 'The target'} cannot be written: {error.strerror}.") from None
    finally:
        for new in aside.values():
            new.unlink(missing_ok=True)


def _natural(path: str) -> list[tuple[int, str]]:
    """`2-b` before `10-a`."""
    return [(int(one), "") if one.isdecimal() else (0, one) for one in re.split(r"(\d{1,9})", path)]
