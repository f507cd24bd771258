"""The cycles of a specification, which are looked for among few links, against all links."""

import random

import pytest

from bmad.core.cycles import cycles
from bmad.core.graph import SpecGraph, build
from bmad.model.spec import (
    AnyItem,
    Criterion,
    Document,
    Epic,
    Ref,
    Requirement,
    Statement,
    StatementClass,
    Story,
)


def _some(dice: random.Random, names: list[str]) -> tuple[Ref, ...]:
    return tuple(Ref(name) for name in dice.sample(names, dice.randint(0, min(2, len(names)))))


def _made(seed: int, *, wrong: bool) -> SpecGraph:
    """A graph of 12 items; with `wrong`, references also name things of the wrong kind, and lead anywhere."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    kinds = {prefix: [f"{prefix}-{at}" for at in range(3)] for prefix in ("INT", "FR", "EPIC", "STORY")}
    every = [name for names in kinds.values() for name in names] if wrong else []
    items: list[AnyItem] = [
        Statement(id=name, title="t", klass=StatementClass.GOAL, quote="q") for name in kinds["INT"]
    ]
    items += [Requirement(id=name, title="t", traces=_some(dice, every or kinds["INT"])) for name in kinds["FR"]]
    items += [Epic(id=name, title="t", covers=_some(dice, every or kinds["FR"])) for name in kinds["EPIC"]]
    items += [
        Story(
            id=name,
            title="t",
            epic=Ref(dice.choice(every or kinds["EPIC"])),
            implements=_some(dice, every or kinds["FR"]),
            depends_on=_some(dice, every or kinds["STORY"]),
            criteria=(Criterion(id="AC-1", text="x"),),
        )
        for name in kinds["STORY"]
    ]
    return build([Document(path="d", items=tuple(items))])


@pytest.mark.parametrize("wrong", [False, True])
def test_no_cycle_is_missed(wrong: bool) -> None:
    found = 0
    for seed in range(300):
        graph = _made(seed, wrong=wrong)
        all_links = {node: {link.target for link in graph.up(node)} & graph.nodes.keys() for node in graph.nodes}
        assert graph.cycles == cycles(all_links)
        found += len(graph.cycles)
    assert found > 50
