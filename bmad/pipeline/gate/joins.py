"""The computed merges of single files that records ask for, where the base has moved since the review."""

from collections.abc import Sequence
from dataclasses import replace

from bmad.core.gate.facts import Recorded, Step
from bmad.core.records.explain import Join
from bmad.model.commits import ABSENT
from bmad.ports.history import Objects

_REGULAR = frozenset({"100644", "100755"})


def with_joins(objects: Objects, steps: Sequence[Step]) -> list[Step]:
    """With the computed merges that the records of the steps ask for, all computed at once."""
    wanted = {at: _joins(step.recorded) for at, step in enumerate(steps) if step.recorded is not None}
    every = list(dict.fromkeys(join for joins in wanted.values() for join in joins))
    if not every:
        return list(steps)
    by_lines = frozenset(number for number, join in enumerate(every) if join.by_lines)
    triples = [(join.old, join.ours, join.theirs) for join in every]
    known = dict(zip(every, objects.joined(triples, by_lines), strict=True))
    return [
        step._replace(recorded=replace(step.recorded, joins={join: known[join] for join in wanted[at]}))
        if step.recorded is not None
        else step
        for at, step in enumerate(steps)
    ]


def _joins(recorded: Recorded) -> list[Join]:
    found = []
    for path, must in recorded.edges.items():
        for join in recorded.joins_of(path, must):
            values = (join.old, join.ours, join.theirs)
            plain = all(value.mode in _REGULAR or value.mode == ABSENT for value in values)
            if plain and all(one.at_hand for one in recorded.about[path]):
                found.append(join)
    return found
