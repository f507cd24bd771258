"""A `Class` that a hand corrects in the register counts: what asks for nothing by it makes no work."""

from pathlib import Path

import pytest

from bmad.core.outline import outline
from bmad.model.map_reports import MapReport
from tests.mapping import errors, prepare, replace, run, tree
from tests.test_mapping_leaving import MUSTS


def mapped(root: Path, text: str | None = None) -> MapReport:
    report = run(root, text, outline)
    assert report.ok, report.conflicts
    return report


def corrected(root: Path, words: str, klass: str, was: str = "requirement") -> None:
    text = (root / "specs/intent.md").read_text(encoding="utf-8")
    [item] = [one for one in text.split("\n### ") if words in one]
    replace(root, "specs/intent.md", item, item.replace(f"Class: {was}", f"Class: {klass}"))


@pytest.mark.parametrize("klass", ["non-goal", "question"])
def test_the_work_of_what_a_hand_says_asks_for_nothing_leaves_and_comes_back_with_it(
    tmp_path: Path, klass: str
) -> None:
    mapped(tmp_path, MUSTS)
    before = tree(tmp_path)
    corrected(tmp_path, "three books", klass)
    gone = mapped(tmp_path)
    assert sorted(one.partition("-")[0] for one in gone.retired) == ["FR", "STORY"]
    assert errors(tmp_path) == []
    again = mapped(tmp_path)
    assert not again.created
    assert not again.changed
    assert not mapped(tmp_path, MUSTS.replace("three books", "three old books")).created, (
        "reworded it still asks not"
    )
    assert errors(tmp_path) == []
    mapped(tmp_path, MUSTS)
    corrected(tmp_path, "three books", "requirement", klass)
    assert set(mapped(tmp_path).created) == set(gone.retired)
    assert tree(tmp_path).keys() == before.keys()


def test_one_of_several_sentences_of_a_story_takes_its_criterion_along(tmp_path: Path) -> None:
    mapped(tmp_path, MUSTS)
    corrected(tmp_path, "listed by year", "non-goal")
    mapped(tmp_path)
    [story] = [text for path, text in tree(tmp_path).items() if "books" in path and path.startswith("stories/")]
    assert "a title and a year" in story
    assert "listed by year" not in story.partition("## Acceptance Criteria")[2]
    assert errors(tmp_path) == []


def test_a_story_that_a_hand_is_on_is_dropped_by_a_word_of_theirs(tmp_path: Path) -> None:
    mapped(tmp_path, MUSTS)
    story = prepare(tmp_path, "reader")
    corrected(tmp_path, "three books", "non-goal")
    report = run(tmp_path, None, outline)
    [told] = [one for one in report.conflicts if one.id == story]
    assert f"rm {told.path}, then map again." in told.reason
    (tmp_path / told.path).unlink()
    mapped(tmp_path)
    assert errors(tmp_path) == []


def test_what_a_hand_took_out_and_the_intent_still_asks_for_is_not_told_as_read_otherwise(tmp_path: Path) -> None:
    mapped(tmp_path, MUSTS)
    text = (tmp_path / "specs/prd.md").read_text(encoding="utf-8")
    [item] = [one for one in text.split("\n### ") if "three books" in one]
    replace(tmp_path, "specs/prd.md", f"\n### {item}", "\n")
    report = mapped(tmp_path)
    assert report.created == (item[:9],)
    assert report.reread == ()
