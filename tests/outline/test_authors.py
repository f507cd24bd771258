"""What an author wrote stands: stories, criteria, ids, epics, order, priorities, dependencies."""

import pytest

from bmad.model.spec import Priority
from tests.outline.drafted import asked, epics, mapped, needs, priorities, story, titles

PHASED = """# PRD

# Epic 1 Base

## Story 1.0: Project setup

As a developer, I want a skeleton, so that work can begin.

### Acceptance Criteria

1. The build runs on every supported browser

## Story 1.1: Sign in

As a user, I want to sign in, so that my data is mine.

### Acceptance Criteria

1. A user signs in with mail

# Epic 2 Parts and catalogue

## Story 2.1: Camera

As a user, I want to take a photo, so that I am faster.

### Acceptance Criteria

1. A photo gives a part number

### Catalogue notes

- Records younger than 7 days must not be loaded again
- The importer must log each skipped row
"""


def test_stories_epics_and_order_are_the_authors() -> None:
    draft = mapped(PHASED)
    assert epics(draft) == {"Base": ["Project setup", "Sign in"], "Parts and catalogue": ["Camera"]}
    assert [one.source for one in draft.stories] == ["Story 1.0", "Story 1.1", "Story 2.1"]
    assert story(draft, "Sign in").narrative == "As a user, I want to sign in, so that my data is mine."
    assert story(draft, "Sign in").criteria == ("A user signs in with mail",)
    assert len(story(draft, "Camera").criteria) == 3


def test_a_bullet_less_changes_no_epic() -> None:
    draft = mapped(PHASED.replace("1. A photo gives a part number\n", ""))
    assert list(epics(draft)) == ["Base", "Parts and catalogue"]


SPEC = """# Spec

## User Scenarios

### User Story 1 - Delete a note (Priority: P1)

A member wants to delete a note they no longer need.

**Why this priority**: asked for most.

**Acceptance Scenarios**:

1. **Given** a note, **When** the member deletes it, **Then** it is gone

### User Story 2 - Export (Priority: P3)

A member wants to export data.

**Acceptance Scenarios**:

1. **Given** a member, **When** they export, **Then** they get a file

## Requirements

### Functional Requirements

- **FR-001**: System MUST allow members to delete their own notes
- **FR-002**: System MUST encrypt all traffic
"""


def test_requirements_beside_the_authors_stories_are_what_they_implement() -> None:
    draft = mapped(SPEC)
    assert titles(draft) == ["Delete a note", "Export", "Functional Requirements"]
    first = story(draft, "Delete a note")
    assert [need.source for need in needs(draft, first)] == ["User Story 1", "FR-001"]
    assert first.criteria == ("**Given** a note, **When** the member deletes it, **Then** it is gone",)
    assert [need.source for need in needs(draft, draft.stories[2])] == ["FR-002"]
    assert needs(draft, draft.stories[1])[0].priority == Priority.COULD


def test_a_story_swallows_no_neighbour() -> None:
    text = "# P\n\n## Requirements\n\n- The tool shall read.\n- As a clerk, I want to print, so that I have paper.\n- The tool shall log.\n"
    assert titles(mapped(text)) == ["The tool shall read", "print", "The tool shall log"]


def test_a_story_a_line_is_a_story_each() -> None:
    text = "As a clerk I want to print a label so I can ship.\nAs a manager I want a weekly report.\nAs a clerk, I need to scan.\n"
    assert len(mapped(text).stories) == 3


def test_a_table_of_user_stories_is_read_by_its_heads() -> None:
    text = "# B\n\n| ID | As a | I want | So that | Points |\n|---|---|---|---|---|\n| US-1 | clerk | to print a label | I can ship | 3 |\n"
    [one] = mapped(text).stories
    assert (one.title, one.source) == ("to print a label", "US-1")
    assert one.narrative == "As a clerk, I want to print a label, So that I can ship"


