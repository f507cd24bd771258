"""Criteria that a hand is on, mapped again after an edit of the intent elsewhere, or of their own sentence."""

import re
from collections.abc import Mapping
from pathlib import Path

from bmad.core.outline import outline
from bmad.pipeline.spec.work_tree import load
from bmad.store.workspace import FileWorkspace
from tests.mapping import FORMATS, run
from tests.typical import EDITS

NAMES = ("Books", "Readers", "Loans", "Search", "Reports", "Import")
INTENT = "# Shelf\n\n" + "".join(
    f"## {name}\n\n- The {name} page must show 3 {name}.\n- The {name} page must print {name} as CSV.\n\n"
    for name in NAMES
)
EDITED = "Search"
"""What the edits of `tests.typical` are done to, since it is in the middle."""
SHOWS = re.compile(r"(- \*\*AC-1\*\*) (.*)\n")
SAID_LONGER = r"\1 \2 By hand, in 20 ms.\n"
HANDS = {
    "Books": r"\1 Given 7 things, when they are shown, then 7 are told.\n",
    "Readers": SAID_LONGER,
    "Loans": r"\1 \2\n- **AC-9** Given none, when asked, then none is told.\n",
    "Reports": "",
    "Import": r"\1 \2\n- **AC-3** \2\n",
}
"""What a hand makes of the first criterion: other words, more of them, one more, none, the same twice."""


def criteria(root: Path) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """The title of each story and its criteria."""
    stories = load(FileWorkspace(root), FORMATS).graph().stories
    return {one.id: (one.title, [(entry.id, entry.text) for entry in one.criteria]) for one in stories}


def handed(root: Path, hands: Mapping[str, str]) -> None:
    """Map, and have a hand on the first criterion of the stories of some headings."""
    root.mkdir()
    run(root, INTENT, outline)
    for name, hand in hands.items():
        (file,) = root.glob(f"stories/*-{name.lower()}.md")
        file.write_text(SHOWS.sub(hand, file.read_text(encoding="utf-8")), encoding="utf-8")


def test_criteria_that_a_hand_is_on_stay_whatever_else_the_intent_says(tmp_path: Path) -> None:
    for name, edit in EDITS.items():
        edited = edit(INTENT, outline(INTENT))
        if edited is None:
            continue
        handed(tmp_path / name, HANDS)
        before = criteria(tmp_path / name)
        assert not run(tmp_path / name, edited.text, outline).conflicts, name
        after = criteria(tmp_path / name)
        for story, (title, own) in before.items():
            if title != EDITED:
                assert after[story][0] == title
                assert [one for one in after[story][1] if EDITED not in one[1]] == own, name


def test_a_criterion_of_a_hand_conflicts_where_the_intent_says_its_sentence_otherwise_or_no_longer(
    tmp_path: Path,
) -> None:
    said = f"- The {EDITED} page must show 3 {EDITED}.\n"
    handed(tmp_path / "shelf", {EDITED: SAID_LONGER})
    told = [
        one.reason
        for text in (said.replace("show 3", "show 4"), "")
        for one in run(tmp_path / "shelf", INTENT.replace(said, text), outline).conflicts
    ]
    begins = "was changed by hand (“The Search page must show 3 Search. By hand, in 20 ms.”), and the intent"
    assert told == [
        f"{begins} now gives it another value (“The Search page must show 4 Search.”)",
        f"{begins} no longer gives it",
    ]


def carried(root: Path, *, with_need: bool) -> tuple[str, str]:
    """Map, and carry the second criterion of a story into another one, with its requirement; both ids."""
    root.mkdir()
    run(root, INTENT, outline)
    (one,), (other,) = root.glob("stories/*-books.md"), root.glob("stories/*-readers.md")
    text, there = one.read_text(encoding="utf-8"), other.read_text(encoding="utf-8")
    (line,) = re.findall(r"- \*\*AC-2\*\* (.*)\n", text)
    text = text.replace(f"- **AC-2** {line}\n", "")
    there = re.sub(r"(- \*\*AC-2\*\* .*\n)", rf"\1- **AC-7** {line}\n", there)
    if with_need:
        text, need = re.sub(r"(- Implements: \S+), \S+", r"\1", text), re.findall(r"- Implements: .*, (\S+)", text)
        there = re.sub(r"(- Implements: .*)", rf"\1, {need[0]}", there)
    one.write_text(text, encoding="utf-8")
    other.write_text(there, encoding="utf-8")
    return one.name[:12], other.name[:12]


