"""Epics that a document lists before it holds their stories, and requirements that stories cite."""

import pytest

from bmad.core.outline.judge import reasons
from bmad.model.spec import Priority
from tests.outline.drafted import asked, epics, left, mapped, needs, priorities, story, titles

_INVENTORY = (
    "# Till - Epic Breakdown\n\n## Requirements\n\n### Functional Requirements\n\n- FR1: A clerk prints a receipt\n"
    "- FR2: A clerk sees the receipts that wait\n- FR3: A clerk prints the sum of the day\n- FR4: A clerk opens the drawer\n\n"
)
_LIST = (
    "## Epic List\n\n### Epic 1: Receipts\n\nThis epic prints receipts. After this epic, clerks can print.\n\n"
    "**FRs covered:** FR1, FR2\n**Deliverable:** Working `print` command\n\n"
    "### Epic 2: Closing\n\nThis epic closes the day.\n\n**FRs covered:** FR3, FR4\n\n"
)
_STORIES = (
    "## Epic 1: Receipts\n\n**Goal:** Clerks can print what was sold.\n\n### Story 1.1: Set up\n\n"
    "As a clerk, I want a till, so that I can work.\n\n- Given a till, when it starts, then it is ready\n\n"
    "### Story 1.2: Print\n\nAs a clerk, I want to print, so that I have proof.\n\n"
    "- Given a sale, when I print, then a receipt comes out\n- Given two sales, when I look, then two wait (FR2)\n\n"
    "## Epic 2: Closing\n\n### Story 2.1: Sum\n\nAs a clerk, I want the sum, so that I can close.\n\n"
    "- Given a day, when I close it, then its sum is printed\n\n### Story 2.2: Drawer\n\n"
    "As a clerk, I want the drawer open, so that I count.\n\n- Given a drawer, when I open it, then it is open\n"
)


def test_an_epic_that_only_lists_what_stands_elsewhere_is_no_story() -> None:
    text = _INVENTORY + _LIST + _STORIES
    draft = mapped(text)
    assert epics(draft) == {"Receipts": ["Set up", "Print"], "Closing": ["Sum", "Drawer"]}
    assert not any(block.asks for block in draft.blocks if block.statement < 0)
    assert left(text)["**Deliverable:** Working `print` command"] == reasons.PLAN


def test_a_requirement_is_of_the_story_that_cites_it_else_of_its_epic() -> None:
    draft = mapped(_INVENTORY + _LIST + _STORIES)
    served = {
        one.title: [need.source for need in needs(draft, one) if need.source[:2] == "FR"] for one in draft.stories
    }
    assert served == {"Set up": [], "Print": ["FR2", "FR1"], "Sum": ["FR3"], "Drawer": ["FR4"]}


def test_several_stories_of_an_epic_may_cite_a_requirement_and_a_part_in_brackets_is_none() -> None:
    text = (
        (_INVENTORY + _LIST + _STORIES)
        .replace("it is ready", "it is ready (FR2), on a port (USB3 type)")
        .replace("it is open", "it is open (FR2)")
    )
    draft = mapped(text)
    citing = {
        title: "FR2" in [need.source for need in needs(draft, story(draft, title))]
        for title in ("Set up", "Print", "Drawer")
    }
    assert citing == {"Set up": True, "Print": True, "Drawer": False}


def test_what_stands_before_the_stories_moves_none_of_them() -> None:
    early = "## Constraints\n\n- The drawer of the till opens at once.\n- Its sum of the day must be right.\n\n"
    text = "# Till\n\n" + early + _STORIES
    assert [one.source for one in mapped(text).stories if one.source] == [
        "Story 1.1", "Story 1.2", "Story 2.1", "Story 2.2",
    ]  # fmt: skip


STORIES = """

## US-1: Sort books

As a reader I want to sort books by year.

## US-2: Print lists

As a reader I want to print lists.
"""


