"""Findings and false alarms as a prompt holds them: JSON, so that no word in one passes for another."""

import json
from collections.abc import Iterable, Sequence

from bmad.core.act.joining import groups, same_place
from bmad.core.act.memory import Alarm
from bmad.core.act.triage import Argued
from bmad.core.packs.texts import cut
from bmad.core.prompts.fences import Part
from bmad.model.review import Finding

MOST_MEMORY = 6000
"""Bytes that a prompt gives to known false alarms."""

MOST_BESIDE = 4000
"""Bytes that a prompt gives to findings that are there to be known alone."""

_ALWAYS = ("id", "severity", "lens", "path", "line", "end_line", "quote", "claim", "fix", "criterion", "before")
_BRIEFLY = ("id", "severity", "lens", "path", "line", "claim", "disposition", "same_as")


def told(findings: Iterable[Finding], *beside: str) -> str:
    """The findings, those of one place together; of `beside` only what holds something."""
    every = [one for group in groups(findings) for one in group]
    near = {name: {"same_place": others} for name, others in same_place(every).items()}
    return _json([_kept(one, (*_ALWAYS, *beside)) | near.get(one.id, {}) for one in every])


def at_one_place(findings: Sequence[Finding], then: str) -> str:
    """What `same_place` says, and what follows from it, where any of the findings has it; else empty."""
    return f"{_SAME_PLACE} {then}" if same_place(findings) else ""


_SAME_PLACE = (
    "Findings that name each other in `same_place` stand on the same lines, seen through different lenses."
)


def argued(disputed: Iterable[Argued]) -> str:
    """Findings with what the developer says of each: the stand, the argument, what is proposed."""
    return _json(
        [
            _kept(one.finding, _ALWAYS)
            | {"stand": one.stand.stand}
            | ({"proposed": one.stand.severity.value} if one.stand.severity else {})
            | ({"same_as": one.stand.same_as} if one.stand.same_as else {})
            | {"argument": one.stand.argument}
            for one in disputed
        ]
    )


def context(findings: Iterable[Finding]) -> Part:
    """What others found, to be known and not to be judged."""
    text = _json([_kept(one, _BRIEFLY) for one in findings])
    return Part("Other findings so far, for you to know; they are not yours to judge now", cut(text, MOST_BESIDE))


def alarms(memory: Sequence[Alarm]) -> Part:
    """The false alarms, of all of them so much as a prompt gives them."""
    every = [
        {name: value for name, value in one._asdict().items() if value and name != "ruled"}
        | {"settled": "ruled by a person" if one.ruled else "conceded by its reviewer"}
        for one in memory
    ]
    return Part("Known false alarms of earlier reviews", cut(_json(every), MOST_MEMORY))


def rulings(findings: Iterable[Finding]) -> list[str]:
    """What a person ruled on findings, in their own words."""
    return [f"On {one.id}: {one.ruling}" for one in findings if one.ruling]


def _kept(one: Finding, names: Sequence[str]) -> dict[str, object]:
    return {name: value for name, value in one.model_dump(mode="json").items() if name in names and value}


def _json(every: Sequence[object]) -> str:
    return json.dumps(every, ensure_ascii=False, indent=1) if every else ""
