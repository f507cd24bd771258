"""What a change declares anew that a project depends on, and what its lock files hold since then."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bmad.core.imports.python import packages
from bmad.core.manifests.entries import Entry
from bmad.core.manifests.known import declared, held, is_lock, kind
from bmad.core.manifests.well_known import WELL_KNOWN
from bmad.core.packs.locked import key

_GO_MAJOR = re.compile(r"(?:/|[.])v\d+$")
_NOTHING = re.compile(r"(?!)")
_SHORTEST = 4
"""Letters of a name from which on one of them more or less tells that two are alike."""


class Manifest(NamedTuple):
    """A manifest or a lock file as it was and as it is; None where it does not stand."""

    path: str
    before: str | None
    after: str | None


class New(NamedTuple):
    """A dependency that a change declares and nothing declared before, or that a lock file holds since then.

    `like` is one that was there, or that everybody knows, and whose name is one letter away (empty: none);
    `imported` whether a source of the change imports it, None where that is not looked for. `held`: a lock file
    holds it that stood before, and no manifest declares it.
    """

    path: str
    name: str
    like: str = ""
    imported: bool | None = None
    held: bool = False


def new(manifests: Iterable[Manifest], sources: Iterable[str] = ()) -> tuple[New, ...]:
    """What is declared anew, by all manifests of the tree; `sources` are the texts of the Python that changed."""
    every = sorted(manifests)
    known: dict[str, dict[str, str]] = {kind(one.path): {} for one in every}
    for one in every:
        known[kind(one.path)].update(_names(one.path, declared(one.path, one.before)))
    imported = {key(top) for text in sources for top in packages(text)}
    now: dict[tuple[str, str], New] = {}
    for one in every:
        own, before = kind(one.path), known[kind(one.path)]
        for folded, name in _names(one.path, declared(one.path, one.after)).items():
            if folded not in before:
                seen = key(name) in imported if own == "python" else None
                like = _like(folded, before) or _well_known(own, folded)
                now.setdefault((own, folded), New(one.path, name, like, seen))
    for one in every:
        before = known[kind(one.path)]
        for folded, name in _brought(one).items():
            if folded not in before:
                now.setdefault((kind(one.path), folded), New(one.path, name, _like(folded, before), held=True))
    return tuple(sorted(now.values(), key=lambda one: (one.held, one.held and not one.like, one.path, one.name)))


def _names(path: str, entries: Iterable[Entry]) -> dict[str, str]:
    """Each name by what it is known by; of Go without its major version, since another one is nothing new."""
    plain = _GO_MAJOR if kind(path) == "go" else _NOTHING
    return {re.sub(r"[-_.]+", "-", plain.sub("", name).lower()): name for name, _ in entries}


def _brought(one: Manifest) -> dict[str, str]:
    """What a lock file holds now and did not; a new one says nothing of what is new."""
    if not is_lock(one.path) or one.before is None:
        return {}
    before = _names(one.path, held(one.path, one.before))
    return {
        folded: name
        for folded, name in _names(one.path, held(one.path, one.after)).items()
        if folded not in before
    }


def _like(folded: str, before: Mapping[str, str]) -> str:
    """The one of those that were there whose name is one letter away."""
    return next((name for known, name in sorted(before.items()) if alike(folded, known)), "")


def _well_known(kind_of: str, folded: str) -> str:
    """A library that everybody knows, and whose name is one letter away from one that nobody does."""
    known = _names("", ((name, "") for name in WELL_KNOWN.get(kind_of, ())))
    return "" if folded in known else _like(folded, known)


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
