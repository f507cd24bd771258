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
