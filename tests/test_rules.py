"""The validation rules: each fault in a sound specification gives its code at its place."""

from pathlib import Path

import pytest

from bmad.model.findings import Severity
from bmad.pipeline.spec.validate import validate
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.layout import LOCK
from tests.specs import SMALL, lock_for, write, write_small

STORY = "stories/STORY-find01-find-notes.md"
OTHER = "stories/STORY-store1-store-a-note.md"
PRD = "specs/prd.md"
EPIC = "specs/epics/EPIC-notes1-notes.md"
REGISTER = "specs/intent.md"


def check(root: Path, strict: bool = False) -> tuple[bool, list[tuple[str, str, int]]]:
    report = validate(FileWorkspace(root), TextFormats(), strict=strict)
    assert report.items_seen == report.items_read or not report.ok
    return report.ok, [(finding.code, finding.path, finding.line) for finding in report.findings]


def test_a_sound_specification_has_no_finding(small: Path) -> None:
    assert check(small, strict=True) == (True, [])


@pytest.mark.parametrize(
    ("name", "path", "old", "new", "code", "line"),
    [
        ("missing parent", STORY, "Epic: EPIC-notes1", "Epic: EPIC-gone", "V03", 3),
        ("story without parent", STORY, "- Epic: EPIC-notes1\n", "", "V08", 1),
        ("cycle", OTHER, "- Implements: FR-store1", "- Implements: FR-store1\n- Depends on: STORY-find01", "V04", 5),
        ("epic without story", EPIC, "", "", "V07", 1),
        ("duplicate id", PRD, "FR-store1: Store", "FR-find01: Store", "V02", 13),
        ("skipped level", STORY, "Implements: FR-find01", "Implements: INT-req001", "V03", 4),
        ("empty story", OTHER, "- **AC-1** Given a new note, when it is saved, then exactly 1 file is written.\n", "", "V09", 1),
        ("statement reaches nothing", PRD, "INT-goal01, INT-req001", "INT-req001", "V05", 7),
        ("gold plating", PRD, "- Traces: INT-req002\n", "", "V06", 13),
        ("only a non-goal", PRD, "Traces: INT-req002", "Traces: INT-non001", "V06", 13),
        ("requirement without story", STORY, "Implements: FR-find01", "Implements: FR-store1", "V07", 5),
        ("implements nothing", STORY, "- Implements: FR-find01\n", "", "V08", 1),
        ("empty criterion", OTHER, " Given a new note, when it is saved, then exactly 1 file is written.", "", "V09", 13),
        ("no quote", REGISTER, "> Notes are found by tag.", "> Notes are found by name.", "V10", 14),
        ("clarification", STORY, "Kept as", "[NEEDS CLARIFICATION: what?] Kept as", "V13", 24),
        ("territory outside", STORY, "`src/find.py`", "`../src/find.py`", "V17", 6),
        ("territory absolute", STORY, "`src/find.py`", "`/etc/**`", "V17", 6),
        ("territory of the policy", STORY, "`src/find.py`", "`*.yaml`", "V17", 6),
        ("territory of everything", STORY, "`src/find.py`", "`**`", "V17", 6),
        ("no territory", OTHER, "- Territory: `src/store.py`\n", "", "V18", 1),
        ("vague criterion", OTHER, "exactly 1 file is written", "it is quick", "V09", 13),
        ("grammar", PRD, "### FR-store1:", "### FR-store1", "V01", 13),
    ],
)  # fmt: skip
def test_each_fault_has_its_code_and_place(
    small: Path, name: str, path: str, old: str, new: str, code: str, line: int
) -> None:
    if name == "epic without story":
        write(small, {"specs/epics/EPIC-lonely.md": "# EPIC-lonely: Alone\n\n- Covers: FR-find01\n"})
        path = "specs/epics/EPIC-lonely.md"
    else:
        assert old in SMALL[path]
        write(small, {path: SMALL[path].replace(old, new, 1)})
    ok, findings = check(small, strict=True)
    assert not ok
    found = {(found_code, found_line) for found_code, _, found_line in findings}
    assert (code, line) in found, findings


def test_warnings_fail_only_when_strict(small: Path) -> None:
    write(small, {OTHER: SMALL[OTHER].replace("- Territory: `src/store.py`\n", "")})
    assert check(small)[0]
    assert not check(small, strict=True)[0]


def test_a_finding_shows_its_line_and_a_fix(small: Path) -> None:
    write(small, {STORY: SMALL[STORY].replace("EPIC-notes1", "EPIC-gone")})
    report = validate(FileWorkspace(small), TextFormats())
    finding = next(finding for finding in report.findings if finding.code == "V03")
    assert finding.source == "- Epic: EPIC-gone"
    assert (finding.column, finding.severity) == (9, Severity.ERROR)
    assert finding.fix


def test_all_findings_come_at_once_and_sorted(small: Path) -> None:
    write(
        small, {PRD: SMALL[PRD].replace("INT-goal01, INT-req001", "INT-a, INT-b").replace("INT-req002", "INT-c")}
    )
    _, findings = check(small)
    assert [found for found in findings if found[0] == "V03"] == [
        ("V03", PRD, 8),
        ("V03", PRD, 8),
        ("V03", PRD, 16),
    ]


