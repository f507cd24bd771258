"""Spec Kit, OpenSpec, Kiro, Task Master and Backlog.md come in with what they declare, and nothing they do not."""

import json
from pathlib import Path

import pytest

from bmad.core.importing.copying import Scribe, is_touched
from tests.importing.projects import edges, found, read_in, run, states, story, taken, written

SPEC_KIT = {
    ".specify/memory/constitution.md": "# Constitution\n\nTests come first.\n",
    "specs/001-sell/spec.md": """# Feature Specification: Sell items

**Status**: Draft

## User Scenarios & Testing *(mandatory)*

### User Story 1 - Scan an item (Priority: P1)

A clerk scans an item and sees its price.

**Why this priority**: Nothing is sold without it.

**Acceptance Scenarios**:

1. **Given** a known code, **When** it is scanned, **Then** its price is shown
2. **Given** an unknown code, **When** it is scanned, **Then** "unknown" is shown

---

### User Story 2 - Print a receipt (Priority: P3)

A clerk prints a receipt.

**Acceptance Scenarios**:

1. **Given** a sale, **When** print is pressed, **Then** a receipt comes out

## Requirements *(mandatory)*

### Functional Requirements

- **FR-001**: System MUST show the price of a scanned item
- **FR-002**: System MUST print receipts on [NEEDS CLARIFICATION: which paper?]

### Measurable Outcomes

- **SC-001**: A price is shown within 1 second
""",
    "specs/001-sell/plan.md": "# Plan\n\nWe use a scanner.\n",
    "specs/001-sell/tasks.md": """# Tasks: Sell items

## Phase 1: Setup (Shared)

- [x] T001 Make the project

## Phase 2: User Story 1 - Scan an item (Priority: P1)

- [x] T002 [P] [US1] Read the code for FR-001 in src/scan.py
- [x] T003 [US1] Show the price

## Phase 3: User Story 2 - Print a receipt (Priority: P3)

- [ ] T004 [US2] Print

## Dependencies

- **User Story 2 (P3)**: depends on US1 and US9
""",
}


def test_spec_kit(tmp_path: Path) -> None:
    report = read_in(written(tmp_path, SPEC_KIT), ".")
    assert report["format"] == "spec-kit"
    assert taken(report) == {"requirement": (3, 3), "epic": (1, 1), "story": (3, 3)}
    name = "001-sell"
    assert (f"{name} US1", "FR-001", "derived") in edges(report, "implements")
    assert ("", f"{name} FR-002", "missing") in edges(report, "implements")
    assert edges(report, "depends-on") == {
        (f"{name} US2", f"{name} US1", "declared"),
        (f"{name} US2", "", "missing"),
    }
    told = states(tmp_path)
    assert (told["Scan an item"], told["Print a receipt"], told["Setup (Shared)"]) == (
        "elsewhere",
        "backlog",
        "elsewhere",
    )
    scanned = story(tmp_path, "Scan an item")
    assert "2 of 2 tasks of US1 ticked in specs/001-sell/tasks.md" in scanned
    assert '- **AC-2** **Given** an unknown code, **When** it is scanned, **Then** "unknown" is shown' in scanned
    assert "**Why this priority**: Nothing is sold without it." in scanned
    assert found(tmp_path, errors=True) == {}
    assert [one["path"] for one in report["left"] if "governed" in one["why"]] == [
        ".specify/memory/constitution.md"
    ]
    assert "- Priority: could" in (tmp_path / "specs/prd.md").read_text(encoding="utf-8")


OPENSPEC = {
    "openspec/specs/till/spec.md": """# till Specification

## Purpose
The till sells.

## Requirements

### Requirement: Show prices
The till SHALL show prices.

#### Scenario: Known code
- **WHEN** a code is scanned
- **THEN** its price is shown
""",
    "openspec/changes/add-receipts/proposal.md": "## Why\n\nCustomers want proof.\n",
    "openspec/changes/add-receipts/tasks.md": "## 1. Work\n\n- [x] 1.1 Print\n- [ ] 1.2 Cut\n",
    "openspec/changes/add-receipts/.openspec.yaml": "dependsOn: [add-paper, gone]\n",
    "openspec/changes/add-receipts/specs/till/spec.md": """## ADDED Requirements

### Requirement: Print receipts
The till SHALL print receipts.

#### Scenario: A sale
- **WHEN** a sale ends
- **THEN** a receipt is printed
""",
    "openspec/changes/add-paper/tasks.md": "- [x] 1.1 Feed\n",
    "openspec/changes/add-paper/specs/till/spec.md": """## ADDED Requirements

### Requirement: Feed paper
The till SHALL feed paper.

#### Scenario: Empty
- **WHEN** the roll is empty
- **THEN** the clerk is told
""",
    "openspec/changes/archive/2025-01-01-add-till/proposal.md": "## Why\n\nTo sell.\n",
}


