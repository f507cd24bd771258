"""The review protocol: which claims count, where a finding stands after each word that is said of it.

Nothing is believed for being said. A claim counts where its quote stands, and what becomes of one that stands
nowhere is in `unplaced`; what developer and reviewer say of a finding is weighed in `triage`, and silence of the
reviewer never settles one. What a fix left as a mark is judged in `marks`.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

from bmad.core.act.marks import uncommented
from bmad.core.act.placing import Nowhere, Place, Places
from bmad.model.agents import Severity
from bmad.model.answers import Claim, ReviewAnswer
from bmad.model.ids import ALPHABET
from bmad.model.normal import fold
from bmad.model.review import Disposition, Finding

_LENGTH = 8


class Missed(NamedTuple):
    """A claim that has no place, and why, as a sentence to its reviewer."""

    claim: Claim
    why: str


class Sifted(NamedTuple):
    """What is left of a reviewer's claims.

    `missed` are those whose quote stands nowhere, `known` counts findings that were false alarms before.
    """

    findings: tuple[Finding, ...]
    missed: tuple[Missed, ...]
    known: int


class Judged(NamedTuple):
    """The ids that a fix settles and those that it does not, in the order of the findings."""

    settled: tuple[str, ...]
    unsettled: tuple[str, ...]


def finding_id(lens: str, path: str, lines: str) -> str:
    """`F-` and eight characters over lens, path and the lines that are quoted, whole and folded.

    Neither the claim's words are a part of it nor how much of a line the reviewer chose to quote.
    """
    return any_id("F", lens, path, fold(lines))


def any_id(kind: str, *told: str) -> str:
    """A letter, and eight characters of a hash over some texts."""
    number = int.from_bytes(sha256("\0".join(told).encode("utf-8", "surrogatepass")).digest())
    letters = []
    for _ in range(_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return f"{kind}-{''.join(letters)}"


def sift(
    claims: Iterable[Claim],
    lens: str,
    now: int,
    places: Places,
    known_false: Mapping[str, Severity],
    standing: Mapping[str, Finding],
) -> Sifted:
    """The new findings among the claims of one lens, raised in round `now`.

    Claims about the same lines are one finding, as grave as the gravest. A finding that was fixed in this run is
    raised anew, and so is a repeat; another one that is still open is raised again only as a graver one, or where
    something else is said of its lines; as a graver one is what `known_false` holds as a false alarm of some
    severity.
    """
    known = 0
    missed: list[Missed] = []
    found: dict[str, Finding] = {}
    for claim in claims:
        place = places.place(claim)
        if isinstance(place, Nowhere):
            missed.append(Missed(claim, place.why))
            continue
        new = _as_known(_raise(claim, lens, now, place), place.lines, known_false, standing)
        found[new.id] = as_one(found[new.id], new) if new.id in found else new
    fresh = []
    for new in found.values():
        old = standing.get(new.id)
        if _is_known(new, known_false.get(new.id), old):
            known += 1
        elif old is None or old.disposition is Disposition.FIXED or _is_worse(new, old):
            fresh.append(new)
        elif _is_said_anew(new, old):
            fresh.append(_anew(old, new))
    return Sifted(tuple(fresh), tuple(missed), known)


def _is_said_anew(new: Finding, old: Finding) -> bool:
    """Whether what is open is to be triaged again: for other words of it, and a repeat for any.

    Of a repeat nobody judges the fix, so that raising it is the one way in which its reviewer says that it stands.
    """
    if old.disposition is Disposition.JOINED:
        return True
    return old.disposition is Disposition.CONFIRMED and fold(new.claim) not in fold(old.claim)


def _is_worse(new: Finding, old: Finding) -> bool:
    """Whether it is raised as something graver; the words that its reviewer conceded to be lesser are not."""
    if old.told_as is not None and fold(new.claim) in fold(old.claim):
        return _graver(new.severity, min(old.told_as, old.severity, key=lambda one: one.value))
    return _graver(new.severity, old.severity)


def _anew(old: Finding, new: Finding) -> Finding:
    """What is open, with something else that is said of its lines: it is to be triaged again."""
    both = as_one(old, new)
    return both.model_copy(
        update={"round": new.round, "disposition": Disposition.RAISED, "stand": "", "same_as": ""}
    )


def _as_known(
    new: Finding, lines: str, known_false: Mapping[str, Severity], standing: Mapping[str, Finding]
) -> Finding:
    """A finding under the id that it had before the mark of its false alarm was put behind the very line."""
    before = [finding_id(new.lens, new.path, line) for line in uncommented(new.path, lines)]
    alarms = {name for name, one in standing.items() if one.disposition is Disposition.FALSE_POSITIVE}
    name = next((name for name in before if name in known_false or name in alarms), new.id)
    return new.model_copy(update={"id": name})


def _is_known(new: Finding, conceded: Severity | None, old: Finding | None) -> bool:
    """Whether a finding is a false alarm of an earlier run, or of this one, and no graver than it was then.

    What a person has ruled on is one in the same words, too, however grave.
    """
    if conceded is not None and not _graver(new.severity, conceded):
        return True
    if old is None or old.disposition is not Disposition.FALSE_POSITIVE:
        return False
    said_before = bool(old.ruled_by) and fold(new.claim) in fold(old.claim)
    return said_before or not _graver(new.severity, old.severity)


def _graver(new: Severity, old: Severity) -> bool:
    """Whether what is open or conceded already is raised as something worse now: then it is to be settled anew."""
    return new.value < old.value


def as_one(first: Finding, second: Finding) -> Finding:
    """Two claims about the same lines: the graver one, with the other's words behind its own."""
    grave, other = (second, first) if _graver(second.severity, first.severity) else (first, second)
    claim, fix = _after(grave.claim, other.claim), _after(grave.fix, other.fix)
    return grave.model_copy(update={"claim": claim, "fix": fix})


def _after(text: str, more: str) -> str:
    return text if more in text else "\n\n".join(filter(None, (text, more)))


def _raise(claim: Claim, lens: str, now: int, place: Place) -> Finding:
    return Finding(
        id=finding_id(lens, place.path, place.lines),
        round=now,
        severity=claim.severity,
        lens=lens,
        path=place.path,
        line=place.line,
        end_line=place.end,
        quote=claim.quote,
        claim=claim.claim,
        fix=claim.fix,
        criterion=claim.criterion,
        before=place.before,
    )


def verdicts(findings: Iterable[Finding], answer: ReviewAnswer) -> Judged:
    """What the reviewer says of a fix: a confirmed finding is settled only by a clear word.

    Of a false positive only a mark can be taken back; without a word it stays.
    """
    against = {one.finding for one in answer.verdicts if not one.settled}
    given = {one.finding for one in answer.verdicts} - against
    settled: list[str] = []
    unsettled: list[str] = []
    for one in findings:
        marked = one.disposition is Disposition.FALSE_POSITIVE and bool(one.mark)
        if one.disposition is not Disposition.CONFIRMED and not marked:
            continue
        if one.id in given:
            settled.append(one.id)
        elif one.id in against or not marked:
            unsettled.append(one.id)
    return Judged(tuple(settled), tuple(unsettled))
