"""What history did at some paths: what a first-parent line changed there, and all that ever stood there."""

import re
import tempfile
from collections.abc import Sequence

from bmad.git.process import Git
from bmad.model.bounds import PATHS, PATHS_BYTES, Tally
from bmad.model.commits import Change
from bmad.model.history import Touched

_LOG = (
    *("log", "--stdin", "--format=tformat:%H", "--raw", "--no-abbrev", "-z", "--first-parent"),
    *("--diff-merges=first-parent", "--full-history", "--no-renames"),
    *("--no-ext-diff", "--no-textconv", "--ignore-submodules=none"),
)
_EVER = (
    *("log", "--format=", "--raw", "--no-abbrev", "-z", "-m", "--full-history", "--no-renames"),
    *("--no-ext-diff", "--no-textconv", "--ignore-submodules=none"),
)

_PLAIN = (b"100644", b"100755")
_ID = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")


def touching(git: Git, tip: str, paths: Sequence[bytes], since: str | None = None) -> list[Touched]:
    """The commits of the tip's first-parent line that change one of the paths, with what they do to those."""
    with tempfile.TemporaryFile() as questions:
        ends = [tip, f"^{since}"] if since else [tip]
        questions.write(
            "\n".join(ends).encode() + b"\n--\n" + b"".join(path + b"\n" for path in paths if b"\n" not in path)
        )
        questions.seek(0)
        told = git.run(list(_LOG), questions, most=PATHS_BYTES)
    found: list[Touched] = []
    changes: list[Change] = []
    tally = Tally("changed paths where its reverts are looked for", PATHS)
    tokens = iter(told.split(b"\0"))
    for token in tokens:
        text = token.lstrip(b"\n")
        if _ID.fullmatch(text):
            changes = []
            found.append(Touched(text.decode(), changes))
        elif text.startswith(b":"):
            old_mode, new_mode, old, new, _ = text[1:].decode().split(" ")
            tally.add(1)
            changes.append(Change(next(tokens), old_mode, new_mode, old, new))
    return found


def ever(git: Git, tip: str, folder: bytes) -> dict[bytes, frozenset[str]]:
    """The paths below a folder that stand in some commit that tip reaches, each with its plain files' blobs."""
    told = git.run([*_EVER, tip, "--", folder.decode("utf-8", "surrogateescape")])
    tokens = told.split(b"\0")
    found: dict[bytes, set[str]] = {}
    for meta, path in zip(tokens[::2], tokens[1::2], strict=False):
        _, mode, _, blob, _ = meta.lstrip(b"\n:").split(b" ")
        known = found.setdefault(path, set())
        if mode in _PLAIN:
            known.add(blob.decode())
    return {path: frozenset(blobs) for path, blobs in found.items()}
