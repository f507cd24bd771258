"""A project of the BMAD method comes in with keys, order, criteria, states and edges, in its own words."""

import json
from pathlib import Path

import pytest

from bmad.core.importing.bmad_method.requirements import definitions
from bmad.core.importing.bmad_method.stories import body
from bmad.core.importing.text import Page, keys_in
from tests.importing.projects import (
    BMAD,
    EPICS,
    PRD,
    RECEIPT,
    edges,
    found,
    read_in,
    run,
    states,
    story,
    taken,
    written,
)
from tests.program import inside

OUT = "_bmad-output"
PLAN = f"{OUT}/planning-artifacts"
WORK = f"{OUT}/implementation-artifacts"


def test_keys_criteria_states_and_edges_are_kept(tmp_path: Path) -> None:
    report = read_in(written(tmp_path, BMAD), OUT)
    assert taken(report) == {"requirement": (4, 4), "epic": (2, 2), "story": (3, 3)}
    assert (report["criteria"], report["done"]) == (4, 1)
    assert edges(report, "in-epic") == {
        ("1.1", "Epic 1", "declared"),
        ("1.2", "Epic 1", "declared"),
        ("2.1", "Epic 2", "declared"),
    }
    assert ("1.1", "FR1", "declared") in edges(report, "implements")
    assert ("2.1", "FR2", "derived") in edges(report, "implements"), "the only story of the epic that covers it"
    assert ("", "FR3", "missing") in edges(report, "implements")
    assert edges(report, "covers") == {
        ("Epic 1", "FR1", "declared"),
        ("Epic 1", "FR3", "declared"),
        ("Epic 2", "FR2", "declared"),
    }
    assert edges(report, "holds") == {("NFR1", "all work", "derived")}
    assert ("Epic 2", "Epic 1", "declared") in edges(report, "depends-on")
    assert all(one["evidence"] for one in report["edges"])
    sold = story(tmp_path, "Sell an item")
    assert (
        f"- Done elsewhere: `done` in {WORK}/sprint-status.yaml (1-1-sell-an-item); `done` in {WORK}/1-1" in sold
    )
    assert "- Source: 1.1" in sold
    assert '- **AC-2** **Given** an unknown code **When** I scan it **Then** I see "unknown item"' in sold
    assert "- Task 1: scan (AC: 1)\n  - 1.1 read the code\n- Task 2: price" in sold
    assert "**Technical Requirements:**\n- FR1 covered." in sold


def test_conflicts_show_both_sides_and_choose_in_silence_nothing(tmp_path: Path) -> None:
    report = read_in(written(tmp_path, BMAD), OUT)
    told = {(one["key"], one["about"]): [said["words"] for said in one["says"]] for one in report["conflicts"]}
    assert told["FR2", "words of the requirement"] == [
        "A clerk can take a sale back within 30 minutes",
        "A clerk can take a sale back within one hour",
    ]
    assert told["1.2", "state"] == ["done", "review"]
    assert [words.split("; ", 1)[1] for words in told["1.2", "criteria"]] == [
        "1: **Given** a finished sale **When** I press print **Then** a receipt is printed",
        "1: **Given** a finished sale **When** I press print **Then** a receipt is printed within 2 seconds",
    ]
    printed = story(tmp_path, "Print a receipt")
    assert "Done elsewhere" not in printed
    assert printed.count("[NEEDS CLARIFICATION") == 2
    assert len(found(tmp_path)["V13"]) == 2, "which keeps it from bmad act until somebody settles it"
    assert states(tmp_path) == {
        "Sell an item": "elsewhere",
        "Print a receipt": "backlog",
        "Take a sale back": "backlog",
    }


def test_what_is_open_in_the_source_is_a_warning_and_nothing_else_is_found(tmp_path: Path) -> None:
    read_in(written(tmp_path, BMAD), OUT)
    assert found(tmp_path, errors=True) == {}
    assert {code: len(told) for code, told in found(tmp_path).items()} == {"V07": 1, "V13": 2, "V18": 2}
    assert "Epic 1 covers it" in found(tmp_path)["V07"][0]


def test_what_its_own_project_has_settled_is_one_note(tmp_path: Path) -> None:
    done = {path: text.replace("Status: review", "Status: done") for path, text in BMAD.items()}
    epics = f"{PLAN}/epics.md"
    more = "- FR4-6: Later (phase 2)\n"
    listed = "".join(f"- FR{number}: A clerk can wait {number}\n" for number in (4, 5, 6))
    done[f"{PLAN}/prd.md"] = BMAD[f"{PLAN}/prd.md"].replace("- FR3:", f"{listed}- FR3:")
    done[epics] = BMAD[epics].replace("FR3: Epic 1 - Receipts\n", f"FR3: Epic 1 - Receipts\n{more}")
    read_in(written(tmp_path, done), OUT)
    told = _told_of_requirements(tmp_path)
    assert [(severity, words.split(" (")[0]) for severity, words in told] == [
        ("info", "3 requirements that no story names"),
        ("info", "1 requirement that no story names"),
    ], told
    assert "put them off" in told[0][1]
    assert "are done elsewhere" in told[1][1]
    assert inside("validate", "--strict", cwd=tmp_path).code == 1, "of what is open there is enough to do"


