"""`bmad renumber`: after it each id is one thing, nothing is lost, and a second run has nothing to do."""

import json
import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.core.graph import build
from bmad.model.lock import LinkLock
from bmad.pipeline.spec.confirm import fmt
from bmad.pipeline.spec.renumber import renumber
from bmad.pipeline.spec.validate import validate
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.gate.repo import MAPPED, Content, Repo, passes
from tests.layout import LAYOUT, LOCK, PRD, REGISTER, definitions, parse
from tests.program import Ended, inside
from tests.specs import SMALL, lock_for, write, write_small

FORMATS = TextFormats()
FIND = next(path for path in SMALL if path.startswith("stories/STORY-find01"))
STORE = next(path for path in SMALL if path.startswith("stories/STORY-store"))
EPIC = next(path for path in SMALL if path.startswith("specs/epics/"))


def files_of(root: Path) -> dict[str, str]:
    return {path: FileWorkspace(root).read(path) or "" for path in [*FileWorkspace(root).spec_paths(LAYOUT), LOCK]}


def ran(root: Path, *more: str) -> Ended:
    return inside("renumber", *more, cwd=root)


def hinted(root: Path) -> list[str]:
    """The command that a finding's fix names."""
    out = inside("validate", "--json", cwd=root).out
    fix = next(one["fix"] for one in json.loads(out)["findings"] if one["code"] == "V02")
    match = re.search(r"run: bmad ([a-z-]+)", fix)
    assert match, fix
    return [match[1]]


@pytest.mark.parametrize(
    ("name", "kept"),
    [("FR-find01", 2), ("INT-req001", 1), ("STORY-find01", 0), ("STORY-find01/AC-1", 0), ("EPIC-notes1", 2)],
)
def test_an_id_that_was_retired_as_something_else_is_given_back(tmp_path: Path, name: str, kept: int) -> None:
    """As a host's merge leaves it, that knows nothing of the lock; the gate takes the mend."""
    retired = f"\nretired {name} {'0' * 64}\n"
    files: dict[str, Content] = {**MAPPED, LOCK: lock_for(SMALL) + retired.lstrip("\n")}
    write(tmp_path, {path: str(text) for path, text in files.items() if path in SMALL or path == LOCK})
    report = json.loads(ran(tmp_path, "--json").out)
    [done] = report["renumbered"]
    assert (done["id"], len(report["kept"])) == (name, kept)
    for path, text in files_of(tmp_path).items():
        if path != LOCK:
            (tmp_path / path).write_text(meant(text, name, done["new"]), encoding="utf-8")
    fmt(FileWorkspace(tmp_path), FORMATS)
    now = files_of(tmp_path)
    assert retired in now[LOCK], "it stays what it was retired as"
    assert validate(FileWorkspace(tmp_path), FORMATS).ok
    repo = Repo(tmp_path / "gate.git", files)
    repo.branch("work")
    gone = dict.fromkeys(path for path in files if path in SMALL and path not in now and path != "intent.md")
    repo.commit("work", "Renumber\n", {**gone, **now})
    passes(repo.gate())


def meant(text: str, name: str, new: str) -> str:
    """What a person writes: references name what they meant."""
    return re.sub(rf"{re.escape(name)}(?![\w/])", new, text) if "/" not in name else text


def v02(root: Path) -> list[str]:
    report = validate(FileWorkspace(root), FORMATS)
    return [one.message for one in report.findings if one.code == "V02"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (PRD, SMALL[PRD].replace("FR-store1: ", "FR-find01: ")),
        (REGISTER, SMALL[REGISTER] + "\n### INT-req001: Again\n\n- Class: question\n\n> Notes\n"),
        ("stories/STORY-find01-too.md", SMALL[FIND].replace("- **AC-1** ", "- **AC-1** Or: ")),
        ("specs/epics/EPIC-notes1-too.md", SMALL[EPIC].replace(": ", ": More, ", 1)),
        (FIND, SMALL[FIND].replace("# STORY-find01:", "# STORY-found1:")),
        (FIND, SMALL[FIND].replace("- **AC-1** ", "- **AC-1** Given none, then nothing.\n- **AC-1** ")),
    ],
    ids=("requirement", "statement", "story", "epic", "file name", "criterion"),
)
def test_the_fix_of_v02_names_the_command_that_mends_it(tmp_path: Path, path: str, text: str) -> None:
    write(tmp_path, write_small(tmp_path) | {path: text})
    assert v02(tmp_path)
    done = inside(*hinted(tmp_path), cwd=tmp_path)
    assert (done.code, done.out.splitlines()[-1]) == (0, "written; next: bmad validate"), done
    assert not v02(tmp_path)
    again = files_of(tmp_path)
    assert "nothing to do" in ran(tmp_path).out
    assert files_of(tmp_path) == again


