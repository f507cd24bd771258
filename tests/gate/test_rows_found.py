"""Rows 67-83: found by thinking against this design. Each beside an honest twin."""

import subprocess

import pytest

from bmad.core.graph import build
from bmad.core.lock import confirm
from bmad.store.formats import TextFormats
from tests.gate.records import reviewed
from tests.gate.repo import (
    FIND,
    FIND_AT,
    MAPPED,
    STORE,
    STORE_AT,
    Repo,
    codes,
    kinds,
    minted,
    passes,
    refuses,
    respecified,
    story,
)
from tests.layout import parse
from tests.specs import SMALL, lock_for

CODE = {"src/find.py": "x = 1\n"}
NEW = "STORY-new001"
LOCK = "specs/trace.lock"


def test_row_69_a_story_without_territory(repo: Repo) -> None:
    repo.commit("work", "Plan\n", minted(None))
    repo.commit("work", story(NEW), {"src/rename.py": "x\n"})
    report = repo.gate()
    refuses(report, "G04")
    assert "no territory" in report.every_finding[0].message


def test_row_69_twenty_stories(repo: Repo) -> None:
    repo.commit("work", story(*[f"STORY-x{at}" for at in range(20)]), CODE)
    assert {"G01", "G02"} <= codes(repo.gate())


def test_row_69_a_story_that_owns_nothing(repo: Repo) -> None:
    repo.commit("work", story(FIND, STORE), CODE)
    refuses(repo.gate(), "G04")


@pytest.mark.parametrize(
    "path",
    [
        "specs/conftest.py",
        "Specs/prd.md",
        "stories/Button.stories.js",
        "stories/records/x.py",
        "specs/epics/readme.md",
        "docs/index.md",
    ],
)
def test_row_70_code_in_a_specs_clothes(repo: Repo, path: str) -> None:
    repo.commit("work", "Spec\n", {path: "x\n"})
    refuses(repo.gate(), "G01")


def test_row_70_records(repo: Repo) -> None:
    at = f"stories/records/{FIND}.json"
    repo.commit("work", "Record\n", {at: "{}\n"})
    refuses(repo.gate(), "G14")
    repo.branch("work")
    repo.commit("work", story(STORE), {at: "{}\n"})
    refuses(repo.gate(), "G14")
    repo.branch("work")
    made = reviewed(repo, FIND, CODE).as_json()
    passes(repo.gate())
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    for changed in (made + "\n", None):
        repo.branch("work")
        repo.commit("work", story(FIND), {at: changed})
        refuses(repo.gate(), "G14")


def test_row_71_rename_detection_carries_a_line(repo: Repo) -> None:
    """Main moves a file into the CI folder; the branch's edit of the old path lands there by the merge."""
    body = "".join(f"line {at}\n" for at in range(40))
    repo.commit("main", story(FIND), {"tests/find/ci.yml": body})
    repo.branch("work")
    repo.commit("work", story(FIND), {"tests/find/ci.yml": body + "evil: true\n"})
    moved = {"tests/find/ci.yml": None, ".github/workflows/ci.yml": body}
    repo.commit("main", "Move\n\nPolicy: CI\n", moved)
    report = repo.gate()
    refuses(report, "G06")
    assert report.findings[0].path == ".github/workflows/ci.yml"


def test_row_71_into_code(repo: Repo) -> None:
    body = "".join(f"line {at}\n" for at in range(40))
    repo.commit("main", story(FIND), {"tests/find/a.py": body})
    repo.branch("work")
    repo.commit("work", story(FIND), {"tests/find/a.py": body + "more\n"})
    repo.commit("main", "Move\n", {"tests/find/a.py": None, "src/moved.py": body})
    refuses(repo.gate(), "G04")


def test_row_71_twin(repo: Repo) -> None:
    body = "".join(f"line {at}\n" for at in range(40))
    repo.commit("main", story(FIND), {"tests/find/a.py": body})
    repo.branch("work")
    repo.commit("work", story(FIND), {"tests/find/a.py": body + "more\n"})
    repo.commit("main", story(FIND), {"tests/find/a.py": None, "tests/find/b.py": body})
    passes(repo.gate())


def test_row_73_lying_commit_graph(repo: Repo) -> None:
    """A commit-graph of another history stands where the repository's own should be."""
    repo.commit("work", "Untraced\n", CODE)
    middle = repo.commit("work", story(FIND), {"src/find.py": "x = 2\n"})
    tip = repo.commit("work", story(FIND), {"src/find.py": "x = 3\n"})
    repo.git("commit-graph", "write", "--reachable")
    at = repo.root / "objects/info/commit-graph"
    data = bytearray(at.read_bytes())
    ids = sorted(repo.git("rev-list", "--all").split())
    chunk = data.index(b"CDAT")
    offset = int.from_bytes(data[chunk + 4 : chunk + 12])
    row = offset + ids.index(middle) * 36
    data[row + 20 : row + 24] = ids.index(repo.base).to_bytes(4)
    at.chmod(0o644)
    at.write_bytes(data)
    assert repo.git("rev-list", "--count", f"{repo.base}..{tip}") == "2"
    report = repo.gate(head=tip)
    refuses(report, "G01")
    assert len(report.commits) == 3