def _told_of_requirements(root: Path) -> list[tuple[str, str]]:
    findings = json.loads(inside("validate", "--json", cwd=root).out)["findings"]
    return [(one["severity"], one["message"]) for one in findings if one["code"] == "V07"]


def test_every_word_of_the_documents_stands_in_the_source(tmp_path: Path) -> None:
    read_in(written(tmp_path, BMAD), OUT)
    own = " ".join(" ".join(BMAD.values()).split())
    register = (tmp_path / "specs/intent.md").read_text(encoding="utf-8")
    quotes = [block for block in register.split("\n\n") if block.startswith("> ")]
    assert len(quotes) == 4 + 3 + 4
    for quote in quotes:
        assert " ".join(row[2:] for row in quote.split("\n")).strip() in own


def test_the_board_keeps_the_authors_order(tmp_path: Path) -> None:
    read_in(written(tmp_path, BMAD), OUT)
    rows = [
        row
        for row in run(tmp_path, "status").out.splitlines()
        if row.lstrip(" ·○")[:5] in ("EPIC-", "elsew", "backl")
    ]
    titles = ("Epic 1: Selling", "Sell an item", "Print a receipt", "Epic 2: Taking back", "Take a sale back")
    assert [title in row for row, title in zip(rows, titles, strict=True)] == [True] * 5


def test_an_edit_of_the_source_keeps_ids_and_what_a_hand_did(tmp_path: Path) -> None:
    read_in(written(tmp_path, BMAD), OUT)
    before = {path.name for path in (tmp_path / "stories").glob("*.md")}
    [path] = (tmp_path / "stories").glob("*take-a-sale-back.md")
    text = path.read_text(encoding="utf-8").replace("- Source: 2.1", "- Territory: `src/back.py`\n- Source: 2.1")
    path.write_text(f"{text}\nSee the ledger.\n", encoding="utf-8")
    changed = EPICS.replace("29 minutes ago", "28 minutes ago").replace(
        "## Epic 2: Taking back",
        "### Story 1.3: Show the total\n\nAs a clerk,\nI want a total,\nSo that I can ask for it.\n\n"
        "**Acceptance Criteria:**\n\n**Given** two items\n**When** I ask\n**Then** I see one sum\n\n"
        "## Epic 2: Taking back",
    )
    written(
        tmp_path,
        {f"{PLAN}/epics.md": changed, f"{WORK}/1-2-print-a-receipt.md": RECEIPT.replace("review", "done")},
    )
    report = read_in(tmp_path, OUT)
    assert taken(report)["story"] == (4, 4)
    after = {path.name for path in (tmp_path / "stories").glob("*.md")}
    assert before < after
    assert len(after - before) == 1
    text = path.read_text(encoding="utf-8")
    assert "28 minutes ago" in text
    assert "- Territory: `src/back.py`" in text
    assert "See the ledger." in text
    assert "- Done elsewhere:" in story(tmp_path, "Print a receipt")
    assert states(tmp_path)["Print a receipt"] == "elsewhere"


def test_where_a_hand_and_the_source_differ_nothing_is_written_until_one_is_chosen(tmp_path: Path) -> None:
    read_in(written(tmp_path, BMAD), OUT)
    [path] = (tmp_path / "stories").glob("*take-a-sale-back.md")
    path.write_text(path.read_text("utf-8").replace("is returned", "is RETURNED"), encoding="utf-8")
    written(tmp_path, {f"{PLAN}/epics.md": EPICS.replace("the money is returned", "the cash is given")})
    before = {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()}
    ended = run(tmp_path, "import", OUT)
    assert ended.code == 2
    assert "`AC-1` was changed by hand" in ended.out
    assert f"bmad import {OUT} --from bmad --keep" in ended.out
    assert {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()} == before
    assert run(tmp_path, "import", OUT, "--keep").code == 0
    assert "RETURNED" in path.read_text("utf-8")