def test_a_criterion_that_a_hand_carried_elsewhere_stays_there_once_and_follows_the_intent(tmp_path: Path) -> None:
    said = "The Books page must print Books as CSV."
    edits = {
        "same": (INTENT, said),
        "elsewhere": (INTENT.replace("3 Search", "4 Search"), said),
        "beside": (INTENT.replace("3 Books", "4 Books"), said),
        "there": (INTENT.replace("3 Readers", "4 Readers"), said),
        "reworded": (INTENT.replace("Books as CSV", "Books as CSV or JSON"), said.replace("CSV", "CSV or JSON")),
        "more": (INTENT.replace("Books as CSV.\n", "Books as CSV.\n- The Books page must sort by year.\n"), said),
        "gone": (INTENT.replace(f"- {said}\n", ""), None),
    }
    for name, (edited, wanted) in edits.items():
        for with_need in (False, True):
            if with_need and wanted is None:  # then the story names what the intent no longer asks for
                continue
            root = tmp_path / f"{name}-{with_need}"
            one, other = carried(root, with_need=with_need)
            assert not run(root, edited, outline).conflicts, root.name
            now = criteria(root)
            assert [text for key, text in now[other][1] if key == "AC-7"] == ([wanted] if wanted else []), (
                root.name
            )
            own = [text for _, text in now[one][1]]
            assert not any("CSV" in text for text in own), root.name
            assert ("The Books page must sort by year." in own) == (name == "more"), root.name
            assert len(now[other][1]) == (3 if wanted else 2), root.name
            assert not run(root, edited, outline).written


def test_a_story_whose_work_a_hand_gave_away_and_that_it_deleted_does_not_come_back(tmp_path: Path) -> None:
    run(tmp_path, INTENT, outline)
    (one,), (other,) = tmp_path.glob("stories/*-books.md"), tmp_path.glob("stories/*-readers.md")
    text, there = one.read_text(encoding="utf-8"), other.read_text(encoding="utf-8")
    (needs,) = re.findall(r"- Implements: (.*)", text)
    own = "".join(re.findall(r"- \*\*AC-.*\n", text)).replace("AC-", "AC-1")
    there = re.sub(r"(- Implements: .*)", rf"\1, {needs}", there)
    other.write_text(re.sub(r"(- \*\*AC-2\*\* .*\n)", rf"\1{own}", there), encoding="utf-8")
    one.unlink()
    assert not run(tmp_path, INTENT.replace("3 Search", "4 Search"), outline).conflicts
    now = criteria(tmp_path)
    assert one.name[:12] not in now
    assert [key for key, _ in now[other.name[:12]][1]] == ["AC-1", "AC-2", "AC-11", "AC-12"]
    assert len(now) == len(NAMES) - 1


def test_what_a_hand_wrote_beside_the_words_of_a_map_is_no_conflict_where_these_change(tmp_path: Path) -> None:
    run(tmp_path, INTENT, outline)
    (path,) = tmp_path.glob("stories/*-books.md")
    text = path.read_text(encoding="utf-8")
    head, notes, told = text.partition("## Dev Notes\n\n")
    path.write_text(f"{head}{notes}See the plan.\n\nAsk Ann.\n\n{told.rstrip()}\n\nAnd Bob.\n", encoding="utf-8")
    assert not run(tmp_path, INTENT.replace("## Books", "## Bookshelf"), outline).conflicts
    notes = path.read_text(encoding="utf-8").partition("## Dev Notes\n\n")[2]
    assert notes == f"See the plan.\n\nAsk Ann.\n\n{told.rstrip().replace('Books', 'Bookshelf')}\n\nAnd Bob.\n"
    again = path.read_text(encoding="utf-8").replace(told.rstrip().replace("Books", "Bookshelf"), "By hand.")
    path.write_text(again, encoding="utf-8")
    conflicts = run(tmp_path, INTENT.replace("## Books", "## Bookcase"), outline).conflicts
    assert "dev-notes" in {one.part for one in conflicts}, "what a hand wrote in their place is"
