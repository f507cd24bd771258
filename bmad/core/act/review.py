"""The review protocol: which claims count, where a finding stands after each word that is said of it.

Nothing is believed for being said. A claim counts where its quote stands; silence of the developer confirms a
finding, silence of the reviewer never settles one. What a fix left as a mark is judged in `marks`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from bmad.core.fingerprint import fold
from bmad.model.act import Disposition, Finding, Settlement
from bmad.model.agents import Claim, ReplyAnswer, ReviewAnswer, Severity, TriageAnswer
from bmad.model.ids import ALPHABET

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


class Judged(NamedTuple):
    """The ids that a fix settles and those that it does not, in the order of the findings."""

    settled: tuple[str, ...]
    unsettled: tuple[str, ...]


class _Place(NamedTuple):
    """Where a quote stands: the last line of its claim's span, inside the file, and the lines that it is of."""

    end: int
    lines: str


def finding_id(lens: str, path: str, lines: str) -> str:
    """`F-` and eight characters over lens, path and the lines that are quoted, whole and folded.

    Neither the claim's words are a part of it nor how much of a line the reviewer chose to quote.
    """
    told = "\0".join((lens, path, fold(lines))).encode("utf-8", "surrogatepass")
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
    known_false: Mapping[str, Severity],
    standing: Mapping[str, Finding],
) -> Sifted:
    """The new findings among the claims of one lens, raised in round `now`.

    `read` gives a file's text at the reviewed head. Claims about the same lines are one finding, as grave as the
    gravest. A finding that was fixed in this run is raised anew; one that is still open is raised again only as a
    graver one, and so is one that `known_false` holds as a false alarm of some severity.
    """
    dropped = known = 0
    found: dict[str, Finding] = {}
    for claim in claims:
        place = _stands(claim, read)
        if place is None:
            dropped += 1
            continue
        new = _raise(claim, lens, now, place)
        found[new.id] = _as_one(found[new.id], new) if new.id in found else new
    fresh = []
    for new in found.values():
        old = standing.get(new.id)
        if _is_known(new, known_false.get(new.id), old):
            known += 1
        elif old is None or old.disposition is Disposition.FIXED or _graver(new.severity, old.severity):
            fresh.append(new)
    return Sifted(tuple(fresh), dropped, known)


def _is_known(new: Finding, conceded: Severity | None, old: Finding | None) -> bool:
    """Whether a finding is a false alarm of an earlier run, or of this one, and no graver than it was then."""
    if conceded is not None and not _graver(new.severity, conceded):
        return True
    if old is None or old.disposition is not Disposition.FALSE_POSITIVE:
        return False
    return bool(old.ruled_by) or not _graver(new.severity, old.severity)


def _graver(new: Severity, old: Severity) -> bool:
    """Whether what is open or conceded already is raised as something worse now: then it is to be settled anew."""
    return new.value < old.value


def _as_one(first: Finding, second: Finding) -> Finding:
    """Two claims about the same lines: the graver one, with the other's words behind its own."""
    grave, other = (second, first) if _graver(second.severity, first.severity) else (first, second)
    claim, fix = _after(grave.claim, other.claim), _after(grave.fix, other.fix)
    return grave.model_copy(update={"claim": claim, "fix": fix})


def _after(text: str, more: str) -> str:
    return text if more in text else "\n\n".join(filter(None, (text, more)))


def _stands(claim: Claim, read: Callable[[str], str | None]) -> _Place | None:
    """Where the quote stands within the claim's span; None where it does not."""
    quote = fold(claim.quote)
    end = claim.line if claim.end_line is None else claim.end_line
    if not quote or not 0 <= end - claim.line < LONGEST_SPAN or not _is_plain(claim.path):
        return None
    text = read(claim.path)
    if text is None:
        return None
    lines = text.split("\n")
    end = min(end, len(lines))
    whole = _whole(lines[claim.line - 1 : end], quote)
    return _Place(end, whole) if whole else None


def _whole(lines: Iterable[str], quote: str) -> str:
    """The lines, folded, that a folded quote stands in first, from their beginning to their end; else empty."""
    folded = [told for told in map(fold, lines) if told]
    at = " ".join(folded).find(quote)
    met: list[str] = []
    start = 0
    for told in folded:
        if at >= 0 and start < at + len(quote) and at < start + len(told):
            met.append(told)
        start += len(told) + 1
    return " ".join(met)


def _is_plain(path: str) -> bool:
    """Whether it is a path from the repository's root, spelt in the one way that git spells it."""
    parts = path.split("/")
    return "\0" not in path and not any(part in ("", ".", "..") for part in parts)


def _raise(claim: Claim, lens: str, now: int, place: _Place) -> Finding:
    return Finding(
        id=finding_id(lens, claim.path, place.lines),
        round=now,
        severity=claim.severity,
        lens=lens,
        path=claim.path,
        line=claim.line,
        end_line=place.end,
        quote=claim.quote,
        claim=claim.claim,
        fix=claim.fix,
        criterion=claim.criterion,
    )


def settle_stands(findings: Iterable[Finding], answer: TriageAnswer) -> tuple[Settlement, ...]:
    """The developer's stand on each RAISED finding: disputed with an argument, else confirmed.

    Silence is no dispute, nor is a dispute without an argument or beside a confirmation.
    """
    asked = [one.id for one in findings if one.disposition is Disposition.RAISED]
    arguments = {one.finding: one.argument for one in answer.stands if one.argument.strip()}
    disputed = {one.finding for one in answer.stands if one.stand == "disputed" and one.argument.strip()}
    disputed -= {one.finding for one in answer.stands if one.stand == "confirmed"}
    return tuple(
        Settlement(
            finding=name,
            disposition=Disposition.DISPUTED if name in disputed else Disposition.CONFIRMED,
            argument=arguments.get(name, ""),
        )
        for name in asked
    )


def settle_replies(
    findings: Iterable[Finding], stands: Sequence[Settlement], answer: ReplyAnswer
) -> tuple[Settlement, ...]:
    """All the stands again, the disputed ones among the findings as the reviewer's one answer leaves them.

    Conceded is a false positive; upheld, unanswered or answered both ways is UPHELD and goes to a person. A
    dispute over a finding that is not among `findings` (one of another lens) stays as it is.
    """
    own = {one.id for one in findings}
    asked = [one.finding for one in stands if one.disposition is Disposition.DISPUTED and one.finding in own]
    upheld = {one.finding for one in answer.replies if one.reply == "upheld"}
    conceded = {one.finding for one in answer.replies} - upheld
    words = {one.finding: one.argument for one in answer.replies if one.argument.strip()}
    return tuple(
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
