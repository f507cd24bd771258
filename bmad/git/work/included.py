"""What `.worktreeinclude` names: files that git ignores, copied from a person's work tree into one of bmad's own.

Its lines are those of a `.gitignore`. A file is copied where git ignores it in both trees, so that no step commits
it; what is there already stays, links are neither copied nor gone through, and there is a bound to all of it.
"""

import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from bmad.errors import CannotAnswerError
from bmad.git.process import Git
from bmad.git.scratch import scratch
from bmad.git.work.calls import ask, failure, tell
from bmad.model.layout import OWN_FOLDER

_LITERAL, _HERE = "--literal-pathspecs", b"./"
"""`check-ignore` takes no literal paths; what begins with a folder has no magic."""

MOST_FILES = 1000
MOST_BYTES = 64 << 20


def include(person: Git, its: Path, own: Git, folder: Path, patterns: str) -> None:
    """Copy what the patterns name from a person's files in `its` into a worktree's in `folder`.

    Raises: CannotAnswerError where that is more than belongs into every worktree.
    """
    free = (name for name in _ignored(person, _named(person, patterns)) if _is_free(folder, os.fsdecode(name)))
    found = [
        (name, at)
        for name in _ignored(own, free)
        if stat.S_ISREG((at := (its / os.fsdecode(name)).lstat()).st_mode)
    ]
    if len(found) > MOST_FILES or sum(at.st_size for _, at in found) > MOST_BYTES:
        raise CannotAnswerError(
            f".worktreeinclude names {len(found)} files, more than {MOST_FILES} or {MOST_BYTES >> 20} MiB. "
            "Name less, and have `setup` make what can be made."
        )
    for name, at in found:
        place = folder / os.fsdecode(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        _copy(its / os.fsdecode(name), place, at.st_mode)


def _named(git: Git, patterns: str) -> list[bytes]:
    with scratch() as own:
        file = own / "patterns"
        file.write_text(patterns, encoding="utf-8", errors="surrogateescape")
        told = tell(git, ["ls-files", "-z", "--others", "--ignored", f"--exclude-from={file}"])
    return [name for name in told.split(b"\0") if name and not name.startswith(os.fsencode(f"{OWN_FOLDER}/"))]


def _ignored(git: Git, names: Iterable[bytes]) -> list[bytes]:
    """Those of the names that git ignores in a work tree."""
    asked = b"".join(_HERE + name + b"\0" for name in names)
    arguments = ["check-ignore", "-z", "--stdin"]
    plain = Git([word for word in git.command if word != _LITERAL], git.environment, git.folder, git.common)
    done = ask(plain, arguments, asked) if asked else None
    if done is None or done.status == 1:  # none of them
        return []
    if done.status:
        raise failure(done, arguments)
    return [name.removeprefix(_HERE) for name in done.out.split(b"\0") if name]


def _is_free(folder: Path, name: str) -> bool:
    """Whether nothing stands at a path below a folder, nor a link or file on the way to it."""
    at = folder / name
    if os.path.lexists(at):
        return False
    above = (one for one in at.parents if one != folder and one.is_relative_to(folder))
    return not any(one.is_symlink() or (one.exists() and not one.is_dir()) for one in above)


def _copy(source: Path, place: Path, mode: int) -> None:
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as one, place.open("xb") as other:
        shutil.copyfileobj(one, other)
    place.chmod(stat.S_IMODE(mode))