def test_roles_with_commas_and_lines_of_their_own() -> None:
    text = (
        "# S\n\n## US1 - Reports\n\n**As a** clerk, auditor, or manager,\n**I want** a monthly report,\n"
        "**So that** I can check the books.\n\n### Acceptance Criteria\n\n- [ ] The report lists all bookings\n"
    )
    [one] = mapped(text).stories
    assert (one.title, one.source) == ("Reports", "US1")
    assert one.narrative == (
        "**As a** clerk, auditor, or manager, **I want** a monthly report, **So that** I can check the books."
    )
    assert one.criteria == ("The report lists all bookings",)


@pytest.mark.parametrize(
    "sentence",
    [
        "Als Kunde möchte ich drucken, damit ich Papier habe.",
        "En tant que client, je veux imprimer afin d'avoir du papier.",
        "Como cliente, quiero imprimir para tener papel.",
        "Como cliente, eu quero imprimir para ter papel.",
        "Как клиент, я хочу печатать, чтобы иметь бумагу.",
        "作为客户，我想打印，以便有纸。",
        "利用者として、印刷したい。",
    ],
)
def test_user_stories_of_other_languages(sentence: str) -> None:
    [one] = mapped(f"# P\n\n## Notes\n\n{sentence}\n").stories
    assert one.narrative == sentence


def test_the_story_is_not_repeated_as_a_criterion() -> None:
    text = (
        "# Requirements\n\n### Requirement 2\n\n**User Story:** As a member, I want to reset my password, so that I get "
        "back in.\n\n#### Acceptance Criteria\n\n1. WHEN a member asks THEN the system SHALL send a mail\n"
    )
    [one] = mapped(text).stories
    assert (one.title, one.source) == ("reset my password", "Requirement 2")
    assert one.criteria == ("WHEN a member asks THEN the system SHALL send a mail",)


def test_each_labelled_paragraph_is_a_story_of_its_own_however_many() -> None:
    text = "# PRD\n\n## Functional\n\n" + "".join(
        f"**FR{n}:** The system shall do thing {n}\n\n" for n in range(1, 12)
    )
    draft = mapped(text)
    assert [one.source for one in draft.stories] == [f"FR{n}" for n in range(1, 12)]


IDS = """# P

## Requirements

- The tool shall read CSV files. [REQ-1]
- The tool shall write JSON files (REQ-2)
- 1.2.3 The tool shall print a summary
- US-4: As a clerk, I want to print, so that I have paper
- T005 Add a progress bar to the reader
- **FR-013**: The tool shall page
"""


def test_source_ids_are_read_wherever_they_stand() -> None:
    draft = mapped(IDS)
    assert [need.source for need in draft.requirements] == ["REQ-1", "REQ-2", "1.2.3", "US-4", "T005", "FR-013"]
    assert all(one.title.find(one.source) < 0 for one in draft.stories)


def test_ids_in_headings_and_in_anchors() -> None:
    head = mapped(
        "# SRS\n\n## REQ-7 Import\n\nThe tool shall read.\n\n## REQ-8 Export\n\nThe tool shall write. It depends on REQ-7.\n"
    )
    assert [(one.title, one.source, one.depends_on) for one in head.stories] == [
        ("Import", "REQ-7", ()),
        ("Export", "REQ-8", (0,)),
    ]
    rows = mapped(
        "# SRS\n\n| ID | Requirement | Priority | Rationale |\n|---|---|---|---|\n"
        '| <a id="a1">**FR-A-001**</a> | The system shall mount the drive. | Should-have | Saves calls. |\n'
    )
    assert (rows.stories[0].source, rows.stories[0].title) == ("FR-A-001", "The system shall mount the drive")
    assert rows.requirements[0].priority == Priority.SHOULD


