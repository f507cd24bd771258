"""Where a command's repository begins: the folder that is named, and the root above it."""

from pathlib import Path

from bmad.errors import UsageError
from bmad.model.layout import POLICY
from bmad.store.bare import is_bare


def folder_of(folder: Path | None) -> Path:
    """The folder that a command is called for. Raises: UsageError where it is none."""
    start = (folder or Path.cwd()).resolve()
    if not start.is_dir():
        raise UsageError(f"{folder} is not a folder.")
    return start


def root_of(start: Path) -> Path:
    """The nearest folder above with a `bmad.yaml`, else with a `.git`, else the folder itself."""
    if is_bare(start):
        return start
    top = next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)
    for folder in (start, *start.parents):
        if (folder / POLICY).exists():
            _refuse_below(top, folder)
            return folder
        if folder == top:
            break
    return top or start


def _refuse_below(top: Path | None, folder: Path) -> None:
    """Raises: UsageError for settings below the root of a repository, which its gate and hooks would not read."""
    if top is None or not folder.is_relative_to(top) or folder == top:
        return
    name = folder.relative_to(top).as_posix()
    entry = f"{{path: {name}/intent.md, specs: {name}/specs, stories: {name}/stories}}"
    raise UsageError(
        f"{name}/{POLICY} stands below the repository's root, and the gate reads only the one there. "
        f"List what it is for in that one, for instance: intent: [{entry}]"
    )
