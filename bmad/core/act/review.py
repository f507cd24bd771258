"""The review protocol: which claims count, where a finding stands after each word that is said of it.

Nothing is believed for being said. A claim counts where its quote stands; silence of the developer confirms a
finding, silence of the reviewer never settles one. What a fix left as a mark is judged in `marks`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from bmad.core.fingerprint import fold
from bmad.model.act import Disposition, Finding, Settlement
from bmad.model.agents import Claim, ReplyAnswer, ReviewAnswer, TriageAnswer
from bmad.model.ids import ALPHABET
from bmad.model.record import Record

LONGEST_SPAN = 200
"""Lines; a quote that may stand anywhere in more than that says nothing about its place."""

_LENGTH = 8


class Sifted(NamedTuple):
    """What is left of a reviewer's claims.

    `dropped` counts claims whose quote does not stand, `known` the findings that were false alarms before.
    """

    findings: tuple[Finding, ...]
    dropped: int
    known: int


class Settled(NamedTuple):
    """Where findings stand now, and a sentence for each thing that was said beside the question."""

    settlements: tuple[Settlement, ...]
    notes: tuple[str, ...]


class Judged(NamedTuple):
    """The ids that a fix settles and those that it does not, in the order of the findings."""

    settled: tuple[str, ...]
    unsettled: tuple[str, ...]


def finding_id(lens: str, path: str, quote: str) -> str:
    """`F-` and eight characters over lens, path and the folded quote: the claim's own words are no part of it."""
    told = "\0".join((lens, path, fold(quote))).encode("utf-8", "surrogatepass")
    number = int.from_bytes(sha256(told).digest())
    letters = []
    for _ in range(_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return f"F-{''.join(letters)}"


def sift(
    claims: Iterable[Claim],
    lens: str,
    now: int,
    read: Callable[[str], str | None],
    known_false: Collection[str],
    standing: Mapping[str, Finding],
) -> Sifted:
    """The new findings among the claims of one lens, raised in round `now`.

    `read` gives a file's text at the reviewed head. Of claims with one id the gravest counts. A finding that was
    fixed in this run is raised anew; one that is still open is raised again only as a graver one.
    """
    dropped = known = 0
    found: dict[str, Finding] = {}
    for claim in claims:
        end = _stands(claim, read)
        if end is None:
            dropped += 1
            continue
        new = _raise(claim, lens, now, end)
        if new.id not in found or new.severity.value < found[new.id].severity.value:
            found[new.id] = new
    fresh = []
    for new in found.values():
        old = standing.get(new.id)
        if new.id in known_false or (old is not None and old.disposition is Disposition.FALSE_POSITIVE):
            known += 1
        elif old is None or old.disposition is Disposition.FIXED or _graver(new, old):
            fresh.append(new)
    return Sifted(tuple(fresh), dropped, known)


def _graver(new: Finding, old: Finding) -> bool:
    """Whether a finding that is open already is raised as a worse one now: then it is to be settled anew."""
    return new.severity.value < old.severity.value


def _stands(claim: Claim, read: Callable[[str], str | None]) -> int | None:
    """The last line of the claim's span, inside the file, where the quote stands in it; else None."""
    quote = fold(claim.quote)
    end = claim.line if claim.end_line is None else claim.end_line
    if not quote or not 0 <= end - claim.line < LONGEST_SPAN or not _is_plain(claim.path):
        return None
    text = read(claim.path)
    if text is None:
        return None
    lines = text.split("\n")
    end = min(end, len(lines))
    return end if quote in fold("\n".join(lines[claim.line - 1 : end])) else None


def _is_plain(path: str) -> bool:
    """Whether it is a path from the repository's root, spelt in the one way that git spells it."""
    parts = path.split("/")
    return "\0" not in path and not any(part in ("", ".", "..") for part in parts)


def _raise(claim: Claim, lens: str, now: int, end: int) -> Finding:
    return Finding(
        id=finding_id(lens, claim.path, claim.quote),
        round=now,
        severity=claim.severity,
        lens=lens,
        path=claim.path,
        line=claim.line,
        end_line=end,
        quote=claim.quote,
        claim=claim.claim,
        fix=claim.fix,
        criterion=claim.criterion,
    )


def settle_stands(findings: Iterable[Finding], answer: TriageAnswer) -> Settled:
    """The developer's stand on each RAISED finding: disputed with an argument, else confirmed.

    Silence is no dispute, nor is a dispute without an argument or beside a confirmation.
    """
    asked = [one.id for one in findings if one.disposition is Disposition.RAISED]
    arguments = {one.finding: one.argument for one in answer.stands if one.argument.strip()}
    disputed = {one.finding for one in answer.stands if one.stand == "disputed" and one.argument.strip()}
    disputed -= {one.finding for one in answer.stands if one.stand == "confirmed"}
    settlements = tuple(
        Settlement(
            finding=name,
            disposition=Disposition.DISPUTED if name in disputed else Disposition.CONFIRMED,
            argument=arguments.get(name, ""),
        )
        for name in asked
    )
    return Settled(settlements, _beside((one.finding for one in answer.stands), asked, "raised"))


def settle_replies(findings: Iterable[Finding], stands: Sequence[Settlement], answer: ReplyAnswer) -> Settled:
    """All the stands again, the disputed ones among the findings as the reviewer's one answer leaves them.

    Conceded is a false positive; upheld, unanswered or answered both ways is UPHELD and goes to a person. A
    dispute over a finding that is not among `findings` (one of another lens) stays as it is.
    """
    own = {one.id for one in findings}
    asked = [one.finding for one in stands if one.disposition is Disposition.DISPUTED and one.finding in own]
    upheld = {one.finding for one in answer.replies if one.reply == "upheld"}
    conceded = {one.finding for one in answer.replies} - upheld
    words = {one.finding: one.argument for one in answer.replies if one.argument.strip()}
    settlements = tuple(
        one.model_copy(
            update={
                "disposition": Disposition.FALSE_POSITIVE if one.finding in conceded else Disposition.UPHELD,
                "answer": words.get(one.finding, ""),
            }
        )
        if one.finding in asked
        else one
        for one in stands
    )
    return Settled(settlements, _beside((one.finding for one in answer.replies), asked, "disputed"))


def _beside(named: Iterable[str], asked: Collection[str], kind: str) -> tuple[str, ...]:
    """A sentence for each name that is none of those asked about."""
    stray = (ascii(name[:40])[1:-1] for name in dict.fromkeys(named) if name not in asked)
    return tuple(f"The answer speaks of {name}, which is no finding that is {kind} here." for name in stray)


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


def false_alarms(records: Iterable[Record]) -> frozenset[str]:
    """The review memory: the ids of all findings that are recorded as false positives."""
    return frozenset(
        one.id for record in records for one in record.findings if one.disposition == "false-positive"
    )
