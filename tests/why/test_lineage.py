"""Lines as one pass over history tells them, beside git's own blame. More: `python -m tests.why.blames 1000`."""

from pathlib import Path

import pytest

from bmad.core.lines.lineage import Asked, Lineage, Run, Step
from bmad.git.read.regions import _heads
from bmad.model.commits import Change
from bmad.model.history import Region
from tests.why.blames import compared

NONE = "0" * 40


@pytest.mark.parametrize("seed", range(6))
def test_every_line_of_random_histories_is_told_as_by_git(tmp_path: Path, seed: int) -> None:
    assert compared(tmp_path / "r.git", seed) == []


def change(path: bytes, old: str, new: str) -> Change:
    before, after = ("000000" if one == NONE else "100644" for one in (old, new))
    return Change(path, before, after, old, new)


def step(commit: str, parents: dict[str, list[Change]]) -> Step:
    named = tuple(one for one in parents if one)
    return Step(commit, named, [{one.path: one for one in own} for own in parents.values()])


def nobody(_step: Step, _number: int, _path: bytes, _gone: object) -> None:
    return None


def test_what_came_before_the_history_is_older_and_only_what_is_told_of_it_is_compared() -> None:
    steps = [step("a", {"before": [change(b"f", "0f", "1f")]})]
    lineage = Lineage(steps, [Asked("a", b"f"), Asked("a", b"g")], nobody)
    assert lineage.pairs() == [("0f", "1f")]
    told = dict(lineage.told({("0f", "1f"): [Region(2, 1, 2, 2)]}))
    assert told[Asked("a", b"g")] == []
    assert told[Asked("a", b"f")] == [Run(2, "", b"", 1, older=True), Run(2, "a", b"f", 3, older=False)]


def test_of_two_parents_that_have_a_line_the_first_gives_it() -> None:
    """Also where the other one's lines go on to before the history."""
    steps = [
        step("a", {"before": [change(b"f", "0f", "1f")]}),
        step("m", {"a": [change(b"f", "1f", "2f")], "before": [change(b"f", "0f", "2f")]}),
    ]
    lineage = Lineage(steps, [Asked("m", b"f")], nobody)
    regions = {
        ("0f", "1f"): [Region(1, 0, 1, 1)],
        ("1f", "2f"): [Region(2, 0, 2, 2)],
        ("0f", "2f"): [Region(1, 0, 1, 2)],
    }
    [(_, runs)] = lineage.told(regions)
    assert runs == [
        Run(1, "", b"", 1, older=True),
        Run(1, "a", b"f", 2, older=False),
        Run(1, "m", b"f", 3, older=False),
        Run(1, "", b"", 1, older=True),
    ]


def test_a_file_that_equals_another_parents_is_that_parents() -> None:
    steps = [
        step("a", {"before": [change(b"f", "0f", "1f")]}),
        step("m", {"before": [change(b"f", "0f", "1f")], "a": []}),
    ]
    lineage = Lineage(steps, [Asked("m", b"f")], nobody)
    assert lineage.pairs() == [("0f", "1f")]
    [(_, runs)] = lineage.told({("0f", "1f"): [Region(0, 0, 0, 1)]})
    assert [run.commit for run in runs] == ["a"]


def test_a_file_made_of_one_that_is_gone_keeps_its_lines_whoever_tells_which_it_was() -> None:
    moved = [change(b"new", NONE, "2f"), change(b"old", "1f", NONE), change(b"other", "9f", NONE)]
    steps = [step("a", {"": [change(b"old", NONE, "1f")]}), step("b", {"a": moved})]

    def named(_step: Step, _number: int, path: bytes, gone: object) -> bytes:
        assert (path, gone) == (b"new", [b"old", b"other"])
        return b"old"

    lineage = Lineage(steps, [Asked("b", b"new")], named)
    regions = {("", "1f"): [Region(0, 0, 0, 2)], ("1f", "2f"): [Region(1, 1, 1, 1)]}
    [(_, runs)] = lineage.told(regions)
    assert runs == [Run(1, "a", b"old", 1, older=False), Run(1, "b", b"new", 2, older=False)]


def test_a_rename_in_the_first_parent_goes_before_the_same_content_in_the_second() -> None:
    moved = [change(b"new", NONE, "2f"), change(b"old", "1f", NONE)]
    steps = [
        step("a", {"": [change(b"old", NONE, "1f")]}),
        step("b", {"": [change(b"new", NONE, "1f")]}),
        step("m", {"a": moved, "b": [change(b"new", "1f", "2f")]}),
    ]
    lineage = Lineage(steps, [Asked("m", b"new")], lambda *_: b"old")
    [(_, runs)] = lineage.told({("", "1f"): [Region(0, 0, 0, 2)], ("1f", "2f"): [Region(1, 1, 1, 1)]})
    assert [run.commit for run in runs] == ["a", "m"]


def test_the_lines_that_begin_hunks_are_found_however_the_stream_is_cut() -> None:
    text = (
        b"diff --git a/0 b/0\n--- a/0\n+++ b/0\n@@ -1 +1,2 @@ def\n-@@ -9 +9 @@\n+"
        + b"x" * 500
        + b"\n+diff --git a/7 b/7\n"
    )
    text += b"diff --git a/12 b/12\n@@ -0,0 +1 @@\n+a\n"
    for size in (1, 7, 100, 4096):
        pieces = (text[at : at + size] for at in range(0, len(text), size))
        found = [(match[5], match[1], match[3]) for match in _heads(pieces)]
        assert found == [(b"0", None, None), (None, b"1", b"1"), (b"12", None, None), (None, b"0", b"1")]