def test_openspec(tmp_path: Path) -> None:
    report = read_in(written(tmp_path, OPENSPEC), "openspec")
    assert taken(report) == {"requirement": (0, 0), "epic": (3, 3), "story": (3, 3), "archived change": (1, 0)}
    assert states(tmp_path) == {"Show prices": "elsewhere", "Print receipts": "backlog", "Feed paper": "elsewhere"}
    assert edges(report, "depends-on") == {
        ("add-receipts", "add-paper", "declared"),
        ("add-receipts", "", "missing"),
    }
    printed = story(tmp_path, "Print receipts")
    assert "- **AC-1** A sale: **WHEN** a sale ends **THEN** a receipt is printed" in printed
    assert "- 1.1 Print\n- 1.2 Cut" in printed
    assert "ADDED Requirements" in printed
    assert found(tmp_path, errors=True) == {}


KIRO = {
    ".kiro/specs/till/requirements.md": """# Requirements Document

## Introduction

The till sells.

## Requirements

### Requirement 1: Prices

**User Story:** As a clerk, I want prices, so that I can charge.

#### Acceptance Criteria

1. WHEN a code is scanned THEN the till SHALL show its price
2. IF the code is unknown THEN the till SHALL say so

### Requirement 2: Receipts

**User Story:** As a clerk, I want receipts.

#### Acceptance Criteria

2.1 WHEN a sale ends THEN the till SHALL print
""",
    ".kiro/specs/till/design.md": "# Design\n",
    ".kiro/specs/till/tasks.md": """# Plan

- [x] 1. Scan
  - [x] 1.1 Read codes
    - _Requirements: 1.1, 1.2_
- [ ] 2. Print
  - _Requirements: 2.1_
- [ ] 3. Tidy up
""",
    ".kiro/steering/product.md": "# Product\n",
}


def test_kiro_stands_where_agents_obey_it_so_that_a_copy_is_the_intent(tmp_path: Path) -> None:
    report = read_in(written(tmp_path, KIRO), ".kiro")
    assert taken(report)["story"] == (2, 2)
    assert states(tmp_path) == {"Prices": "elsewhere", "Receipts": "backlog"}
    assert "- **AC-2** IF the code is unknown THEN the till SHALL say so" in story(tmp_path, "Prices")
    assert "- **AC-1** 2.1 WHEN a sale ends THEN the till SHALL print" in story(tmp_path, "Receipts")
    copied = (tmp_path / "imported/kiro.md").read_text(encoding="utf-8")
    assert KIRO[".kiro/specs/till/requirements.md"] in copied
    assert ("3. Tidy up", "the task names no requirement") in {
        (one["words"], one["why"]) for one in report["left"]
    }
    assert found(tmp_path, errors=True) == {}


def test_a_copy_that_a_hand_has_edited_is_not_written_over(tmp_path: Path) -> None:
    read_in(written(tmp_path, KIRO), ".kiro")
    path = tmp_path / "imported/kiro.md"
    text = path.read_text(encoding="utf-8").replace("shall", "SHALL") + "\nMine.\n"
    path.write_text(text, encoding="utf-8")
    changed = KIRO[".kiro/specs/till/requirements.md"].replace("say so", "beep")
    written(tmp_path, {".kiro/specs/till/requirements.md": changed})
    ended = run(tmp_path, "import", ".kiro")
    assert ended.code == 2
    assert "imported/kiro.md was changed since it was copied" in ended.err
    assert path.read_text(encoding="utf-8") == text


TASKS = {
    "master": {
        "tasks": [
            {
                "id": 1,
                "title": "Scan",
                "description": "Read codes.",
                "details": "Use the camera.\n# not a heading",
                "testStrategy": "Scan ten codes.",
                "status": "done",
                "priority": "high",
                "dependencies": [],
                "subtasks": [{"id": 1, "title": "Open it", "status": "pending", "dependencies": []}],
            },
            {"id": 2, "title": "Print", "description": "Print it.", "status": "pending", "dependencies": [1, 7]},
            {"id": 3, "title": "Fax", "description": "Fax it.", "status": "cancelled", "dependencies": []},
            {"id": 4, "title": "Mail", "description": "Mail it.", "status": "deferred", "priority": "low"},
        ],
        "metadata": {"description": "The till"},
    },
    "next": {"tasks": [{"id": 1, "title": "Weigh", "description": "Weigh it.", "status": "pending"}]},
}


