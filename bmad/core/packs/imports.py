"""What a file imports, by what its language writes; and which files of the project that is."""

import ast
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from bmad.core.syntax import parsed

LARGEST = 400_000
"""Characters of a file whose imports are looked for."""

_MOST = 300
"""Imports of one file that are looked at."""


class Import(NamedTuple):
    """What may be meant, the likeliest first: paths without their ending, from the root or from anywhere.

    `outer` is the library's name, where it is none of the project's.
    """

    stems: tuple[str, ...]
    outer: str = ""
    anywhere: bool = True
    """Whether a stem may stand below any folder."""


_SCRIPT = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".vue", ".svelte")
_KIN = (
    (".py", ".pyi"),
    _SCRIPT,
    (".java", ".kt", ".kts", ".scala", ".groovy"),
    (".c", ".h", ".cc", ".cpp", ".hh", ".hpp"),
    (".go",),
    (".rs",),
    (".rb",),
    (".php",),
    (".cs",),
    (".swift",),
)
"""The endings of files that import one another."""

_FROM = re.compile(r"""(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"]([^'"\n]+)['"]""")
_DOTTED = re.compile(r"(?m)^[ \t]*import\s+(?:static\s+)?([\w.]+)")
_INCLUDE = re.compile(r'(?m)^[ \t]*#\s*include\s+"([^"\n]+)"')
_GO = re.compile(r'(?m)^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"([\w.\-/]+)"\s*$')
_USE = re.compile(r"(?m)^[ \t]*(?:pub\s+)?(?:use\s+([\w:]+)|mod\s+(\w+)\s*;)")
_RELATIVE = re.compile(
    r"""(?m)^[ \t]*(?:require_relative|require|require_once|include)\s*\(?\s*['"]([^'"\n]+)['"]"""
)


@lru_cache(maxsize=1 << 9)
def imports(path: str, text: str) -> tuple[Import, ...]:
    """What a file imports, in its order, each once; nothing of a language that is not known."""
    suffix = PurePosixPath(path).suffix.lower()
    if len(text) > LARGEST:
        return ()
    folder = posixpath.dirname(path)
    return tuple(dict.fromkeys(_read(suffix, folder, text)))[:_MOST]


def _read(suffix: str, folder: str, text: str) -> Iterator[Import]:
    if suffix in (".py", ".pyi"):
        yield from _python(folder, text)
    elif suffix in _SCRIPT:
        yield from (_script(folder, one) for one in _FROM.findall(text))
    elif suffix == ".rs":
        yield from (_rust(folder, *one) for one in _USE.findall(text))
    elif suffix == ".go":
        yield from (Import((f"{one}/*", f"{one.partition('/')[2]}/*"), one) for one in _GO.findall(text))
    elif suffix in (".c", ".h", ".cc", ".cpp", ".hh", ".hpp"):
        yield from (_beside(folder, one) for one in _INCLUDE.findall(text))
    elif suffix in (".rb", ".php"):
        yield from (_beside(folder, one) for one in _RELATIVE.findall(text))
    else:
        dotted = _DOTTED.findall(text) if suffix in (".java", ".kt", ".kts", ".scala", ".groovy") else ()
        yield from (Import((one.replace(".", "/"),), ".".join(one.split(".")[:2])) for one in dotted)


def _python(folder: str, text: str) -> Iterator[Import]:
    for node in ast.walk(parsed(text) or ast.Module([], [])):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(_modules(alias.name), alias.name.partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            yield from _import_from(folder, node)


def _import_from(folder: str, node: ast.ImportFrom) -> Iterator[Import]:
    module = (node.module or "").replace(".", "/")
    if node.level:
        above = folder.split("/") if folder else []
        base = "/".join([*above[: len(above) - node.level + 1], *filter(None, [module])])
        for alias in node.names:
            named = f"{base}/{alias.name}".lstrip("/")
            yield Import((*_modules(named), *_modules(base)), "", anywhere=False)
        return
    outer = (node.module or "").partition(".")[0]
    for alias in node.names:
        yield Import((*_modules(f"{module}/{alias.name}"), *_modules(module)), outer)


def _modules(name: str) -> tuple[str, ...]:
    stem = name.replace(".", "/")
    return (stem, f"{stem}/__init__")


def _script(folder: str, name: str) -> Import:
    if name.startswith("."):
        stem = _bare(posixpath.normpath(posixpath.join(folder, name)))
        return Import((stem, f"{stem}/index"), "", anywhere=False)
    outer = "/".join(name.split("/")[: 2 if name.startswith("@") else 1])
    stem = _bare(re.sub(r"^[@~]/", "", name))
    return Import((stem, f"{stem}/index") if "/" in stem else (), outer)


def _bare(name: str) -> str:
    """A path without the ending that scripts may name."""
    return name.rpartition(".")[0] if name.endswith(_SCRIPT) else name


def _rust(folder: str, used: str, module: str) -> Import:
    if module:
        return Import((f"{folder}/{module}".lstrip("/"), f"{folder}/{module}/mod".lstrip("/")), "", anywhere=False)
    first, _, rest = used.partition("::")
    if first in ("crate", "self", "super"):
        parts = rest.split("::")
        stems = ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]
        return Import(tuple(stem for one in stems for stem in (one, f"{one}/mod")))
    return Import((), first)


def _beside(folder: str, name: str) -> Import:
    stem = posixpath.splitext(posixpath.normpath(posixpath.join(folder, name)))[0]
    bare = posixpath.splitext(name)[0]
    return Import((stem, bare.lstrip("./")), bare.partition("/")[0])


class Project:
    """The files of a project by how they may be named in imports."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = sorted(paths)

    @cached_property
    def _by_stem(self) -> Mapping[str, list[str]]:
        return _grouped(self._paths, lambda path: posixpath.splitext(path)[0])

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        return _grouped(self._paths, lambda path: posixpath.splitext(path)[0].rpartition("/")[2])

    @cached_property
    def _by_folder(self) -> Mapping[str, list[str]]:
        return _grouped(self._paths, lambda path: path.rpartition("/")[0].rpartition("/")[2])

    def meant(self, one: Import, by: str) -> list[str]:
        """The files that an import of the file `by` means: one, or of a folder all; none where it is a library."""
        kin = _kin(by)
        for stem in one.stems:
            found = [path for path in self._named(stem, anywhere=one.anywhere) if path.endswith(kin)]
            if found:
                return found if stem.endswith("/*") else found[:1]
        return []

    def _named(self, stem: str, *, anywhere: bool) -> Sequence[str]:
        if stem.endswith("/*"):
            folder = stem[:-2]
            every = self._by_folder.get(posixpath.basename(folder), [])
            return [path for path in every if f"/{posixpath.dirname(path)}".endswith(f"/{folder}")]
        exact = self._by_stem.get(stem, [])
        if exact or not anywhere:
            return exact
        every = self._by_name.get(posixpath.basename(stem), [])
        return [path for path in every if posixpath.splitext(path)[0].endswith(f"/{stem}")]


def _grouped(paths: Iterable[str], by: Callable[[str], str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(by(path), []).append(path)
    return found


def _kin(path: str) -> tuple[str, ...]:
    return next((one for one in _KIN if path.lower().endswith(one)), (PurePosixPath(path).suffix,))
