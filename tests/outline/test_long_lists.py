"""A list that is too long for one story holds a story an entry; what stands as one story with a hand on it stays one."""

from pathlib import Path

import pytest

from tests.editing import OUTLINE
from tests.mapping import findings, replace, run, tree
from tests.outline.drafted import epics, mapped, under

SAIL = "The tool must draw the way of a boat from one harbour to the next, in {n} colours, and with each depth that it has."
LONG = "".join(f"- {SAIL.format(n=number)} It must be quick.\n" for number in range(3, 11))


def test_a_long_list_is_an_epic_and_each_entry_a_story() -> None:
    found = epics(mapped(under("Charts of the harbours", LONG)))
    assert list(found) == ["Charts of the harbours"]
    assert len(found["Charts of the harbours"]) == 8


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"- Draw depth {number}\n" for number in range(30)),
        "\n".join(LONG.splitlines()[:4]) + "\n",
        LONG.replace("- ", "").replace("\n", "\n\n"),
    ],
    ids=["short entries", "few entries", "paragraphs"],
)
def test_what_is_short_or_no_list_stays_one_story(body: str) -> None:
    assert len(mapped(under("Charts of the harbours", body)).stories) == 1


def test_characters_count_where_a_script_has_no_spaces() -> None:
    entry = (
        "- ツールは港から港までの船の道を色と深さと時刻と風と波と潮の向きとともに地図に描かなければならない。{n}\n"
    )
    body = "".join(entry.format(n=number) for number in range(9))
    assert len(mapped(under("港の地図", body)).stories) == 9


def test_a_story_that_a_hand_is_on_is_not_parted(tmp_path: Path) -> None:
    short = under("Charts of the harbours", "\n".join(LONG.splitlines()[:4]) + "\n")
    run(tmp_path, short, OUTLINE)
    path = replace(tmp_path, "stories/*.md", "- Implements:", "- Territory: `src/**`\n- Implements:")
    assert run(tmp_path, under("Charts of the harbours", LONG), OUTLINE).ok
    story = (tmp_path / path).read_text(encoding="utf-8")
    assert len(list((tmp_path / "stories").glob("*.md"))) == 5
    assert story.startswith(f"# {Path(path).name[:12]}: Charts of the harbours\n")
    assert "- Territory: `src/**`" in story
    assert story.count("**AC-") == 4
    assert not {"V07", "V08"} & set(findings(tmp_path))
    before = tree(tmp_path)
    assert not run(tmp_path, under("Charts of the harbours", LONG), OUTLINE).written
    assert tree(tmp_path) == before


def test_a_story_that_nobody_touched_is_parted(tmp_path: Path) -> None:
    run(tmp_path, under("Charts of the harbours", "\n".join(LONG.splitlines()[:4]) + "\n"), OUTLINE)
    assert run(tmp_path, under("Charts of the harbours", LONG), OUTLINE).ok
    assert len(list((tmp_path / "stories").glob("*.md"))) == 8
    assert not {"V07", "V08"} & set(findings(tmp_path))
