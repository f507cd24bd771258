"""Territories are proposed from what is said and what was done, each path with its evidence; nothing else is."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bmad.core.proposing.beside import KnownTests
from bmad.core.proposing.known import Known, Meant, Place, Plan, Unclear
from bmad.core.proposing.mentions import Said, mentions
from bmad.core.proposing.pages import said_in
from bmad.core.proposing.trees import Planned, drawn
from tests.importing.projects import BMAD, read_in, story, written
from tests.program import git, inside

OUT = "_bmad-output"
WORK = f"{OUT}/implementation-artifacts"


def _named(text: str, part: Any = "task") -> dict[str, bool | None]:
    return {one.name: one.works for one in mentions(Said(part, "x.md", 1, text))}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Create `src/a.ts` following the pattern in `src/b.ts`", {"src/a.ts": True, "src/b.ts": False}),
        ("Add `--repo` to `attach` in `commands/attach.ts`", {"commands/attach.ts": True}),
        ("Do not modify `src/a.ts`", {"src/a.ts": False}),
        ("`src/a.ts` must stay as it is", {"src/a.ts": False}),
        ("The pane at `src/a.ts`; look at `src/b.ts`", {"src/a.ts": True, "src/b.ts": False}),
        ("No source changes to `src/a.ts`", {"src/a.ts": False}),
        ("`src/a.ts` | already there", {"src/a.ts": False}),
        ("`src/a.ts` wrapper unchanged", {"src/a.ts": False}),
        ("Types in `src/a.ts` (created in Story 1.2)", {"src/a.ts": False}),
        ("File: src/a.ts:12-20 (NEW)", {"src/a.ts": True}),
        ("Call it in `src/a.ts`, use `src/b.ts`", {"src/a.ts": True, "src/b.ts": False}),
        ("Update Dockerfile, add `.npmrc`, fix `bin/run`", {"Dockerfile": True, ".npmrc": True, "bin/run": True}),
        ("Update `a.ts`, `b.ts` and `c.ts`", {"a.ts": True, "b.ts": True, "c.ts": True}),
        ("See https://x.org/a/b.html, /etc/passwd, ~/x/y.sh, {root}/a/b.md, ../up/x.py, a/b/{name}.md", {}),
    ],
)
def test_the_last_word_before_a_name_says_whether_work_is_done_there(text: str, named: dict[str, bool]) -> None:
    assert _named(text) == named


def test_a_task_is_work_a_note_says_it_and_fenced_code_says_nothing() -> None:
    assert _named("`src/a.ts`") == {"src/a.ts": True}
    assert _named("`src/a.ts`", "note") == {"src/a.ts": None}
    assert _named("```\nCreate `src/a.ts`\n```") == {}


def test_a_page_is_read_by_its_headings() -> None:
    page = "# X\n\n## Tasks\n- t\n### References\n- x\n## Dev Notes\nn\n### Previous Story\np\n## File List\n- f\n"
    assert [(one.part, one.line) for one in said_in("x.md", page)] == [
        ("note", 1),
        ("note", 2),
        ("task", 4),
        ("note", 8),
        ("files", 12),
    ]
    assert [one.text for one in said_in("x.md", page, files_only=True)] == ["- f\n"]


def test_a_label_is_over_the_list_below_it() -> None:
    notes = "**Files to modify:**\n- `a/b.c`\n\n**Files NOT to modify:**\n\n- `a/d.e`\n\nUpdate `a/f.g`.\n"
    assert [(one.part, one.text.strip()) for one in said_in("x.md", notes) if one.text.strip()] == [
        ("files", "- `a/b.c`"),
        ("note", "Update `a/f.g`."),
    ]


TREE = """
shop/
├── package.json
├── src/
│   ├── lib/        # all of it
│   │   └── till.ts
│   └── view/
└── Not a path of it
"""


def test_a_tree_is_read_without_the_name_of_the_repository() -> None:
    assert list(drawn(TREE))[:3] == [
        Planned("shop/package.json", 3),
        Planned("shop/src/", 4),
        Planned("shop/src/lib/", 5),
    ]
    plan = Plan({"x.md": list(drawn(TREE))})
    assert set(plan.files) == {"package.json", "src/lib/till.ts"}
    assert set(plan.folders) == {"src", "src/lib", "src/view"}


FILES = (
    "packages/a/src/lib/state.ts",
    "packages/b/src/lib/list.ts",
    "packages/b/src/cli.ts",
    "packages/a/src/cli.ts",
    "packages/b/run",
)


@pytest.mark.parametrize(
    ("name", "home", "found"),
    [
        ("packages/a/src/cli.ts", "", ("packages/a/src/cli.ts", False)),
        ("lib/list.ts", "", ("packages/b/src/lib/list.ts", False)),
        ("list.ts", "", ("packages/b/src/lib/list.ts", False)),
        ("cli.ts", "", "it may be any of 2"),
        ("src/cli.ts", "", "it may be any of 2"),
        ("src/cli.ts", "packages/b/", ("packages/b/src/cli.ts", False)),
        ("src/lib/state.ts", "packages/b/", "it may be any of 2"),
        ("src/lib/new.ts", "packages/b/", ("packages/b/src/lib/new.ts", True)),
        ("src/lib/new.ts", "", "it may be any of 2"),
        ("packages/b/src/lib/new.ts", "", ("packages/b/src/lib/new.ts", True)),
        ("packages/b/src/lib.ts", "", "the folder packages/b/src/lib/ stands in its place"),
        ("docs/x.md", "", "neither it nor its folder"),
        ("new.ts", "", "neither it nor its folder"),
        ("b/src/", "", ("packages/b/src/", False)),
        ("packages/b/Dockerfile", "", ("packages/b/Dockerfile", True)),
        ("b/run", "", ("packages/b/run", False)),
        ("run", "", ("packages/b/run", False)),
        ("either/or", "", ""),
    ],
)
def test_a_name_means_a_path_that_stands_or_has_a_folder(
    name: str, home: str, found: tuple[str, bool] | str
) -> None:
    known = Known(FILES)
    meant = known.meant(name, Plan({}), lambda leads: home if home in leads else "", makes=True)
    if isinstance(found, str):
        assert isinstance(meant, Unclear)
        assert meant.why.startswith(found)
    else:
        assert meant[:2] == found


def test_what_the_architecture_plans_says_which_of_several_is_meant() -> None:
    plan = Plan({"x.md": [Planned("packages/b/src/lib/state.ts", 3)]}, Known(FILES).folders)
    meant = Known(FILES).meant("src/lib/state.ts", plan, lambda _: "", makes=False)
    assert meant == Meant("packages/b/src/lib/state.ts", new=True, tree=Place("x.md", 3))


@pytest.mark.parametrize(
    ("paths", "path", "test"),
    [
        (("src/a.ts", "src/a.test.ts"), "src/a.ts", "src/a.test.ts"),
        (("src/a.ts", "src/a.test.ts"), "src/new.ts", "src/new.test.ts"),
        (("shop/a.py", "tests/test_a.py"), "shop/a.py", "tests/test_a.py"),
        (("shop/a.py", "tests/test_a.py"), "shop/b.py", "tests/test_b.py"),
        (("x/A.java", "y/ATest.java"), "x/A.java", "y/ATest.java"),
        (("a/x.py", "b/x.py", "tests/test_x.py"), "a/x.py", None),
        (("a/x.py", "a/y.py", "a/z.py", "tests/test_x.py"), "a/new.py", None),
        (("src/a.ts", "src/a.test.ts"), "src/a.test.ts", None),
        (("src/a.ts", "src/a.test.ts"), "src/new.json", None),
    ],
)
def test_the_test_of_a_file_is_named_after_it_or_stands_as_its_neighbours(
    paths: tuple[str, ...], path: str, test: str | None
) -> None:
    found = KnownTests(paths).of(path)
    assert (found.path if found else None) == test


CODE = {
    "src/till/scan.py": "",
    "src/till/book.py": "",
    "tests/test_scan.py": "",
    "tests/test_book.py": "",
    ".github/workflows/ci.yml": "",
}
PAGE = """# Story 2.1: Take a sale back

