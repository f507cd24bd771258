"""What reviewers were shown, held against what a record says lands: what was not shown was not reviewed (G08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from bmad.core.gate.people import sign
from bmad.core.gate.words import listed, printable
from bmad.core.records.change import entries_hash
from bmad.model.agents import Role, Severity
from bmad.model.commits import Change
from bmad.model.quoting import quoted

if TYPE_CHECKING:
    from bmad.model.record import Record, RecordedClaim, Shown, ShownPart

_MOST = 3
REVIEWS, _LENSES = 1000, 100
"""More than anybody does; a record comes from outside."""


def not_shown(record: Record) -> Iterator[str]:
    """What speaks against it that reviewers saw all of the change, in words."""
    if not record.shown:
        yield "it does not say what its reviewers were shown (an older bmad wrote it, or a hand)"
        return
    if len(record.shown) > REVIEWS or any(len(one.lenses) > _LENSES for one in record.shown):
        yield f"it tells of more than {REVIEWS} reviews, or of one through more than {_LENSES} lenses"
        return
    told: dict[str, None] = {}
    views = _Views(record)
    for one in record.shown:
        told |= dict.fromkeys(views.whole(one))
    for lens in last_lenses(record):
        told |= dict.fromkeys(views.through(lens))
    yield from [*told][:_MOST]


class Difference:
    """A difference as it is computed again; many records may say that it was shown, and it is hashed once."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._whole = sha256(text).hexdigest()
        self._cuts: dict[tuple[ShownPart, ...], bool] = {}

    def is_shown_by(self, one: Shown) -> bool:
        """Whether it is what was shown: the whole of it, and cut into the very parts."""
        if (one.whole, one.bytes) != (self._whole, len(self._text)):
            return False
        if one.parts not in self._cuts:
            self._cuts[one.parts] = self._is_cut(one.parts)
        return self._cuts[one.parts]

    def costs(self, one: Shown) -> int:
        """The bytes that have to be hashed to say so."""
        fits = (one.whole, one.bytes) == (self._whole, len(self._text))
        return len(self._text) if fits and one.parts not in self._cuts else 0

    def _is_cut(self, parts: Sequence[ShownPart]) -> bool:
        at = 0
        for part in parts:
            if sha256(self._text[at : at + part.bytes]).hexdigest() != part.hash:
                return False
            at += part.bytes
        return at == len(self._text)


def misses(one: Shown, record: Record, differ: Iterable[Change]) -> bool:
    """Whether the ends of what was shown do not differ as a review of the record's change needs it.

    They differ in each of its paths that they are said to show. Where it is said to be what lands, they lead to
    what it holds, and a review of the whole begins where it does.
    """
    found = {quoted(change.path): change for change in differ}
    lands = one.change == entries_hash(record.change)
    whole, paths = lands and not one.after, frozenset(one.paths)
    for entry in record.change:
        there = found.get(entry.path)
        if there is None:
            missed = whole or entry.path in paths
        else:
            ends = (there.new_mode, there.new_blob) == (entry.new_mode, entry.new_blob)
            begins = (there.old_mode, there.old_blob) == (entry.old_mode, entry.old_blob)
            missed = (lands and not ends) or (whole and not begins)
        if missed:
            return True
    return False


def last_lenses(record: Record) -> tuple[str, ...]:
    """The lenses of the last review, which is of what lands."""
    last = record.shown[-1].step if record.shown else ""
    return tuple(dict.fromkeys(lens for one in record.shown if one.step == last for lens in one.lenses))


def last_contexts(record: Record) -> frozenset[str]:
    """The contexts of the reviewers of the last review, as they read."""
    last = record.shown[-1].step if record.shown else ""
    own = (one for one in record.work if one.role is Role.REVIEWER and one.step[: _visit(one.step)] == last)
    return frozenset(sign(one.context) for one in own)


def carried_over(record: Record) -> bool:
    """Whether it was reviewed on another base than it lands from, where it reads the same."""
    lands = entries_hash(record.change)
    return bool(record.shown) and record.shown[-1].change != lands and _moved(record, record.shown)


def _moved(record: Record, chain: Sequence[Shown]) -> bool:
    """Whether the reviews had another base than the record has, and the change reads the same on both."""
    begun = next((one.base for one in reversed(chain) if not one.after), record.base)
    return begun != record.base and bool(record.hunks) and chain[-1].hunks == record.hunks