@pytest.mark.parametrize("name", ["OAuth2", "ESP32", "MAX31855", "SHA256", "HTTP2"])
def test_a_word_with_a_number_is_no_id_where_a_blank_follows(name: str) -> None:
    headed = mapped(f"# P\n\n## Requirements\n\n### {name} readings\n\n- The board must read it.\n")
    assert (titles(headed), {one.source for one in headed.stories}) == ([f"{name} readings"], {""})
    listed = mapped(f"# P\n\n## Requirements\n\n- {name} must be read in 2 s.\n")
    assert [one.source for one in listed.requirements] == [""]
    assert [
        one.source for one in mapped(f"# P\n\n## Requirements\n\n### {name}: Readings\n\n- It must.\n").stories
    ]


@pytest.mark.parametrize("name", ["FR12", "T001", "REQ-3", "US4", "AUTH-7"])
def test_a_usual_id_is_one_where_a_blank_follows(name: str) -> None:
    headed = mapped(f"# P\n\n## Requirements\n\n### {name} Readings\n\n- The board must read it.\n")
    assert (titles(headed), [one.source for one in headed.stories]) == (["Readings"], [name])


def test_written_dependencies_are_read_and_none_is_guessed() -> None:
    text = (
        "# P\n\n## Requirements\n\n- **REQ-1**: The tool shall read files.\n- **REQ-2**: The tool shall show a chart. "
        "(depends on REQ-3)\n- **REQ-3**: The tool shall compute totals. Depends on: REQ-1\n- Filter by status\n- Filter by date\n"
    )
    assert [one.depends_on for one in mapped(text).stories] == [(), (2,), (0,), (), ()]


def test_a_circle_of_dependencies_is_cut() -> None:
    text = "# P\n\n## Requirements\n\n- A-1: read (depends on A-2)\n- A-2: write (depends on A-1)\n"
    assert [one.depends_on for one in mapped(text).stories] == [(1,), ()]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("- A clerk may only read\n- A user may add a note\n- A user may not delete it\n", "mcm"),
        ("- It would be nice to have a dark theme\n- Users can sort\n- Pages should load at once\n", "cms"),
        (
            "- Le système PEUT proposer Google\n- Le système DOIT créer un compte\n- Le système de la page est\n",
            "cmm",
        ),
        (
            "| Kennung | Prioritaet | Anforderung |\n|---|---|---|\n| F-1 | Muss | A |\n| F-2 | Soll | B |\n| F-3 | Kann | C |\n",
            "msc",
        ),
        (
            "| ID | Requirement | Priority |\n|---|---|---|\n| R1 | Add | P0 |\n| R2 | Move | P2 |\n| R3 | Print | Low |\n",
            "msc",
        ),
    ],
)
def test_priorities_by_words_and_columns(text: str, given: str) -> None:
    letters = {"m": Priority.MUST, "s": Priority.SHOULD, "c": Priority.COULD}
    assert priorities(f"# P\n\n## Requirements\n\n{text}") == [letters[letter] for letter in given]


def test_criteria_belong_to_what_they_name() -> None:
    text = (
        "# Tool\n\n## Features\n\n- The tool reads CSV files\n- The tool writes JSON files\n\n## Acceptance criteria\n\n"
        "| ID | Criterion | Checks |\n|---|---|---|\n| AK-1 | a valid file is read | Features 1 |\n"
        "| AK-2 | an empty file ends with exit code 2 | Features 2 |\n"
    )
    draft = mapped(text)
    assert [one.criteria for one in draft.stories] == [
        ("a valid file is read",),
        ("an empty file ends with exit code 2",),
    ]


@pytest.mark.parametrize("number", ["²", "①", "9" * 5000, "0", "7"])
def test_what_is_no_number_of_a_requirement_names_none(number: str) -> None:
    text = (
        "# Tool\n\n## Features\n\n- The tool reads CSV files\n\n## Acceptance criteria\n\n"
        f"| ID | Criterion | Checks |\n|---|---|---|\n| AK-1 | a valid file is read | Features {number} |\n"
    )
    assert [one for story in mapped(text).stories for one in story.criteria] == ["a valid file is read"]


