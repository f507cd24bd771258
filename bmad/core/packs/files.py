"""The files of a commit by their paths: looked through once for all packs that are made of it."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from bmad.core.packs.imports import Project
from bmad.core.packs.locked import order, tells

_TEST = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__)/|(?:^|/)test_[^/]*$|[._-](?:test|tests|spec)\.[^/]*$|Tests?\.[^/]*$"
)
_KEPT = 1 << 16
_AFTER_SLASH = chr(ord("/") + 1)


class Test(NamedTuple):
    """A test by its path, and by its name without the last ending."""

    path: str
    stem: str


class Files:
    """`paths` are sorted."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = paths
        self.project = Project(paths)

    @cached_property
    def tests(self) -> Sequence[Test]:
        return [Test(path, stem(path)) for path in filter(is_test, self.paths)]

    @cached_property
    def versions(self) -> Sequence[str]:
        """Those that may say versions, the ones that have the last word last."""
        return sorted(filter(_tells, self.paths), key=order)

    @cached_property
    def counted(self) -> Sequence[tuple[str, int]]:
        """Folders of the upper two levels with the number of their files, the largest first."""
        found = Counter(filter(None, map(_upper, self.paths)))
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))

    @cached_property
    def _top(self) -> Sequence[str]:
        return [path for path in self.paths if "/" not in path]

    def directly_in(self, folder: str) -> Sequence[str]:
        """The files that stand in a folder itself; at the top where it is empty."""
        if not folder:
            return self._top
        first, end = bisect_left(self.paths, f"{folder}/"), bisect_left(self.paths, f"{folder}{_AFTER_SLASH}")
        deep = len(folder) + 1
        return [path for path in self.paths[first:end] if "/" not in path[deep:]]


@lru_cache(maxsize=2)
def files(paths: tuple[str, ...]) -> Files:
    return Files(paths)


@lru_cache(maxsize=_KEPT)
def is_test(path: str) -> bool:
    return bool(_TEST.search(path))


@lru_cache(maxsize=_KEPT)
def stem(path: str) -> str:
    """A file's name without its last ending, in lower case."""
    name = path.rpartition("/")[2].lower()
    at = name.rfind(".")
    return name[:at] if 0 < at < len(name) - 1 else name


_tells = lru_cache(maxsize=_KEPT)(tells)


@lru_cache(maxsize=_KEPT)
def _upper(path: str) -> str:
    return "/".join(path.split("/")[:2]) if path.count("/") > 1 else path.rpartition("/")[0]