def test_other_commands_that_refuse_name_it_too(tmp_path: Path) -> None:
    write(tmp_path, write_small(tmp_path) | {PRD: SMALL[PRD].replace("FR-store1: ", "FR-find01: ")})
    ended = inside("status", cwd=tmp_path)
    assert ended.code == 2
    assert "FR-find01 is defined twice. To mend it, run: bmad renumber" in ended.err


def test_a_second_story_gets_an_id_a_file_and_its_own_criteria_and_references_stay(tmp_path: Path) -> None:
    twice = SMALL[FIND].replace("- **AC-1** ", "- **AC-1** Or: ")
    twice = twice.replace("## Dev Notes\n", "## Dev Notes\n\nSee STORY-find01/AC-1, not STORY-find01/AC-77.\n")
    assert "STORY-find01/AC-1," in twice
    waits = SMALL[STORE].replace("- Implements:", "- Depends on: STORY-find01\n- Implements:")
    path = "stories/STORY-find01-too.md"
    write(tmp_path, write_small(tmp_path) | {path: twice, STORE: waits, "stories/records/STORY-find01.json": "{}"})
    shown = ran(tmp_path, "--dry-run")
    assert (tmp_path / path).read_text() == twice
    assert "nothing written; next: bmad renumber" in shown.out
    assert f"--- a/{path}" in shown.out

    report = json.loads(ran(tmp_path, "--json").out)
    [done] = report["renumbered"]
    assert (done["id"], done["path"], done["line"], report["ok"]) == ("STORY-find01", path, 1, True)
    [renamed] = report["renamed"]
    assert renamed["path"] == path
    assert renamed["to"].startswith(f"stories/{done['new']}-")
    new = (tmp_path / renamed["to"]).read_text()
    assert new == twice.replace("# STORY-find01:", f"# {done['new']}:").replace(
        "STORY-find01/AC-1,", f"{done['new']}/AC-1,"
    )
    assert (tmp_path / FIND).read_text() == SMALL[FIND]
    assert [(one["id"], one["path"]) for one in report["kept"]] == [
        ("STORY-find01", STORE),
        ("STORY-find01", "stories/records/STORY-find01.json"),
    ]
    assert waits.split("\n")[report["kept"][0]["line"] - 1] == "- Depends on: STORY-find01"


def test_equal_twins_become_one(tmp_path: Path) -> None:
    files = write_small(tmp_path)
    head, _, item = SMALL[PRD].partition("### FR-find01")
    item = f"### FR-find01{item.partition('### ')[0].partition(chr(10) + '## ')[0]}"
    write(tmp_path, {PRD: f"{SMALL[PRD].rstrip()}\n\n{item}", "specs/epics/EPIC-notes1-too.md": SMALL[EPIC]})
    assert head
    done = ran(tmp_path)
    assert done.out.count("dropped") == 2, done
    assert {path: text.rstrip() for path, text in files_of(tmp_path).items()} == {
        path: text.rstrip() for path, text in files.items() if path in files_of(tmp_path)
    }


def test_two_stories_that_changed_their_names_change_them_back(tmp_path: Path) -> None:
    files = write_small(tmp_path)
    write(tmp_path, {FIND: SMALL[STORE], STORE: SMALL[FIND]})
    ran(tmp_path)
    assert files_of(tmp_path)[LOCK] == files[LOCK]
    assert not v02(tmp_path)
    after = files_of(tmp_path)
    assert sorted(after.values()) == sorted(files[path] for path in [*SMALL, LOCK] if path != "intent.md")


