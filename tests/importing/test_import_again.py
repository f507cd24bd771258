"""What an import keeps when it comes again, and how it shows what does not agree."""

import re
from pathlib import Path

import pytest

from bmad.core.parting import parting
from tests.importing.projects import BMAD, EPICS, read_in, run, story, written
from tests.program import git

OUT = "_bmad-output"
PLAN = f"{OUT}/planning-artifacts"
WORK = f"{OUT}/implementation-artifacts"


@pytest.mark.parametrize("prepared", [False, True])
def test_a_story_beside_it_takes_no_work_of_an_imported_one(tmp_path: Path, prepared: bool) -> None:
    written(tmp_path, BMAD)
    written(tmp_path, {f"{PLAN}/epics.md": EPICS.replace("FR1 covered.", "FR1 covered. FR2 covered.")})
    read_in(tmp_path, OUT)
    imported = list((tmp_path / "stories").glob("*.md"))
    [path] = (tmp_path / "stories").glob("*take-a-sale-back.md")
    for one in imported if prepared else ():
        one.write_text(one.read_text("utf-8").replace("- Source:", "- Territory: `src`\n- Source:"), "utf-8")
    needs = re.findall(r"FR-\w+", path.read_text("utf-8"))
    assert len(needs) == 2
    words = [
        "--epic",
        re.findall(r"EPIC-\w+", path.read_text("utf-8"))[0],
        "--criterion",
        "Given a, when b, then c",
    ]
    assert run(tmp_path, "new", "story", "In colour", "--implements", needs[1], *words).code == 0
    texts = {one: one.read_text("utf-8") for one in imported}
    assert read_in(tmp_path, OUT)["files"] == []
    changed = EPICS.replace("FR1 covered.", "FR1 covered. FR2 covered.").replace("29 minutes", "28 minutes")
    written(tmp_path, {f"{PLAN}/epics.md": changed})
    read_in(tmp_path, OUT)
    texts[path] = texts[path].replace("29 minutes", "28 minutes")
    assert {one: one.read_text("utf-8") for one in imported} == texts
    assert len(list((tmp_path / "stories").glob("*.md"))) == len(imported) + 1


def test_a_line_more_above_changes_no_document(tmp_path: Path) -> None:
    board = f"{WORK}/sprint-status.yaml"
    open_state = BMAD[board].replace("1-1-sell-an-item: done", "1-1-sell-an-item: review")
    read_in(written(tmp_path, BMAD | {board: open_state}), OUT)
    sold = story(tmp_path, "Sell an item")
    assert f"[NEEDS CLARIFICATION: state: {board} says “review”, {WORK}/1-1-sell-an-item.md says “done”]" in sold
    [path] = (tmp_path / "stories").glob("*sell-an-item.md")
    path.write_text(re.sub(r"\[NEEDS .*\]\n", "", sold), encoding="utf-8")
    above = {f"{PLAN}/epics.md": f"<!-- a line -->\n{EPICS}", board: f"# a line\n{open_state}"}
    assert read_in(written(tmp_path, above), OUT)["files"] == []
    assert "NEEDS" not in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("the same " * 20 + "end", "the same " * 20 + "stop", ("…same the same end", "…same the same stop")),
        (
            "**Given** " + "a word " * 9 + "b",
            "given, " + "a word " * 9 + "c",
            ("…a word a word b", "…a word a word c"),
        ),
        ("short", "other", ("short", "other")),
        ("", "something", ("", "something")),
        ("早" * 90 + "い", "早" * 90 + "く", ("…" + "早" * 16 + "い", "…" + "早" * 16 + "く")),
        ("a b", "a  B", ("a b", "a B")),
        ("whole", "whole " + "and more " * 9, ("whole", "whole and more and more and more and more and mor…")),
    ],
)
def test_two_texts_are_shown_from_where_they_part(one: str, other: str, told: tuple[str, str]) -> None:
    shown = parting(one, other, 50)
    assert shown == told
    assert parting(other, one, 50) == told[::-1]


def test_a_story_with_an_open_conflict_is_not_next_and_not_begun(tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    agents = "agents: {developer: {command: ['false']}, reviewer: {command: ['false']}}"
    board = f"{WORK}/sprint-status.yaml"
    open_state = BMAD[board].replace("1-1-sell-an-item: done", "1-1-sell-an-item: review")
    written(tmp_path, BMAD | {board: open_state, "bmad.yaml": f"version: 1\n{agents}\n"})
    read_in(tmp_path, OUT)
    git("add", ".", cwd=tmp_path)
    git("commit", "--quiet", "-m", "Import", cwd=tmp_path)
    [path] = (tmp_path / "stories").glob("*sell-an-item.md")
    sold = path.name[:12]
    assert sold not in run(tmp_path, "status").out.splitlines()[-1]
    for words in (("act", "--dry-run"), ("act", sold)):
        told = run(tmp_path, *words).out
        assert f"an open question stands in stories/{path.name}:" in told, told


def test_a_folder_of_another_method_is_named_where_bmad_is_set_up(tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    written(tmp_path, BMAD | {"openspec/specs/a/spec.md": "# a\n"})
    git("add", ".", cwd=tmp_path)
    git("commit", "--quiet", "-m", "Plan", cwd=tmp_path)
    told = run(tmp_path, "init", "--yes").out
    assert f"as it is: bmad import {OUT} --dry-run · bmad import openspec --dry-run\n" in told
    assert "bmad map" not in told
