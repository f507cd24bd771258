"""Python's modules in a tree of files: where one could be, and whether it holds a name.

Where `sys.path` points nobody knows without running anything, so a module may stand in any folder.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from bmad.core.imports.python import Import, Names, names

_SOURCES = (".py", ".pyi")
_BUILT = (".so", ".pyd", ".pyx", ".pxd", ".c", ".cc", ".cpp", ".rs", ".ipynb")
_ENDS = (*_SOURCES, *_BUILT)
_GENERATED = ("_version", "version", "_pb2", "_pb2_grpc", "_generated", "_build", "_ext")


class Stands(Enum):
    """Whether something that is imported is in the tree."""

    THERE = "there"
    MISSING = "missing"
    """Its package is there, and it is not in it."""
    FOREIGN = "foreign"
    """No folder of the tree holds anything of that name."""


class Tree(NamedTuple):
    """The files of a commit; `read` gives the text of one, None where it cannot be read."""

    paths: frozenset[str]
    read: Callable[[str], str | None]
    modules: "_Index"

    def stands(self, path: str, one: Import) -> Stands:
        """Where what a file imports is."""
        if one.level:
            folder = self._above(path, one.level)
            ends = [] if folder is None else [self._holds(folder, one)]
            return Stands.MISSING if ends == [False] else Stands.THERE
        roots = self.modules.roots.get(one.module.partition(".")[0], ())
        if not roots:
            return Stands.FOREIGN
        return Stands.THERE if any(self._holds(root, one) for root in roots) else Stands.MISSING

    def is_package(self, top: str) -> bool:
        """Whether a name is that of a package with an `__init__.py`, or of a module, which nothing adds to."""
        roots = self.modules.roots.get(top, ())
        return any(f"{_join(root, top)}{end}" in self.paths for root in roots for end in (".py", "/__init__.py"))

    @staticmethod
    def _above(path: str, level: int) -> str | None:
        folder = path.rpartition("/")[0].split("/") if "/" in path else []
        up = level - 1
        return None if up > len(folder) else "/".join(folder[: len(folder) - up])

    def _holds(self, root: str, one: Import) -> bool:
        """Whether a folder has it, as far as that can be told: what nobody can tell is there."""
        at = root
        for part in filter(None, one.module.split(".")):
            above, at = at, _join(at, part)
            if self._is_loose(at):
                return True
            if at not in self.modules.folders and not self._sources(at):
                return any(self._bound(path).open for path in self._sources(above))
        return not one.name or one.name == "*" or self._names(at, one.name)

    def _sources(self, at: str) -> list[str]:
        own = [f"{at}{end}" for end in _SOURCES] + [f"{at}/__init__{end}" for end in _SOURCES]
        return [path for path in own if path in self.paths]

    def _names(self, at: str, name: str) -> bool:
        below = _join(at, name)
        if (name.startswith("__") and name.endswith("__")) or below in self.modules.folders:
            return True
        if self._sources(below) or self._is_loose(below):
            return True
        sources = self._sources(at)
        if not sources:
            return at not in self.modules.folders or self._is_loose(at)
        return any(told.open or name in told.bound for told in map(self._bound, sources))

    def _bound(self, path: str) -> Names:
        known = self.modules.bound
        if path not in known:
            text = self.read(path)
            known[path] = names(text) if text is not None else Names(frozenset(), open=True)
        return known[path]

    def _is_loose(self, at: str) -> bool:
        """Whether it is built or made by a program, so that no text of the tree says what it holds."""
        stem = at.rpartition("/")[2]
        if any(stem == end or (end != "version" and stem.endswith(end)) for end in _GENERATED):
            return not self._sources(at)
        return (
            any(f"{at}{end}" in self.paths for end in _BUILT)
            or at in self.modules.built
            or stem in self.modules.unkept
        )


class _Index:
    """What is looked up again and again, read off the paths once."""

    def __init__(self, paths: Iterable[str], ignored: str) -> None:
        self._paths = [path for path in paths if path.endswith(_ENDS)]
        self._ignored = ignored
        self.bound: dict[str, Names] = {}

    @cached_property
    def folders(self) -> frozenset[str]:
        """Folders with anything of Python below them."""
        found: set[str] = set()
        for path in self._paths:
            folder = path.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def roots(self) -> Mapping[str, tuple[str, ...]]:
        """The name of a module or package at the top -> the folders that have one."""
        found: dict[str, dict[str, None]] = {}
        for path in (*self.folders, *self._paths):
            folder, _, name = path.rpartition("/")
            found.setdefault(name.partition(".")[0], {})[folder] = None
        return {name: tuple(folders) for name, folders in found.items()}

    @cached_property
    def built(self) -> frozenset[str]:
        """Modules whose compiled form bears the name of a machine: `a/b.cpython-311-x86_64-linux-gnu.so`."""
        compiled = (one for one in self._paths if one.endswith((".so", ".pyd")))
        return frozenset(
            "/".join([one.rpartition("/")[0], one.rpartition("/")[2].partition(".")[0]]).lstrip("/")
            for one in compiled
        )

    @cached_property
    def unkept(self) -> frozenset[str]:
        """Names of modules and folders that `.gitignore` has git not keep: a build makes them."""
        rows = (row.strip().rstrip("/") for row in self._ignored.split("\n"))
        return frozenset(
            row.rpartition("/")[2].removesuffix(".py") for row in rows if row and not row.startswith("#")
        )


def tree(paths: Iterable[str], read: Callable[[str], str | None]) -> Tree:
    """The modules of these files."""
    every = frozenset(paths)
    ignored = "\n".join(read(one) or "" for one in every if one.rpartition("/")[2] == ".gitignore")
    return Tree(every, read, _Index(every, ignored))


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