def wholes(record: Record, *, moved: bool = False) -> Iterator[Shown]:
    """What several reviews showed together that lead to the last one, as one, from where the first of them begins.

    With `moved` what one or more showed on another base than the record's, on which the change is said to read the
    same.
    """
    lands = entries_hash(record.change)
    known: set[tuple[str, str]] = set()
    for lens in last_lenses(record)[:_LENSES]:
        chain = _chain([one for one in record.shown[:REVIEWS] if lens in one.lenses])
        ends = chain[0].base, chain[-1].head
        asked = chain[-1].change != lands and _moved(record, chain) if moved else len(chain) > 1
        if asked and ends not in known:
            known.add(ends)
            yield chain[-1].model_copy(update={"base": chain[0].base, "after": ""})


def _chain(own: Sequence[Shown]) -> Sequence[Shown]:
    """The last of some reviews and those before it that it goes on from, each where the one before it ended."""
    first = len(own) - 1
    while first and own[first].after == own[first - 1].change and own[first].base == own[first - 1].head:
        first -= 1
    return own[first:]


class _Views:
    """What a record says of who saw what; each list of it is gone through once."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lands = entries_hash(record.change)
        self._paths = {entry.path for entry in record.change}
        self._hidden = {claim.id: claim for claim in record.claims if claim.kind == "unshown"}
        self._seen: dict[tuple[str, str], set[str]] = {}
        for work in record.work:
            if work.role is Role.REVIEWER:
                self._seen.setdefault((work.step[: _visit(work.step)], work.lens), set()).add(work.part)

    def through(self, lens: str) -> Iterator[str]:
        """Through one lens: the last review saw what lands, and it and those before it together all of that."""
        chain = _chain([one for one in self._record.shown if lens in one.lenses])
        if chain[0].after:
            step = printable(chain[0].step)
            yield f"through {printable(lens)} only a fix was shown in {step}, and never all that was before it"
            return
        if chain[-1].change != self._lands and not _moved(self._record, chain):
            yield f"what {printable(chain[-1].step)} showed through {printable(lens)} is not what lands"
        excused = {claim.path for one in chain for claim in self._claims(one)}
        missing = self._paths - excused
        for one in chain:
            missing -= set(one.paths)
        if missing and "" not in excused:
            yield f"no reviewer was shown {listed(sorted(missing))} through {printable(lens)}"
        for one in chain:
            yield from self._looked_at(one, lens)

    def _looked_at(self, one: Shown, lens: str) -> Iterator[str]:
        """Somebody looked at each part that was shown."""
        seen = self._seen.get((one.step, lens), set())
        left = sum(part.shown and part.hash not in seen for part in one.parts)
        if left:
            yield f"{left} of {len(one.parts)} parts of {printable(one.step)} nobody saw through {printable(lens)}"

    def whole(self, one: Shown) -> Iterator[str]:
        """The parts are the whole, and of what was not shown a person has said something."""
        step = printable(one.step)
        if not one.parts or sum(part.bytes for part in one.parts) != one.bytes:
            yield f"the parts that {step} showed are not the whole"
        elif len(one.parts) == 1 and one.parts[0].hash != one.whole:
            yield f"the one part that {step} showed is not the whole"
        silent = not one.unshown and not all(part.shown for part in one.parts)
        if silent or len(self._claims(one)) != len(set(one.unshown)):
            yield f"it does not say what of {step} no reviewer was shown"

    def _claims(self, one: Shown) -> list[RecordedClaim]:
        return [self._hidden[name] for name in dict.fromkeys(one.unshown) if name in self._hidden]


def _visit(step: str) -> int:
    """Where the step of a review ends, and its lens begins: `1/review.2` of `1/review.2/correctness/again`."""
    end = step.find("/", step.find("/") + 1)
    return end if end >= 0 else len(step)


def unsettled(record: Record) -> Iterator[str]:
    """Claims that have no place, and what nobody was shown: each grave one needs a person's word or a fix."""
    for one in record.claims:
        name = printable(one.id)
        if one.disposition == "kept" and one.severity is not Severity.P2:
            yield f"claim {name} of {one.severity} was neither ruled on nor fixed"
        if one.disposition == "dismissed" and not (sign(one.ruled_by) and sign(one.ruling)):
            yield f"nobody says why claim {name} was dismissed"
        if one.disposition == "withdrawn" and (one.kind == "unshown" or not sign(one.ruling)):
            yield f"its reviewer does not say why claim {name} is taken back"
        if not sign(one.claim):
            yield f"claim {name} has lost its words"
    if len({one.id for one in record.claims}) != len(record.claims):
        yield "it has a claim twice"
    if record.dropped != sum(one.kind == "claim" for one in record.claims):
        yield f"it counts {record.dropped} claims that have no place, and holds the words of others"
