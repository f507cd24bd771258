"""The private repository: empty and bare, in a temporary folder, its alternates the user's objects.

So no local configuration, attribute, merge driver, hook, graft, replacement or commit-graph has a say, no code
of the repository runs, and what git writes (computed merges) goes with the folder.
"""

from collections.abc import Iterator, Mapping
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
        (bare / "objects/info/alternates").write_bytes(
            b"".join(_alternate(path) + b"\n" for path in (*located.objects, merging))
        )
        command = [program(environ), f"--git-dir={bare}", "--no-replace-objects", "--literal-pathspecs"]
        yield Git(command, private_environment(environ, folder), folder, budget=Budget(GIT_SECONDS))


def _alternate(path: Path) -> bytes:
    """A line of `objects/info/alternates`, quoted in C style where the path asks for it."""
    raw = bytes(path)
    if not set(raw) & set(b'"\\#\n\r\t'):
        return raw
    return b'"' + b"".join(b"\\%03o" % byte if byte in b'"\\\n\r\t' else bytes([byte]) for byte in raw) + b'"'