def test_a_criterion_gets_a_number_that_none_ever_had_and_mentions_are_told(tmp_path: Path) -> None:
    text = SMALL[FIND].replace("- **AC-1** ", "- **AC-1** Given none, then nothing.\n- **AC-1** ")
    text = text.replace("## Dev Notes\n", "## Dev Notes\n\nAs AC-1 says.\n")
    files = write_small(tmp_path)
    write(tmp_path, {FIND: text, LOCK: files[LOCK] + f"retired STORY-find01/AC-8 {'0' * 64}\n"})
    done = ran(tmp_path)
    assert "STORY-find01/AC-1 is STORY-find01/AC-9 now" in done.out, done
    at = text.split("\n").index("As AC-1 says.") + 1
    assert f"{FIND}:{at}: names STORY-find01/AC-1, and still means the first" in done.out


def test_a_criterion_that_two_branches_wrote_under_other_numbers_stands_once(tmp_path: Path) -> None:
    added = "- **AC-3** Given 1.\n- **AC-4** Given 2.\n"
    twice = "- **AC-3** Given 2.\n- **AC-4** Given 1.\n- **AC-4** Given 3.\n"
    text = SMALL[FIND].replace("\n## Tasks", f"{added}{twice}\n## Tasks", 1)
    write(tmp_path, write_small(tmp_path) | {FIND: text})
    assert ran(tmp_path).code == 0
    assert (tmp_path / FIND).read_text() == text.replace(f"{added}{twice}", f"{added}- **AC-5** Given 3.\n")


def test_a_retired_id_is_never_given_again(tmp_path: Path) -> None:
    twice = {PRD: SMALL[PRD].replace("FR-store1: ", "FR-find01: ")}
    files = write_small(tmp_path)
    write(tmp_path, twice)
    first = json.loads(ran(tmp_path, "--dry-run", "--json").out)["renumbered"][0]["new"]
    write(tmp_path, {LOCK: files[LOCK] + f"retired {first} {'0' * 64}\n"})
    second = json.loads(ran(tmp_path, "--json").out)["renumbered"][0]["new"]
    assert second.startswith(first)
    assert second != first


def test_what_was_suspect_stays_suspect_under_its_new_id(tmp_path: Path) -> None:
    """Nobody has confirmed that one, and the gate lets nobody do so for words that no longer stand."""
    files = write_small(tmp_path)
    lock = FORMATS.lock(files[LOCK])
    seen = (LinkLock("0" * 64, "ada", "seen"),)
    links = {key: seen if key[0] == "STORY-find01" else entry for key, entry in lock.links.items()}
    too = "stories/STORY-find01-too.md"
    text = FORMATS.render_lock(replace(lock, links=links))
    write(tmp_path, {too: SMALL[FIND].replace("- **AC-1** ", "- **AC-1** Or: "), LOCK: text})
    new = json.loads(ran(tmp_path, "--json").out)["renumbered"][0]["new"]
    after = FORMATS.lock(files_of(tmp_path)[LOCK]).links
    assert {key[0]: entry for key, entry in after.items() if key[0] in (new, "STORY-find01")} == {
        new: (LinkLock("0" * 64),),
        "STORY-find01": seen,
    }


def test_line_ends_and_all_else_stay_byte_for_byte(tmp_path: Path) -> None:
    text = SMALL[PRD].replace("FR-store1: ", "FR-find01: ").replace("\n", "\r\n")
    write(tmp_path, write_small(tmp_path))
    (tmp_path / PRD).write_bytes(text.encode())
    new = json.loads(ran(tmp_path, "--json").out)["renumbered"][0]["new"]
    last = text.split("### FR-find01: ")[2]
    expected = text.replace(f"### FR-find01: {last}", f"### {new}: {last}")
    assert (tmp_path / PRD).read_bytes() == expected.encode()


def test_what_does_not_parse_is_refused_and_stays(tmp_path: Path) -> None:
    text = SMALL[PRD].replace("FR-store1: ", "FR-find01: ").replace("- Priority:", "- Prority:", 1)
    write(tmp_path, write_small(tmp_path) | {PRD: text})
    ended = ran(tmp_path)
    assert (ended.code, "See: bmad validate" in ended.err) == (2, True), ended
    assert (tmp_path / PRD).read_text() == text


