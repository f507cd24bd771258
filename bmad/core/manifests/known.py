"""Which file is a manifest or a lock, and what it tells of libraries; nothing where it cannot be read."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal

from bmad.core.manifests import locks, others, python
from bmad.core.manifests.entries import Entry, Reader, requirements, table

LARGEST = 4_000_000
"""Characters of a file that is read."""

_REQUIREMENTS = re.compile(r"(?:.*/)?(?:[^/]*requirements?[^/]*[.](?:txt|in)|requirements/[^/]+[.](?:txt|in))")
_COMPILED = re.compile(
    r"(?:.*/)?(?:[^/]*requirements?[^/]*|requirements/[^/]+)[.]lock|(?:.*/)?pylock[.][^/]+[.]toml"
)
_CONDA = re.compile(r"(?:.*/)?environment[^/]*[.]ya?ml")

_MANIFESTS: Mapping[str, tuple[str, Reader]] = {
    "setup.py": ("python", python.setup_py),
    "setup.cfg": ("python", python.setup_cfg),
    "pipfile": ("python", python.pipfile),
    "pyproject.toml": ("python", python.pyproject),
    "package.json": ("npm", others.package_json),
    "go.mod": ("go", others.go_mod),
    "cargo.toml": ("cargo", others.cargo),
    "gemfile": ("ruby", others.gemfile),
}
_LANGUAGES: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "pyproject.toml": ("python", lambda text: table(tomllib.loads(text), "project").get("requires-python")),
    "setup.cfg": ("python", python.setup_cfg_python),
    "pipfile": ("python", lambda text: table(tomllib.loads(text), "requires").get("python_version")),
    "package.json": ("node", lambda text: table(json.loads(text), "engines").get("node")),
    "cargo.toml": ("rust", lambda text: table(tomllib.loads(text), "package").get("rust-version")),
    "go.mod": ("go", lambda text: "".join(re.findall(r"(?m)^go[ \t]+([\d.]+)", text)[:1])),
}
LANGUAGES = ("python", "node", "rust", "go")

_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, SyntaxError, RecursionError, MemoryError)
"""What readers raise of a file that is not what its name says."""


def is_manifest(path: str) -> bool:
    """Whether a file says what a project asks for."""
    return _reader(path, "manifest") is not None


def is_lock(path: str) -> bool:
    """Whether a file says what is installed, whoever asked for it."""
    return _reader(path, "lock") is not None


def kind(path: str) -> str:
    """Whose libraries a file tells of: `python`, `npm`, `go`, `cargo` or `ruby`."""
    name = PurePosixPath(path).name.lower()
    told = _MANIFESTS.get(name) or locks.READERS.get(name)
    return told[0] if told else "python"


def declared(path: str, text: str | None) -> list[Entry]:
    """What a manifest asks for, as it is written, each once."""
    return _read(_reader(path, "manifest"), text)


def held(path: str, text: str | None) -> list[Entry]:
    """What a lock file holds, each once."""
    return _read(_reader(path, "lock"), text)


def entries(path: str, text: str | None) -> list[Entry]:
    """What a manifest asks for or a lock file holds."""
    return [*declared(path, text), *held(path, text)]


def language(path: str, text: str) -> Entry | None:
    """The language that a manifest is of, and what it asks of its version."""
    name, reader = _LANGUAGES.get(PurePosixPath(path).name.lower(), ("", None))
    try:
        version = reader(text) if reader is not None else None
    except _UNREADABLE:
        return None
    return (name, version) if isinstance(version, str) and version else None


def _read(reader: Reader | None, text: str | None) -> list[Entry]:
    if reader is None or text is None or len(text) > LARGEST:
        return []
    try:
        return list(dict(reader(text)).items())
    except _UNREADABLE:
        return []


@lru_cache(1 << 16)
def _reader(path: str, which: Literal["manifest", "lock"]) -> Reader | None:
    """Asked of each file of a commit at each step."""
    name = path.rpartition("/")[2].lower()
    table = _MANIFESTS if which == "manifest" else locks.READERS
    if name in table:
        return table[name][1]
    if which == "lock" and _COMPILED.fullmatch(path.lower()):
        return locks.packages if name.endswith(".toml") else requirements
    if which == "manifest" and _REQUIREMENTS.fullmatch(path.lower()):
        return requirements
    return python.conda if which == "manifest" and _CONDA.fullmatch(path.lower()) else None
