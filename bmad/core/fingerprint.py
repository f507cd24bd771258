"""Fingerprints: what a node means, as 64 hex digits.

SHA-256 over the canonical JSON (sorted keys, no blanks, UTF-8) of the meaning-bearing fields, each folded to
Unicode NFC with runs of white space as one blank: moving or re-wrapping changes nothing, a changed number
does. What only identifies a node (`Source`) or says who worded it (`Proposed by`) is no part of its meaning.
"""

import json
from collections.abc import Callable, Container, Mapping, Sequence
from hashlib import sha256
from typing import Any

from bmad.model.ids import ALPHABET
from bmad.model.normal import fold
from bmad.model.spec import EVERYWHERE, Criterion, Epic, Item, Ref, Requirement, Statement, Story

Json = str | Sequence["str | Sequence[str]"]

_quoted = json.encoder.encode_basestring
"""A string as JSON has it, with no more escapes than it must."""


def digest(fields: Mapping[str, Json]) -> str:
    """SHA-256 of the fields' canonical JSON, 64 hex digits."""
    return _digest(",".join([f"{_quoted(name)}:{_canonical(fields[name])}" for name in sorted(fields)]))


def _digest(told: str) -> str:
    """The digest of fields that are told in their canonical form, without the braces around them."""
    return sha256(f"{{{told}}}".encode("utf-8", "surrogatepass")).hexdigest()


_told = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def digest_of(told: object) -> str:
    """A name for what is told in plain values: half of the SHA-256 of it as JSON."""
    return sha256(_told(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _canonical(value: Json) -> str:
    """What `json.dumps` writes without blanks, in a third of its time: thousands of small values are told so."""
    return _quoted(value) if isinstance(value, str) else f"[{','.join(map(_canonical, value))}]"


def _ids(refs: Sequence[Ref]) -> list[str]:
    return sorted([ref.text for ref in refs])


def _statement(item: Statement) -> str:
    return _digest(f'"class":{_quoted(item.klass)},"kind":"statement","quote":{_quoted(fold(item.quote))}')


def _requirement(item: Requirement) -> str:
    holds = f'"holds":"{EVERYWHERE}",' if item.everywhere else ""
    return _digest(
        f'{holds}"kind":"requirement","priority":{_quoted(item.priority)},"text":{_quoted(fold(item.text))},'
        f'"title":{_quoted(fold(item.title))},"traces":{_canonical(_ids(item.traces))},'
        f'"verify":{_quoted(item.verify)}'
    )


def _epic(item: Epic) -> str:
    return digest(
        {"kind": "epic", "title": fold(item.title), "covers": _ids(item.covers), "text": fold(item.text)}
    )


def _story(item: Story) -> str:
    criteria = [f"[{_quoted(one.id)},{_quoted(fold(one.text))}]" for one in item.criteria]
    return _digest(
        f'"criteria":[{",".join(criteria)}],"implements":{_canonical(_ids(item.implements))},"kind":"story",'
        f'"refactor":{_quoted(item.kind or "")},"story":{_quoted(fold(item.narrative))},'
        f'"title":{_quoted(fold(item.title))}'
    )


def _criterion(item: Criterion) -> str:
    return _digest(f'"kind":"criterion","text":{_quoted(fold(item.text))}')


_OF: Mapping[type, Callable[[Any], str]] = {
    Statement: _statement,
    Requirement: _requirement,
    Epic: _epic,
    Story: _story,
    Criterion: _criterion,
}
"""Of the kinds of which there are thousands the canonical form is written out, in the order of the names."""


def fingerprint(item: Item | Criterion) -> str:
    """The fingerprint of an item or criterion: 64 hex digits. Raises: TypeError where it is neither."""
    told = _OF.get(type(item))
    if told is None:
        raise TypeError(type(item).__name__)
    return told(item)


def mint(prefix: str, taken: Container[str], *parts: str) -> str:
    """A new id, `PREFIX-` and six characters of a hash over the parts; longer where that is taken.

    Where all of the hash is taken, since so many things are named the same, a number follows it.
    """
    text = "\0".join([fold(part) for part in parts])
    number = int.from_bytes(sha256(text.encode("utf-8", "surrogatepass")).digest())
    whole = f"{prefix}-{_letters(number, _SHORTEST)}"
    if whole not in taken:
        return whole
    letters = _letters(number, _LONGEST)
    for length in range(_SHORTEST + 1, _LONGEST + 1):
        whole = f"{prefix}-{letters[:length]}"
        if whole not in taken:
            return whole
    return f"{whole}{_free(whole, taken)}"


_SHORTEST, _LONGEST = 6, 40
"""Characters of the hash in an id; the longest has 200 of its 256 bits."""
_BITS = 5
"""Of a character: there are 32 of them."""
_PAIRS = [low + high for high in ALPHABET for low in ALPHABET]
"""Two characters by their bits, the first one's the lower ones."""


def _letters(number: int, length: int) -> str:
    """The last characters of a number in base 32, an even number of them, the last one first."""
    low = number % (1 << _BITS * length)
    return "".join([_PAIRS[low >> at & len(_PAIRS) - 1] for at in range(0, _BITS * length, 2 * _BITS)])


def _free(whole: str, taken: Container[str]) -> int:
    """A number that makes the id free, found in few looks where those before it are taken in a row."""
    low, high = 1, 2
    while f"{whole}{high}" in taken:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if f"{whole}{middle}" in taken else (low, middle)
    return high
