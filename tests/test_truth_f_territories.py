"""Territories spelt otherwise than people mean them: read as meant where that is safe, else told (V19)."""

import time
from pathlib import Path

import pytest

from bmad.core.territory import holds, territory_fault
from bmad.core.unmatched import unmatched
from bmad.git.checkout import GitCheckout
from bmad.model.findings import Finding
from bmad.model.lock import Lock, Reopened
from bmad.model.specification import IntentText, Spec
from bmad.pipeline.spec.validate import validate
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.layout import LAYOUT, document_kind, parse
from tests.specs import SMALL

PATHS = [
    "src/find.py",
    "src/store/a.py",
    "lib/x/b.py",
    "app/[id]/page.tsx",
    "app/[...slug]/page.tsx",
    "docs/a.md",
    "stories/STORY-find01-find-notes.md",
]
AT = "stories/STORY-find01-find-notes.md"
OWN = ("stories/", "specs/", "bmad.yaml")


def spec(*globs: str, lock: Lock | None = None) -> Spec:
    territory = ", ".join(f"`{glob}`" for glob in globs)
    files = {**SMALL, AT: SMALL[AT].replace("`src/find.py`, `tests/find/**`", territory)}
    documents = tuple(parse(path, text) for path, text in files.items() if document_kind(path))
    return Spec(documents=documents, intents=(IntentText(text=SMALL["intent.md"]),), lock=lock or Lock())


def told(*globs: str, paths: list[str] = PATHS, lock: Lock | None = None) -> list[Finding]:
    found = unmatched(spec(*globs, lock=lock), paths, lambda path: path.startswith(OWN))
    return [one for one in found if one.path == AT]


@pytest.mark.parametrize(
    ("glob", "inside", "outside"),
    [
        ("app/[id]/page.tsx", ["app/[id]/page.tsx", "app/i/page.tsx"], ["app/[id]/page.ts", "app/id/page.tsx"]),
        ("app/[id]/**", ["app/[id]/a/b.ts"], ["app/[id]", "app/[ix]/a"]),
        ("app/[id]", ["app/[id]", "app/[id]/a"], ["app/[id]x"]),
        ("app/[[...slug]]/*.tsx", ["app/[[...slug]]/page.tsx"], ["app/[[...slug]]/a/page.tsx"]),
        ("src/[ab]*.py", ["src/a1.py", "src/[ab]x.py"], ["src/c.py", "src/[ac]x.py"]),
        (r"app/\[id]/x", ["app/[id]/x"], ["app/i/x"]),
    ],
)
def test_f_brackets_stand_for_themselves_too(glob: str, inside: list[str], outside: list[str]) -> None:
    assert [path for path in inside if not holds((glob,), path)] == []
    assert [path for path in outside if holds((glob,), path)] == []


@pytest.mark.parametrize("glob", ["[b]mad.yaml", ".github/[w]orkflows/**", "stories/[r]ecords/**"])
def test_f_brackets_do_not_lead_around_what_is_governed(glob: str) -> None:
    assert territory_fault(glob, LAYOUT)


@pytest.mark.parametrize(
    ("glob", "hint"),
    [
        ("src/{find,store}/**", "`src/find/**`, `src/store/**`"),
        ("src/*.{py,pyi}", "braces stand for themselves"),
        ("src\\find.py", "write `src/find.py`"),
        ("src\\**", "write `src/**`"),
        ("Src/find.py", "upper and lower case"),
        ("SRC/**", "upper and lower case"),
        ("scr/**", "did you mean `src`"),
        ("srcs/find.py", "did you mean `src`"),
        ("src/find.py, docs/a.md", "write `src/find.py`"),
        ("nowhere/**", "without stars"),
        ("src/*.rs", "without stars"),
        ("app/[xy]/page.tsx", "without stars"),
    ],
)
def test_f_a_glob_that_matches_nothing_is_told(glob: str, hint: str) -> None:
    (finding,) = told(glob)
    assert finding.code == "V19"
    assert "matches no tracked path" in finding.message
    assert hint in finding.fix
    assert finding.line > 1


@pytest.mark.parametrize(
    "glob",
    [
        "src/find.py",
        "src/**",
        "src",
        "**/b.py",
        "app/[id]/page.tsx",
        "app/[...slug]/**",
        "src/new.py",
        "brand/new.py",
    ],
)
def test_f_what_matches_or_is_still_to_be_made_is_not_told(glob: str) -> None:
    assert told(glob) == []


def test_f_nothing_is_told_before_there_is_code_or_after_the_story_landed() -> None:
    assert told("src/**", paths=["bmad.yaml", AT, "specs/prd.md"]) == []
    assert told("src/**", paths=[]) == []
    record = "stories/records/STORY-find01.json"
    assert told("nowhere/**", paths=[*PATHS, record]) == []
    reopened = Lock(reopened={("STORY-find01", 1): (Reopened(by="ada", why="again"),)})
    assert told("nowhere/**", paths=[*PATHS, record], lock=reopened)


def test_f_many_globs_over_many_paths_end_soon() -> None:
    paths = [f"src/{at % 300}/f{at}.py" for at in range(30_000)]
    start = time.process_time()
    found = list(unmatched(spec(*(f"**/[a]*{at}/x" for at in range(40))), paths, lambda _: False))
    assert time.process_time() - start < 10
    assert all(one.code == "V19" for one in found)


def test_f_validate_warns_and_strict_refuses(tmp_path: Path) -> None:
    for path, text in SMALL.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    workspace = FileWorkspace(tmp_path)
    tracked = ["src/Find.py", "src/store.py", "tests/find/a.py"]
    report = validate(workspace, TextFormats(), tracked=tracked)
    assert [one.code for one in report.findings if one.code == "V19"] == ["V19"]
    assert not validate(workspace, TextFormats(), strict=True, tracked=tracked).ok
    honest = validate(workspace, TextFormats(), tracked=["src/find.py", "src/store.py", "tests/find/a.py"])
    assert not [one for one in honest.findings if one.code == "V19"]


def test_f_truth_of_people_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Whoever wrote `oracle` takes it for safe from agents; another case is one to a file system, and held."""
    policy = "version: 1\n# oracle: tests/golden\noracle:\n- tests/find/**\n- Tests/Find/a.py\n"
    written = {**SMALL, "bmad.yaml": policy}
    wrong = {
        "- 'tests/golden/b/**'\n": "commit what it names",
        "- src/{a,b}.json\n": "write `src/a.json`, `src/b.json`",
        "- tests/golden\n": "commit what it names",
    }
    for path, text in written.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text + "".join(wrong) if path == "bmad.yaml" else text)
    tracked = ["src/find.py", "src/store.py", "tests/find/a.py"]
    report = validate(FileWorkspace(tmp_path), TextFormats(), tracked=tracked)
    found = [one for one in report.findings if one.path == "bmad.yaml"]
    assert [(one.code, f"{one.source}\n") for one in found] == [("V19", row) for row in wrong]
    assert all(hint in one.fix for one, hint in zip(found, wrong.values(), strict=True))
    silent = validate(FileWorkspace(tmp_path), TextFormats(), tracked=())
    assert not [one for one in silent.findings if one.path == "bmad.yaml"]


def test_f_where_there_is_no_git_nothing_is_tracked(tmp_path: Path) -> None:
    assert (
        GitCheckout(tmp_path, {"PATH": str(tmp_path), "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}).listed()
        == []
    )
