"""Which stories are worked on at once: by what they wait for and where they work, and how soon all are done."""

import statistics
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import fleet
from bench.scheduling import SEEDS, SIZES, WORKERS, backlog, carry, ratios
from bmad.core.act.overlap import overlap
from bmad.core.act.schedule import Ranks, Work, first_free
from bmad.core.graph import build
from bmad.core.territory import holds
from bmad.model.spec import Criterion, Document, Ref, Story

MANY = 50
"""Stories of a backlog that is no small one."""

NAMES = ("a", "b", "ab", "[a]")
PATHS = tuple("/".join(parts) for depth in (1, 2, 3) for parts in product(NAMES, repeat=depth))
"""All paths of up to three parts out of a few names."""

PARTS = st.sampled_from(("a", "b", "ab", "*", "a*", "*b", "?", "a?", "[ab]", "[a]"))
GLOBS = st.builds(
    lambda parts, end: "/".join(parts) + end,
    st.lists(PARTS | st.just("**"), min_size=1, max_size=3),
    st.sampled_from(("", "/", "/**")),
)
TERRITORIES = st.lists(GLOBS, min_size=1, max_size=2).map(tuple)


@given(TERRITORIES, TERRITORIES)
def test_no_path_that_two_territories_hold_is_missed(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    both = [path for path in PATHS if holds(one, path) and holds(other, path)]
    assert overlap(one, other) or not both
    assert overlap(one, other) == overlap(other, one)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("src/a.py", "src/b.py", False),
        ("src/a.py", "src/**", True),
        ("src", "src/a.py", True),
        ("src/a*.py", "src/*b.py", True),
        ("src/a*.py", "src/b*.py", False),
        ("src/**/a.py", "src/b/a.py", True),
        ("src/**/a.py", "tests/**", False),
        ("src/[id]/page.tsx", "src/x/page.tsx", True),
        ("**", "README.md", True),
        ("docs/*.md", "docs/a/b.md", False),
        ("docs/a", "docs/*/b.md", True),
        ("*" * 24 + "a", "*" * 24 + "b", False),
    ],
)
def test_territories_that_are_apart_are_told_from_those_that_are_not(
    one: str, other: str, *, shared: bool
) -> None:
    assert overlap((one,), (other,)) is shared


def test_files_that_all_append_to_keep_nobody_apart() -> None:
    one, other = ("src/a.py", "CHANGELOG.md"), ("src/b.py", "CHANGELOG.md")
    assert overlap(one, other)
    assert not overlap(one, other, ("CHANGELOG.md",))
    assert overlap((*one, "*.md"), ("*.md",), ("CHANGELOG.md",)), "a glob that holds more than such files counts"


def test_the_first_that_is_free_goes_and_one_lands_at_a_time() -> None:
    busy = [Work("A", ("src/**",)), Work("B", ("docs/b.md",), lands=True)]
    waiting = [Work("C", ("src/c.py",)), Work("D", lands=True), Work("E"), Work("F", ("tests/f.py",))]
    assert first_free(waiting, busy) == "E", "what nobody has prepared yet has no territory"
    assert first_free(waiting, []) == "C"
    assert first_free([busy[0]], busy) == "A", "it is not in its own way"


@pytest.mark.parametrize("workers", WORKERS)
def test_all_is_done_about_as_soon_as_it_can_be(workers: int) -> None:
    """A single small backlog may be further off, since no story is divisible; what counts is the mean of many."""
    for size in SIZES[:-1]:
        found = ratios(size, workers, range(SEEDS[size] // 2))
        assert statistics.mean(found) < 1.05
        assert max(found) < (1.10 if size > MANY else 1.35)


@pytest.mark.parametrize("workers", WORKERS)
def test_so_are_those_of_which_some_have_to_follow_one_another(workers: int) -> None:
    """Of those who claim one path the bound counts the sum, since no two of them are worked on at once."""
    for size in SIZES[:3]:
        assert statistics.mean(ratios(size, workers, range(SEEDS[size] // 2), 0.3)) < 1.10


def test_a_thousand_stories_are_done_as_soon() -> None:
    assert max(ratios(1000, 8, (1,))) < 1.02


@given(st.integers(0, 10_000), st.integers(1, 8))
def test_nothing_begins_too_early_nor_beside_what_shares_its_territory(seed: int, workers: int) -> None:
    one = backlog(20, seed, shared=0.5)
    spans = carry(one, workers).spans
    assert spans.keys() == one.waits.keys()
    for name, (begun, ended) in spans.items():
        assert all(spans[other][1] <= begun for other in one.waits[name])
        assert sum(first <= begun < last for first, last in spans.values()) <= workers
        beside = [other for other, (first, last) in spans.items() if first < ended and begun < last]
        assert not [other for other in beside if other != name and one.territory[other] == one.territory[name]]


def test_machines_land_no_faster_than_one_after_another_and_build_no_faster_than_all_at_once() -> None:
    for workers in (1, 8, 64):
        one = fleet.carry(workers, 60.0, 0.0, stories=640)
        assert one.hours >= 640 * 60 / 3600
        assert one.building + 60 * 640 / (workers * one.hours * 3600) <= 1.0
    assert fleet.carry(64, 60.0, 0.0, stories=640).lane > 0.9
    assert fleet.carry(8, 60.0, 0.0, stories=640).building > 0.8
    assert fleet.carry(8, 60.0, 10.0, stories=640).hours > fleet.carry(8, 60.0, 0.0, stories=640).hours


def test_those_who_claim_one_path_come_before_what_can_wait() -> None:
    """Three share a path and so take four criteria together; the lone one has three."""
    told = {"STORY-alone1": (3, "src/alone.py"), "STORY-shared": (1, "src/one.py")}
    told |= {f"STORY-share{at}": (1 + at % 2, "src/one.py") for at in (1, 2)}
    stories = tuple(
        Story(
            id=name,
            title=name,
            territory=(Ref(glob, 1), Ref("NOTES.md", 1)),
            criteria=tuple(Criterion(id=f"AC-{at}", text="It holds.") for at in range(count)),
        )
        for name, (count, glob) in told.items()
    )
    graph = build([Document(path="stories/all.md", items=stories)])
    shared = sorted(name for name in told if name != "STORY-alone1")
    ranks = Ranks(graph, hubs=("NOTES.md",))
    assert ranks.sorted(told)[-1] == "STORY-alone1"
    assert ranks.sorted(["STORY-alone1", shared[0]])[0] == "STORY-alone1", "what is left of a path counts"
