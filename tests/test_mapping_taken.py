"""What a hand took out of a story into one of its own: the rest of the story follows the intent as before."""

from pathlib import Path

import pytest

from bmad.core.outline import outline
from tests.mapping import findings, replace, run, tree

INTENT = """# Parcels

## Requirements

### Codes

- A code has 6 digits.
- Three wrong codes lock the keypad for 5 minutes.
- The resident gets the code by mail.
"""
SAYS = ("A code has 6 digits.", "Three wrong codes lock the keypad for 5 minutes.")


def story(root: Path) -> str:
    return next(text for path, text in tree(root).items() if path.endswith("-codes.md"))


def field(text: str, name: str) -> list[str]:
    return (
        next(line for line in text.splitlines() if line.startswith(f"- {name}: ")).partition(": ")[2].split(", ")
    )


def new(root: Path, requirement: str) -> None:
    """A story of a hand's own that implements a requirement."""
    epic = field(story(root), "Epic")[0]
    (root / "stories/STORY-mail.md").write_text(
        f"# STORY-mail: Mail it\n\n- Epic: {epic}\n- Implements: {requirement}\n\n## Story\n\nMail it.\n\n"
        "## Acceptance Criteria\n\n- **AC-1** The mail names the locker.\n",
        encoding="utf-8",
    )


@pytest.fixture(params=["moved", "moved, with a territory", "shared"])
def taken(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A map of which a new story does the last requirement; `shared` where the old one still names it."""
    run(tmp_path, INTENT, outline)
    last = field(story(tmp_path), "Implements")[-1]
    if "moved" in request.param:
        replace(tmp_path, "stories/*-codes.md", f", {last}\n", "\n")
    if "territory" in request.param:
        replace(tmp_path, "stories/*-codes.md", "- Implements:", "- Territory: `src/**`\n- Implements:")
    new(tmp_path, last)
    return tmp_path


def criteria(root: Path) -> list[str]:
    return [line.partition("** ")[2] for line in story(root).splitlines() if line.startswith("- **AC-")]


def test_the_rest_of_a_story_of_which_a_hand_took_a_part_follows_the_intent(taken: Path) -> None:
    before = story(taken)
    report = run(taken, INTENT.replace("Three wrong", "Four wrong"), outline)
    assert report.ok
    assert criteria(taken) == [SAYS[0], SAYS[1].replace("Three", "Four")]
    assert len(field(story(taken), "Implements")) == 2
    assert before.partition("## Story")[2].partition("## Acc")[0] in story(taken), "its narrative stays"
    assert "Amends" not in story(taken)
    assert not run(taken, mapper=outline).written, "mapped again it says the same"
    assert set(findings(taken)) <= {"V11", "V18"}


def test_a_hand_on_the_rest_of_it_and_the_intent_do_not_agree(taken: Path) -> None:
    replace(taken, "stories/*-codes.md", "** Three wrong", "** 3 wrong")
    report = run(taken, INTENT.replace("Three wrong", "Four wrong"), outline)
    assert [one.part for one in report.conflicts] == ["AC-2"]


def test_what_was_taken_comes_back_where_the_new_story_goes(taken: Path) -> None:
    run(taken, mapper=outline)
    (taken / "stories/STORY-mail.md").unlink()
    assert run(taken, mapper=outline).ok
    assert criteria(taken)[-1] == "The resident gets the code by mail."
    assert len(field(story(taken), "Implements")) == 3


DOORS = f"{INTENT}\n### Doors\n\n- A door opens within 2 seconds.\n"


def test_what_a_hand_moved_between_two_stories_stops_neither(tmp_path: Path) -> None:
    run(tmp_path, DOORS, outline)
    last = field(story(tmp_path), "Implements")[-1]
    replace(tmp_path, "stories/*-codes.md", f", {last}\n", "\n")
    replace(tmp_path, "stories/*-doors.md", "- Implements: ", f"- Implements: {last}, ")
    text = (
        DOORS.replace("Three wrong", "Four wrong").replace("2 seconds", "3 seconds").replace("by mail", "by post")
    )
    assert run(tmp_path, text, outline).ok
    doors = next(one for path, one in tree(tmp_path).items() if path.endswith("-doors.md"))
    assert "** A door opens within 3 seconds." in doors
    assert last in field(doors, "Implements")
    assert last not in field(story(tmp_path), "Implements")
    assert criteria(tmp_path)[1:] == [SAYS[1].replace("Three", "Four"), "The resident gets the code by post."]
    assert not run(tmp_path, mapper=outline).written, "mapped again it says the same"
    replace(tmp_path, "stories/*-codes.md", "- **AC-3** The resident gets the code by post.\n", "")
    assert run(tmp_path, text.replace("by post", "by hand"), outline).ok
    assert len(criteria(tmp_path)) == 2, "a criterion that went with it does not come back"
    assert set(findings(tmp_path)) <= {"V11", "V18"}


def test_two_stories_that_a_hand_made_swap_what_they_do_both_stay(tmp_path: Path) -> None:
    run(tmp_path, DOORS, outline)
    codes = field(story(tmp_path), "Implements")
    doors = field(next(one for path, one in tree(tmp_path).items() if path.endswith("-doors.md")), "Implements")
    replace(tmp_path, "stories/*-codes.md", ", ".join(codes), ", ".join([*codes[:-1], *doors]))
    replace(tmp_path, "stories/*-doors.md", ", ".join(doors), codes[-1])
    report = run(tmp_path, DOORS.replace("Three wrong", "Four wrong"), outline)
    assert (report.ok, report.created, report.retired) == (True, (), ()), report.conflicts
    assert "Four wrong" in story(tmp_path)
    assert not run(tmp_path, mapper=outline).written


def test_what_was_given_to_one_story_and_then_to_a_new_one_too_joins_none(tmp_path: Path) -> None:
    run(tmp_path, DOORS, outline)
    last = field(story(tmp_path), "Implements")[-1]
    replace(tmp_path, "stories/*-codes.md", f", {last}\n", "\n")
    replace(tmp_path, "stories/*-doors.md", "- Implements: ", f"- Implements: {last}, ")
    new(tmp_path, last)
    for text in (DOORS.replace("Three wrong", "Four wrong"), DOORS.replace("Three wrong", "Five wrong")):
        report = run(tmp_path, text, outline)
        assert (report.ok, report.created, report.retired) == (True, (), ()), report.conflicts
        assert len(criteria(tmp_path)) == 2
        assert not run(tmp_path, mapper=outline).written
