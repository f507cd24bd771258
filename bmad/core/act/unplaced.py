"""Claims whose quote stands nowhere, and changes that no reviewer was shown: kept with their words.

What is grave among them goes to a person and holds up the story until they have ruled; a P2 is kept. None is lost.
"""

from collections.abc import Iterable, Mapping, Sequence

from bmad.core.act.parts import Hidden
from bmad.core.act.review import Missed, Sifted, any_id
from bmad.core.act.run import PERSON
from bmad.core.fingerprint import fold
from bmad.core.gate.words import printable
from bmad.model.act import Disposition, Finding, Kind
from bmad.model.agents import Claim, ReviewAnswer, Severity


def claim_id(lens: str, claim: Claim) -> str:
    """`C-` and eight characters over lens, path and quote: the same however the claim is worded.

    One that quotes nothing is known by its words, or a ruling on it would settle whatever is said without a quote.
    """
    return any_id("C", lens, claim.path, fold(claim.quote) or fold(claim.claim))


def complaints(missed: Iterable[Missed], lens: str) -> tuple[str, ...]:
    """What a reviewer is asked once more about, a sentence for each claim."""
    return tuple(
        f"{claim_id(lens, one.claim)} ({one.claim.severity}, {one.claim.path}:{one.claim.line}, "
        f"“{one.claim.claim}”): {one.why}. The quote was: {one.claim.quote}"
        for one in missed
    )


def unplaced(
    missed: Iterable[Missed], lens: str, now: int, again: ReviewAnswer | None, sifted: Sifted | None
) -> tuple[Finding, ...]:
    """What is left of claims that have no place once their reviewer was asked again, and that answer was sifted.

    `again` is None where nobody was asked, or nothing was said that fits. A claim that was stated anew, and stands
    then, is the finding that it has become; one that was taken back by name is withdrawn.
    """
    found: dict[str, Finding] = {}
    for one in missed:
        new = _kept(one, lens, now)
        found[new.id] = _graver_of(found.get(new.id), new)
    if again is None or sifted is None:
        return tuple(found.values())
    lost = {one.claim for one in sifted.missed}
    for claim in again.findings:
        if claim not in lost:
            for name in _meant(claim, found):
                del found[name]
    for one in sifted.missed:
        new = _kept(one, lens, now)
        name = one.claim.about if one.claim.about in found else new.id
        found[name] = _graver_of(found.get(name), new)
    for verdict in again.verdicts:
        old = found.get(verdict.finding)
        if old is not None and verdict.settled and verdict.why.strip():
            found[old.id] = old.model_copy(update={"disposition": Disposition.WITHDRAWN, "answer": verdict.why})
    return tuple(found.values())


def _meant(claim: Claim, found: Mapping[str, Finding]) -> list[str]:
    """The claims without a place that one which has a place states anew."""
    if claim.about in found:
        return [claim.about]
    return [name for name, one in found.items() if fold(one.claim) == fold(claim.claim)]


def _graver_of(old: Finding | None, new: Finding) -> Finding:
    """Two claims of one id: the graver one, with the words of both."""
    if old is None:
        return new
    grave, other = (new, old) if new.severity.value < old.severity.value else (old, new)
    words = grave.claim if other.claim in grave.claim else f"{grave.claim}\n\n{other.claim}"
    return grave.model_copy(update={"id": old.id, "claim": words})


def _kept(missed: Missed, lens: str, now: int) -> Finding:
    claim = missed.claim
    return Finding(
        id=claim_id(lens, claim),
        kind=Kind.CLAIM,
        round=now,
        severity=claim.severity,
        lens=lens,
        path=claim.path,
        line=claim.line,
        end_line=claim.line,
        quote=claim.quote,
        claim=claim.claim,
        fix=claim.fix,
        criterion=claim.criterion,
        why=missed.why,
        disposition=Disposition.KEPT if claim.severity is Severity.P2 else Disposition.UPHELD,
    )


def unshown(hidden: Sequence[Hidden], now: int) -> tuple[Finding, ...]:
    """What a person has to look at, since no reviewer was shown it."""
    return tuple(
        Finding(
            id=any_id("U", one.path, one.content),
            kind=Kind.UNSHOWN,
            round=now,
            severity=Severity.P1,
            lens=PERSON,
            path=one.path,
            line=0,
            end_line=0,
            quote="",
            claim=f"No reviewer was shown what changes in {printable(one.path) or 'a part of this'}: look at it.",
            why=one.why,
            disposition=Disposition.UPHELD,
        )
        for one in hidden
    )


def new_ones(found: Iterable[Finding], known: Mapping[str, Finding]) -> tuple[Finding, ...]:
    """Those that are not there already: ruled on by a person, waiting for one, or kept."""
    return tuple(one for one in found if not _is_settled(one, known.get(one.id)))


def _is_settled(one: Finding, old: Finding | None) -> bool:
    if old is None or one.severity.value < old.severity.value:
        return False
    return bool(old.ruled_by) or old.disposition in (Disposition.UPHELD, one.disposition)
