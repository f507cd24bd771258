"""What a range gains and loses is told the same as by reading all of history, only sooner."""

import os

import pytest

from bmad.git.read.history import open_history
from bmad.model.graph import LinkKind
from bmad.model.ids import Kind
from bmad.model.range_report import CoverageDelta
from bmad.pipeline.trace.coverage_change import coverage_delta
from bmad.pipeline.trace.recorded_commits import adopted
from bmad.pipeline.trace.revision import Reading, read_at
from bmad.store.formats import TextFormats
from tests.gate.records import REVIEWED, reviewed, squash
from tests.gate.repo import FIND, STORE, STORE_AT, Repo, story
from tests.specs import SMALL


def slowly(reading: Reading) -> set[str]:
    """The requirements of which a story has commits that built something, out of all commits."""
    index = reading.worked(adopted(reading))
    graph = reading.explainer.graph
    needs = graph.of_kind(Kind.REQUIREMENT)
    return {
        one.id
        for one in needs
        if any(link.kind is LinkKind.IMPLEMENTS and link.source in index for link in graph.down(one.id))
    }


def delta(repo: Repo, base: str, head: str) -> CoverageDelta:
    with open_history(repo.root, os.environ).read() as objects:
        before, after = (read_at(objects, TextFormats(), name) for name in (base, head))
        found = after.claimed(objects.walk(after.head.id, before.head.id))
        told = coverage_delta(before, after, found)
        had, has = slowly(before), slowly(after)
        assert told == CoverageDelta(gained=tuple(sorted(has - had)), lost=tuple(sorted(had - has)))
        return told


def test_a_first_commit_gains_and_a_second_does_not(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    assert delta(repo, "main", "work").gained == ("FR-find01",)
    repo.commit("work", story(FIND), {"src/find.py": "2\n"})
    assert delta(repo, "work~1", "work") == CoverageDelta(gained=(), lost=())
    assert delta(repo, "work", "work") == CoverageDelta(gained=(), lost=())


def test_a_story_that_is_only_spoken_of_has_built_nothing(repo: Repo) -> None:
    repo.commit("work", f"About\n\n{STORE} is next.\n\nNot yet.\n", {"src/find.py": "1\n"})
    repo.commit("work", story(STORE), {"src/store.py": "1\n"})
    assert delta(repo, "work~1", "work").gained == ("FR-store1",)


def test_a_requirement_that_loses_its_story_is_lost(repo: Repo) -> None:
    repo.commit("work", story(STORE), {"src/store.py": "1\n"})
    moved = SMALL[STORE_AT].replace("Implements: FR-store1", "Implements: FR-find01")
    repo.commit("work", "Say otherwise\n", {STORE_AT: moved})
    assert delta(repo, "work~1", "work") == CoverageDelta(gained=("FR-find01",), lost=("FR-store1",))


@pytest.mark.parametrize("squashed", [False, True])
def test_work_that_only_a_record_names_counts(repo: Repo, squashed: bool) -> None:
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": "1\n"})
    if squashed:
        squash(repo, "work")
    assert delta(repo, "main", "work").gained == ("FR-find01",)
    repo.commit("work", story(FIND), {"src/find.py": "2\n"})
    assert delta(repo, "work~1", "work").gained == ()
