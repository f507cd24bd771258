"""What a project's manifests declare that it depends on, and what a change declares anew; read and never run."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from bmad.core.imports.python import packages
from bmad.core.packs.locked import key

_REQUIREMENT = re.compile(r"[ \t]*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)[ \t]*(?:$|[\[=<>~!;@#(,\s])")
_REQUIREMENTS = re.compile(r"(?:.*/)?(?:[^/]*requirements?[^/]*[.](?:txt|in)|requirements/[^/]+[.](?:txt|in))")
_GO_LINE = re.compile(r"(?m)^[ \t]*(?:require[ \t]+)?([\w.-]+[.][\w.-]+/[\w./~-]+)[ \t]+v[\w.+-]+")
_GO_MAJOR = re.compile(r"(?:/|[.])v\d+$")
_NPM = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_CRATES = ("dependencies", "dev-dependencies", "build-dependencies")
_SHORTEST = 4
"""Letters of a name from which on one of them more or less tells that two are alike."""


class Manifest(NamedTuple):
    """A manifest as it was and as it is; None where it does not stand."""

    path: str
    before: str | None
    after: str | None


class New(NamedTuple):
    """A dependency that a change declares and nothing declared before.

    `like` is one that was there and whose name is one letter away (empty: none); `imported` whether a source of
    the change imports it, None where that is not looked for.
    """

    path: str
    name: str
    like: str = ""
    imported: bool | None = None


def is_manifest(path: str) -> bool:
    return _reader(path) is not None


def new(manifests: Iterable[Manifest], sources: Iterable[str] = ()) -> tuple[New, ...]:
    """What is declared anew, by all manifests of the tree; `sources` are the texts of the Python that changed."""
    known: dict[str, dict[str, str]] = {}
    now: dict[tuple[str, str], New] = {}
    every = sorted(manifests)
    for one in every:
        known.setdefault(_kind(one.path), {}).update(
            (_folded(name), name) for name in _names(one.path, one.before)
        )
    imported = {key(top) for text in sources for top in packages(text)}
    for one in every:
        before = known[_kind(one.path)]
        for name in _names(one.path, one.after):
            if _folded(name) not in before:
                like = next(
                    (known for folded, known in sorted(before.items()) if alike(_folded(name), folded)), ""
                )
                seen = key(name) in imported if _kind(one.path) == "python" else None
                now.setdefault((_kind(one.path), _folded(name)), New(one.path, name, like, seen))
    return tuple(sorted(now.values()))


def alike(first: str, second: str) -> bool:
    """Whether two names differ by one letter that is other, more, less, or two that changed places."""
    if first == second or min(len(first), len(second)) < _SHORTEST or abs(len(first) - len(second)) > 1:
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    one, other = first[at:], second[at:]
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:] and len(one) > 1
    return one[1:] == other[1:] or one[1:] == other or one == other[1:] or swapped


def _names(path: str, text: str | None) -> list[str]:
    """What a manifest declares, as it is written; nothing where it cannot be read."""
    reader = _reader(path)
    if reader is None or text is None:
        return []
    try:
        return list(dict.fromkeys(reader(text)))
    except (ValueError, TypeError, AttributeError, RecursionError):  # not what its name says
        return []


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.lower())


def _kind(path: str) -> str:
    return _KINDS.get(path.rpartition("/")[2], "python")


def _reader(path: str) -> Callable[[str], Iterator[str]] | None:
    own = _READERS.get(path.rpartition("/")[2])
    return own or (_requirements if _REQUIREMENTS.fullmatch(path) else None)


def _requirements(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if found := _REQUIREMENT.match(line):
            yield found[1]


def _asked(lines: object) -> Iterator[str]:
    """The names in a list of requirements."""
    for line in lines if isinstance(lines, list) else ():
        yield from _requirements(line) if isinstance(line, str) else ()


def _pyproject(text: str) -> Iterator[str]:
    told = tomllib.loads(text)
    project, tool = _table(told, "project"), _table(told, "tool")
    yield from _asked(project.get("dependencies"))
    for group in (*_table(project, "optional-dependencies").values(), *_table(told, "dependency-groups").values()):
        yield from _asked(group)
    poetry = _table(tool, "poetry")
    groups = (_table(one, "dependencies") for one in _table(poetry, "group").values() if isinstance(one, dict))
    for table in (_table(poetry, "dependencies"), _table(poetry, "dev-dependencies"), *groups):
        yield from (name for name in table if name != "python")


def _package_json(text: str) -> Iterator[str]:
    told = json.loads(text)
    for group in _NPM:
        yield from _table(told, group)


def _go_mod(text: str) -> Iterator[str]:
    """Modules without their major version: another one of the same is nothing new."""
    required = re.sub(
        r"(?ms)^(?:replace|exclude|retract)\s*\(.*?^\)|^(?:module|replace|exclude|retract)\b[^\n]*", "", text
    )
    return (_GO_MAJOR.sub("", name) for name in _GO_LINE.findall(required))


def _cargo(text: str) -> Iterator[str]:
    told = tomllib.loads(text)
    targets = (one for one in _table(told, "target").values() if isinstance(one, dict))
    for holder in (told, _table(told, "workspace"), *targets):
        for group in _CRATES:
            for name, asked in _table(holder, group).items():
                yield str(asked["package"]) if isinstance(asked, dict) and "package" in asked else name


def _table(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


_READERS: Mapping[str, Callable[[str], Iterator[str]]] = {
    "pyproject.toml": _pyproject,
    "package.json": _package_json,
    "go.mod": _go_mod,
    "Cargo.toml": _cargo,
}
_KINDS = {"package.json": "npm", "go.mod": "go", "Cargo.toml": "cargo"}