def test_task_master(tmp_path: Path) -> None:
    written(tmp_path, {".taskmaster/tasks/tasks.json": json.dumps(TASKS)})
    report = read_in(tmp_path, ".taskmaster")
    assert taken(report) == {"requirement": (0, 0), "epic": (2, 2), "story": (5, 4)}
    assert edges(report, "depends-on") == {("2", "1", "declared"), ("2", "", "missing")}
    assert [(one["key"], one["about"]) for one in report["conflicts"]] == [("1", "state")]
    assert "it is cancelled" in {one["why"] for one in report["left"]}
    assert "- Source: next/1" in story(tmp_path, "Weigh")
    assert "[NEEDS CLARIFICATION: state: .taskmaster/tasks/tasks.json says “deferred”]" in story(tmp_path, "Mail")
    scanned = story(tmp_path, "Scan")
    assert "- **AC-1** Scan ten codes." in scanned
    assert "- 1.1 Open it" in scanned
    assert "Use the camera." in scanned
    assert found(tmp_path, errors=True) == {}


def _task(number: int, title: str, more: str, body: str) -> str:
    return f"---\nid: TASK-{number}\ntitle: '{title}'\n{more}---\n\n{body}"


BACKLOG = {
    "backlog/config.yml": 'project_name: "Till"\nstatuses: ["To Do", "Done"]\n',
    "backlog/milestones/m-1 - First.md": "---\nid: m-1\ntitle: First shop\n---\n",
    "backlog/tasks/task-2 - Print.md": _task(
        2,
        "Print",
        "status: To Do\npriority: low\nmilestone: m-1\ndependencies: [task-1, task-9]\n",
        "## Description\n\nPrint receipts.\n\nOn paper.\n\n## Acceptance Criteria\n<!-- AC:BEGIN -->\n"
        "- [ ] #1 It prints\n- [ ] #2 It cuts\n<!-- AC:END -->\n",
    ),
    "backlog/completed/task-1 - Scan.md": _task(
        1,
        "Scan",
        "status: Done\ndependencies: []\n",
        "## Description\n\nScan codes.\n\n## Acceptance Criteria\n\n- [x] #1 It scans\n- [ ] #2 It beeps\n",
    ),
    "backlog/drafts/draft-1 - Fax.md": "---\nid: DRAFT-1\ntitle: Fax\n---\n",
}


def test_backlog_md(tmp_path: Path) -> None:
    report = read_in(written(tmp_path, BACKLOG), "backlog")
    assert taken(report)["story"] == (2, 2)
    assert states(tmp_path) == {"Scan": "elsewhere", "Print": "backlog"}
    assert edges(report, "in-epic") == {("TASK-2", "m-1", "declared"), ("TASK-1", "", "missing")}
    assert edges(report, "depends-on") == {("TASK-2", "TASK-1", "declared"), ("TASK-2", "", "missing")}
    assert [(one["key"], one["about"]) for one in report["conflicts"]] == [("TASK-1", "criteria")]
    printed = story(tmp_path, "Print")
    assert "- **AC-2** It cuts" in printed
    assert "On paper." in printed
    assert ("Fax", "it stands in drafts") in {(one["words"], one["why"]) for one in report["left"]}
    assert found(tmp_path, errors=True) == {}


def test_two_formats_in_one_place_are_not_guessed(tmp_path: Path) -> None:
    written(tmp_path, {**KIRO, **OPENSPEC})
    ended = run(tmp_path, "import", ".")
    assert ended.code == 2
    assert "openspec and kiro" in ended.err
    assert read_in(tmp_path, ".", "--from", "openspec")["format"] == "openspec"


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (".taskmaster/tasks/tasks.json", "{", "no JSON"),
        (".taskmaster/tasks/tasks.json", "[]", "no tasks"),
        (".taskmaster/tasks/tasks.json", '{"a": ' * 5000, "nested too deeply"),
        ("backlog/config.yml", "a: &a [1]\nb: *a\n", "aliases"),
        (".kiro/specs/x/requirements.md", "# Nothing\n", "no story"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, path: str, text: str, said: str) -> None:
    written(tmp_path, {**({} if "backlog" not in path else BACKLOG), path: text})
    ended = run(tmp_path, "import", path.partition("/")[0])
    assert ended.code == 2
    assert said in ended.err
    assert not (tmp_path / "specs").exists()


def test_a_copy_knows_where_each_text_stands_and_whether_it_was_touched() -> None:
    scribe = Scribe("x", "some --> where")
    scribe.heading(1, "One\nline")
    places = [scribe.text(" a\r\nb "), scribe.item("c\nd")]
    copy = scribe.copy()
    assert [copy.text[one.start : one.end] for one in places] == ["a\nb", "c\n  d"]
    assert not is_touched(copy.text)
    assert is_touched(f"{copy.text}x")
    assert is_touched("anything")


def test_where_each_block_stands_that_was_left_is_a_flag_away(tmp_path: Path) -> None:
    written(tmp_path, SPEC_KIT)
    short, long = (run(tmp_path, *more, "import", "specs", "--dry-run").out for more in ((), ("-v",)))
    assert "(where each stands: bmad -v import …):" in short
    assert "specs/001-sell/spec.md:3  **Status**" not in short
    assert "specs/001-sell/spec.md:3  **Status**" in long
