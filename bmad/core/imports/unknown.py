"""What a change imports that is nowhere: pure, over the files that it changes and the tree that it leaves."""

import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from bmad.core.imports import packages
from bmad.core.imports.attributes import Used, attributes
from bmad.core.imports.python import Import, imports
from bmad.core.imports.tree import Stands, Tree, tree
from bmad.core.manifests.known import entries, is_lock, is_manifest, kind
from bmad.core.packs.locked import key

_OTHER_PYTHONS = frozenset(
    (
        *("annotationlib", "asynchat", "asyncore", "binhex", "cgi", "cgitb", "chunk", "compression", "crypt"),
        *(
            "distutils",
            "formatter",
            "imghdr",
            "imp",
            "lib2to3",
            "msilib",
            "nis",
            "nntplib",
            "ossaudiodev",
            "parser",
        ),
        *("pipes", "smtpd", "sndhdr", "spwd", "sunau", "symbol", "telnetlib", "uu", "xdrlib", "_typeshed"),
        *("setuptools", "pkg_resources"),
    )
)
"""Modules of the standard library of other versions than this Python's, and what stands beside all of them."""
_BESIDE = re.compile(r"(?:^|/)(?:requirements/[^/]+|tox[.]ini|noxfile[.]py)$")
"""Files that name packages and are neither manifests nor locks."""


class Unknown(NamedTuple):
    """Something that is imported and not found; `top` is the name that an environment may know."""

    path: str
    line: int
    told: str
    top: str = ""
    package: bool = False
    """Whether a package of the tree bears the name `top`, and does not hold what is imported."""
    attribute: str = ""
    """What is taken of a module; `top` is `module:attribute` where no tree has that. Empty of an import."""

    @property
    def is_installed(self) -> bool:
        """Whether it is an attribute of a module that only the environment has."""
        return ":" in self.top


class Sought(NamedTuple):
    """What is certainly not there, and what only the project's environment can tell."""

    missing: tuple[Unknown, ...]
    open: tuple[Unknown, ...]


def sought(
    changed: Iterable[tuple[str, str | None, str]], paths: Collection[str], read: Callable[[str], str | None]
) -> Sought:
    """What files import since a change, each `(path, text before or None, text after)`, and is not in the tree."""
    found: list[Unknown] = []
    missing: list[Unknown] = []
    every = frozenset(paths)
    modules: Tree | None = None
    for path, before, after in changed:
        if path.endswith(".py"):
            modules = modules or tree(every, read)
            found += _python(path, before, after, modules)
            found += _taken(path, before, after, modules)
        elif packages.is_script(path):
            missing += _scripts(path, before, after, every, read)
    missing += [one for one in found if not one.top]
    rest = [one for one in found if one.top]
    settled = {
        one.top for one in rest if not (one.package or one.is_installed) and (_declared(one.top, every, read))
    }
    return Sought(tuple(missing), tuple(one for one in rest if one.top not in settled))


def _python(path: str, before: str | None, after: str, modules: Tree) -> Iterator[Unknown]:
    old = {(one.module, one.name, one.level) for one in imports(before or "") or ()}
    for one in imports(after) or ():
        if (one.module, one.name, one.level) in old or _is_of_python(one):
            continue
        stands, top = modules.stands(path, one), one.module.partition(".")[0]
        if stands is Stands.FOREIGN:
            yield Unknown(path, one.line, one.told, top)
        elif stands is Stands.MISSING:
            yield Unknown(path, one.line, one.told, "" if one.level else top, package=modules.is_package(top))


def _taken(path: str, before: str | None, after: str, modules: Tree) -> Iterator[Unknown]:
    """The attributes of modules that a file takes since a change, where the tree does not hold them."""
    old = {(one.module, one.name) for one in attributes(before or "")}
    for one in attributes(after):
        if (one.module, one.name) not in old:
            yield from _lacking(path, one, modules)


def _lacking(path: str, one: Used, modules: Tree) -> Iterator[Unknown]:
    top, asked = one.module.partition(".")[0], Import(one.module, one.name, 0, one.line)
    if top in _OTHER_PYTHONS:
        return
    stands = Stands.FOREIGN if _is_of_python(asked) else modules.stands(path, asked)
    if stands is Stands.FOREIGN:
        yield Unknown(path, one.line, one.told, f"{one.module}:{one.name}", attribute=one.name)
    elif stands is Stands.MISSING and modules.stands(path, asked._replace(name="")) is Stands.THERE:
        yield Unknown(path, one.line, one.told, top, modules.is_package(top), one.name)


def _is_of_python(one: Import) -> bool:
    top = one.module.partition(".")[0]
    return not one.level and (top in sys.stdlib_module_names or top in _OTHER_PYTHONS or top == "__main__")


def _scripts(
    path: str, before: str | None, after: str, paths: frozenset[str], read: Callable[[str], str | None]
) -> Iterator[Unknown]:
    old = packages.specifiers(before or "")
    for told, line in packages.specifiers(after).items():
        if told not in old and packages.missing(path, told, paths, read):
            yield Unknown(path, line, f"import '{told}'")


def _declared(top: str, paths: frozenset[str], read: Callable[[str], str | None]) -> bool:
    """Whether the project says that it depends on something of that name, spelled in whichever way."""
    name = re.compile(
        rf"(?<![a-z0-9]){'[-_.]?'.join(map(re.escape, re.split('[-_.]+', top.lower())))}(?![a-z0-9])"
    )
    for path in paths:
        own = kind(path) == "python" and (is_manifest(path) or is_lock(path))
        if own or _BESIDE.search(path):
            text = read(path) or ""
            if name.search(text.lower()) or key(top) in {key(one) for one, _ in entries(path, text)}:
                return True
    return False


def used(top: str, texts: Iterable[str]) -> bool:
    """Whether any of these modules imports something of that name already."""
    words = re.compile(rf"^[ \t]*(?:import|from)[ \t]+(?:[\w., \t]+,[ \t]*)?{re.escape(top)}\b", re.MULTILINE)
    return any(words.search(text) for text in texts)


def left(open_ones: Iterable[Unknown], found: Mapping[str, bool]) -> list[Unknown]:
    """What is nowhere, once an environment was asked: name -> whether what it has lies outside of the tree.

    A package of the tree may be installed from it; what is not in the one is not in the other.
    """
    return [one for one in open_ones if one.top not in found or (one.package and not found[one.top])]