Status: ready-for-dev

## Tasks / Subtasks

- [ ] Task 1: create `src/till/back.py`, like `src/till/scan.py`
- [ ] Task 2: call it in `till/book.py`
- [ ] Task 3: run it in `.github/workflows/ci.yml`, and tidy up `src/`
- [ ] Task 4: write `nowhere/at/all.py`

## Dev Notes

### References

- Update `src/till/scan.py`
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of the BMAD method with code, adopted and imported; a story names where its work is."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "till"
    root.mkdir()
    git("init", "-q", "-b", "main", ".", cwd=root)
    written(root, BMAD | CODE | {f"{WORK}/2-1-take-a-sale-back.md": PAGE})
    git("add", ".", cwd=root)
    git("commit", "-qm", "Story 2.1: look at src", cwd=root)
    assert inside("init", "--yes", cwd=root).code == 0
    read_in(root, OUT)
    git("add", ".", cwd=root)
    git("commit", "-qm", "Adopt bmad", cwd=root)
    return root


def _told(root: Path, *more: str) -> dict[str, Any]:
    done = inside("territory", "--json", *more, cwd=root)
    assert done.code == 0, done.err
    report: dict[str, Any] = json.loads(done.out)
    return report


def _paths(report: dict[str, Any], title: str) -> dict[str, list[str]]:
    [one] = [one for one in report["stories"] if one["title"] == title]
    return {each["glob"]: [why["ground"] for why in each["evidence"]] for each in one["proposed"]}


