"""The versions that a project is bound to, out of its lock files and manifests."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

LARGEST = 2_000_000
"""Characters of a lock file that is read."""

_REQUIREMENT = re.compile(r"(?m)^[ \t]*([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*([=<>~!][^;#\\\n]*)")
_GO = re.compile(r"(?m)^[ \t]*(?:require\s+)?([\w.\-]+\.[\w.\-]+/[\w.\-/]+)\s+(v[\w.+\-]+)")
_GEM = re.compile(r"(?m)^ {4}([\w-]+) \(([\w.]+)\)")
_YARN = re.compile(r'(?m)^"?(@?[^@\s"]+)@[^\n]*:\n\s+version:? "?([\w.\-+]+)"?')

_ALIASES = {
    "yaml": "pyyaml",
    "pil": "pillow",
    "cv2": "opencv-python",
    "sklearn": "scikit-learn",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "jwt": "pyjwt",
    "git": "gitpython",
    "attr": "attrs",
    "google": "protobuf",
    "markdown-it": "markdown-it-py",
    "crypto": "pycryptodome",
    "serial": "pyserial",
    "usb": "pyusb",
    "zmq": "pyzmq",
}
"""A module's name -> that of what it comes in, where these differ."""


def is_lock(path: str) -> bool:
    """Whether a file, in whatever folder, may say versions."""
    name = PurePosixPath(path).name.lower()
    return name in _READERS or bool(re.fullmatch(r"requirements[\w.-]*\.(?:txt|lock|in)", name))


def versions(path: str, text: str) -> dict[str, str]:
    """Library -> version, or what is asked of it; empty where the file cannot be read."""
    name = PurePosixPath(path).name.lower()
    if len(text) > LARGEST:
        return {}
    try:
        return {key(library): version for library, version in _READERS.get(name, _plain)(text) if version}
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):  # not what its name says
        return {}


def key(name: str) -> str:
    """The name that a library is known by, from what an import calls it."""
    folded = re.sub(r"[-_.]+", "-", name.lower()) if "/" not in name else name.lower()
    return _ALIASES.get(folded, folded)


def _plain(text: str) -> Iterator[tuple[str, str]]:
    return ((name, " ".join(version.split())) for name, version in _REQUIREMENT.findall(text))


def _packages(text: str) -> Iterator[tuple[str, str]]:
    """`[[package]]` of poetry, uv and cargo."""
    for one in tomllib.loads(text).get("package", []):
        yield one["name"], one.get("version", "")


def _pyproject(text: str) -> Iterator[tuple[str, str]]:
    told = tomllib.loads(text)
    project = told.get("project", {})
    yield "python", project.get("requires-python", "")
    optional = (one for group in project.get("optional-dependencies", {}).values() for one in group)
    for one in (*project.get("dependencies", []), *optional):
        yield from _plain(one)
    for name, version in told.get("tool", {}).get("poetry", {}).get("dependencies", {}).items():
        yield name, version if isinstance(version, str) else version.get("version", "")


def _cargo(text: str) -> Iterator[tuple[str, str]]:
    told = tomllib.loads(text)
    yield "rust", told.get("package", {}).get("rust-version", "")
    for name, version in told.get("dependencies", {}).items():
        yield name, version if isinstance(version, str) else version.get("version", "")


def _manifest(text: str) -> Iterator[tuple[str, str]]:
    told = json.loads(text)
    yield "node", told.get("engines", {}).get("node", "")
    for group in ("devDependencies", "peerDependencies", "dependencies"):
        yield from told.get(group, {}).items()


def _npm_lock(text: str) -> Iterator[tuple[str, str]]:
    told = json.loads(text)
    for name, one in told.get("packages", {}).items():
        if name.count("node_modules/") == 1:
            yield name.removeprefix("node_modules/"), one.get("version", "")
    for name, one in told.get("dependencies", {}).items():
        yield name, one.get("version", "")


def _pipfile(text: str) -> Iterator[tuple[str, str]]:
    told = json.loads(text)
    for group in ("develop", "default"):
        yield from ((name, one.get("version", "")) for name, one in told.get(group, {}).items())


def _found(pattern: re.Pattern[str]) -> Callable[[str], Iterator[tuple[str, str]]]:
    return lambda text: iter(pattern.findall(text))


_READERS: dict[str, Callable[[str], Iterator[tuple[str, str]]]] = {
    "pyproject.toml": _pyproject,
    "package.json": _manifest,
    "cargo.toml": _cargo,
    "go.mod": _found(_GO),
    "gemfile.lock": _found(_GEM),
    "yarn.lock": _found(_YARN),
    "package-lock.json": _npm_lock,
    "pipfile.lock": _pipfile,
    "cargo.lock": _packages,
    "poetry.lock": _packages,
    "uv.lock": _packages,
}
"""A file's name -> how it is read; manifests first, so that what a lock says comes last and counts."""


def order(path: str) -> tuple[int, int, str]:
    """Manifests before locks, deep ones before those of the root: the last word counts."""
    name = PurePosixPath(path).name.lower()
    names = list(_READERS)
    rank = names.index(name) if name in _READERS else 2 if name.endswith(".lock") else 1
    return -path.count("/"), rank, path
