"""The private repository: empty and bare, in a temporary folder, its alternates the user's objects.

So no local configuration, attribute, merge driver, hook, graft, replacement or commit-graph has a say, no code
of the repository runs, and what git writes (computed merges) goes with the folder. It has no refs either, so git
need not look in six places whether an id is the name of one, too.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bmad.git.budget import Budget
from bmad.git.locate import Located
from bmad.git.process import Git, private_environment, program
from bmad.git.read.commit_graph import PLACE
from bmad.git.scratch import scratch
from bmad.model.bounds import GIT_SECONDS

_CONFIG = """[core]
\trepositoryformatversion = {version}
\tbare = true
\tcommitGraph = false
\twarnAmbiguousRefs = false
\tlooseCompression = 0
\tfsync = none
\tdeltaBaseCacheLimit = 32m
\tpackedGitWindowSize = 16m
\tpackedGitLimit = 64m
[gc]
\tauto = 0
[merge]
\tconflictStyle = merge
[protocol]
\tallow = never
"""


@contextmanager
def private_repository(located: Located, environ: Mapping[str, str]) -> Iterator[Git]:
    """Git in a fresh private repository that sees the located repository's objects."""
    with scratch() as folder:
        bare = folder / "bare"
        for part in ("objects/info", "objects/pack", "refs", "info"):
            (bare / part).mkdir(parents=True)
        (bare / "HEAD").write_text("ref: refs/heads/none\n")
        config = _CONFIG.format(version=0 if located.algorithm == "sha1" else 1)
        if located.algorithm != "sha1":
            config += f"[extensions]\n\tobjectFormat = {located.algorithm}\n"
        (bare / "config").write_text(config)
        merging = folder / PLACE / "objects"
        (merging / "info").mkdir(parents=True)
        sources = (*_with_borrowed(located.objects), merging)
        (bare / "objects/info/alternates").write_bytes(b"".join(_alternate(path) + b"\n" for path in sources))
        command = [program(environ), f"--git-dir={bare}", "--no-replace-objects", "--literal-pathspecs"]
        yield Git(command, private_environment(environ, folder), folder, budget=Budget(GIT_SECONDS))


_DEEPEST = 6
"""So many levels of borrowed objects git follows; it would count the private repository as one of them."""


def _with_borrowed(objects: Sequence[Path]) -> list[Path]:
    """Folders of objects behind those that they borrow from, so that git comes to none by a longer way."""
    found, level = dict.fromkeys(objects), list(objects)
    for _ in range(_DEEPEST):
        level = [one for one in dict.fromkeys(path for own in level for path in _borrows(own)) if one not in found]
        found |= dict.fromkeys(level)
    return list(reversed(found))


def _borrows(objects: Path) -> Iterator[Path]:
    """The folders that one borrows from; what is quoted is left to git."""
    try:
        lines = (objects / "info/alternates").read_bytes().split(b"\n")
    except OSError:
        return
    yield from (objects / os.fsdecode(line) for line in lines if line and not line.startswith((b"#", b'"')))


def _alternate(path: Path) -> bytes:
    """A line of `objects/info/alternates`, quoted in C style where the path asks for it."""
    raw = bytes(path)
    if not set(raw) & set(b'"\\#\n\r\t'):
        return raw
    return b'"' + b"".join(b"\\%03o" % byte if byte in b'"\\\n\r\t' else bytes([byte]) for byte in raw) + b'"'