def test_a_scenario_in_a_fence_belongs_to_the_section_above() -> None:
    text = (
        "# Login\n\n## Sign in\n\nMembers sign in with mail.\n\n```gherkin\nScenario: wrong password\n  Given a member\n"
        "  When they give a wrong password\n  Then they see an error\n```\n"
    )
    [one] = mapped(text).stories
    assert one.criteria == (
        "Members sign in with mail.",
        "Given a member When they give a wrong password Then they see an error",
    )


def test_a_question_with_its_answer_is_a_criterion_and_one_without_is_open() -> None:
    text = "# S\n\n## Edge Cases\n\n- What happens without notes? An empty list is returned\n- What happens at night?\n"
    draft = mapped(text)
    assert draft.stories[0].criteria == ("What happens without notes? An empty list is returned",)
    assert [s.title for s in draft.statements if s.klass == "question"] == ["What happens at night"]


def test_a_constraint_on_all_work_is_no_story() -> None:
    text = (
        "# P\n\n## Requirements\n\n- `slugify(x)` returns `ae`\n\n## Constraints\n\n"
        "- Python 3.11 or newer, no dependency outside the standard library\n"
    )
    draft = mapped(text)
    assert titles(draft) == ["slugify(x) returns ae"]
    assert [need.everywhere for need in draft.requirements] == [False, True]


def test_a_goal_that_asks_for_behaviour_is_a_requirement() -> None:
    text = "# P\n\n## Goals\n\n- `slugify(x)` returns `ae`\n\n## Constraints\n\n- Python 3.11 or newer\n"
    assert titles(mapped(text)) == ["slugify(x) returns ae"]


def test_a_value_in_the_first_column_is_no_id() -> None:
    text = "# S\n\n## Lookups\n\nThe store must answer.\n\n| input | outcome |\n|---|---|\n| `get 5` | 200 |\n| `get x5` | 404 |\n"
    draft = mapped(text)
    assert titles(draft) == ["Lookups"]
    assert not [need.source for need in draft.requirements if need.source]


@pytest.mark.parametrize(
    ("sentence", "others"),
    [
        ("It depends on R1.", "The tool must write the files for the user."),
        ("Depends on: R1", "The tool must write the files for the user."),
        ("Hängt ab von R1.", "Das Werkzeug muss die Dateien für die Nutzer und das Team schreiben."),
        ("Dépend de R1.", "L'outil doit écrire les fichiers pour le client et dans la base."),
        ("Depende de R1.", "La herramienta debe escribir los archivos para el cliente y la base."),
        ("Зависит от R1.", "Система должна писать файлы."),
        ("依赖于 R1。", "系统必须写入文件。"),
    ],
)
def test_a_sentence_that_only_says_what_is_waited_for_is_no_criterion(sentence: str, others: str) -> None:
    draft = mapped(f"# P\n\n## R1 Read\n\n{others}\n\n## R2 Write\n\n{others} {sentence}\n")
    assert draft.stories[1].depends_on == (0,)
    assert draft.stories[1].criteria == (others,)
    for mark in ("- ", ""):
        text = f"# P\n\n## Requirements\n\n{mark}R1: {others}\n\n{mark}R2: {others} {sentence}\n"
        one = mapped(text).stories[1]
        assert (one.depends_on, one.criteria) == ((0,), (others,))


def test_a_name_with_a_number_is_no_dependence() -> None:
    assert asked("# P\n\n## Requirements\n\nThe tool requires Python3.\n") == ["The tool requires Python3."]


def test_ids_in_bold_labels_are_sources_and_the_label_is_no_criterion() -> None:
    draft = mapped(
        "# P\n\n## Requirements\n\n**R5: Short form.** The tool must print the short form of each of the names.\n\n"
        "**R6 Long form**: The tool must print all.\n\n**MP3 export**: The tool must export.\n"
    )
    assert [(one.title, one.source) for one in draft.stories[:2]] == [("Short form", "R5"), ("Long form", "R6")]
    assert draft.stories[0].criteria == (
        "**R5: Short form.** The tool must print the short form of each of the names.",
    )
    assert draft.stories[2].source == ""


