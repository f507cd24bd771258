"""The files of a commit, and the folders above them."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path


class Listing:
    """Files by path from the top."""

    def __init__(self, files: Iterable[str]) -> None:
        self.files: set[str] = set()
        self.folders: Counter[str] = Counter()
        """Each with how many files are below it."""
        for path in files:
            self.put(path, there=True)

    def put(self, path: str, *, there: bool) -> None:
        """Say of a path whether a file stands there."""
        if (path in self.files) == there:
            return
        if there:
            self.files.add(path)
            self.folders.update(_above(path))
            return
        self.files.remove(path)
        for folder in _above(path):
            self.folders[folder] -= 1
            if not self.folders[folder]:
                del self.folders[folder]


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def is_beside(folder: Path, listed: Listing) -> bool:
    """Whether anything but these files and their folders stands in a folder, `.git` aside, or nobody can tell."""
    try:
        return any(
            _strange(f"{folder}/{below}", f"{below}/" if below else "", listed) for below in ("", *listed.folders)
        )
    except OSError:
        return True


def _strange(folder: str, prefix: str, listed: Listing) -> bool:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            inside = entry.is_dir(follow_symlinks=False)
            if name not in (listed.folders if inside else listed.files) and name != ".git":
                return True
    return False
