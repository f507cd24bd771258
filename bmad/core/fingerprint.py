"""Fingerprints: what a node means, as 64 hex digits.

SHA-256 over the canonical JSON (sorted keys, no blanks, UTF-8) of the meaning-bearing fields, each folded to
Unicode NFC with runs of white space as one blank: moving or re-wrapping changes nothing, a changed number
does.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache, singledispatch
from hashlib import sha256

from bmad.model.ids import ALPHABET
from bmad.model.spec import Criterion, Epic, Item, Ref, Requirement, Statement, Story

Json = str | Sequence["str | Sequence[str]"]

_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def fold(text: str) -> str:
    """Text in NFC with every run of white space as one blank, none at its ends."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def digest(fields: Mapping[str, Json]) -> str:
    """SHA-256 of the fields' canonical JSON, 64 hex digits."""
    return sha256(_ENCODE(fields).encode("utf-8", "surrogatepass")).hexdigest()


def _ids(refs: Sequence[Ref]) -> list[str]:
    return sorted(ref.text for ref in refs)


@singledispatch
def fingerprint(item: Item | Criterion) -> str:
    """The fingerprint of an item or criterion: 64 hex digits."""
    raise TypeError(type(item).__name__)


@fingerprint.register
def _(item: Statement) -> str:
    return digest({"kind": "statement", "class": item.klass.value, "quote": fold(item.quote)})


@fingerprint.register
def _(item: Requirement) -> str:
    return digest(
        {
            "kind": "requirement",
            "title": fold(item.title),
            "priority": item.priority.value,
            "verify": item.verify.value,
            "traces": _ids(item.traces),
            "text": fold(item.text),
        }
    )


@fingerprint.register
def _(item: Epic) -> str:
    return digest(
        {"kind": "epic", "title": fold(item.title), "covers": _ids(item.covers), "text": fold(item.text)}
    )


@fingerprint.register
def _(item: Story) -> str:
    return digest(
        {
            "kind": "story",
            "title": fold(item.title),
            "implements": _ids(item.implements),
            "refactor": item.kind or "",
            "story": fold(item.narrative),
            "criteria": [[criterion.id, fold(criterion.text)] for criterion in item.criteria],
        }
    )


@fingerprint.register
def _(item: Criterion) -> str:
    return digest({"kind": "criterion", "text": fold(item.text)})


def mint(prefix: str, taken: Mapping[str, object], *parts: str) -> str:
    """A new id, `PREFIX-` and six characters of a hash over the parts; longer where that is taken.

    Where all of the hash is taken, since so many things are named the same, a number follows it.
    """
    whole = f"{prefix}-{_letters(parts)}"
    lengths = range(len(prefix) + 7, len(whole) + 1)
    if whole not in taken:
        return next(minted for length in lengths if (minted := whole[:length]) not in taken)
    return f"{whole}{_free(whole, taken)}"


@lru_cache(maxsize=1 << 10)
def _letters(parts: tuple[str, ...]) -> str:
    """Forty characters of the hash over the parts, 200 of its 256 bits."""
    number = int.from_bytes(
        sha256("\0".join(fold(part) for part in parts).encode("utf-8", "surrogatepass")).digest()
    )
    letters: list[str] = []
    while len(letters) < 40:  # noqa: PLR2004
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


def _free(whole: str, taken: Mapping[str, object]) -> int:
    """A number that makes the id free, found in few looks where those before it are taken in a row."""
    low, high = 1, 2
    while f"{whole}{high}" in taken:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if f"{whole}{middle}" in taken else (low, middle)
    return high
