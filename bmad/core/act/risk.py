"""Which story a person should look at first: by a rule that anybody can follow, and no model's opinion.

The risks of `model.desk.Risk` are compared one after another, in their order: the first on which two stories
differ decides, and more of it comes first. Where they differ in none, the one that has waited longer does.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from bmad.core.act.run import CLOSED
from bmad.core.gate.people import People
from bmad.core.gate.reviewers import writes
from bmad.core.scan.vendors import vendor
from bmad.model.agents import Role, Severity
from bmad.model.desk import DeskItem, Risk, Sign
from bmad.model.record import UNKNOWN, Work
from bmad.model.review import Disposition, Finding, Kind
from bmad.model.settings import AgentSettings

STEPS = (50, 200, 800)
"""Changed lines: a story beyond a step is one to look at before one below it, whatever else is equal."""
MANY = 3
"""Other stories that have changed a file, from which on it is one that many share."""

_GRAVE = (Severity.P0, Severity.P1)
_LATEST = datetime.max.replace(tzinfo=UTC)


def in_order(items: Iterable[DeskItem]) -> list[DeskItem]:
    """Items, riskiest first."""
    return sorted(items, key=lambda one: (*(-weight for weight in weights(one)), one.since or _LATEST, one.story))


def weights(item: DeskItem) -> tuple[int, ...]:
    """How much there is of each risk, in the order of Risk."""
    return tuple(sum(one.weight for one in item.signs if one.risk is risk) for risk in Risk)


def of_findings(findings: Sequence[Finding]) -> Iterator[Sign]:
    """What is grave and was not mended, a sign each, and what nobody was shown."""
    known = {one.id: one for one in findings}
    for one in findings:
        if one.disposition is Disposition.FIXED:
            continue
        if one.kind is Kind.UNSHOWN:
            where = one.path or "a part of the change"
            looked = f"; {one.ruled_by} ruled on it" if one.ruled_by else ""
            yield Sign(risk=Risk.UNSEEN, weight=1, words=f"no reviewer was shown {where}{looked}")
        elif (grave := _gravest(one)) is not None and not _stands_for(known.get(one.same_as), one):
            weight = 2 if grave is Severity.P0 else 1
            yield Sign(risk=Risk.GRAVE, weight=weight, words=f"{grave} {one.id} {_became(one)}")


def _gravest(one: Finding) -> Severity | None:
    """The P0 or P1 that it is, or was told as."""
    return min((each for each in (one.severity, one.told_as) if each in _GRAVE), default=None)


def _stands_for(other: Finding | None, one: Finding) -> bool:
    """Whether a repeat is settled with one that was mended, or is told of itself."""
    joined = one.disposition is Disposition.JOINED and other is not None
    return joined and other is not None and (other.disposition is Disposition.FIXED or _gravest(other) is not None)


def _became(one: Finding) -> str:
    """What has become of a grave finding that nobody mended."""
    match one.disposition:
        case Disposition.FALSE_POSITIVE if one.ruled_by:
            return f"dismissed by {one.ruled_by}"
        case Disposition.FALSE_POSITIVE:
            return "dismissed: its reviewer gave way to the developer"
        case Disposition.WITHDRAWN:
            return "taken back by its reviewer, since its quote stands nowhere"
        case Disposition.JOINED:
            return f"settled with {one.same_as}, which it repeats"
    if one.severity not in _GRAVE:
        return f"made a {one.severity}{_ruled(one)}, and not mended"
    return "still open" if one.disposition not in CLOSED else f"is {one.disposition}"


def _ruled(one: Finding) -> str:
    return f", as {one.ruled_by} ruled" if one.ruled_by else ""


def of_kin(works: Sequence[Work], people: People, authors: Iterable[str] = ()) -> Iterator[Sign]:
    """What author and reviewer have in common; `authors` are people who wrote beside those of the work."""
    wrote = [one for one in works if writes(one)]
    reviewers = [one for one in works if one.role is Role.REVIEWER]
    by = [*authors, *(one.by for one in wrote if one.by)]
    for one in dict.fromkeys(one.by for one in reviewers if one.by):
        if people.among(one, by):
            yield Sign(risk=Risk.KIN, weight=2, words=f"reviewed by its author, {one}")
    vendors = {_vendor(one) for one in wrote if not one.by}
    for name in dict.fromkeys(_vendor(one) for one in reviewers if not one.by):
        if name in vendors:
            yield Sign(
                risk=Risk.KIN,
                weight=1,
                words=f"written and reviewed by one and the same, as far as was told: {name}",
            )


def _vendor(work: Work) -> str:
    model = work.model if work.model != UNKNOWN else work.asked
    return vendor(AgentSettings(use=work.backend or "unknown", model=model or None))


def of_size(changed: int) -> Iterator[Sign]:
    """The step that so many changed lines stand on."""
    step = sum(changed > one for one in STEPS)
    if step:
        yield Sign(risk=Risk.SIZE, weight=step, words=f"more than {STEPS[step - 1]} changed lines ({changed})")