def test_a_dry_run_writes_nothing_and_tells_the_same(tmp_path: Path) -> None:
    written(tmp_path, BMAD)
    files = sorted(path for path in tmp_path.rglob("*"))
    dry = read_in(tmp_path, OUT, "--dry-run")
    assert sorted(path for path in tmp_path.rglob("*")) == files
    real = read_in(tmp_path, OUT)
    assert (dry["written"], real["written"]) == (False, True)
    assert dry["files"] == real["files"]
    assert dry["conflicts"] == real["conflicts"]


def test_a_map_of_what_was_imported_is_refused_with_the_way(tmp_path: Path) -> None:
    read_in(written(tmp_path, BMAD), OUT)
    written(tmp_path, {f"{PLAN}/prd.md": PRD.replace("within 30 minutes", "within 40 minutes")})
    fix = run(tmp_path, "validate").out.partition("error V10")[2]
    assert f"fix: run: bmad import {OUT} --from bmad\n" in fix
    written(tmp_path, {f"{PLAN}/prd.md": PRD})
    for words in (("map",), ("map", f"{OUT}/planning-artifacts/index.md")):
        ended = run(tmp_path, *words)
        assert ended.code == 2
        assert f"bmad import {OUT} --from bmad" in ended.err
    shown = run(tmp_path, "show", "intent").out
    assert "(new)" not in shown


def test_what_is_not_taken_is_told_block_by_block(tmp_path: Path) -> None:
    report = read_in(written(tmp_path, BMAD), OUT)
    left = {(one["path"], one["words"]): one["why"] for one in report["left"]}
    assert (
        left[f"{PLAN}/architecture.md", "Architecture"]
        == "it is no PRD, no breakdown into epics and stories, and no story"
    )
    assert left[f"{PLAN}/epics.md", "FR1: A clerk can sell an item"] == "it says again what another place says"
    assert not [one for one in report["left"] if not one["why"]]


def test_several_projects_are_several_intents_of_one_graph(tmp_path: Path) -> None:
    """What the board calls `pay-…` and `till-…`, each with a PRD of its own."""
    other = (
        EPICS.replace("Selling", "Paying")
        .replace("Sell an item", "Pay an item")
        .replace("sell an item", "pay a bill")
    )
    files = {
        f"{PLAN}/till/prd.md": PRD,
        f"{PLAN}/till/epics.md": EPICS,
        f"{PLAN}/pay/prd.md": PRD,
        f"{PLAN}/pay/epics.md": other,
        f"{WORK}/sprint-status.yaml": "development_status:\n"
        "  till-1-1-sell-an-item: done\n  pay-1-1-pay-an-item: review\n",
        f"{WORK}/tech-spec-drawer.md": "---\ntitle: 'Drawer'\nstatus: 'done'\n---\n\n# Tech-Spec: Drawer\n\n"
        "## Overview\n\nThe drawer opens on cash.\n\n### Tasks\n\n- [x] Task 1: open it\n\n"
        "### Acceptance Criteria\n\n"
        "- Given cash, when paid, then the drawer opens.\n",
    }
    assert run(written(tmp_path, files), "import", OUT).code == 2, "three intents need settings that list them"
    written(tmp_path, {"bmad.yaml": "version: 1\n# ours\nintent: intent.md\n\ngate: {level: traced}\n"})
    report = read_in(tmp_path, OUT)
    assert taken(report)["story"] == (7, 7)
    settings = (tmp_path / "bmad.yaml").read_text(encoding="utf-8")
    assert settings.startswith("version: 1\n# ours\nintent:\n  - {path: ")
    assert settings.endswith("\n\ngate: {level: traced}\n")
    assert found(tmp_path, errors=True) == {}
    assert states(tmp_path)["Sell an item"] == "elsewhere"
    assert states(tmp_path)["Pay an item"] == "backlog"
    assert states(tmp_path)["Drawer"] == "elsewhere"


def _headed(title: str, body: str, **fields: str) -> str:
    """A file of the preview."""
    rows = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f'---\ntitle: "{title}"\n{rows}---\n\n# {title}\n\n{body}'


PREVIEW = {
    "docs/prd/index.md": "# PRD\n\n- [Features](1-features.md)\n",
    "docs/prd/1-features.md": "# Features\n\n#### FR-1: Register\n\nA user can register with an address.\n\n"
    "**Out of Scope:**\n- Social login\n",
    "docs/epics/01-auth/epic.md": _headed("Auth", "Users get in.\n", epic='"01"', status="draft", depends_on="[]"),
    "docs/epics/02-bill/epic.md": _headed("Bills", "", epic='"02"', status="draft", depends_on='["01"]'),
    "docs/epics/01-auth/01-register.md": _headed(
        "Register",
        "As a visitor,\nI want to register.\n\n## Acceptance Criteria\n\n"
        "- **AC1** — Given a new address, When I register, Then I am in.\n\n## Coverage\n\n- AC1 → FR-1\n",
        type="feature",
        status="ready",
        epic="01-auth",
        depends_on="[]",
    ),
    "docs/epics/02-bill/01-pay.md": _headed(
        "Pay",
        "## Acceptance Criteria\n\n- **AC1** — Given a bill, When I pay, Then it is paid.\n",
        type="task",
        status="draft",
        epic="02-bill",
        depends_on="[01-auth/01-register]",
    ),
}


