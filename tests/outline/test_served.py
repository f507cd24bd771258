"""What belongs to what by the author's own word: requirements to stories by ids, scenarios to what they are about."""

from pathlib import Path

import pytest

from tests.editing import OUTLINE
from tests.mapping import findings, run
from tests.outline.drafted import asked, left, mapped, needs, story, titles, under

STORIES = """# Shop

## Requirements

- **FR-001**: The shop must remember every purchase.
- **FR-002**: The shop must take cards.
- **FR-003**: The shop must open at night.
- **FR-004**: The shop must send a mail.

## User Stories

### US-1: Buy a cart

As a buyer, I want to buy a cart, so that I own it.

{first}

### US-2: See orders

As a buyer, I want to see my orders.

{second}
"""


def _sources(text: str, title: str) -> list[str]:
    draft = mapped(text)
    return [need.source for need in needs(draft, story(draft, title))]


@pytest.mark.parametrize(
    "line", ["Implements: FR-002, FR-004", "**Requirements covered**: FR-002 and FR-004", "Covers FR-002, FR-004."]
)
def test_a_story_implements_what_its_author_says(line: str) -> None:
    text = STORIES.format(first=line, second="Sorted by date.")
    assert _sources(text, "Buy a cart") == ["US-1", "FR-002", "FR-004"]
    assert left(text)[line] == "it says only what belongs to what"


def test_a_requirement_may_name_its_story() -> None:
    text = STORIES.format(first="", second="").replace("every purchase.", "every purchase.\n  - User story: US-2")
    assert _sources(text, "See orders") == ["US-2", "FR-001"]


def test_two_stories_may_share_a_requirement(tmp_path: Path) -> None:
    text = STORIES.format(first="Implements: FR-001", second="Implements: FR-001")
    draft = mapped(text)
    assert [need.source for need in draft.requirements].count("FR-001") == 1
    assert _sources(text, "Buy a cart")[1:] == _sources(text, "See orders")[1:] == ["FR-001"]
    assert run(tmp_path, text, OUTLINE).ok
    assert not [one for one in findings(tmp_path) if one not in {"V18", "V14"}]
    assert not run(tmp_path, text, OUTLINE).written


def test_stories_stand_in_their_own_order_whatever_they_implement() -> None:
    text = STORIES.format(first="Implements: FR-004", second="Implements: FR-001")
    assert titles(mapped(text))[-2:] == ["Buy a cart", "See orders"]


def test_a_line_that_names_nothing_of_the_document_asks_for_it() -> None:
    assert "Implements TLS 1.3" in asked(under("Requirements", "- Implements TLS 1.3\n- Users can add notes\n"))


def test_a_line_that_stands_for_a_heading_is_no_note() -> None:
    text = STORIES.format(
        first="Acceptance criteria:\n\n- A mail is sent.\n", second="It looks as follows:\n\n- A list\n"
    )
    draft = mapped(text)
    assert "Acceptance criteria" not in story(draft, "Buy a cart").notes
    assert "It looks as follows:" in story(draft, "See orders").notes


SCENARIO = "```gherkin\nScenario: {name}\n  Given {given}\n  When it is opened\n  Then the newest is first\n```\n"


def _with_scenario(given: str, between: str = "> It must be sorted.") -> dict[str, tuple[str, ...]]:
    scenario = SCENARIO.format(name="Sort", given=given)
    text = under("Requirements", f"- The shop lists orders\n- The shop prints bills\n\n{between}\n\n{scenario}")
    return {one.title: one.criteria for one in mapped(text).stories}


@pytest.mark.parametrize("between", ["> It must be sorted.", "", "Is it sorted?"])
def test_a_scenario_below_a_list_is_of_the_entry_that_it_is_about(between: str) -> None:
    found = _with_scenario("a shop with 2 orders", between)
    assert found["The shop lists orders"] == (
        "Given a shop with 2 orders When it is opened Then the newest is first",
    )
    assert found["The shop prints bills"] == ("The shop prints bills",)


def test_a_scenario_about_none_of_the_entries_is_a_story() -> None:
    assert list(_with_scenario("a drawer")) == ["The shop lists orders", "The shop prints bills", "Sort"]


def test_a_scenario_in_an_entry_or_behind_a_single_one_belongs_to_it() -> None:
    scenario = SCENARIO.format(name="Sort", given="a drawer")
    nested = "".join(f"  {line}\n" for line in scenario.splitlines())
    text = under("Requirements", f"- The shop prints bills\n\n{nested}\n- The shop lists orders\n")
    assert "newest" in story(mapped(text), "The shop prints bills").criteria[-1]
    text = under("Requirements", f"- The shop prints bills\n\n{scenario}\n- The shop lists orders\n")
    assert "newest" in story(mapped(text), "The shop prints bills").criteria[-1]


LOCKERS = """# Lockers

## Functional requirements

- **PL-001**: The courier MUST scan the parcel label before a compartment opens.
- **PL-002**: The system MUST choose the smallest compartment that the parcel fits in.
- **PL-003**: The resident MUST get the code of the parcel.
- **PL-004**: A code MUST open a compartment once.
{more}
## Expiry

As an operator, I want to open every expired compartment in one go, so that emptying takes minutes.

- Given 5 expired parcels, when the operator presses empty, then exactly those 5 compartments open.

{other}
"""
AUDIT = """## Audit

As an auditor, I want a printed ledger of every keypad lockout, so that fraud shows.
"""


def test_the_words_that_a_document_says_everywhere_place_nothing() -> None:
    draft = mapped(LOCKERS.format(more="", other=""))
    assert _sources(LOCKERS.format(more="", other=""), "Functional requirements") == [
        f"PL-00{one}" for one in (1, 2, 3, 4)
    ]
    assert len(story(draft, "Expiry").requirements) == 1


def test_a_list_is_not_torn_by_the_few_of_it_that_share_words_with_a_story() -> None:
    text = LOCKERS.format(more="- **PL-005**: A keypad lockout MUST be printed to the ledger.\n", other=AUDIT)
    assert "PL-005" in _sources(text, "Functional requirements")


def test_a_requirement_goes_by_rare_words_and_its_list_with_it() -> None:
    text = LOCKERS.format(more="\n### Fraud\n\nA keypad lockout MUST be printed to the ledger.\n", other=AUDIT)
    assert [need.text for need in needs(mapped(text), story(mapped(text), "Audit"))][-1].startswith("A keypad")
