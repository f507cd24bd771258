"""The check of what a story declares anew that the project depends on: shown to reviewers, look-alikes refused."""

import re
from collections.abc import Iterable, Mapping, Sequence

from bmad.core.act.checks import KNOWN_DEPENDENCIES, Check
from bmad.core.gate.words import printable
from bmad.core.imports.declared import New

_MOST = 20
_FEW = 5
"""Names of what a lock file brings that are told; the others are counted."""


def known_dependencies(found: Sequence[New], said: Iterable[str], lacking: Sequence[str] = ()) -> Check:
    """The check, by what is declared anew, and sentences on what that lacks.

    `said` are words of people and of criteria: they may ask for a name.
    """
    asked = [*said]
    alike = [
        one for one in found if one.like and not one.held and not any(names(one.name, text) for text in asked)
    ]
    if lacking:
        return Check(KNOWN_DEPENDENCIES, ok=False, sentence="\n".join([*lacking, *_mistaken(alike)]))
    if not alike:
        return Check(KNOWN_DEPENDENCIES, ok=True, sentence=told(found))
    return Check(KNOWN_DEPENDENCIES, ok=False, sentence=" ".join(_mistaken(alike)))


def _mistaken(alike: Sequence[New]) -> list[str]:
    """A sentence on names that are near others; none where there are none."""
    named = [f"{printable(one.path)} declares `{printable(one.name)}`" for one in alike[:_MOST]]
    named = [f"{words}, one letter from `{printable(one.like)}`" for words, one in zip(named, alike, strict=False)]
    return [f"{_ALIKE} {'; '.join(named)}. {_WAY}"] if named else []


_ALIKE = "New dependencies that may be mistaken for another one:"
_WAY = (
    "Name the one that is meant; where this is it, a person says so, by its name: "
    "bmad act STORY --again --why WORDS."
)


def from_elsewhere(places: Mapping[str, Sequence[str]], said: Iterable[str]) -> list[str]:
    """A sentence on places beside the registry, by manifest, that no person and no criterion names."""
    asked = [*said]
    left = [
        f"{printable(path)} `{printable(place)}`"
        for path, several in places.items()
        for place in several
        if not any(place.rpartition(" ")[2] in words for words in asked)
    ]
    more = f" and {len(left) - _FEW} more" if len(left) > _FEW else ""
    return [f"{_ELSEWHERE} {'; '.join(left[:_FEW])}{more}. {_BY_ADDRESS}"] if left else []


_ELSEWHERE = "Taken from elsewhere than the registry:"
_BY_ADDRESS = (
    "No registry vouches for what such a place holds tomorrow. Where it is meant, a person says so, by its "
    "address: bmad act STORY --again --why WORDS."
)


def names(name: str, text: str) -> bool:
    """Whether words name a dependency."""
    return re.search(rf"(?<![\w./@-]){re.escape(name)}(?![\w/-])", text) is not None


def told(found: Sequence[New]) -> str:
    """Each that is declared, with what is to be known of it, then a count of what a lock file brings."""
    declared = [one for one in found if not one.held]
    rest = len(declared) - _MOST
    brought = {
        one.path: [other for other in found if other.held and other.path == one.path] for one in found if one.held
    }
    return "; ".join(
        [
            *map(_told, declared[:_MOST]),
            *([f"and {rest} more"] if rest > 0 else []),
            *(_brought(path, several) for path, several in brought.items()),
        ]
    )


def _brought(path: str, several: Sequence[New]) -> str:
    """What a lock file holds since the change and no manifest declares."""
    names = [f"`{printable(one.name)}`{_alike(one)}" for one in several[:_FEW]]
    more = [f"{len(several) - _FEW} more"] if len(several) > _FEW else []
    return f"adds to {printable(path)} what no manifest declares: {', '.join([*names, *more])}"


def _alike(one: New) -> str:
    return f" (one letter from `{printable(one.like)}`)" if one.like else ""


def _told(one: New) -> str:
    notes = [f"one letter from `{printable(one.like)}`"] if one.like else []
    notes += ["nothing in the change imports it"] if one.imported is False else []
    return ", ".join([f"declares new dependency `{printable(one.name)}` in {printable(one.path)}", *notes])
