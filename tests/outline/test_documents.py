"""Whole documents: what their shape says, and the samples."""

from pathlib import Path

import pytest

from bmad.core.outline import outline
from bmad.core.outline.judge import reasons
from bmad.model.spec import Priority, StatementClass
from tests.outline.drafted import asked, left, mapped, priorities, titles
from tests.outline.drafts import check

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "intents"


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.md")), ids=lambda path: path.stem)
def test_samples_give_whole_drafts_in_their_own_words(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    draft = outline(text)
    check(text, draft)
    assert draft.stories


def test_a_standard_gives_a_story_a_rule() -> None:
    path = SAMPLES / "semver-2.0.0.md"
    if not path.is_file():
        pytest.skip("the sample is not here")
    draft = outline(path.read_text(encoding="utf-8"))
    assert len(draft.stories) == 11
    assert draft.stories[0].title == "Software using Semantic Versioning MUST declare a public API"


def test_a_record_covers_the_rest_of_its_paragraph() -> None:
    text = (
        "# S\n\n### User Story 1 - Sign in\n\nA member wants to sign in.\n\n**Why this priority**: It comes first. Without it "
        "nothing works.\n\n1. **Given** a member, **When** they sign in, **Then** they are in\n"
    )
    assert len(asked(text)) == 2
    assert set(left(text).values()) == {reasons.ABOUT}


def test_a_list_that_names_known_ids_again_is_no_work_twice() -> None:
    text = (
        "# S\n\n## Requirements\n\n- **FR1**: It must read\n- **FR2**: It must write\n\n## Overview by epic\n\n"
        "- **FR1**: Epic 2 - reading\n- **FR2**: Epic 1 - writing\n"
    )
    assert titles(mapped(text)) == ["It must read", "It must write"]
    assert set(left(text).values()) == {reasons.REPEATS}


@pytest.mark.parametrize("head", ["### HU-02 — Salir", "### Story 2: Leave", "### Leaving"])
def test_numbers_that_begin_anew_in_each_part_repeat_nothing(head: str) -> None:
    first = "- CA1: The session is open afterwards, and its name is shown\n- CA2: A wrong word is told at once\n"
    second = "- CA1: The session is closed, and nothing of it is left\n- CA2: The first page is shown again\n"
    text = f"# S\n\n## User stories\n\n### HU-01 — Enter\n\n{first}\n{head}\n\n{second}"
    assert len(asked(text)) == 4
    again = f"# S\n\n## Requirements\n\n{first}\n## Overview\n\n{first.replace('- CA', '- **CA').replace(': ', '**: ')}"
    assert len(asked(again)) == 2


@pytest.mark.parametrize("source", ["R8.1.1", "FR2.3", "R8.1.1.2"])
def test_a_dotted_id_is_kept_whole_and_cuts_no_word(source: str) -> None:
    text = f"# S\n\n## Requirements\n\n- {source} Manage users and their roles\n- V2.0 Files are read as well\n"
    draft = mapped(text)
    assert [one.source for one in draft.requirements] == [source, ""]
    assert titles(draft) == ["Manage users and their roles", "V2.0 Files are read as well"]


@pytest.mark.parametrize(
    "heading", ["FR Coverage Map", "Traceability matrix", "Journey 1: Maintainer", "User Journeys", "Glossary"]
)
def test_maps_journeys_and_glossaries_ask_for_nothing(heading: str) -> None:
    text = f"# S\n\n## Requirements\n\n- It must read\n\n## {heading}\n\n- You merge a change.\n- The badge is green.\n"
    assert asked(text) == ["It must read"]


def test_the_specification_within_a_proposal_counts_sentence_by_sentence() -> None:
    text = (
        "# RFC\n\n## Motivation\n\nToday this is slow.\n\n## Specification\n\nA table holds groups. An include is a table with "
        "one key. Note that keys must be unique.\n\n## Rejected Ideas\n\nWe could use XML.\n\n## Alternatives\n\nNone.\n"
    )
    assert len(asked(text)) == 3


def test_a_section_that_is_delivered_is_no_work() -> None:
    text = "# R\n\n## Q3\n\n> **DELIVERED 2026-07-05.** All complete.\n\n### Views\n\n- Split each view\n\n## Q4\n\n- Add a licence\n"
    assert asked(text) == ["Add a licence"]


def test_meeting_notes_are_told_as_such() -> None:
    text = "# Meeting notes\n\n## Attendees\n\n- Ann\n\n## Discussion\n\n- Ann was glad\n- The page must load at once\n"
    assert mapped(text).reads_as == "meeting notes"
    assert "Ann" not in asked(text)


def test_a_scale_that_begins_with_p0_has_its_second_at_p1() -> None:
    rows = "".join(f"| R{n} | It must {n} | P{n} |\n" for n in range(3))
    text = f"# S\n\n## Requirements\n\n| ID | Requirement | Priority |\n|---|---|---|\n{rows}"
    assert priorities(text) == [Priority.MUST, Priority.SHOULD, Priority.COULD]


def test_a_user_story_in_a_gherkin_feature_is_a_story() -> None:
    text = (
        "# B\n\n## Feature: Setup\n\n```gherkin\nFeature: Setup\n  As a new user\n  I want to be guided\n  So that I start fast\n\n"
        "  Scenario: first\n    Given a\n    When b\n    Then c\n```\n"
    )
    [one] = mapped(text).stories
    assert one.narrative == "As a new user I want to be guided So that I start fast"
    assert one.criteria == ("Given a When b Then c",)


def test_lines_in_bold_stand_for_headings_where_there_are_no_others() -> None:
    text = "**需求**\n\n- 用户可以登录\n\n**非目标**\n\n- 语音输入\n"
    draft = mapped(text)
    assert titles(draft) == ["用户可以登录"]
    assert [s.title for s in draft.statements if s.klass == StatementClass.NON_GOAL] == ["语音输入"]


def test_the_same_text_gives_the_same_draft() -> None:
    text = "# T\n\n## Requirements\n\n- It must read\n- It must write\n"
    assert outline(text) == outline(text)


STRICT = "[DOCUMENT]\nTITLE: Pump\n\n[REQUIREMENT]\nUID: R-1\nSTATEMENT: The pump shall start.\n"
NEEDS = "Pump\n====\n\n.. req:: Start\n   :id: REQ_1\n   :status: open\n\n   The pump shall start.\n"
DOORSTOP = "active: true\nlevel: 1.2\nnormative: true\ntext: |\n  The pump shall start.\n"
EXPORT = (
    "# Export\n\n| Key | Summary | Status |\n|---|---|---|\n| P-1 | Start | Done |\n| P-2 | Stop | To Do |\n"
    "| P-3 | Sound | Won't Do |\n| P-4 | Show | Open |\n"
)
PROSE = "# Garden\n\n" + "The map shows beds. It must work offline. People like it. " * 3 + "\n"
KEP = (
    "# K\n\n## Motivation\n\nIt is slow.\n\n## Proposal\n\nThe node will wait.\n\n## Alternatives\n\nNone.\n\n"
    "## Drawbacks\n\nIt waits.\n"
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (STRICT, "a StrictDoc document"),
        (NEEDS, "a sphinx-needs document"),
        (DOORSTOP, "a doorstop item"),
        (EXPORT, "a backlog with keys of its own"),
        (PROSE, "prose"),
        (KEP, "a proposal"),
        ("# P\n\n## Requirements\n\n- Users must add\n", ""),
    ],
    ids=range(7),
)
def test_a_document_that_is_none_of_requirements_says_what_it_reads_as(text: str, kind: str) -> None:
    assert outline(text).reads_as == kind


def test_an_export_keeps_its_keys_and_leaves_what_is_done() -> None:
    draft = mapped(EXPORT)
    assert [(one.title, one.source) for one in draft.stories] == [("Stop", "P-2"), ("Show", "P-4")]


def test_an_item_that_begins_with_a_heading_is_a_chapter() -> None:
    text = (
        "# P\n\n- ## 1. Background\n\n  The desk is old.\n\n  ### 1.1 Goals\n\n  1. It is quick.\n\n- ## 2. Requirements\n\n"
        "  - It prints.\n    - It is flat.\n\n  ```\n  code\n  ```\n\n  It folds.\n\n1. ### Papers\n\n   It cuts.\n"
    )
    draft = mapped(text)
    assert [one.under[1:] for one in draft.statements] == [
        ("1. Background", "1.1 Goals"), ("2. Requirements",), ("2. Requirements",), ("2. Requirements",),
        ("2. Requirements", "Papers"),
    ]  # fmt: skip
    assert asked(text) == ["It is quick.", "It prints.", "It is flat.", "It folds.", "It cuts."]
    assert left(text) == {"The desk is old.": reasons.CONTEXT, "code": reasons.CODE}
