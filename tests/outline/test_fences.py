"""What is asked for in a fence is read as if it stood without; code, templates and examples stay code."""

import pytest

from bmad.core.outline.judge import reasons
from tests.outline.drafted import asked, left, mapped, titles, under

FRS = "FR-001  The till must print receipts.\nFR-002  The till must count its drawer."
STORY = "As a cashier, I want to print a receipt, so that the guest has one."
STEPS = "FR-001: a receipt\nGiven a paid bill\nWhen it is closed\nThen a receipt is printed"


def fenced(body: str, info: str = "text") -> str:
    return f"```{info}\n{body}\n```\n"


@pytest.mark.parametrize("info", ["", "text", "txt", "markdown"])
@pytest.mark.parametrize("heading", ["Functional Requirements", "5. Requirements", "Requirements (MVP)"])
def test_requirements_in_a_fence_are_requirements(info: str, heading: str) -> None:
    assert asked(under(heading, fenced(FRS, info))) == FRS.split("\n")


def test_they_keep_their_ids_and_criteria() -> None:
    text = f"{under('Functional Requirements', fenced(FRS))}\n## Acceptance Criteria\n\n{fenced(STEPS)}"
    draft = mapped(text)
    assert [one.source for one in draft.requirements] == ["FR-001", "FR-002"]
    assert STEPS in [text[one.span.start : one.span.end] for one in draft.statements]


def test_stories_in_a_fence_are_stories() -> None:
    second = STORY.replace("print a receipt", "count the drawer")
    draft = mapped(under("User Stories", fenced(f"{STORY}\n\n{second}")))
    assert titles(draft) == ["print a receipt", "count the drawer"]


def test_one_below_the_heading_that_asks_counts_too() -> None:
    assert asked(under("Requirements", f"### Printing\n\n{fenced(FRS)}")) == FRS.split("\n")


@pytest.mark.parametrize(
    ("heading", "body", "info"),
    [
        ("Requirements", "FR-001 = print(receipt)\n\nx = 1", ""),
        ("Requirements", FRS, "python"),
        ("User Stories", "As a <role>, I want <goal>, so that <reason>.", ""),
        ("User Stories", "As a [role], I want [goal].", "text"),
        ("Examples", FRS, ""),
        ("Background", FRS, "text"),
        ("Requirements", f"{FRS}\n\nreturn receipt", ""),
    ],
)
def test_code_templates_and_examples_stay_code(heading: str, body: str, info: str) -> None:
    text = under(heading, fenced(body, info))
    assert asked(text) == []
    assert set(left(text).values()) == {reasons.CODE}


def test_an_overview_of_names_and_values_sums_up_where_the_document_asks_elsewhere() -> None:
    names = "- **Project name:** Till\n- **Problem being solved:** Guests want receipts; cashiers can print none\n"
    asks = "\n## Requirements\n\n- The till must print\n"
    assert asked(under("Project Overview", names + asks)) == ["The till must print"]
    twin = "- **Receipts:** the till must print them\n- **Drawer:** the till counts it\n"
    assert len(asked(under("Project Overview", twin + asks))) == 3
