"""Files written into a tree without any index: only the folders above them are read, and made anew.

A tree is entries of `mode SP name NUL id`, folders ordered as if a slash ended their names: git-mktree(1) by hand,
at one process instead of five.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from bmad.errors import UsageError
from bmad.git.work.calls import Calls, shown
from bmad.git.work.loose_objects import write_object

_FOLDER = b"40000"
_PLAIN = (b"100644", b"100755")
_REFUSED = frozenset({b"", b".", b"..", b".git", b"git~1"})

Entries = dict[bytes, tuple[bytes, bytes]]
"""Name -> mode and raw id."""


def with_files(calls: Calls, tree: str, files: Mapping[bytes, bytes]) -> str:
    """The id of a tree with some files written; one that is there keeps its mode.

    Raises: UsageError where a path is none that git takes.
    """
    for path in files:
        _see_that_git_takes(path)
    folders = _folders(calls, tree, files)
    for path, content in files.items():
        folder, _, name = path.rpartition(b"/")
        mode = folders[folder].get(name, (b"", b""))[0]
        folders[folder][name] = (mode if mode in _PLAIN else _PLAIN[0], _written(calls, "blob", content))
    return _made(calls, folders)


def with_blobs(calls: Calls, tree: str, blobs: Mapping[bytes, tuple[str, str]]) -> str:
    """The id of a tree with some blobs in it, each by its path with octal mode and full id."""
    folders = _folders(calls, tree, blobs)
    for path, (mode, blob) in blobs.items():
        folder, _, name = path.rpartition(b"/")
        folders[folder][name] = (mode.encode(), bytes.fromhex(blob))
    return _made(calls, folders)


def _folders(calls: Calls, tree: str, paths: Iterable[bytes]) -> dict[bytes, Entries]:
    """The entries of all folders above some paths, the root among them; none of what is no folder in the tree."""
    found: dict[bytes, Entries] = {}
    for name in sorted({folder for path in paths for folder in _above(path)}, key=len):
        mode, raw = _at(found, name) if name else (_FOLDER, bytes.fromhex(tree))
        found[name] = _entries(calls, calls.readers.tree(raw.hex())) if mode.lstrip(b"0") == _FOLDER else {}
    return found


def _at(found: Mapping[bytes, Entries], path: bytes) -> tuple[bytes, bytes]:
    """Mode and raw id of what stands at a path; empty where nothing does."""
    folder, _, name = path.rpartition(b"/")
    return found[folder].get(name, (b"", b""))


def _made(calls: Calls, folders: dict[bytes, Entries]) -> str:
    """The id of the tree that folders are, the root among them."""
    made = b""
    for folder in sorted(folders, key=len, reverse=True):  # what is below another has a longer name
        made = _written(calls, "tree", _tree(folders[folder]))
        if folder:
            above, _, name = folder.rpartition(b"/")
            folders[above][name] = (_FOLDER, made)
    return made.hex()


def _see_that_git_takes(path: bytes) -> None:
    if any(part.lower() in _REFUSED for part in path.split(b"/")) or re.search(rb"[\0-\x1f]", path):
        raise UsageError(f"git does not write `{shown(path)}`: that is no path for a file.")


def _above(path: bytes) -> Iterator[bytes]:
    """The folders that a path is in, up to the root, which is empty."""
    while path:
        path = path.rpartition(b"/")[0]
        yield path


def _written(calls: Calls, kind: str, content: bytes) -> bytes:
    return bytes.fromhex(write_object(calls.common / "objects", calls.algorithm, kind, content))


def _entries(calls: Calls, data: bytes) -> Entries:
    digits = 20 if calls.algorithm == "sha1" else 32
    found = re.findall(rb"([0-7]{5,6}) ([^\0]*)\0(.{%d})" % digits, data, re.DOTALL)
    return {name: (mode, raw) for mode, name, raw in found}


def _tree(entries: Entries) -> bytes:
    order = sorted(entries, key=lambda name: name + b"/" if entries[name][0] == _FOLDER else name)
    return b"".join(b"%s %s\0%s" % (entries[name][0], name, entries[name][1]) for name in order)
