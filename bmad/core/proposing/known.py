"""Which path a name means: one that stands, one that a source tree plans, or a new one in a known folder."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.proposing.mentions import WITHOUT
from bmad.core.proposing.trees import Planned

TOP = ("package.json", "README.md", "pyproject.toml", "go.mod", "Cargo.toml", "pom.xml", ".gitignore", "Makefile")
"""What stands at a repository's top: a tree that has one of them right below its root draws the whole of it."""


class Place(NamedTuple):
    """A document and a line of it, from 1."""

    path: str
    line: int


Home = Callable[[Sequence[str]], str]
"""Of several folders the one that a story's kin work in; "" where none is."""


class Meant(NamedTuple):
    """The path that a name means; that of a folder ends with a slash.

    `new`: nothing stands there yet; `tree` is the source tree that has it, or its folder.
    """

    path: str
    new: bool
    tree: Place | None = None
    near: str = ""
    """The folder by which it was told from others of its name, where that was needed."""


class Unclear(NamedTuple):
    """Why a name means no path."""

    why: str


class Plan:
    """The paths that source trees plan."""

    def __init__(self, trees: Mapping[str, Sequence[Planned]], standing: Collection[str] = ()) -> None:
        """`standing` are the paths and folders that are there, by which the root of a tree is known."""
        every: dict[str, Place] = {}
        for document, entries in trees.items():
            for path, line in _rooted(entries, standing):
                every.setdefault(path, Place(document, line))
        whole = _ends(every)
        every = {path: at for path, at in every.items() if path not in whole}
        self.files = {path: at for path, at in every.items() if not path.endswith("/")}
        self.folders: dict[str, Place] = {}
        for path, at in every.items():
            for folder in [path.rstrip("/")] * path.endswith("/") + _above(path.rstrip("/")):
                if folder not in standing:
                    self.folders.setdefault(folder, at)
        self.by_name, self.folders_by_name = _by_name(self.files), _by_name(self.folders)


def _rooted(entries: Sequence[Planned], standing: Collection[str]) -> list[tuple[str, int]]:
    """Planned paths without a root that is only the repository's name: what lies in it stands at the top."""
    roots: dict[str, set[str]] = defaultdict(set)
    for path, _ in entries:
        root, _, rest = path.rstrip("/").partition("/")
        roots[root].add(rest.partition("/")[0])
    tops = {*TOP, *(one for one in standing if "/" not in one)}
    own = {root for root, inside in roots.items() if root not in standing and not tops.isdisjoint(inside)}
    found = []
    for path, line in entries:
        root, _, rest = path.partition("/")
        found += [(rest if root in own else path, line)] if rest or root not in own else []
    return found


def _ends(paths: Iterable[str]) -> frozenset[str]:
    """The paths with which longer ones end: a tree that begins further down draws the same."""
    every = frozenset(paths)
    below = (path[found.end() :] for path in every for found in _SLASH.finditer(path))
    return every & frozenset(below)


_SLASH = re.compile("/")


class Known:
    """The paths of code that git tracks."""

    def __init__(self, tracked: Iterable[str]) -> None:
        self.files = frozenset(tracked)
        self.folders = frozenset(folder for path in self.files for folder in _above(path))
        self._files, self._folders = _by_name(self.files), _by_name(self.folders)

    def meant(self, name: str, plan: Plan, home: Home, *, makes: bool) -> Meant | Unclear:
        """The path of a name as a document spells it.

        `makes`: the words say that what is named is made, which is believed of a new folder below one of the top
        that stands or is planned, and where none does.
        """
        last = name.rpartition("/")[2]
        if not last or ("." not in last and last not in WITHOUT and not _ending(self.files, self._files, name)):
            return self._folder(name, plan, home)
        if "/" in name and name in self.files:
            return Meant(name, new=False)
        folder, _, file = name.rpartition("/")
        stand, planned = _ending(self.files, self._files, name), _ending(plan.files, plan.by_name, name)
        every = dict.fromkeys([*stand, *planned])
        if folder:
            above = [
                *_ending(self.folders, self._folders, folder),
                *_ending(plan.folders, plan.folders_by_name, folder),
            ]
            every.update(dict.fromkeys(f"{one}/{file}" for one in above))
        elif len(stand) > 1:
            return _several(stand)
        if not every:
            top, nothing = folder.partition("/")[0], not self.folders and not plan.folders
            if folder and makes and (nothing or top in self.folders or top in plan.folders):
                return Meant(name, new=True)
            return Unclear("neither it nor its folder stands here")
        return self._one(name, (list(every), stand, planned), plan, home)

    def _folder(self, name: str, plan: Plan, home: Home) -> Meant | Unclear:
        plain = name.rstrip("/")
        if "/" not in name:
            return Unclear("")
        stand = _ending(self.folders, self._folders, plain)
        planned = _ending(plan.folders, plan.folders_by_name, plain)
        if not stand and not planned:
            return Unclear("no such folder stands here" if name.endswith("/") else "")
        one = self._one(plain, ([*dict.fromkeys([*stand, *planned])], stand, planned), plan, home)
        return one._replace(path=f"{one.path}/") if isinstance(one, Meant) else one

    def _one(self, name: str, ways: tuple[Sequence[str], ...], plan: Plan, home: Home) -> Meant | Unclear:
        """The one of all that a name may be: the only one planned, else where its kin work, else what stands.

        Where its kin work elsewhere than where alone something of that name stands, it is not known.
        """
        every, stand, planned = ways
        planned = [path for path in planned if path != name] if stand else planned
        near = ""
        if len(every) > 1 and len(planned) == 1:
            every = planned
        elif len(every) > 1:
            lead = {path: path.removesuffix(name) for path in every}
            near = home(list(lead.values()))
            alone = [path for path in every if lead[path] == near] if near else []
            if alone and (alone[0] in stand or not stand):
                every = alone
            elif len(stand) == 1 and not alone:
                every = stand
        if len(every) > 1:
            return _several(every)
        [path] = every
        new = path not in self.files and path not in self.folders
        if new and (package := path.rpartition(".")[0]) in self.folders:
            return Unclear(f"the folder {package}/ stands in its place")
        tree = plan.files.get(path) or plan.folders.get(path) or plan.folders.get(path.rpartition("/")[0])
        return Meant(path, new, tree if new else None, near)


def _several(paths: Sequence[str]) -> Unclear:
    return Unclear(f"it may be any of {len(paths)}: {', '.join(sorted(paths)[:3])}")


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:at]) for at in range(len(parts) - 1, 0, -1)]


def _by_name(paths: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        found[path.rpartition("/")[2]].append(path)
    return dict(found)


def _ending(whole: Iterable[str], by_name: Mapping[str, Sequence[str]], name: str) -> list[str]:
    """The path that a name is whole, where it has a folder; else all that end with it, part by part."""
    if "/" in name and name in whole:
        return [name]
    end = f"/{name}"
    return [path for path in by_name.get(name.rpartition("/")[2], ()) if path == name or path.endswith(end)]
