"""Finding the user's repository: where its objects are, and whether its history is whole."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bmad.errors import CannotAnswerError, UndecidableError
from bmad.git import extensions
from bmad.git.process import Failed, Git, program, user_environment

OLDEST = (2, 39)


class Located(NamedTuple):
    """A repository; `algorithm` is sha1 or sha256, `objects` all the object folders that count."""

    git: Git
    common: Path
    algorithm: str
    shallow: bool
    objects: tuple[Path, ...]


def locate(root: Path, environ: Mapping[str, str]) -> Located:
    """The repository at or above root.

    Raises: CannotAnswerError where there is none, it is another user's, or git is too old.
    """
    if not root.is_dir():
        raise CannotAnswerError(f"{root} is no folder. Name one with --repo.")
    git = Git([program(environ), "-c", "core.commitGraph=false"], user_environment(environ), root)
    _check_version(git)
    common, objects, algorithm, shallow = _ask(git, root)
    return Located(git, common, algorithm, shallow, _objects(objects, environ))


def require_whole(located: Located) -> None:
    """Raises: UndecidableError where the clone is shallow."""
    if located.shallow:
        raise UndecidableError(
            "This clone is shallow: part of the history is missing. "
            "Run `git fetch --unshallow` (in CI: fetch-depth: 0)."
        )


def version(folder: Path, environ: Mapping[str, str]) -> str:
    """Which git is there. Raises: CannotAnswerError where there is none, or it is too old."""
    return _check_version(Git([program(environ)], user_environment(environ), folder))


def _check_version(git: Git) -> str:
    """A git is asked once, for as long as the same file stands there."""
    there = Path(git.command[0]).stat()
    at = (git.command[0], there.st_dev, there.st_ino, there.st_mtime_ns)
    if at not in _VERSIONS:
        _VERSIONS[at] = _version(git)
    return _VERSIONS[at]


_VERSIONS: dict[tuple[str, int, int, int], str] = {}


def _version(git: Git) -> str:
    told = git.run(["version"]).decode("utf-8", "replace")
    match = re.search(r"(\d+)\.(\d+)(?:\.\d+)*", told)
    number = match[0] if match else told.strip()[:40]
    if match is None or (int(match[1]), int(match[2])) < OLDEST:
        raise CannotAnswerError(f"git {number} is too old. bmad needs git 2.39 or newer.")
    return number


def _ask(git: Git, root: Path) -> tuple[Path, Path, str, bool]:
    try:
        told = git.run(
            [
                *("rev-parse", "--is-shallow-repository", "--show-object-format"),
                *("--git-common-dir", "--git-path", "objects"),
            ]
        )
    except Failed as failed:
        if "dubious ownership" in failed.words or "safe.directory" in failed.words:
            raise CannotAnswerError(extensions.foreign(root)) from None
        if "not a git repository" in failed.words:
            raise CannotAnswerError(
                f"{root} is not in a git repository. Run `git init` there, or name one with --repo."
            ) from None
        sentence = extensions.unknown(root, failed.words)
        raise CannotAnswerError(sentence or f"git cannot read the repository at {root}: {failed.words}.") from None
    lines = told.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n")
    if len(lines) != 4 or lines[1] not in ("sha1", "sha256"):  # noqa: PLR2004 - one line a question
        raise CannotAnswerError(f"git gives an answer about {root} that bmad does not understand.")
    if sentence := extensions.unread(root, (root / lines[2]).resolve()):
        raise CannotAnswerError(sentence)
    return (root / lines[2]).resolve(), (root / lines[3]).resolve(), lines[1], lines[0] == "true"


def _objects(own: Path, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The repository's objects, and in a hook those that wait in quarantine."""
    folders = [own]
    quarantine = environ.get("GIT_OBJECT_DIRECTORY")
    others = environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "").split(":")
    for name in [quarantine, *others]:
        if name:
            folder = Path(name.strip('"')).resolve()
            if folder.is_dir() and folder not in folders:
                folders.append(folder)
    return tuple(folders)
