"""Claims whose quote stands nowhere, and changes that no reviewer was shown: kept with their words.

What is grave among them goes to a person and holds up the story until they have ruled; a P2 is kept. None is lost.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.act.parts import Hidden
from bmad.core.act.review import Missed, Sifted, any_id
from bmad.core.act.run import PERSON
from bmad.core.act.unfit import Words
from bmad.core.gate.words import printable
from bmad.model.agents import Severity
from bmad.model.answers import Claim, Verdict
from bmad.model.normal import fold
from bmad.model.review import Disposition, Finding, Kind

_MOST = 4000
"""So many characters of a verdict's words are told."""


def claim_id(lens: str, claim: Claim) -> str:
    """`C-` and eight characters over lens, path and quote: the same however the claim is worded.

    One that quotes nothing is known by its words, or a ruling on it would settle whatever is said without a quote.
    """
    return any_id("C", lens, claim.path, fold(claim.quote) or fold(claim.claim))


def complaints(missed: Iterable[Missed], lens: str) -> tuple[str, ...]:
    """What a reviewer is asked once more about, a sentence for each claim."""
    return tuple(
        f"{name} ({one.claim.severity}, {one.claim.path}:{one.claim.line}, "
        f"“{one.claim.claim}”): {one.why}. The quote was: {one.claim.quote}"
        for name, one in _named(missed, lens).items()
    )


def _named(missed: Iterable[Missed], lens: str) -> dict[str, Missed]:
    """The claims by their ids; of one quote there may be several, and each is restated or taken back by itself."""
    found: dict[str, Missed] = {}
    for one in missed:
        name = claim_id(lens, one.claim)
        known = found.get(name)
        if known is not None and fold(known.claim.claim) != fold(one.claim.claim):
            name = any_id("C", lens, one.claim.path, fold(one.claim.quote), fold(one.claim.claim))
            known = found.get(name)
        if known is None or one.claim.severity.value < known.claim.severity.value:
            found[name] = one
    return found


def unplaced(
    first: Words, sifted: Sifted, lens: str, now: int, again: tuple[Words, Sifted] | None = None
) -> tuple[Finding, ...]:
    """What is left of claims that have no place once their reviewer was asked again; both answers sifted.

    `again` is None where nobody was asked, or nothing was said then. A claim that was stated anew, and stands
    then, is the finding that it has become; one that was taken back by name is withdrawn.
    """
    found = {name: _kept(name, one, lens, now) for name, one in _named(sifted.missed, lens).items()}
    if again is None:
        return tuple(found.values())
    words, resifted = again
    for claim in _anew(words, resifted, first, sifted):
        found.pop(_meant(claim, found), None)
    restated = {one.finding for one in words.verdicts if not one.settled}
    for own, one in _named(resifted.missed, lens).items():
        name = one.claim.about if one.claim.about in found else own
        found[name] = _graver_of(found.get(name), _kept(name, one, lens, now))
        restated.add(name)
    back = {one.finding: one.why for one in words.verdicts if one.settled and one.why.strip()}
    return tuple(
        one.model_copy(update={"disposition": Disposition.WITHDRAWN, "answer": back[name]})
        if name in back and name not in restated
        else one
        for name, one in found.items()
    )


class Kept(NamedTuple):
    """What is left of all that a reviewer said of a part: findings, and what has no place; `known` as in sift."""

    findings: tuple[Finding, ...]
    lost: tuple[Finding, ...]
    known: int


def kept(
    first: Words, again: Words | None, lens: str, now: int, sifting: Callable[[Iterable[Claim]], Sifted]
) -> Kept:
    """What a reviewer said, and what they said when asked once more, None where nobody asked; both sifted."""
    sifted = sifting(first.claims)
    resifted = None if again is None else sifting(again.claims)
    asked = None if again is None or resifted is None else (again, resifted)
    every = [one for one in (sifted, resifted) if one is not None]
    return Kept(
        tuple(one for part in every for one in part.findings),
        unplaced(first, sifted, lens, now, asked),
        sum(one.known for one in every),
    )


def _anew(words: Words, sifted: Sifted, first: Words, before: Sifted) -> list[Claim]:
    """The claims that have a place now, and were not among those that had one in the first answer."""
    lost = {one.claim for one in sifted.missed}
    missed = {one.claim for one in before.missed}
    stood = {_same(one) for one in first.claims if one not in missed}
    return [one for one in words.claims if one not in lost and (one.about or _same(one) not in stood)]


def _same(claim: Claim) -> tuple[str, str]:
    return fold(claim.claim), fold(claim.quote)


def _meant(claim: Claim, found: Mapping[str, Finding]) -> str:
    """The one claim without a place that one which has a place states anew; empty where it is none of them.

    One by one: of two claims with the same words, restated as one, one is left.
    """
    if claim.about in found:
        return claim.about
    same = [one for one in found.values() if fold(one.claim) == fold(claim.claim)]
    nearest = min(same, key=lambda one: (one.path != claim.path, abs(one.line - claim.line)), default=None)
    return "" if nearest is None else nearest.id


def _graver_of(old: Finding | None, new: Finding) -> Finding:
    """Two claims of one id: the graver one, with the words of both."""
    if old is None:
        return new
    grave, other = (new, old) if new.severity.value < old.severity.value else (old, new)
    words = grave.claim if other.claim in grave.claim else f"{grave.claim}\n\n{other.claim}"
    return grave.model_copy(update={"claim": words})


def _kept(name: str, missed: Missed, lens: str, now: int) -> Finding:
    claim = missed.claim
    return Finding(
        id=name,
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


def astray(
    said: Iterable[Verdict], known: Collection[str], lens: str, now: int, severity: Severity
) -> Iterator[Finding]:
    """The words of verdicts that something is not settled, and name what this reviewer never raised.

    They are as grave as is told: what was raised before stays open without a word, so nobody need be held up by
    them; where nothing was, they are claims in the wrong place. Of a claim that they were asked about once more
    the rest is told already.
    """
    for one in said:
        words = one.why.strip()
        if one.settled or not words or one.finding in known or one.finding.startswith("C-"):
            continue
        claim = Claim(severity=severity, path="", line=1, quote="", claim=words[:_MOST])
        why = f"it says that {printable(one.finding)} is not settled, and there is no such finding of theirs"
        yield _kept(any_id("C", lens, one.finding, fold(words)), Missed(claim, why), lens, now)


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
