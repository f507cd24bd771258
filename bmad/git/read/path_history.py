"""What history did at some paths: what a first-parent line changed there, and all that ever stood there."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from bmad.errors import UndecidableError
from bmad.git.process import Git
from bmad.model.bounds import PATHS, PATHS_BYTES, TOO_MANY, Tally
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
_EACH = (
    *("log", "--stdin", "--no-walk=unsorted", "--format=tformat:%H", "--raw", "--no-abbrev", "-z", "-c"),
    *("--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none"),
)

NOTHING: Mapping[bytes, frozenset[str]] = MappingProxyType({})
_PLAIN = (b"100644", b"100755")
_MOST_PLACES = 4
"""Each costs git about as much again as all of a history without any."""
_MOST_BYTES = 16 * PATHS_BYTES
"""Of what git says, most of which may be of other paths, and none is held."""


def touching(git: Git, tip: str, paths: Sequence[bytes], since: str | None = None) -> list[Touched]:
    """The commits of the tip's first-parent line that change one of the paths, with what they do to those."""
    wanted = frozenset(paths)
    with tempfile.TemporaryFile() as questions:
        ends = [tip, f"^{since}"] if since else [tip]
        questions.write("\n".join(ends).encode() + b"\n--\n")
        questions.writelines(place + b"\n" for place in _places(wanted) if b"\n" not in place)
        questions.seek(0)
        return list(_touched(_tokens(git.stream(_LOG, questions, most=_MOST_BYTES)), wanted))


def _places(paths: frozenset[bytes]) -> list[bytes]:
    """Paths, or so few folders that hold them; none where that would be the top."""
    places = paths
    while len(places) > _MOST_PLACES:
        above = frozenset(path.rpartition(b"/")[0] or path for path in places)
        if above == places:
            return []
        places = above
    return sorted(places)


def _touched(tokens: Iterator[bytes], wanted: frozenset[bytes]) -> Iterator[Touched]:
    tally = Tally("changed paths where its reverts are looked for", PATHS)
    name, changes = b"", list[Change]()
    for token in tokens:
        text = token.lstrip(b"\n")
        if text.startswith(b":"):
            path = next(tokens)
            if path in wanted:
                old_mode, new_mode, old, new, _ = text[1:].decode().split(" ")
                tally.add(1)
                changes.append(Change(path, old_mode, new_mode, old, new))
        else:
            if changes:
                yield Touched(name.decode(), changes)
            name, changes = text, []
    if changes:
        yield Touched(name.decode(), changes)


def changed(git: Git, commits: Iterable[str]) -> frozenset[bytes]:
    """The paths that some commits change; of a merge what it holds otherwise than each of its parents.

    git compares a merge's parents at once, so that what they differ in is never told.
    """
    found: set[bytes] = set()
    with tempfile.TemporaryFile() as questions:
        questions.writelines(f"{name}\n".encode() for name in commits)
        if not questions.tell():
            return frozenset()
        questions.seek(0)
        tokens = _tokens(git.stream(_EACH, questions, most=_MOST_BYTES))
        for token in tokens:
            if token.lstrip(b"\n").startswith(b":"):
                found.add(next(tokens))
                if len(found) > PATHS:
                    raise UndecidableError(TOO_MANY.format(what="changed paths", most=PATHS))
    return frozenset(found)


def _tokens(stream: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in stream:
        *whole, rest = (rest + piece).split(b"\0")
        yield from whole
    yield rest


def ever(
    git: Git, tip: str, folder: bytes, since: str = "", before: Mapping[bytes, frozenset[str]] = NOTHING
) -> dict[bytes, frozenset[str]]:
    """The paths below a folder that stand in some commit that tip reaches, each with its plain files' blobs.

    `before` is the same of a commit that tip reaches, `since`: then only what has come to it is read.
    """
    ends = [tip, *([f"^{since}"] if since else [])]
    told = git.run([*_EVER, *ends, "--", folder.decode("utf-8", "surrogateescape")])
    tokens = told.split(b"\0")
    found: dict[bytes, set[str]] = {}
    for meta, path in zip(tokens[::2], tokens[1::2], strict=False):
        _, mode, _, blob, _ = meta.lstrip(b"\n:").split(b" ")
        known = found.setdefault(path, set())
        if mode in _PLAIN:
            known.add(blob.decode())
    return _joined(before, found)


def came_to(
    before: Mapping[bytes, frozenset[str]], folder: bytes, changes: Iterable[Sequence[Change]]
) -> dict[bytes, frozenset[str]]:
    """What ever stood below a folder, once commits have come to those that `before` is of: their changes."""
    found: dict[bytes, set[str]] = {}
    for one in (one for own in changes for one in own if one.path.startswith(folder + b"/")):
        known = found.setdefault(one.path, set())
        if one.new_mode.encode() in _PLAIN:
            known.add(one.new_blob)
    return _joined(before, found)


def _joined(
    before: Mapping[bytes, frozenset[str]], found: Mapping[bytes, set[str]]
) -> dict[bytes, frozenset[str]]:
    return {**before, **{path: before.get(path, frozenset()).union(blobs) for path, blobs in found.items()}}