@pytest.mark.parametrize("head", ["ID | Story | Priority", "Nr. | Titel | Priorität", "编号 | 名称 | 优先级"])
@pytest.mark.parametrize("first", [True, False])
def test_a_table_that_only_names_the_stories_of_the_document_gives_them_priorities(head: str, first: bool) -> None:
    table = (
        f"\n\n## Overview\n\n| {head} |\n|---|---|---|\n| US-1 | Sort books | P1 |\n| US-2 | Print lists | P3 |\n"
    )
    text = "# P" + (table + STORIES if first else STORIES + table)
    draft = mapped(text)
    assert titles(draft) == ["Sort books", "Print lists"]
    assert priorities(text) == [Priority.MUST, Priority.COULD]
    assert list(left(text).values()) == [reasons.REPEATS] * 2


def test_a_table_that_says_more_than_the_stories_of_the_document_stays() -> None:
    told = (
        "| US-1 | Sort books | The newest book must come first, whatever its author or its title may be, at once |"
    )
    assert told in asked(
        f"# P\n\n| ID | Story | Rule |\n|---|---|---|\n{told}\n| US-2 | Print lists | On A4 |\n{STORIES}"
    )


def test_a_list_that_stands_twice_is_asked_for_once() -> None:
    items = "- The app must sort books.\n- The app must mail books.\n"
    twice = f"# P\n\n## Requirements\n\n{items}\n## Features\n\n{items}"
    assert len(asked(twice)) == 2
    assert list(left(twice).values()) == [reasons.REPEATS] * 2
    assert len(asked(twice.replace("## Features", "## Android"))) == 4, "the same of another thing"
    assert len(asked(twice.replace("mail books.\n\n", "mail all books.\n\n"))) == 4


def test_a_summary_by_ids_in_brackets_gives_its_priorities_and_is_no_work() -> None:
    parts = "## Basic\n\n### Backup (Basic-BK-001)\n\n- It must copy.\n\n### Restore (Basic-RS-002)\n\n- It must restore.\n"
    rows = "| Basic-BK-001 | Backup | Basic | P0 |\n| Basic-RS-002 | Restore | Basic | P2 |\n"
    text = f"# P\n\n{parts}\n## Summary of requirements\n\n| ID | Name | Kind | Priority |\n|-|-|-|-|\n{rows}"
    assert titles(mapped(text)) == ["Backup (Basic-BK-001)", "Restore (Basic-RS-002)"]
    assert priorities(text) == [Priority.MUST, Priority.SHOULD]
    assert len(asked(text.replace("| Restore | Basic |", "| Restore | At night, to another disk |"))) == 4


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Readers must register and borrow books", ("A reader must register", "A reader must borrow a book")),
        (
            "Leser müssen Bücher suchen und Karten drucken",
            ("Leser müssen Bücher suchen", "Es muss Karten drucken"),
        ),
        (
            "Il doit trier les livres et imprimer les cartes",
            ("Il doit trier les livres", "Il doit imprimer les cartes"),
        ),
        ("Debe ordenar libros e imprimir tarjetas", ("Debe ordenar libros", "Debe imprimir tarjetas")),
        ("Deve ordenar livros e imprimir cartas", ("Deve ordenar livros", "Deve imprimir cartas")),
        (
            "Он должен сортировать книги и печатать карты",
            ("Он должен сортировать книги", "Он должен печатать карты"),
        ),
    ],
)
def test_a_sentence_that_only_sums_up_the_stories_below_is_no_further_one(
    whole: str, parts: tuple[str, str]
) -> None:
    one, two = parts
    text = f"# P\n\n## Books\n\n{whole}.\n\n### One\n\n{one}.\n\n### Two\n\n{two}.\n"
    assert asked(text) == [f"{one}.", f"{two}."]
    assert left(text) == {f"{whole}.": reasons.REPEATS}
    for more in (f"{whole} 3.", f"{whole} twofold."):
        assert asked(text.replace(f"{whole}.", more))[0] == more, "it says more"


def test_an_overview_that_denies_or_limits_stays() -> None:
    text = "# P\n\n## Books\n\nA book must not be sorted by year.\n\n### One\n\nA book must be sorted.\n\n### Two\n\nA year must be shown.\n"
    assert asked(text)[0] == "A book must not be sorted by year."
    summed = "# P\n\n## Overview\n\nThe shop must sort and print books.\n\n## Sorting\n\n- It must sort books.\n\n## Printing\n\n- The shop must print.\n"
    assert left(summed) == {"The shop must sort and print books.": reasons.REPEATS}
