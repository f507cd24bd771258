"""Exports of GitHub and Jira come in with keys, links and states; what was dropped there is told."""

import json
from pathlib import Path

import pytest

from bmad.core.importing.jira import rows_of
from tests.importing.projects import edges, found, read_in, run, states, story, taken, written

ISSUES = [
    {
        "number": 3,
        "title": "Print a receipt",
        "state": "OPEN",
        "body": "Customers want proof.\r\n\r\nDepends on #1 and #9.\r\n\r\n## Acceptance criteria\r\n\r\n"
        "- [ ] It prints\r\n- [x] It cuts\r\n\r\n## Work\r\n\r\n- [ ] Buy paper\r\n",
        "labels": [{"name": "priority: low"}, {"name": "ui"}],
        "milestone": {"title": "First shop", "number": 1},
        "url": "https://example.org/3",
    },
    {"number": 1, "title": "Scan", "state": "CLOSED", "stateReason": "COMPLETED", "body": "", "labels": []},
    {"number": 2, "title": "Fax", "state": "closed", "state_reason": "not_planned", "body": None, "labels": []},
    {"number": 4, "title": "A change", "state": "open", "body": "", "pull_request": {"url": "x"}},
]


def test_github(tmp_path: Path) -> None:
    export = tmp_path / "export"
    written(export, {"issues.json": json.dumps(ISSUES)})
    root = tmp_path / "project"
    root.mkdir()
    report = read_in(root, str(export / "issues.json"))
    assert report["format"] == "github"
    assert taken(report) == {"requirement": (0, 0), "epic": (1, 1), "story": (3, 2), "pull request": (1, 0)}
    assert states(root) == {"Scan": "elsewhere", "Print a receipt": "backlog"}
    assert edges(report, "depends-on") == {("#3", "#1", "declared"), ("#3", "", "missing")}
    assert {one["why"] for one in report["left"]} >= {"it was closed as not planned", "it is a pull request"}
    printed = story(root, "Print a receipt")
    assert "- **AC-1** It prints\n- **AC-2** It cuts" in printed
    assert "- Buy paper" in printed
    assert "Customers want proof." in printed
    assert "From “https://example.org/3”." in printed
    assert "- Priority: could" in (root / "specs/prd.md").read_text(encoding="utf-8")
    assert found(root, errors=True) == {}


JIRA = """\ufeffSummary,Issue key,Issue id,Issue Type,Status,Priority,Resolution,Description,Parent,\
Outward issue link (Blocks),Inward issue link (Blocks),Inward issue link (Blocks),\
Custom field (Acceptance Criteria)
Selling,SHOP-1,10,Epic,To Do,High,,All about selling,,,,,
Scan,SHOP-2,11,Story,Done,Highest,Done,"Read codes,
two lines",SHOP-1,SHOP-3,,,"* It scans
* It beeps"
Print,SHOP-3,12,Story,To Do,Low,,Print it,10,,SHOP-2,SHOP-9,
Buy paper,SHOP-4,13,Sub-task,To Do,Low,,,12,,,,
Fax,SHOP-5,14,Story,Closed,Low,Won't Do,Fax it,,,,,
Fix,SHOP-6,15,Bug,In Progress,Medium,,,,,,,
"""


def test_jira(tmp_path: Path) -> None:
    report = read_in(written(tmp_path, {"jira.csv": JIRA}), "jira.csv")
    assert taken(report) == {"requirement": (0, 0), "epic": (1, 1), "story": (4, 3), "subtask": (1, 0)}
    assert states(tmp_path) == {"Scan": "elsewhere", "Print": "backlog", "Fix": "backlog"}
    assert edges(report, "in-epic") == {
        ("SHOP-2", "SHOP-1", "declared"),
        ("SHOP-3", "SHOP-1", "declared"),
        ("SHOP-6", "", "missing"),
    }
    assert edges(report, "depends-on") == {("SHOP-3", "SHOP-2", "declared"), ("SHOP-3", "", "missing")}
    assert "- **AC-1** It scans\n- **AC-2** It beeps" in story(tmp_path, "Scan")
    assert "Read codes,\ntwo lines" in story(tmp_path, "Scan")
    assert "- SHOP-4 Buy paper" in story(tmp_path, "Print")
    assert "it was resolved as Won't Do" in {one["why"] for one in report["left"]}
    assert found(tmp_path, errors=True) == {}


def test_semicolons_and_lines_are_read_as_they_are() -> None:
    rows = rows_of('Key;Summary;Labels;Labels\nA-1;"x;y\nz";one;two\n\nA-2;w\n', "x.csv")
    assert [(row.line, row.one("key"), row.one("summary"), row.cells.get("labels")) for row in rows] == [
        (2, "A-1", "x;y\nz", ["one", "two"]),
        (5, "A-2", "w", None),
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "Name,Value\n1,2\n", "no columns `Issue key`"),
        ("a.csv", "Issue key,Summary\nA-1,x,y\n", "a.csv:2: this row has 3 cells"),
        ("a.csv", 'Issue key,Summary\nA-1,"x\n', "no CSV"),
        ("a.json", '[{"title": "x"}]', "gh issue list"),
        ("a.json", "{", "a.json:1: this is no JSON"),
        ("a.json", "[]", "no story"),
    ],
)
def test_what_is_no_export_is_refused_with_its_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    ended = run(written(tmp_path, {name: text}), "import", name)
    assert ended.code == 2
    assert said in ended.err
    assert not (tmp_path / "imported").exists()
