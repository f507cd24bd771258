"""What can still be read of a review that does not fit its schema: each thing that was said there, by itself.

A reviewer that is asked once more may be silent about what it had found before. So nothing of an answer is dropped
for standing in one that does not count: what is a claim is one, and what is none is kept with its words.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from bmad.core.packs.texts import writable
from bmad.model.agents import Severity
from bmad.model.answers import Claim, ReviewAnswer, Verdict
from bmad.model.base import Value
from bmad.model.objections import spoken_of

MOST = 200
"""Claims that are read of one answer; of more it is said how many there are."""

_PLACE = re.compile(r"[\w-]\.\w+:\d")
_VALUE = re.compile(r"[{[]")
_TRIES = 1000
"""Places in a text where a value of JSON may begin; broken ones would each cost a reading to its end."""

_OTHER = frozenset({"verdicts", "read", "unopened", "tried", "usage", "model"})
_GOOD = re.compile(r"files?|(?:files?_)?reviewed(?:_files?)?|strengths?|positives?|praise|highlights?")
"""Keys of lists in which reviewers tell what they looked at, or like: no claims, unless their words are."""

_LONGEST = 4000
_TEXTS = {"claim": 4000, "fix": 4000, "criterion": 200, "about": 200}


class Words(Value):
    """What a reviewer said in one answer, fit or not."""

    claims: tuple[Claim, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def heard(answer: ReviewAnswer) -> Words:
    return Words(claims=answer.findings, verdicts=answer.verdicts)


def joined(parts: Iterable[Words]) -> Words:
    """All that was said, each thing once."""
    every = list(parts)
    return Words(
        claims=tuple(dict.fromkeys(claim for one in every for claim in one.claims)),
        verdicts=tuple(dict.fromkeys(verdict for one in every for verdict in one.verdicts)),
    )


def read(said: str | None, why: str) -> Words:
    """What can be read of an answer as it came, None where nobody has it; `why` says what is wrong with it."""
    if said is None:
        words = f"What it found is not known, since nobody has its answer. {why}"
        return Words(claims=(_stating(words, Severity.P1),))
    return Words(claims=_claims(said), verdicts=_verdicts(said))


def _claims(said: str) -> tuple[Claim, ...]:
    """The claims of an answer; one of its other words where these speak of something graver than all of them.

    Where there are no others, and the words name a line of a file, they are one, too.
    """
    values, around = _parsed(said)
    entries = [one for data in values for one in _entries(data)]
    found = [_claim(one) for one in entries[:MOST]]
    if len(entries) > MOST:
        more = f"The answer holds {len(entries) - MOST:,} more findings than the {MOST} that are read of it"
        words = f"{more}: {_told(entries[MOST:])}"
        found.append(_stating(words, Severity.P1))
    beside = "\n".join([*around, *(text for data in values for text in _beside(data))]).strip()
    words = beside if entries else said.strip()
    graded, gravest = _graded(beside), min((one.severity.value for one in found), default=Severity.P2.value)
    if graded is not None and graded.value < gravest:
        found.append(_stating(words, graded))
    elif not entries and _PLACE.search(beside):
        found.append(_stating(words, Severity.P2))
    return tuple(dict.fromkeys(found))


def _verdicts(said: str) -> tuple[Verdict, ...]:
    """The verdicts that do not settle a finding; a word that does has to stand in an answer that fits."""
    listed = [data.get("verdicts") for data in _parsed(said)[0] if isinstance(data, dict)]
    entries = [one for each in listed if isinstance(each, list) for one in each if isinstance(one, dict)]
    found = map(_verdict, entries)
    return tuple(one for one in found if one is not None and not one.settled)


def _parsed(said: str) -> tuple[list[object], list[str]]:
    """The values of JSON in a text, also of a key that stands twice, and what stands around them."""
    found: list[object] = []
    around, last = [], 0
    reader = json.JSONDecoder(object_pairs_hook=_joined, parse_constant=str)
    begin = _VALUE.search(said)
    for _ in range(_TRIES):
        if begin is None:
            break
        try:
            value, end = reader.raw_decode(said, begin.start())
            found.append(value)
            around.append(said[last : begin.start()])
            last = end
        except (ValueError, RecursionError):
            end = begin.end()
        begin = _VALUE.search(said, end)
    return found, [*around, said[last:]]


def _joined(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; what a key that stands twice says the second time is put to what it said the first time."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key not in found:
            found[key] = value
        elif isinstance(found[key], list) and isinstance(value, list):
            found[key] = [*found[key], *value]
        elif found[key] != value:
            found[f"{key} {len(found)}"] = value
    return found


def _entries(data: object) -> Iterator[object]:
    """What may be a finding: what is listed under `findings`, or under a key that no answer has, or by itself."""
    if isinstance(data, list):
        yield from (one for one in data if isinstance(one, dict) and one)
    elif isinstance(data, dict) and "findings" not in data and "claim" in data:
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            if _wraps(key, value):
                yield from _entries(value)
            elif key not in _OTHER and not _GOOD.fullmatch(key):
                yield from filter(None, _listed(key, value))


def _listed(key: str, value: object) -> list[object]:
    if isinstance(value, list):
        return value
    told = any(value.values()) if isinstance(value, dict) else key == "findings"
    return [value] if told else []


def _wraps(key: str, value: object) -> bool:
    """Whether it is an answer in a key of its own: `{"review": {"findings": …}}`."""
    return key not in _OTHER and key != "findings" and isinstance(value, dict) and "findings" in value


def _beside(data: object) -> Iterator[str]:
    """What is said beside the findings, under keys that no answer has, or in a list of its own."""
    if isinstance(data, list):
        yield from (one for one in data if isinstance(one, str))
    elif isinstance(data, dict) and not ("claim" in data and "findings" not in data):
        for key, value in data.items():
            if _wraps(key, value) or (_GOOD.fullmatch(key) and isinstance(value, list)):
                yield from _beside(value)
            elif isinstance(value, str) and key not in _OTHER:
                yield value


def _claim(entry: object) -> Claim:
    """A claim, however little of it is as it should be; what is no grade of the three counts as a P1."""
    if not isinstance(entry, dict):
        return _stating(entry if isinstance(entry, str) else _told(entry), _graded(_told(entry)) or Severity.P1)
    known = {key: _clean(value) for key, value in entry.items() if key in Claim.model_fields}
    try:
        return Claim.model_validate(known)
    except ValidationError:
        texts = {key: _text(known.get(key), most) for key, most in _TEXTS.items()}
        texts["claim"] = _text(texts["claim"].strip() or _told(entry), _LONGEST)
        return Claim.model_validate({**known, **texts, "severity": _severity(known)})


def _severity(known: dict[str, Any]) -> Severity:
    try:
        return Claim.model_validate({"severity": known.get("severity"), "claim": "-"}).severity
    except ValidationError:
        return Severity.P1


def _verdict(entry: dict[str, Any]) -> Verdict | None:
    try:
        return Verdict.model_validate({key: value for key, value in entry.items() if key in Verdict.model_fields})
    except ValidationError:
        return None


def _stating(words: str, severity: Severity) -> Claim:
    return Claim.model_validate({"severity": severity, "claim": _text(words, _LONGEST) or "(nothing)"})


def _graded(text: str) -> Severity | None:
    """The gravest of P0 and P1 that a text names."""
    return min(spoken_of(text), default=None, key=lambda one: one.value)


def _told(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return repr(value)


def _clean(value: object) -> object:
    """A text as UTF-8 can have it; anything else as it is."""
    return writable(value) if isinstance(value, str) else value


def _text(told: object, most: int) -> str:
    """Text of at most so many characters; a cut says that it is one."""
    text = writable(told if isinstance(told, str) else "" if told is None else _told(told))
    return text if len(text) <= most else f"{text[: most - 1]}…"