def test_paths_come_with_their_words_and_what_nothing_says_is_left(project: Path) -> None:
    report = _told(project)
    assert _paths(report, "Take a sale back") == {
        "src/till/back.py": ["task"],
        "src/till/book.py": ["task"],
        "tests/test_back.py": ["test"],
        "tests/test_book.py": ["test"],
    }
    [back] = [one for one in report["stories"] if one["title"] == "Take a sale back"]
    words = back["proposed"][0]["evidence"][0]
    at = story(project, "Take a sale back").split("\n").index(words["words"]) + 1
    assert words["line"] == at
    assert words["words"].startswith("- Task 1: create `src/till/back.py`")
    assert {one["name"]: one["why"] for one in back["left"]} == {
        ".github/workflows/ci.yml": "it is governed, and no story changes it",
        "src/till/scan.py": "the words do not say that work is done there",
        "src/": "a whole folder of the top is too wide",
        "nowhere/at/all.py": "neither it nor its folder stands here",
    }
    others = {one["title"]: one for one in report["stories"] if one["title"] != "Take a sale back"}
    assert others.keys() == {"Print a receipt"}, "the third is done elsewhere"
    assert not others["Print a receipt"]["proposed"]
    assert others["Print a receipt"]["why"].startswith("no word names a path")


def test_writing_is_one_edit_each_as_by_hand_and_touches_no_hand(project: Path) -> None:
    lock = (project / "specs/trace.lock").read_bytes()
    before = inside("validate", "--json", cwd=project).out
    report = _told(project, "--write")
    assert [one["title"] for one in report["stories"] if one["written"]] == ["Take a sale back"]
    [line] = [
        row
        for row in git("diff", "-U0", cwd=project).split("\n")
        if row.startswith(("+", "-")) and row[1] != row[0]
    ]
    assert line == (
        "+- Territory: `src/till/back.py`, `src/till/book.py`, `tests/test_back.py`, `tests/test_book.py`"
    )
    assert (project / "specs/trace.lock").read_bytes() == lock
    after = inside("validate", "--json", cwd=project).out
    were, are = (Counter(one["code"] for one in json.loads(text)["findings"]) for text in (before, after))
    assert were - are == Counter(["V18"])
    assert not are - were
    hand = project / report["files"][0]
    hand.write_text(hand.read_text("utf-8").replace("`src/till/back.py`, ", ""), encoding="utf-8")
    again = _told(project, "--write")
    assert (again["files"], len(again["stated"])) == ([], 1)
    assert "src/till/back.py`," not in hand.read_text("utf-8").split("## Story")[0]
    assert "no change" in inside("import", OUT, cwd=project).out


@pytest.mark.parametrize("waits", [False, True])
def test_open_stories_that_share_a_path_are_told_but_for_those_that_wait(project: Path, *, waits: bool) -> None:
    one, other = (project / each["path"] for each in _told(project)["stories"])
    name = other.name.removesuffix(".md")[:12]
    field = "- Territory: `src/till/**`\n- Source:"
    for file, more in ((one, f"- Depends on: {name}\n" if waits else ""), (other, "")):
        text = "\n".join(row for row in file.read_text("utf-8").split("\n") if not row.startswith("- Depends on:"))
        file.write_text(text.replace("- Source:", f"{more}{field}"), encoding="utf-8")
    told = {row["glob"]: len(row["stories"]) for row in _told(project)["shared"]}
    assert told == ({} if waits else {"src/till/**": 2})