def test_row_74_union_by_attributes(repo: Repo) -> None:
    """`merge=union` of the repository has no say: the conflict is seen."""
    (repo.root / "info").mkdir(exist_ok=True)
    (repo.root / "info/attributes").write_text("* merge=union\n")
    repo.commit("work", story(FIND), {"src/find.py": "a\n"})
    repo.commit("main", story(FIND), {"src/find.py": "b\n"})
    refuses(repo.gate(), "G15")
    repo.merge("work", "main", files={"src/find.py": "a\nb\n"})
    refuses(repo.gate(), "G05")


def test_row_75_conflict_to_ones_own_side(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "mine\n"})
    repo.commit("main", story(FIND), {"src/find.py": "a fix\n"})
    repo.merge("work", "main", files={"src/find.py": "mine\n"})
    refuses(repo.gate(), "G05")


def test_row_75_conflict_marks_committed_as_they_are(repo: Repo) -> None:
    """The tree is what git computes, marks and all: nobody has resolved it, so somebody must own it."""
    repo.commit("work", story(FIND), {"src/find.py": "mine\n"})
    repo.commit("main", story(FIND), {"src/find.py": "a fix\n"})
    repo.merge("work", "main")
    refuses(repo.gate(), "G05")


def test_row_75_twin(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "mine\n"})
    repo.commit("main", story(FIND), {"src/find.py": "a fix\n"})
    repo.merge("work", "main", story(FIND, title="Merge"), files={"src/find.py": "mine, fixed\n"})
    passes(repo.gate())


def edited_lock(old: str, new: str = "") -> str:
    lines = str(MAPPED[LOCK]).splitlines()
    assert any(line.startswith(old) for line in lines), old
    return "".join(f"{line}\n" for line in ([new] if new else []) + lines if not line.startswith(old))


@pytest.mark.parametrize("line", ["link FR-find01 traces INT-req001", "node FR-find01"])
def test_row_76_a_line_deleted(repo: Repo, line: str) -> None:
    repo.commit("work", "Tidy\n", {LOCK: edited_lock(line)})
    refuses(repo.gate(), "G13")


def test_row_76_suspicion_laundered(repo: Repo) -> None:
    """The intent changes; the lock is written afresh as though nothing had been confirmed before."""
    old, new = "Notes are found by tag.", "Notes are found by smell."
    files = {path: text.replace(old, new) for path, text in SMALL.items() if old in text}
    repo.commit("work", "Re-map\n", {**files, LOCK: lock_for({**SMALL, **files})})
    repo.commit("work", story(FIND), CODE)
    refuses(repo.gate(), "G13")


def test_row_76_a_deleted_line_is_still_suspect(repo: Repo) -> None:
    old, new = "Notes are found by tag.", "Notes are found by smell."
    files = {path: text.replace(old, new) for path, text in SMALL.items() if old in text}
    repo.commit("work", "Re-map\n", {**files, LOCK: edited_lock("link FR-find01 traces INT-req001")})
    repo.commit("work", story(FIND), CODE)
    refuses(repo.gate(), "G03", "G13")


def suspect_base(repo: Repo) -> dict[str, str]:
    """The base's lock knows another wording than its register: the chain of one story is suspect."""
    old, new = "Notes are found by tag.", "Notes are found by smell."
    files = {path: text.replace(old, new) for path, text in SMALL.items() if old in text}
    changed = respecified(dict.fromkeys(files, (old, new)))
    repo.commit("main", "Re-map\n", changed)
    repo.branch("work")
    return {**SMALL, **files}


def test_row_76_suspect_in_the_base(repo: Repo) -> None:
    suspect_base(repo)
    repo.commit("work", story(FIND), CODE)
    report = repo.gate()
    refuses(report, "G03")
    assert "bmad confirm" in report.commits[0].findings[0].fix
    repo.branch("work")
    repo.commit("work", story(STORE), {"src/store.py": "x\n"})
    passes(repo.gate())


def test_row_76_twin_confirmed(repo: Repo) -> None:
    files = suspect_base(repo)
    formats = TextFormats()
    graph = build(parse(path, text) for path, text in files.items() if path != "intent.md")
    before = formats.lock(repo.git("show", f"main:{LOCK}") + "\n")
    after, settled = confirm(graph, before, [FIND], "ada", "still holds")
    assert settled
    repo.commit("work", "Confirm\n", {LOCK: formats.render_lock(after)})
    repo.commit("work", story(FIND), CODE)
    passes(repo.gate())


def unsaid_base(repo: Repo) -> None:
    """The intent was edited where no gate stood, and nobody mapped it since."""
    edited = SMALL["intent.md"].replace("Notes are found by tag", "Notes are found by colour")
    assert edited != SMALL["intent.md"]
    repo.commit("main", "Think again\n", {"intent.md": edited})
    repo.branch("work")


def test_row_76_unsaid_in_the_base(repo: Repo) -> None:
    unsaid_base(repo)
    repo.commit("work", story(FIND), CODE)
    report = repo.gate()
    refuses(report, "G03")
    assert "INT-req001, which STORY-find01 comes from, does not stand in" in report.commits[0].findings[0].message


