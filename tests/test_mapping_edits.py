"""Any edit of an intent whose documents nobody touched maps without a conflict, to what a fresh map would mean."""

from dataclasses import replace
from pathlib import Path

import pytest

from bmad.core.outline import outline
from bmad.model.draft import Draft, DraftEpic
from tests.editing import sequence
from tests.layout import PRD
from tests.mapping import INTENT, Mapper, bullets, run
from tests.typical import EDITS, tried

DOCUMENT = """# Shop

- **SR-1**: The shop must be open at night.

## Cart

- **SR-2**: A cart must hold 100 items (see SR-1).
- **SR-3**: A cart must be emptied after 30 days.

## Orders

- **SR-4**: An order must be printed (depends on SR-3).
- **SR-5**: An order should be refused without an address.
- **SR-6**: An order must keep its number.

## Search

- **SR-7**: A search must end within 2 seconds.
- **SR-8**: A search can be stored.
"""
EXPECTED = {"insert": (5, 0), "delete": (0, 3)}
"""Created and retired, where an edit brings or takes something."""

LONE = {
    "labelled edge cases": (
        "# Loans\n\n## Edge cases\n\n- **No card**: somebody is asked\n- **Two cards**: the older counts\n"
    ),
    "wishes below the title": (
        "# Bird table\n\nThe heart would be a list of birds. You can drag a bird onto a day. I'd love to see "
        "last year's list. Songs matter as well: one tap plays one. It should work in the woods.\n"
    ),
}
"""Documents whose only part may be read otherwise once another one stands beside it."""

FOUND = (13, 23, 103, 208, 246, 10031, 10666)
"""Seeds that once failed: an item added before one that changes; a list in another order taken for an edit."""


@pytest.mark.parametrize("seed", [*FOUND, *range(5000, 5010)])
def test_edits_map_to_what_a_fresh_map_means(tmp_path: Path, seed: int) -> None:
    for name in ("edited", "fresh"):
        (tmp_path / name).mkdir()
    assert sequence(tmp_path, seed) == ""


@pytest.mark.parametrize("edit", ["insert", "reword", "delete", "move", "carry", "renumber"])
def test_an_edit_keeps_the_ids_and_what_a_hand_wrote_elsewhere(edit: str) -> None:
    edited = EDITS[edit](DOCUMENT, outline(DOCUMENT))
    assert edited is not None
    seen = tried(DOCUMENT, edited)
    assert (seen.conflict, seen.lost, seen.differs) == ("", 0, False)
    assert (seen.created, seen.retired) == EXPECTED.get(edit, (0, 0))


def test_ids_in_a_sentence_that_are_numbered_anew_are_no_change_to_a_title_of_a_hand(tmp_path: Path) -> None:
    text = "# Shop\n\n## Needs\n\n- **SR-1**: A cart holds SR-2 items\n- **SR-2**: Orders\n- **SR-3**: They end\n"
    run(tmp_path, text, outline)
    prd = tmp_path / PRD
    prd.write_text(
        prd.read_text(encoding="utf-8").replace(": A cart holds SR-2 items", ": Carts", 1), encoding="utf-8"
    )
    report = run(tmp_path, text.replace("SR-2", "SR-7").replace("SR-3", "SR-8"), outline)
    assert not report.conflicts
    assert ": Carts" in prd.read_text(encoding="utf-8")
    said = text.replace("SR-2", "SR-7").replace("cart", "basket")
    assert run(tmp_path, said, outline).conflicts


def test_headings_that_are_asked_for_may_name_each_other_by_ids_that_are_numbered_anew() -> None:
    text = (
        "# Dome\n\n## Needs\n\n### I1: A page must exist (I4)\n\n### I2: A page must exist (I3)\n\n"
        "### I3: A page must show rain\n\n### I4: Login must work (I1)\n"
    )
    edited = EDITS["renumber"](text, outline(text))
    assert edited is not None
    seen = tried(text, edited)
    assert (seen.conflict, seen.created, seen.retired, seen.differs) == ("", 0, 0, False)


def in_one(text: str) -> Draft:
    """What another mapper makes of a text: all of it in one epic."""
    draft = bullets(text)
    every = DraftEpic(title="All", text="", requirements=tuple(range(len(draft.requirements))))
    stories = tuple(replace(story, epic=0) for story in draft.stories)
    return replace(draft, epics=(every,), stories=stories)


def titles(root: Path) -> list[str]:
    return sorted(path.read_text().partition(": ")[2].partition("\n")[0] for path in root.glob("specs/epics/*.md"))


@pytest.mark.parametrize("mapper", [bullets, in_one], ids=lambda mapper: mapper.__name__)
def test_an_epic_keeps_its_title_where_others_hold_what_the_draft_has_beside_it(
    tmp_path: Path, mapper: Mapper
) -> None:
    run(tmp_path, INTENT)
    for path in tmp_path.glob("stories/*.md"):
        path.write_text(path.read_text().replace("- Implements: ", "- Territory: `src/**`\n- Implements: "))
    report = run(tmp_path, INTENT.replace("by year.\n", "by year.\n- Books are found by title.\n"), mapper)
    assert len(report.created) == 3
    assert titles(tmp_path) == ["Books", "Readers"]


def test_an_epic_that_is_all_of_the_drafts_follows_its_title(tmp_path: Path) -> None:
    run(tmp_path, INTENT, in_one)
    run(tmp_path, INTENT.replace("by year.\n", "by year.\n- Books are found by title.\n"), renamed)
    assert titles(tmp_path) == ["Whole"]


def renamed(text: str) -> Draft:
    draft = in_one(text)
    return replace(draft, epics=(replace(draft.epics[0], title="Whole"),))


@pytest.mark.parametrize("document", LONE.values(), ids=LONE)
def test_a_section_that_comes_to_the_only_one_takes_nothing_from_it(document: str) -> None:
    edited = EDITS["insert"](document, outline(document))
    assert edited is not None
    seen = tried(document, edited)
    assert (seen.conflict, seen.lost, seen.retired, seen.differs) == ("", 0, 0, False)