def test_the_folders_of_the_preview_come_in_with_what_they_declare(tmp_path: Path) -> None:
    report = read_in(written(tmp_path, PREVIEW), "docs")
    assert taken(report) == {"requirement": (1, 1), "epic": (2, 2), "story": (2, 2)}
    assert ("01-auth/01-register", "FR-1", "declared") in edges(report, "implements")
    assert ("02-bill/01-pay", "01-auth/01-register", "declared") in edges(report, "depends-on")
    assert found(tmp_path, errors=True) == {}
    assert "- Depends on: STORY-" in story(tmp_path, "Pay")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("FR1-3, NFR2 and FR-7", ["FR1", "FR2", "FR3", "NFR2", "FR-7"]),
        ("FR10–FR12", ["FR10", "FR11", "FR12"]),
        ("FRAME1, AFR1, FR1.2a", ["FR1.2a"]),
        ("FR9-FR1", ["FR9", "FR1"]),
    ],
)
def test_keys_are_read_as_they_are_written(text: str, keys: list[str]) -> None:
    assert keys_in(text) == keys


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- FR1: It prints\n", ["FR1 It prints"]),
        ("**FR1:** It prints\n\n**FR2** - It cuts\n", ["FR1 It prints", "FR2 It cuts"]),
        ("| FR1 | It prints | P2 |\n", ["FR1 It prints"]),
        ("1. **FR-1**: It prints\n   - in colour\n", ["FR-1 It prints\n   - in colour"]),
        ("FR1 is a word in a sentence that defines nothing\n", []),
    ],
)
def test_requirements_are_found_in_each_shape(text: str, said: list[str]) -> None:
    assert [f"{one.key} {one.said}" for one in definitions(Page("prd.md", text))] == said


@pytest.mark.parametrize(
    ("text", "criteria"),
    [
        ("## Acceptance Criteria\n\n1. One\n2. Two\n   more\n", ["One", "Two more"]),
        (
            "**Acceptance Criteria:**\n\n**Given** a\n**Then** b\n\n**Given** c\n**Then** d\n",
            ["**Given** a **Then** b", "**Given** c **Then** d"],
        ),
        (
            "## Acceptance Criteria\n\n### AC1: Name\n\n**Given** a\n**Then** b\n\n### AC2: Other\n\nIt works.\n",
            ["AC1: Name **Given** a **Then** b", "AC2: Other It works."],
        ),
        ("**Acceptance Criteria:**\n- Given a\n- When b\n- Then c\n", ["Given a - When b - Then c"]),
        (
            "**Acceptance Criteria:**\n\n**Given** a\n**Then** b\n\n**Prerequisites:** Story 1.2\n",
            ["**Given** a **Then** b"],
        ),
        ("Nothing of that.\n", []),
    ],
)
def test_criteria_are_cut_as_their_author_cut_them(text: str, criteria: list[str]) -> None:
    page = Page("story.md", text)
    assert [one.text for one in body(page, 0, len(text)).criteria] == criteria


def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    written(tmp_path, {f"{PLAN}/epics.md": EPICS, f"{WORK}/sprint-status.yaml": "development_status: [\n"})
    ended = run(tmp_path, "import", OUT)
    assert (ended.code, ended.out) == (2, "")
    assert f"{WORK}/sprint-status.yaml:" in ended.err
    assert "no YAML" in ended.err
    for words in (
        ("import", "nowhere"),
        ("import", PLAN, "--from", "x"),
        ("import", f"{WORK}/sprint-status.yaml"),
    ):
        assert run(tmp_path, *words).code == 2
    assert not (tmp_path / "specs").exists()


def test_a_story_done_elsewhere_is_not_built_again_and_holds_nothing_up(tmp_path: Path) -> None:
    files = {**BMAD, f"{WORK}/1-2-print-a-receipt.md": RECEIPT.replace("review", "done")}
    read_in(written(tmp_path, files), OUT)
    status = json.loads(run(tmp_path, "status", "--json").out)
    back = next(one for one in status["stories"] if one["title"] == "Take a sale back")
    assert back["waits_for"] == []
    assert status["next_up"] == [back["id"]]
    assert [one["elsewhere"] for one in status["epics"]] == [2, 0]