def test_a_changed_statement_makes_its_links_suspect_until_confirmed(small: Path) -> None:
    write(
        small,
        {
            "intent.md": SMALL["intent.md"].replace("found by tag", "found by tag and date"),
            REGISTER: SMALL[REGISTER].replace("> Notes are found by tag.", "> Notes are found by tag and date."),
        },
    )
    ok, findings = check(small)
    assert ok
    assert ("V11", PRD, 8) in findings
    assert not check(small, strict=True)[0]


def test_rewrapping_and_moving_change_nothing(small: Path) -> None:
    text = SMALL["intent.md"].replace("Notes are found by tag.", "Notes are\n  found   by tag.")
    write(small, {"intent.md": "A new line above.\n\n" + text})
    assert check(small, strict=True) == (True, [])


def test_a_link_that_the_lock_does_not_know_is_said(small: Path) -> None:
    write(small, {PRD: SMALL[PRD].replace("Traces: INT-req002", "Traces: INT-req002, INT-goal01")})
    _, findings = check(small)
    assert ("V11", PRD, 16) in findings


def test_a_retired_id_must_not_come_back_as_something_else(small: Path) -> None:
    files = dict(SMALL)
    files[LOCK] = lock_for(files).replace("\nnode ", "\nretired FR-old001 " + "0" * 64 + "\nnode ", 1)
    files[PRD] = SMALL[PRD].replace("FR-store1", "FR-old001")
    write(small, files)
    _, findings = check(small)
    assert ("V12", PRD, 13) in findings


def test_an_open_question_is_said_once_where_it_is_answered(small: Path) -> None:
    """In the intent, where its words are quoted; else in the topmost item. Its repeats are named."""
    asked, mark = "A note is stored as [NEEDS CLARIFICATION: what?].", "[NEEDS CLARIFICATION: what?]"
    files = {
        "intent.md": SMALL["intent.md"].replace("A note is stored as one file.", asked),
        REGISTER: SMALL[REGISTER].replace("> A note is stored as one file.", f"> {asked}"),
        PRD: SMALL[PRD].replace("FR-store1: ", f"FR-store1: {mark} ").replace("as one file.\n", f"as {mark}.\n"),
        OTHER: SMALL[OTHER].replace("exactly 1 file", f"exactly 1 {mark}"),
    }
    assert [text.count(mark) for text in files.values()] == [1, 1, 2, 1]
    write(small, files)
    [found] = [one for one in validate(FileWorkspace(small), TextFormats()).findings if one.code == "V13"]
    line = files["intent.md"][: files["intent.md"].index(mark)].count("\n") + 1
    assert (found.path, found.line, found.source) == ("intent.md", line, f"- {asked}")
    assert found.message == "an open question: what? (so it stands in INT-req002, FR-store1, STORY-store1)"
    write(small, {"intent.md": SMALL["intent.md"], REGISTER: SMALL[REGISTER]})
    [found] = [one for one in validate(FileWorkspace(small), TextFormats()).findings if one.code == "V13"]
    assert (found.path, found.message) == (PRD, "an open question: what? (so it stands in STORY-store1)")
    assert mark in found.source
    assert "###" not in found.source, "its text, and not its title"
    again = f"{SMALL[STORY]}{mark} [NEEDS CLARIFICATION] {mark} [NEEDS CLARIFICATION]\n"
    write(small, {PRD: SMALL[PRD], OTHER: SMALL[OTHER], STORY: again})
    assert [one[1] for one in check(small)[1] if one[0] == "V13"] == [STORY] * 3, "marks that say nothing each"


def test_a_missing_intent_is_said_once(small: Path) -> None:
    (small / "intent.md").unlink()
    _, findings = check(small)
    assert [found for found in findings if found[0] == "V10"] == [("V10", REGISTER, 0)]


def test_every_member_of_a_cycle_is_printed(small: Path) -> None:
    write(small, {OTHER: SMALL[OTHER].replace("FR-store1\n", "FR-store1\n- Depends on: STORY-find01\n", 1)})
    report = validate(FileWorkspace(small), TextFormats())
    (cycle,) = [finding.message for finding in report.findings if finding.code == "V04"]
    assert cycle == "a cycle: STORY-find01 -> STORY-store1 -> STORY-find01"


def test_a_longer_cycle_is_found_once(tmp_path: Path) -> None:
    files = write_small(tmp_path)
    ring = {
        f"stories/STORY-r{n}.md": files[OTHER]
        .replace("STORY-store1", f"STORY-r{n}")
        .replace("- Territory", f"- Depends on: STORY-r{(n + 1) % 50}\n- Territory")
        for n in range(50)
    }
    write(tmp_path, ring)
    report = validate(FileWorkspace(tmp_path), TextFormats())
    assert [finding.message.count("->") for finding in report.findings if finding.code == "V04"] == [50]
