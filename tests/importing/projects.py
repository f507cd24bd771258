"""Small projects of other methods, as their tools write them, and what tests ask of where one came in."""

import json
from pathlib import Path
from typing import Any

from tests.program import Ended, inside

PRD = """# Product Requirements Document - Till

## Functional Requirements

### Sales

- FR1: A clerk can sell an item
- FR2: A clerk can take a sale back within 30 minutes
- FR3: A clerk can print a receipt

## Non-Functional Requirements

- NFR1: A sale is booked within 200 ms
"""

EPICS = """---
stepsCompleted: [1, 2]
---

# Till - Epic Breakdown

## Requirements Inventory

### Functional Requirements

FR1: A clerk can sell an item
FR2: A clerk can take a sale back within one hour
FR3: A clerk can print a receipt

### FR Coverage Map

FR1: Epic 1 - Selling
FR2: Epic 2 - Taking back
FR3: Epic 1 - Receipts

## Epic List

### Epic 1: Selling

Clerks sell.

**FRs covered:** FR1, FR3

## Epic 1: Selling

Clerks sell.

### Story 1.1: Sell an item

As a clerk,
I want to sell an item,
So that the shop earns.

**Acceptance Criteria:**

**Given** an item in stock
**When** I scan it
**Then** its price is shown
**And** the stock is one less

**Given** an unknown code
**When** I scan it
**Then** I see "unknown item"

**Technical Requirements:**
- FR1 covered.

### Story 1.2: Print a receipt

As a clerk,
I want a receipt,
So that the customer has proof.

**Acceptance Criteria:**

**Given** a finished sale
**When** I press print
**Then** a receipt is printed

## Epic 2: Taking back

Depends on Epic 1.

### Story 2.1: Take a sale back

As a clerk,
I want to take a sale back,
So that customers trust us.

**Acceptance Criteria:**

**Given** a sale of 29 minutes ago
**When** I take it back
**Then** the money is returned
"""

SELL = """# Story 1.1: Sell an item

Status: done

## Story

As a clerk,
I want to sell an item,
So that the shop earns.

## Acceptance Criteria

1. **Given** an item in stock **When** I scan it **Then** its price is shown **And** the stock is one less
2. **Given** an unknown code **When** I scan it **Then** I see "unknown item"

## Tasks / Subtasks

- [x] Task 1: scan (AC: 1)
  - [x] 1.1 read the code
- [x] Task 2: price

## Dev Notes

Use the scanner.
"""

RECEIPT = """# Story 1.2: Print a receipt

Status: review

## Story

As a clerk,
I want a receipt,
So that the customer has proof.

## Acceptance Criteria

1. **Given** a finished sale **When** I press print **Then** a receipt is printed within 2 seconds

## Tasks / Subtasks

- [x] Task 1: print
"""

BOARD = """# generated: 2026-01-01
development_status:
  epic-1: in-progress
  1-1-sell-an-item: done
  1-2-print-a-receipt: done
  epic-1-retrospective: optional
  epic-2: backlog
  2-1-take-a-sale-back: backlog
"""

BMAD = {
    "_bmad-output/planning-artifacts/prd.md": PRD,
    "_bmad-output/planning-artifacts/epics.md": EPICS,
    "_bmad-output/planning-artifacts/architecture.md": "# Architecture\n\nThe till must be a web page.\n",
    "_bmad-output/implementation-artifacts/1-1-sell-an-item.md": SELL,
    "_bmad-output/implementation-artifacts/1-2-print-a-receipt.md": RECEIPT,
    "_bmad-output/implementation-artifacts/sprint-status.yaml": BOARD,
}


def written(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def read_in(root: Path, source: str, *words: str) -> dict[str, Any]:
    """Import and give the report; a second run changes nothing."""
    done = inside("import", source, *words, "--json", cwd=root)
    assert done.code == 0, done
    report: dict[str, Any] = json.loads(done.out)
    if "--dry-run" not in words:
        again = json.loads(inside("import", source, *words, "--json", cwd=root).out)
        assert (again["written"], again["files"]) == (False, [])
    return report


def edges(report: dict[str, Any], kind: str) -> set[tuple[str, str, str]]:
    return {(one["lower"], one["upper"], one["origin"]) for one in report["edges"] if one["kind"] == kind}


def taken(report: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {one["kind"]: (one["found"], one["taken"]) for one in report["taken"]}


def story(root: Path, title: str) -> str:
    """The text of the document of a story."""
    [path] = [
        path
        for path in root.rglob("STORY-*.md")
        if path.read_text(encoding="utf-8").splitlines()[0].endswith(title)
    ]
    return path.read_text(encoding="utf-8")


def states(root: Path) -> dict[str, str]:
    ended = inside("status", "--json", cwd=root)
    return {one["title"]: one["state"] for one in json.loads(ended.out)["stories"]}


def found(root: Path, *, errors: bool = False) -> dict[str, list[str]]:
    """The findings of `bmad validate` by code."""
    told: dict[str, list[str]] = {}
    for one in json.loads(inside("validate", "--json", cwd=root).out)["findings"]:
        if not errors or one["severity"] == "error":
            told.setdefault(one["code"], []).append(one["message"])
    return told


def run(root: Path, *words: str) -> Ended:
    return inside(*words, cwd=root)