def test_row_76_twin_beside_what_is_unsaid(repo: Repo) -> None:
    unsaid_base(repo)
    repo.commit("work", story(STORE), {"src/store.py": "x\n"})
    passes(repo.gate())


def test_row_76_twin_said_again(repo: Repo) -> None:
    unsaid_base(repo)
    repo.commit("work", "Say it as before\n", {"intent.md": SMALL["intent.md"]})
    repo.commit("work", story(FIND), CODE)
    passes(repo.gate())


def test_row_76_alias_takes_over(repo: Repo) -> None:
    """The statement goes, another takes its id as an alias, and the reference seems to hold."""
    register = SMALL["specs/intent.md"]
    start = register.index("### INT-req001")
    end = register.index("### INT-req002")
    register = register[:start] + register[end:].replace(
        "- Class: requirement\n", "- Class: requirement\n- Aliases: INT-req001\n", 1
    )
    intent = SMALL["intent.md"].replace("- Notes are found by tag.\n", "")
    files = {**SMALL, "specs/intent.md": register, "intent.md": intent}
    lock = lock_for(files, TextFormats().lock(lock_for(SMALL)))
    repo.commit("work", "Re-map\n", {"specs/intent.md": register, "intent.md": intent, LOCK: lock})
    assert "G13" in codes(repo.gate())


def test_row_77_widen_use_narrow(repo: Repo) -> None:
    wide = respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `src/other.py`")})
    repo.commit("work", "Widen\n", wide)
    repo.commit("work", story(FIND), {"src/other.py": "x\n"})
    repo.commit("work", "Narrow\n", {FIND_AT: MAPPED[FIND_AT], LOCK: MAPPED[LOCK]})
    refuses(repo.gate(), "G04")


def test_row_77_unset_is_no_state(repo: Repo) -> None:
    repo.commit("work", "Unset\n", respecified({STORE_AT: ("- Territory: `src/store.py`\n", "")}))
    repo.commit("work", "Set\n", respecified({STORE_AT: ("`src/store.py`", "`src/**`")}))
    repo.commit("work", story(STORE), {"src/other.py": "x\n"})
    refuses(repo.gate(), "G04")


def test_row_77_narrow_for_a_while(repo: Repo) -> None:
    """Every state counts, those between the base and the result as well."""
    repo.commit("work", "Plan\n", minted("`src/rename.py`"))
    repo.commit("work", story(NEW), {"src/rename.py": "x\n", "src/more.py": "y\n"})
    repo.commit("work", "Widen\n", minted("`src/**`"))
    refuses(repo.gate(), "G04")
    repo.branch("work")
    repo.commit("work", "Narrow\n", respecified({FIND_AT: (", `tests/find/**`", "")}))
    repo.commit("work", "Back\n", {FIND_AT: MAPPED[FIND_AT], LOCK: MAPPED[LOCK]})
    repo.commit("work", story(FIND), {"tests/find/a.py": "x\n"})
    refuses(repo.gate(), "G04")


def test_row_77_twin_narrowing_holds(repo: Repo) -> None:
    repo.commit("work", "Narrow\n", respecified({FIND_AT: (", `tests/find/**`", "")}))
    repo.commit("work", story(FIND), CODE)
    passes(repo.gate())
    repo.commit("work", story(FIND), {"tests/find/a.py": "x\n"})
    refuses(repo.gate(), "G04")


@pytest.mark.parametrize(
    "path", [".gitmodules", ".lfsconfig", "CODEOWNERS", ".claude/settings.json", ".husky/pre-commit", "AGENTS.md"]
)
def test_row_80_governed_by_name(repo: Repo, path: str) -> None:
    repo.commit("work", story(FIND), CODE | {path: "x\n"})
    refuses(repo.gate(), "G06")
    repo.branch("work")
    repo.commit("work", "Rules\n\nPolicy: agreed\n", {path: "x\n"})
    passes(repo.gate())


def test_row_82_policy_removed(repo: Repo) -> None:
    repo.commit("work", "Away\n\nPolicy: free\n", {"bmad.yaml": None})
    refuses(repo.gate(), "G06")


def test_row_82_require_policy(repo: Repo) -> None:
    bare = repo.commit("bare", "No policy\n", {"bmad.yaml": None}, onto=repo.base)
    repo.commit("bare", "Adopt\n", {"bmad.yaml": MAPPED["bmad.yaml"]})
    passes(repo.gate("bare", bare))
    refuses(repo.gate("bare", bare, require_policy=True), "G12")


def test_carried_objects_do_not_stay(repo: Repo) -> None:
    """The computed merges leave nothing behind in the repository."""
    repo.commit("work", story(FIND), CODE)
    repo.commit("main", story(STORE), {"src/store.py": "y\n"})
    before = subprocess.run(["find", "."], cwd=repo.root, capture_output=True, check=True).stdout
    passes(repo.gate())
    assert kinds(repo.gate()) == ["story"]
    assert subprocess.run(["find", "."], cwd=repo.root, capture_output=True, check=True).stdout == before
