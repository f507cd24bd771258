"""Two branches that edit one document: what each did stands, and only a real contradiction is left to a person."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.core.merging.documents import merge
from bmad.core.merging.sequences import regions
from bmad.core.merging.units import parts
from bmad.git.locate import locate
from bmad.git.work.calls import Calls
from bmad.model.layout import DRIVER
from tests.program import bmad, git
from tests.specs import SMALL

INTENT = "# Shelf\n\n## Books\n\n- A book has a title.\n- Books are listed.\n\n## Readers\n\n- A reader borrows.\n"
EPIC = "# EPIC-a1b2c3: Books\n\n- Covers: FR-1, FR-2\n\nFrom “Books”.\n"

Text = st.text(st.sampled_from("ab#-:*`|> \n1.~\r"), max_size=60)


@given(Text)
def test_units_joined_are_the_text_again(text: str) -> None:
    joined = "".join(part.heading + "".join(unit.body + unit.gap for unit in part.units) for part in parts(text))
    assert joined == text
    keys = [part.key for part in parts(text)]
    assert len(keys) == len(set(keys))


@given(Text, Text)
def test_what_one_side_alone_did_stands(base: str, other: str) -> None:
    assert merge(base, other, base) == (other, 0)
    assert merge(base, base, other) == (other, 0)
    assert merge(base, other, other) == (other, 0)


@given(st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)))
def test_regions_are_the_three_sides_in_order(base: list[int], ours: list[int], theirs: list[int]) -> None:
    found = list(regions(base, ours, theirs))
    for side, whole in ((0, base), (1, ours), (2, theirs)):
        assert list(itertools.chain.from_iterable(region[:3][side] for region in found)) == whole
    for region in found:
        if region.settled is None:
            assert list(region.base) not in (list(region.ours), list(region.theirs))


def both(base: str, ours: str, theirs: str, expected: str) -> None:
    assert merge(base, ours, theirs) == (expected, 0)


def test_bullets_added_at_one_place_both_stand_in_one_list() -> None:
    ours = INTENT.replace("- Books are listed.\n", "- Books are listed.\n- A book has a year.\n")
    theirs = INTENT.replace("- Books are listed.\n", "- Books are listed.\n- A book has an author.\n")
    both(
        INTENT,
        ours,
        theirs,
        INTENT.replace(
            "- Books are listed.\n", "- Books are listed.\n- A book has a year.\n- A book has an author.\n"
        ),
    )


def test_neighbouring_bullets_may_change_on_two_branches() -> None:
    ours = INTENT.replace("has a title", "has one title")
    theirs = INTENT.replace("are listed", "are listed by year")
    both(INTENT, ours, theirs, ours.replace("are listed", "are listed by year"))
    gone = INTENT.replace("- A book has a title.\n", "")
    both(INTENT, gone, theirs, theirs.replace("- A book has a title.\n", ""))


def test_bullets_keep_their_order_and_their_blank_line_where_both_sides_change_neighbours() -> None:
    ours = INTENT.replace("are listed.", "are listed by year.\n- A book has a year.")
    theirs = INTENT.replace("has a title", "has one title")
    both(INTENT, ours, theirs, ours.replace("has a title", "has one title"))
    both(INTENT, theirs, ours, ours.replace("has a title", "has one title"))


@pytest.mark.parametrize("end", ["\n## Readers\n", "\nNo more.\n"])
def test_what_follows_a_list_stays_apart_from_it_where_its_last_bullet_goes(end: str) -> None:
    text = f"# Shelf\n\n- A book has a title.\n- Books are listed.\n{end}"
    ours, theirs = text.replace("- Books are listed.\n", ""), text.replace("has a title", "has one title")
    both(text, ours, theirs, ours.replace("has a title", "has one title"))
    both(text, theirs, ours, ours.replace("has a title", "has one title"))


def test_rows_that_both_added_stand_in_one_table() -> None:
    text = "# Shelf\n\n| book |\n| --- |\n| one |\n\nEnd.\n"
    ours, theirs = (text.replace("| one |", f"| one |\n| {row} |") for row in ("two", "three"))
    both(text, ours, theirs, text.replace("| one |", "| one |\n| two |\n| three |"))


def test_one_sentence_reworded_twice_is_left_to_a_person() -> None:
    ours = INTENT.replace("has a title", "has one title")
    theirs = INTENT.replace("has a title", "has two titles")
    merged = merge(INTENT, ours, theirs)
    assert merged.conflicts == 1
    assert merged.text == INTENT.replace(
        "- A book has a title.\n",
        "<<<<<<< ours\n- A book has one title.\n=======\n- A book has two titles.\n>>>>>>> theirs\n",
    )


def test_a_reworded_sentence_that_the_other_side_took_away_is_left_to_a_person() -> None:
    merged = merge(INTENT, INTENT.replace("- Books are listed.\n", ""), INTENT.replace("are listed", "are kept"))
    assert merged.conflicts == 1
    assert "- Books are kept." in merged.text


def test_lists_of_ids_keep_what_each_side_added_and_took_away() -> None:
    both(
        EPIC,
        EPIC.replace("FR-1, FR-2", "FR-1, FR-2, FR-3"),
        EPIC.replace("FR-1, FR-2", "FR-2, FR-4"),
        EPIC.replace("FR-1, FR-2", "FR-2, FR-3, FR-4"),
    )


def test_items_added_at_one_place_of_a_register_both_stand() -> None:
    prd = SMALL["specs/prd.md"]
    new = "\n### FR-{0}: {0}\n\n- Priority: must\n- Traces: INT-req001\n- Verify: test\n\nThe tool shall {0}.\n"
    merged = merge(prd, prd + new.format("aaaaaa"), prd + new.format("bbbbbb"))
    assert merged == (prd + new.format("aaaaaa") + new.format("bbbbbb"), 0)


def test_two_things_that_both_added_under_one_id_both_stand_whole() -> None:
    text = "# Shelf\n\n### US-1: Lend\n\nOne.\n"
    made = "\n### US-2: {0}\n\nAs a reader, I {0}.\n\n#### Criteria\n\n- It must {0}.\n"
    both(
        text,
        text + made.format("read"),
        text + made.format("pay"),
        text + made.format("read") + made.format("pay"),
    )


def test_criteria_and_sections_of_a_story_merge_by_their_ids_and_names() -> None:
    story = SMALL["stories/STORY-find01-find-notes.md"]
    ours = story.replace("the note is listed.", "the note is listed first.").replace(
        "- Search (AC-1)", "- Look (AC-1)"
    )
    theirs = story.replace("exit code is 0.", "exit code is 0.\n- **AC-3** Given 3 notes, then 3 are listed.")
    merged = merge(story, ours, theirs)
    assert merged.conflicts == 0
    assert merged.text == theirs.replace("the note is listed.", "the note is listed first.").replace(
        "- Search (AC-1)", "- Look (AC-1)"
    )
    twice = merge(story, ours, story.replace("the note is listed.", "the note is shown."))
    assert twice.conflicts == 1
    assert "<<<<<<< ours\n- **AC-1** Given a note tagged `red`" in twice.text


def test_criteria_that_both_added_under_one_number_are_told_apart() -> None:
    story = SMALL["stories/STORY-find01-find-notes.md"]
    ours, theirs = (story.replace("exit code is 0.", f"exit code is 0.\n- **AC-3** Given {n}.") for n in (1, 2))
    added = "exit code is 0.\n- **AC-3** Given 1.\n- **AC-4** Given 2."
    both(story, ours, theirs, story.replace("exit code is 0.", added))


def test_a_criterion_that_both_added_under_other_numbers_stands_once() -> None:
    story = SMALL["stories/STORY-find01-find-notes.md"]
    one = "- **AC-3** Given 1.\n- **AC-4** Given 2."
    two = "- **AC-3** Given 2.\n- **AC-4** Given 1.\n- **AC-5** Given 3."
    ours, theirs = (story.replace("exit code is 0.", f"exit code is 0.\n{added}") for added in (one, two))
    both(story, ours, theirs, story.replace("exit code is 0.", f"exit code is 0.\n{one}\n- **AC-5** Given 3."))


def test_a_field_that_both_set_otherwise_is_left_to_a_person() -> None:
    prd = SMALL["specs/prd.md"]
    merged = merge(
        prd,
        prd.replace("Priority: must", "Priority: should", 1),
        prd.replace("Priority: must", "Priority: could", 1),
    )
    assert merged.conflicts == 1
    assert "<<<<<<< ours\n- Priority: should\n=======\n- Priority: could\n>>>>>>> theirs\n- Traces" in merged.text


@pytest.mark.parametrize("ours", [1, 2, 3])
@pytest.mark.parametrize("theirs", [1, 2, 3])
def test_text_in_a_listing_is_no_item(ours: int, theirs: int) -> None:
    text = "# A\n\n```\n# not a heading\n- {0}\n\n- x\n```\n\nEnd {1}.\n"
    merged = merge(text.format(0, 0), text.format(ours, 0), text.format(0, theirs))
    assert merged == (text.format(ours, theirs), 0)


BULLETS = st.lists(st.integers(0, 9), max_size=6, unique=True)


def listed(numbers: list[int]) -> str:
    return "# A\n\n## B\n\n" + "".join(f"- sentence {number}\n" for number in numbers) + "\n## C\n\nEnd.\n"


@given(BULLETS, BULLETS, BULLETS)
def test_nothing_that_a_side_added_is_lost_and_nothing_taken_away_comes_back(
    base: list[int], ours: list[int], theirs: list[int]
) -> None:
    text, conflicts = merge(listed(base), listed(ours), listed(theirs))
    found = [int(row.removeprefix("- sentence ")) for row in text.split("\n") if row.startswith("- sentence ")]
    added = (set(ours) | set(theirs)) - set(base)
    assert added <= set(found)
    assert set(base) & set(ours) & set(theirs) <= set(found)
    if conflicts == 0:
        assert set(found) == added | set(base) & set(ours) & set(theirs)
        assert len(found) == len(set(found))


def branches(root: Path) -> None:
    """A repository that bmad has set up, whose two branches each add a sentence to one section, and map."""
    assert bmad("init", "--yes", cwd=root).code == 0
    (root / "intent.md").write_text(INTENT, encoding="utf-8")
    assert bmad("map", "intent.md", cwd=root).code == 0
    commit(root, "Map")
    git("branch", "other", cwd=root)
    for sentence in ("A book must have a year.", "A book must have an author."):
        text = INTENT.replace("- Books are listed.\n", f"- Books are listed.\n- {sentence}\n")
        (root / "intent.md").write_text(text, encoding="utf-8")
        assert bmad("map", "intent.md", cwd=root).code == 0
        commit(root, sentence)
        if "year" in sentence:
            git("switch", "--quiet", "other", cwd=root)


def commit(root: Path, words: str) -> None:
    git("add", ".", cwd=root)
    git("commit", "--quiet", "-m", words, cwd=root)


def test_two_branches_that_edit_one_section_merge(tmp_path: Path) -> None:
    branches(tmp_path)
    main = git("branch", "--format=%(refname:short)", cwd=tmp_path).split()
    git("merge", "--quiet", "-m", "Merge", next(name for name in main if name != "other"), cwd=tmp_path)
    text = (tmp_path / "intent.md").read_text(encoding="utf-8")
    assert "- A book must have an author.\n- A book must have a year.\n\n" in text
    assert bmad("fmt", cwd=tmp_path).code == 0
    ended = bmad("validate", cwd=tmp_path)
    assert "error" not in ended.out, ended.out


def test_what_both_say_otherwise_is_left_between_marks_and_git_says_so(tmp_path: Path) -> None:
    for name, words in (("base", "a"), ("ours", "b"), ("theirs", "c")):
        (tmp_path / name).write_text(f"# A\n\n- {words}\n", encoding="utf-8")
    assert bmad("merge-driver", "base", "ours", "theirs", "9", cwd=tmp_path).code == 1
    text = (tmp_path / "ours").read_text(encoding="utf-8")
    assert text == f"# A\n\n{'<' * 9} ours\n- b\n{'=' * 9}\n- c\n{'>' * 9} theirs\n"
    assert "cannot be read" in bmad("merge-driver", "base", "gone", "theirs", cwd=tmp_path).err


def test_uninstalled_it_leaves_git_to_merge_by_lines(tmp_path: Path) -> None:
    assert bmad("init", "--yes", cwd=tmp_path).code == 0
    assert "merge-driver" in git("config", "merge.bmad.driver", cwd=tmp_path)
    told = bmad("hooks", "uninstall", cwd=tmp_path).out
    assert "git merges documents line by line again" in told
    assert "merge.bmad" not in git("config", "--list", cwd=tmp_path)
    assert "line by line" not in bmad("hooks", "uninstall", cwd=tmp_path).out


def test_bmads_own_driver_alone_confines_no_call_of_git_and_another_one_does(tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    environ = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for name, confined in ((f"merge.{DRIVER}.driver", False), ("merge.bmadder.driver", True)):
        git("config", name, "x %O %A %B", cwd=tmp_path)
        calls = Calls(locate(tmp_path, environ), environ, lambda begin, _: begin())
        assert (calls.on(tmp_path, tmp_path / "index").within is not None) is confined