def test_a_person_reads_paths_their_words_and_with_verbose_what_is_left(project: Path) -> None:
    told = inside("territory", "2.1", cwd=project).out
    assert "  src/till/back.py  (new)\n    task: “- Task 1: create `src/till/back.py`" in told
    assert "1 open story without a territory: 1 with a proposal; 0 have one already" in told
    assert "left src/" not in told
    loud = inside("-v", "territory", "2.1", cwd=project).out
    assert "left src/: a whole folder of the top is too wide" in loud


def test_a_story_that_is_done_or_none_is_refused(project: Path) -> None:
    done = inside("territory", "1.1", cwd=project)
    assert done.code == 2
    assert "is done, so nothing is proposed" in done.err


def test_older_history_and_kin_say_what_a_story_will_touch(project: Path) -> None:
    assert inside("backfill", cwd=project).code == 0
    found = _paths(_told(project), "Take a sale back")
    assert found["src/till/scan.py"] == ["backfill"], "`Story 2.1: look at src` changed it"
    assert "_bmad-output/planning-artifacts/prd.md" not in found


def test_a_name_without_a_word_of_work_counts_where_it_stands_and_nothing_else_is_said(project: Path) -> None:
    page = project / WORK / "2-1-take-a-sale-back.md"
    notes = "## Dev Notes\n\n- `src/till/scan.py`\n- `src/till/gone.py`\n"
    page.write_text(f"# Story 2.1: Take a sale back\n\n{notes}", encoding="utf-8")
    found = story(project, "Take a sale back")
    [path] = [one["path"] for one in _told(project)["stories"] if one["title"] == "Take a sale back"]
    (project / path).write_text(found[: found.index("- Task 1")] + "## Dev Notes\n\n" + _from(found), "utf-8")
    assert _paths(_told(project), "Take a sale back") == {
        "src/till/scan.py": ["note"],
        "tests/test_scan.py": ["test"],
    }


def _from(text: str) -> str:
    """The line of a story's notes that says where it comes from."""
    return next(f"{line}\n" for line in text.split("\n") if line.startswith("From “"))


def test_in_a_repository_without_code_the_architecture_says_where(tmp_path: Path) -> None:
    git("init", "-q", "-b", "main", ".", cwd=tmp_path)
    tree = "```\ntill/\n├── package.json\n└── src/\n    ├── back.ts\n    └── back.test.ts\n```\n"
    page = PAGE.replace("`src/till/back.py`, like `src/till/scan.py`", "`back.ts` in `src/`")
    page = page.replace("## Dev Notes", "- [ ] Task 5: write `src/at/all.py`\n\n## Dev Notes")
    written(
        tmp_path,
        BMAD | {f"{OUT}/planning-artifacts/architecture.md": tree, f"{WORK}/2-1-take-a-sale-back.md": page},
    )
    assert inside("init", "--yes", cwd=tmp_path).code == 0
    read_in(tmp_path, OUT)
    git("add", ".", cwd=tmp_path)
    found = _paths(_told(tmp_path), "Take a sale back")
    assert (found["src/back.ts"], found["src/back.test.ts"]) == (["task", "tree"], ["test"])
    assert "nowhere/at/all.py" not in found, "what is planned has no such folder"
    assert found["src/at/all.py"] == ["task"]


def test_where_nothing_stands_and_nothing_is_planned_a_task_names_a_path_whole(tmp_path: Path) -> None:
    git("init", "-q", "-b", "main", ".", cwd=tmp_path)
    written(tmp_path, BMAD | {f"{WORK}/2-1-take-a-sale-back.md": PAGE})
    read_in(tmp_path, OUT)
    git("add", ".", cwd=tmp_path)
    assert _paths(_told(tmp_path), "Take a sale back") == {
        "src/till/back.py": ["task"],
        "till/book.py": ["task"],
        "nowhere/at/all.py": ["task"],
    }


def test_a_mapped_intent_is_asked_in_its_own_words(tmp_path: Path) -> None:
    git("init", "-q", "-b", "main", ".", cwd=tmp_path)
    intent = "# Till\n\n## Scanning\n\n- The till must read a code in `src/till/scan.py`.\n"
    written(tmp_path, CODE | {"intent.md": intent})
    git("add", ".", cwd=tmp_path)
    assert inside("map", "intent.md", cwd=tmp_path).code == 0
    [one] = _told(tmp_path)["stories"]
    assert [each["glob"] for each in one["proposed"]] == ["src/till/scan.py", "tests/test_scan.py"]