def test_rows_with_the_same_bare_numbers_in_two_tables_are_not_the_same() -> None:
    table = "|No|Requirement|\n|-|-|\n"
    text = f"# P\n\n## Functional\n\n{table}|1|Users must add|\n|2|Users must sort|\n\n## Other\n\n{table}|1|Data must stay|\n|2|Names must fit|\n"
    assert len(asked(text)) == 4
    assert titles(mapped(text)) == ["Users must add", "Users must sort", "Other"]


def test_the_rows_of_a_subject_are_one_story_but_for_those_that_may_wait() -> None:
    rows = "| ID | Requirement | Priority |\n|---|---|---|\n| F1 | Users must add | Must |\n| F2 | Users must sort | Must |\n"
    draft = mapped(
        f"# P\n\n## Requirements\n\n### Lists\n\n{rows}| F3 | Users fold | Could |\n\n### Files\n\n{rows.replace('F', 'D')}"
    )
    assert epics(draft) == {"Lists": ["Lists", "Users fold"], "Requirements": ["Files"]}
    assert [need.source for need in needs(draft, draft.stories[0])] == ["F1", "F2"]
    longer = mapped(
        f"# P\n\n## Requirements\n\n### Lists\n\n{rows.replace('add', 'add. They must name it')}| F3 | Users fold | Could |\n"
    )
    assert titles(longer) == ["Lists", "Users fold"]


@pytest.mark.parametrize("level", ["#", "##"])
def test_epics_of_one_heading_are_named_by_the_parts_they_stand_in(level: str) -> None:
    part = f"{level} {{0}}\n\n{level}# Requirements\n\n- Users can add a {{0}}\n- Users can drop a {{0}}\n\n"
    draft = mapped("# Shop\n\nAll of it.\n\n" + part.format("cart") + part.format("card"))
    assert [epic.title for epic in draft.epics] == ["cart", "card"]
    assert [story.epic for story in draft.stories] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("above", "kind"),
    [("Requirements", "Functional"), ("Requisitos", "Funcionais"), ("Anforderungen", "Funktionale")],
)
def test_a_heading_that_only_says_of_what_kind_has_no_subject(above: str, kind: str) -> None:
    rows = "| ID | Requirement |\n|---|---|\n| F1 | Users must add |\n| F2 | Users must sort |\n"
    assert len(mapped(f"# P\n\n## {above}\n\n### {kind}\n\n{rows}").stories) == 2


@pytest.mark.parametrize(
    "said",
    [
        "> **As a** user\n> **I want** to add\n> **So that** I know the sum",
        "> **作为** 一名用户  \n> **我想要** 将两个数字相加  \n> **以便** 我可以得到它们的和",
        "**Como** cajero **quiero** sumar **para** saber el total",
        "**Как** кассир\n**я хочу** сложить\n**чтобы** знать сумму",
        "**会計係** として\n**合計したい**",
    ],
)
def test_a_user_story_on_several_lines_or_in_a_quote_is_one(said: str) -> None:
    text = f"# P\n\n## User stories\n\n### US-1: Add\n\n{said}\n\n- The sum is shown\n"
    assert asked(text) == [said.removeprefix("> "), "The sum is shown"]
    assert titles(mapped(text)) == ["Add"]


def test_a_story_of_which_all_is_ticked_is_done() -> None:
    told = "As a user, I want to add, so that I know the sum."
    head = f"# P\n\n## User stories\n\n### US-1: Add\n\n{told}\n\n**Acceptance criteria**\n\n"
    assert asked(f"{head}- [x] The sum is shown\n") == []
    assert asked(f"{head}- [x] The sum is shown\n- [ ] It is right\n") == [told, "It is right"]
    assert asked(f"{head}\n## Requirements\n\n- [x] It adds\n") == [told]