def test_what_only_a_person_can_mend_is_left_and_said(tmp_path: Path) -> None:
    text = SMALL[FIND].replace("# STORY-find01:", "# 1.3:")
    write(tmp_path, write_small(tmp_path) | {FIND: text})
    ended = ran(tmp_path)
    assert (ended.code, (tmp_path / FIND).read_text()) == (1, text)
    assert "give the item the id that the name has" in ended.out
    assert "renumber" not in ended.out


NAMES = st.sampled_from(("1", "2", "2-x"))
WORDS = st.sampled_from(("Sort", "Sort them.", "Find `a`", "检索"))
FIELDS = st.lists(NAMES, max_size=2, unique=True)


@st.composite
def items(draw: st.DrawFn, prefix: str, field: str, upper: str) -> str:
    refs = ", ".join(f"{upper}-{one}" for one in draw(FIELDS))
    return f"{prefix}-{draw(NAMES)}: {draw(WORDS)}\n\n" + (f"- {field}: {refs}\n\n" if refs else "") + draw(WORDS)


@st.composite
def stories(draw: st.DrawFn) -> str:
    criteria = "".join(
        f"- **AC-{draw(st.integers(1, 3))}** {draw(WORDS)}\n" for _ in range(draw(st.integers(0, 4)))
    )
    head = draw(items("STORY", "Implements", "FR")).rpartition("\n")[0]
    story = f"# {head}\n## Story\n\n{draw(WORDS)}\n\n"
    return f"{story}## Acceptance Criteria\n\n{criteria}\n## Dev Notes\n\n{draw(WORDS)}"


@st.composite
def specifications(draw: st.DrawFn) -> dict[str, str]:
    """Documents in which few ids stand for many things, in files of any name."""
    statements = "".join(
        f"### INT-{draw(NAMES)}: {draw(WORDS)}\n\n- Class: goal\n\n> {draw(WORDS)}\n\n"
        for _ in range(draw(st.integers(0, 4)))
    )
    needs = "".join(f"### {one}\n\n" for one in draw(st.lists(items("FR", "Traces", "INT"), max_size=5)))
    files = {REGISTER: f"# Register\n\n- Intent: `intent.md`\n\n{statements}", PRD: f"# PRD\n\n{needs}"}
    for text in draw(st.lists(items("EPIC", "Covers", "FR"), max_size=3)):
        files[f"specs/epics/EPIC-{draw(NAMES)}-{draw(NAMES)}.md"] = f"# {text}\n"
    for text in draw(st.lists(stories(), max_size=5)):
        files[f"stories/STORY-{draw(NAMES)}-{draw(NAMES)}.md"] = text
    return files


def said(root: Path) -> set[tuple[str, ...]]:
    """All that the items and criteria say, whatever their ids."""
    found: set[tuple[str, ...]] = set()
    for path, text in files_of(root).items():
        for item in definitions(path, text) if path != LOCK else ():
            head, _, rest = item.words.partition("## Acceptance Criteria")
            found.add((path.split("/")[0], head.partition(":")[2], rest.partition("## Dev Notes")[2]))
            found |= {("criterion", one.words.partition("** ")[2]) for one in item.criteria}
    return found


@given(specifications(), st.booleans())
def test_any_duplicates_end_as_one_thing_each_with_nothing_lost(files: dict[str, str], locked: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, files | {LOCK: lock_for(files if locked else {})})
        before = said(root)
        report = renumber(FileWorkspace(root), FORMATS)
        assert report.ok, report
        assert not v02(root)
        assert said(root) == before
        after = {path: (root / path).read_text() for path in FileWorkspace(root).spec_paths(LAYOUT)}
        documents = [parse(path, text) for path, text in after.items()]
        assert not build(documents).duplicates
        again = renumber(FileWorkspace(root), FORMATS)
        assert (again.written, again.renumbered, again.renamed) == (False, (), ())
        assert after == {path: (root / path).read_text() for path in FileWorkspace(root).spec_paths(LAYOUT)}
