"""The names of branches and tags, read from git's own files: for who waits at each press of Tab, without a git.

A repository whose refs are in tables (`reftable`) tells none.
"""

from collections.abc import Iterator
from pathlib import Path

from bmad.git.gitdir import place

_KINDS = {"refs/heads/": "branch", "refs/tags/": "tag", "refs/remotes/": "remote branch"}


def revisions(folder: Path) -> Iterator[tuple[str, str]]:
    """What may be called a revision in the work tree around a folder, with what it is; `HEAD` first."""
    found = place(folder)
    if found is None:
        return
    yield "HEAD", "what is checked out"
    names = {*_loose(found.common), *_packed(found.common)}
    for lead, kind in _KINDS.items():
        yield from ((name.removeprefix(lead), kind) for name in sorted(names) if name.startswith(lead))


def _loose(common: Path) -> Iterator[str]:
    for lead in _KINDS:
        yield from (path.relative_to(common).as_posix() for path in (common / lead).rglob("*") if path.is_file())


def _packed(common: Path) -> Iterator[str]:
    """A line of `packed-refs` is an id, a blank and a name; one that begins with `#` or `^` is none."""
    try:
        text = (common / "packed-refs").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return
    yield from (line.partition(" ")[2] for line in text.splitlines() if not line.startswith(("#", "^")))
