"""Where package managers keep what they download: in folders of bmad's own, never in the person's.

It runs later: sources that are built, plugins, archives that nobody compares with a checksum again. What an agent
or a check could write there would run as the person, and decide what the checks of other stories see.
"""

import os
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

KEPT = Path("packages")
"""Below a cache that is kept."""
BESIDE = Path(".bmad", "packages")
"""Below a worktree: no commit has anything there, and what checks leave goes as all goes that they leave."""

_FOLDERS = {
    "CARGO_HOME": "cargo",
    "GOMODCACHE": "go",
    "GRADLE_USER_HOME": "gradle",
    "NUGET_PACKAGES": "nuget",
    "YARN_GLOBAL_FOLDER": "yarn",
    "npm_config_cache": "npm",
}
_MAVEN = "maven"

_SETTINGS = {
    "CARGO_HOME": (".cargo", ("bin", "config", "config.toml", "credentials", "credentials.toml")),
    "GRADLE_USER_HOME": (".gradle", ("gradle.properties", "init.d", "init.gradle", "init.gradle.kts")),
}
"""Variable of a home -> where it is unless that says otherwise, and what of it the person has set up."""


def variables(folder: Path) -> dict[str, str]:
    """What leads package managers to a folder; Maven splits what it is told at blanks, and is told none."""
    maven = f"-Dmaven.repo.local={folder / _MAVEN}"
    told = {} if len(maven.split()) > 1 else {"MAVEN_OPTS": maven}
    return {name: str(folder / at) for name, at in _FOLDERS.items()} | told


def laid_out(place: Path, below: Path, environ: Mapping[str, str]) -> Path:
    """The folder `below` a place, with links to what the person has set up that is looked for beside downloads.

    Whoever writes there may have put links in the place of folders: none is followed. Raises: OSError.
    """
    with ExitStack() as stack:
        at = _opened(stack, os.open(place, _FOLDER))
        for name in below.parts:
            at = _entered(stack, at, name)
        for variable, (usual, names) in _SETTINGS.items():
            own = _entered(stack, at, _FOLDERS[variable])
            home = Path(environ.get(variable) or Path(environ.get("HOME") or "/nonexistent") / usual)
            for name in names:
                if (home / name).exists():
                    with suppress(FileExistsError):
                        os.symlink(home / name, name, dir_fd=own)
    return place / below


_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def _entered(stack: ExitStack, at: int, name: str) -> int:
    """The folder of that name in another one, made where it is not there; what is no folder goes."""
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=at)
    try:
        found = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=at)
    except NotADirectoryError:
        os.unlink(name, dir_fd=at)
        os.mkdir(name, 0o700, dir_fd=at)
        found = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=at)
    return _opened(stack, found)


def _opened(stack: ExitStack, descriptor: int) -> int:
    stack.callback(os.close, descriptor)
    return descriptor


def beside(worktree: Path, environ: Mapping[str, str]) -> Path:
    """The folder below a worktree, which git overlooks. Raises: OSError where it cannot be made."""
    folder = laid_out(worktree, BESIDE, environ)
    with suppress(FileExistsError), (folder.parent / ".gitignore").open("x") as file:
        file.write("*\n")
    return folder
