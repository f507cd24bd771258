"""What bmad stands on, from the lock and from what is installed: versions, hashes, licences, who asks for whom.

The lock holds for every platform; what is for another one (`colorama` on Windows) is listed with its hashes, and
its licence is said not to have been looked up.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
NOT_SHIPPED = ("dev",)
"""Extras of those who work on bmad; no user installs them."""

_PINNED = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+)(?: ; ([^\\\n]+?))? \\\n"
    r"((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    re.MULTILINE,
)
_TEXT = re.compile(r"(?i)^(licen[cs]e|copying|notice)")
_BY_CLASSIFIER = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
}
"""SPDX's name for what older metadata says; whether BSD has three clauses was read in the text of each."""


class Part(NamedTuple):
    """A package that is installed with bmad, at the version of the lock."""

    name: str
    version: str
    marker: str
    """Where it is installed; empty for everywhere."""
    hashes: tuple[str, ...]
    wanted_for: tuple[str, ...]
    """Extras that bring it; empty where bmad itself does."""
    licence: str
    """An SPDX expression; empty where it is not installed here, so that nobody looked."""
    requires: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]
    """Its licence's files: name and text."""


def project() -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def parts() -> list[Part]:
    """All of them by name. Raises: KeyError where one is not in the lock."""
    pinned = _pinned()
    ways = _ways()
    return [_part(name, row, ways[name]) for name in sorted(ways) for row in pinned[name]]


def _pinned() -> dict[str, list[tuple[str, str, tuple[str, ...]]]]:
    """Package -> version, marker and hashes; two where versions of Python differ."""
    found: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
    for name, version, marker, hashes in _PINNED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")):
        row = (version, marker, tuple(re.findall(r"sha256:([0-9a-f]{64})", hashes)))
        found.setdefault(canonicalize_name(name), []).append(row)
    return found


def _ways() -> dict[str, tuple[str, ...]]:
    """Package -> the extras that bring it, none where bmad itself does."""
    told = project()
    extras = told["optional-dependencies"]
    assert isinstance(extras, dict)
    own = _closure(map(Requirement, told["dependencies"]))  # type: ignore[call-overload]
    ways: dict[str, tuple[str, ...]] = dict.fromkeys(own, ())
    for extra in sorted(set(extras) - set(NOT_SHIPPED)):
        for name in _closure(map(Requirement, extras[extra])) - own:
            ways[name] = (*ways.get(name, ()), extra)
    return ways


def _closure(wanted: Iterable[Requirement]) -> set[str]:
    todo, seen = list(wanted), set[tuple[str, frozenset[str]]]()
    while todo:
        one = todo.pop()
        if (key := (canonicalize_name(one.name), frozenset(one.extras))) not in seen:
            seen.add(key)
            todo += _required(one)
    return {name for name, _ in seen}


def _required(one: Requirement) -> Iterator[Requirement]:
    """What a package asks for on any platform with a Python that bmad takes; nothing where it is not installed."""
    try:
        told = metadata.distribution(one.name).requires or []
    except metadata.PackageNotFoundError:
        return
    for words in told:
        below = Requirement(words)
        marker = str(below.marker or "")
        if re.search(r'python_version < "3\.(\d|10|11)"', marker):
            continue
        asked = [bool(below.marker and below.marker.evaluate({"extra": extra})) for extra in one.extras]
        if "extra ==" not in marker or any(asked):
            yield below


def _part(name: str, row: tuple[str, str, tuple[str, ...]], ways: tuple[str, ...]) -> Part:
    version, marker, hashes = row
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return Part(name, version, marker, hashes, ways, "", (), ())
    required = sorted({canonicalize_name(one.name) for one in _required(Requirement(name))})
    texts = tuple(
        (file.name, file.read_text(encoding="utf-8"))
        for file in found.files or []
        if _TEXT.match(file.name) and ".dist-info" in str(file)
    )
    return Part(name, version, marker, hashes, ways, _licence(found.metadata), tuple(required), texts)


def _licence(told: metadata.PackageMetadata) -> str:
    """The SPDX expression. Raises: KeyError where the metadata say it in words that nobody has read yet."""
    expression = next(iter([*(told.get_all("License-Expression") or []), *(told.get_all("License") or [])]), "")
    if re.fullmatch(r"[A-Za-z0-9.-]+( (OR|AND) [A-Za-z0-9.-]+)*", expression) and expression != "UNKNOWN":
        return expression
    named = [one for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    return " OR ".join(_BY_CLASSIFIER[one.split(" :: ")[-1]] for one in named) or _BY_CLASSIFIER[expression]
