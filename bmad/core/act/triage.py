"""Triage: what becomes of a finding by the developer's stand and the reviewer's one answer to it.

The developer alone settles nothing and lowers nothing: a dispute, a lesser severity and a repeat each count only
where the reviewer concedes them. Where a word is missing or makes no sense, a finding is confirmed as it stands,
since mending it is always safe; a dispute that is not conceded is a person's.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.act.run import PERSON
from bmad.model.answers import ReplyAnswer, Stand, TriageAnswer
from bmad.model.review import Disposition, Finding, Kind, Settlement


class Stood(NamedTuple):
    """Where each raised finding stands by the developer's word.

    `wanting` are those without a valid one, with the reason as a sentence to the developer; they are confirmed.
    """

    settlements: tuple[Settlement, ...]
    wanting: Mapping[str, str]


class Argued(NamedTuple):
    """A finding that its reviewer is asked about, DISPUTED, and what the developer says of it."""

    finding: Finding
    stand: Settlement


def argued(raised: Iterable[Finding], stands: Iterable[Settlement]) -> list[Argued]:
    """What reviewers have to answer."""
    by_id = {one.id: one.model_copy(update={"disposition": Disposition.DISPUTED}) for one in raised}
    return [Argued(by_id[one.finding], one) for one in stands if one.disposition is Disposition.DISPUTED]


def settle_stands(raised: Iterable[Finding], answer: TriageAnswer, standing: Mapping[str, Finding]) -> Stood:
    """The developer's word on each RAISED finding; `standing` are all findings of the run.

    What the reviewer has to concede is DISPUTED; everything else is CONFIRMED. Of a finding that is confirmed and
    more, the confirmation counts.
    """
    asked = {one.id: one for one in raised if one.disposition is Disposition.RAISED}
    told = {name: _one_of([one for one in answer.stands if one.finding == name]) for name in asked}
    meant = {name: one for name, one in told.items() if isinstance(one, Stand)}
    settlements, wanting = [], {}
    for name, finding in asked.items():
        stand = told[name]
        settled = stand if isinstance(stand, str) else _settled(finding, stand, meant, standing)
        if isinstance(settled, str):
            wanting[name] = f"{name}: {settled}"
            settled = Settlement(finding=name, disposition=Disposition.CONFIRMED, stand="none")
        settlements.append(settled)
    return Stood(tuple(settlements), wanting)


def with_more(first: TriageAnswer, wanting: Mapping[str, str], more: TriageAnswer) -> TriageAnswer:
    """Both answers as one: the second counts for what the first had no valid word on."""
    kept = [one for one in first.stands if one.finding not in wanting]
    return TriageAnswer(stands=(*kept, *(one for one in more.stands if one.finding in wanting)))


def settle_replies(
    findings: Iterable[Finding], stands: Sequence[Settlement], answer: ReplyAnswer
) -> tuple[Settlement, ...]:
    """All the stands again, those that the findings' reviewer was asked about as their one answer leaves them.

    Only a clear concession counts: unanswered, or answered both ways, is upheld. What is not among `findings` (of
    another lens) stays as it is.
    """
    own = {one.id for one in findings}
    conceded = _conceded(answer)
    words = {one.finding: one.argument for one in answer.replies if one.argument.strip()}
    return tuple(
        _answered(one, words.get(one.finding, ""), conceded=one.finding in conceded)
        if one.disposition is Disposition.DISPUTED and one.finding in own
        else one
        for one in stands
    )


def insisted(
    findings: Iterable[Finding], settled: Iterable[Settlement], answer: ReplyAnswer
) -> tuple[Settlement, ...]:
    """Of what has been settled those among `findings` that their reviewer was asked about and did not concede."""
    left = {one.id for one in findings} - _conceded(answer)
    return tuple(one for one in settled if one.finding in left)


def _conceded(answer: ReplyAnswer) -> set[str]:
    upheld = {one.finding for one in answer.replies if one.reply == "upheld"}
    return {one.finding for one in answer.replies} - upheld


def _answered(stand: Settlement, words: str, *, conceded: bool) -> Settlement:
    """What is conceded is as the developer said; what is upheld stands as it was raised."""
    told = stand.model_copy(update={"answer": words})
    match stand.stand:
        case "lesser":
            kept = {} if conceded else {"severity": None}
            return told.model_copy(update={"disposition": Disposition.CONFIRMED, **kept})
        case "duplicate" if conceded:
            return told.model_copy(update={"disposition": Disposition.JOINED})
        case "duplicate":
            return told.model_copy(update={"disposition": Disposition.CONFIRMED, "same_as": ""})
    to = Disposition.FALSE_POSITIVE if conceded else Disposition.UPHELD
    return told.model_copy(update={"disposition": to})


def _one_of(stands: Sequence[Stand]) -> Stand | str:
    """The one stand among all that is said of a finding, or why there is none."""
    if not stands:
        return "you said nothing about it."
    confirmed = [one for one in stands if one.stand == "confirmed"]
    if confirmed:
        return next((one for one in confirmed if one.argument.strip()), confirmed[0])
    if len({(one.stand, one.severity, one.same_as) for one in stands}) > 1:
        return "you took several stands on it."
    return next((one for one in stands if one.argument.strip()), stands[0])


def _settled(
    finding: Finding, stand: Stand, meant: Mapping[str, Stand], standing: Mapping[str, Finding]
) -> Settlement | str:
    """Where a finding stands by a stand on it, or why that makes no sense."""
    argument = stand.argument if stand.argument.strip() else ""
    told = Settlement(finding=finding.id, disposition=Disposition.CONFIRMED, stand=stand.stand, argument=argument)
    match stand.stand:
        case "disputed":
            return _disputed(told) if argument else "a dispute needs an `argument`."
        case "lesser" if not argument or stand.severity is None or stand.severity.value <= finding.severity.value:
            return f"`lesser` needs an `argument` and a `severity` below {finding.severity}."
        case "lesser":
            return _disputed(told).model_copy(update={"severity": stand.severity})
        case "duplicate":
            return _repeats(told, stand.same_as, meant, standing)
    return told


def _disputed(told: Settlement) -> Settlement:
    return told.model_copy(update={"disposition": Disposition.DISPUTED})


def _repeats(
    told: Settlement, name: str, meant: Mapping[str, Stand], standing: Mapping[str, Finding]
) -> Settlement | str:
    """A repeat of what is open itself; one of what the developer disputes is disputed with the same argument."""
    name = _root(told.finding, name, meant, standing)
    other = standing.get(name)
    if name == told.finding or other is None:
        return "`same_as` has to name another finding of this story that is no repeat of this one."
    if name in meant and meant[name].stand == "disputed" and meant[name].argument.strip():
        argument = f"It repeats {name}: {meant[name].argument}"
        return _disputed(told).model_copy(update={"stand": "disputed", "argument": argument})
    if not may_be_repeated(other):
        return f"{name} is {other.disposition}, and only what is open can be repeated."
    return _disputed(told).model_copy(update={"same_as": name})


def _root(repeat: str, name: str, meant: Mapping[str, Stand], standing: Mapping[str, Finding]) -> str:
    """What is repeated in the end, where what is named is a repeat itself; in a ring that is the repeat."""
    seen = {repeat}
    while name not in seen:
        seen.add(name)
        if name in meant and meant[name].stand == "duplicate":
            name = meant[name].same_as
        elif name in standing and standing[name].disposition is Disposition.JOINED:
            name = standing[name].same_as
        else:
            return name
    return repeat


def may_be_repeated(one: Finding) -> bool:
    """Whether a finding is open, so that its repeats can be settled with it; a person's words stand alone."""
    open_ones = (Disposition.RAISED, Disposition.CONFIRMED)
    return one.kind is Kind.FINDING and one.lens != PERSON and one.disposition in open_ones
