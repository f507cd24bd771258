"""A small sound specification, written by hand as a person would; the examples of the rules change it."""

SAMPLE = {
    "intent.md": """# Notes

## Goals

- Keep notes that can be found again.

## Requirements

- Notes are found by tag.
- A note is stored as one file.

## Non-goals

- No synchronisation.
""",
    "specs/intent.md": """# Intent register

- Intent: `intent.md`

Some words of a person.

### INT-goal01: Keep notes that can be found again

- Class: goal
- Under: Notes > Goals

> Keep notes that can be found again.

### INT-req001: Notes are found by tag

- Class: requirement
- Under: Notes > Requirements

> Notes are found by tag.

### INT-req002: A note is stored as one file

- Class: requirement
- Under: Notes > Requirements

> A note is stored as one file.

### INT-non001: No synchronisation

- Class: non-goal
- Under: Notes > Non-goals

> No synchronisation.
""",
    "specs/prd.md": """# Product requirements: Notes

## Functional Requirements

### FR-find01: Find notes by tag

- Priority: must
- Traces: INT-goal01, INT-req001
- Verify: test

The tool shall find notes by tag.

### FR-store1: Store a note as one file

- Priority: must
- Traces: INT-req002
- Verify: test

The tool shall store a note as one file.
""",
    "specs/epics/EPIC-notes1-notes.md": """# EPIC-notes1: Notes

- Covers: FR-find01, FR-store1

All about notes.
""",
    "stories/STORY-find01-find-notes.md": """# STORY-find01: Find notes by tag

- Epic: EPIC-notes1
- Implements: FR-find01
- Depends on: STORY-store1
- Territory: `src/find.py`, `tests/find/**`

## Story

As a writer, I want my notes found by tag, so that I can read them again.

## Acceptance Criteria

- **AC-1** Given a note tagged `red`, when `red` is searched, then the note is listed.
- **AC-2** Given no note tagged `blue`, when `blue` is searched, then nothing is listed,
  and the exit code is 0.

## Tasks / Subtasks

- Search (AC-1)

## Dev Notes

Kept as they are:   three blanks.
""",
    "stories/STORY-store1-store-a-note.md": """# STORY-store1: Store a note

- Epic: EPIC-notes1
- Implements: FR-store1
- Territory: `src/store.py`

## Story

As a writer, I want a note in one file, so that I can move it.

## Acceptance Criteria

- **AC-1** Given a new note, when it is saved, then exactly 1 file is written.

## Tasks / Subtasks

## Dev Notes
""",
}
