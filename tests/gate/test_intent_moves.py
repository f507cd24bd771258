"""An intent that is mapped may move as what it is, and no other file may become it on the way."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bmad.git.read.history import open_history
from bmad.model.placing import layout_of
from bmad.pipeline.trace.revision import read_at
from bmad.store.formats import TextFormats
from tests.gate.repo import FIND, MAPPED, POLICY, Content, Repo, codes, kinds, passes, refuses, respecified, story
from tests.gate.test_layouts import _REGISTER, _REST, locked
from tests.specs import SMALL

OLD, NEW = "intent.md", "docs/intent.md"
REGISTER = "specs/intent.md"
CODE = {"src/find.py": "x = 1\n"}
STORED = ("A note is stored as one file", "A note is stored as a plain file")


def naming(path: str, register: str = SMALL[REGISTER]) -> str:
    return register.replace("- Intent: `intent.md`", f"- Intent: `{path}`")


def move(to: str = NEW, text: str = SMALL[OLD], **more: Content) -> dict[str, Content]:
    return {OLD: None, to: text, REGISTER: naming(to), **more}


def reworded(path: str = OLD) -> dict[str, Content]:
    """The intent with one sentence in other words, its register brought up to date: a requirement is suspect."""
    files = respecified({path: STORED, REGISTER: STORED} if path == OLD else {REGISTER: STORED})
    return {**files, path: SMALL[OLD].replace(*STORED)}


def test_a_move_passes_and_is_told(repo: Repo) -> None:
    repo.commit("work", "Move the intent\n", move())
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["spec"]
    assert "the intent moves from intent.md to docs/intent.md, as it was" in report.notes


def test_a_move_and_a_rewording_are_told_as_both(repo: Repo) -> None:
    files = reworded()
    files |= {OLD: None, NEW: files[OLD], REGISTER: naming(NEW, str(files[REGISTER]))}
    repo.commit("work", "Move and reword\n", files)
    report = repo.gate()
    passes(report)
    assert "the intent moves from intent.md to docs/intent.md, in other words" in report.notes
    assert [(one.id, one.part) for one in report.reworded] == [("INT-req002", "quote")]
    repo.commit("work", story("STORY-store1"), {"src/store.py": "1\n"})
    refuses(repo.gate(), "G03")


def test_a_move_carries_work_before_and_after(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    repo.commit("work", "Move the intent\n", move())
    repo.commit("work", story(FIND), {"src/find.py": "x = 2\n"})
    passes(repo.gate())


def test_sentences_that_go_with_the_move_are_missed(repo: Repo) -> None:
    """What the register still quotes has to stand in the new file, and what it does not has to be retired."""
    text = SMALL[OLD].replace(STORED[0], STORED[1])
    repo.commit("work", "Move\n", move(text=text))
    refuses(repo.gate(), "G13")
    cut = SMALL[REGISTER].partition("### INT-non001")
    repo.branch("work")
    repo.commit("work", "Move\n", move() | {REGISTER: naming(NEW, cut[0])})
    assert "G13" in codes(repo.gate())


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (move("README.md", SMALL[OLD]), {"G01", "G13"}),
        (move("src/find.py", SMALL[OLD]), {"G01", "G13"}),
        (move("docs/intent.txt"), {"G01", "G13"}),
        (move(NEW, SMALL[OLD]) | {NEW: ("120000", "README.md")}, {"G13"}),
        ({REGISTER: naming(NEW)}, {"G13"}),
        ({REGISTER: naming("README.md")}, {"G13"}),
        (move() | {OLD: "# Anything\n"}, {"G13"}),
        ({NEW: SMALL[OLD], REGISTER: naming(NEW)}, {"G13"}),
        (move() | {"docs/other.md": "# Other\n"}, {"G01"}),
        (move("stories/STORY-evil01-x.md"), {"G12"}),
        (move("CLAUDE.md"), {"G06"}),
        (move(".github/copilot-instructions.md"), {"G06"}),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, dict) else "",
)
def test_no_other_file_becomes_the_intent(repo: Repo, files: Mapping[str, Content], wanted: set[str]) -> None:
    repo.commit("work", "Move the intent\n", files)
    refuses(repo.gate(), *wanted)


def test_a_story_that_removes_a_file_first_does_not_make_room_in_the_same_range(repo: Repo) -> None:
    """What stood in the base at the new path was something else."""
    repo.commit(
        "main", "Widen\n", respecified({"stories/STORY-find01-find-notes.md": ("`src/find.py`", "`**/*.md`")})
    )
    repo.branch("work")
    repo.commit("work", story(FIND), {"README.md": None})
    repo.commit("work", "Move\n", move("README.md"))
    assert "G13" in codes(repo.gate())


def test_a_copy_that_a_story_landed_may_become_the_intent_where_it_says_the_same(repo: Repo) -> None:
    repo.commit("main", "Copy\n", {NEW: SMALL[OLD], "docs/more.md": SMALL[OLD] + "\nMore.\n"})
    repo.branch("work")
    repo.commit("work", "Use the copy\n", {OLD: None, REGISTER: naming(NEW)})
    report = repo.gate()
    passes(report)
    assert any("part of an intent from now on" in note for note in report.notes)
    repo.branch("work")
    repo.commit("work", "Use another\n", {OLD: None, REGISTER: naming("docs/more.md")})
    refuses(repo.gate(), "G13")


def test_a_path_on_the_way_passes_only_where_nothing_lands(repo: Repo) -> None:
    repo.commit("work", "Move\n", move("plan.md"))
    repo.commit("work", "Move on\n", {"plan.md": None, NEW: SMALL[OLD], REGISTER: naming(NEW)})
    passes(repo.gate())
    repo.commit("work", "Leave something\n", {"plan.md": "# Anything\n"})
    refuses(repo.gate(), "G01")


def test_there_and_back_again(repo: Repo) -> None:
    made = repo.commit("work", "Move\n", move())
    repo.commit(
        "work",
        f'Revert "Move"\n\nThis reverts commit {made}.\n',
        move(NEW) | {OLD: SMALL[OLD], NEW: None, REGISTER: SMALL[REGISTER]},
    )
    passes(repo.gate())


def test_a_move_that_landed_can_be_taken_back(repo: Repo) -> None:
    made = repo.commit("main", "Move\n", move())
    repo.branch("work")
    back: dict[str, Content] = {OLD: SMALL[OLD], NEW: None, REGISTER: SMALL[REGISTER]}
    repo.commit("work", f'Revert "Move"\n\nThis reverts commit {made}.\n', back)
    passes(repo.gate())


def test_what_moved_away_is_lent_to_no_revert(repo: Repo) -> None:
    """Its old path is code now, and no territory was ever asked for it, whatever story the move named."""
    made = repo.commit("main", story(FIND, title="Move"), move() | CODE)
    repo.branch("work")
    back: dict[str, Content] = {OLD: SMALL[OLD], "src/find.py": MAPPED["src/find.py"]}
    repo.commit("work", f'Revert "Move"\n\nThis reverts commit {made}.\n', back)
    refuses(repo.gate(), "G01")
    repo.branch("work")
    whole: dict[str, Content] = {**back, NEW: None, REGISTER: SMALL[REGISTER]}
    repo.commit("work", f'Revert "Move"\n\nThis reverts commit {made}.\n', whole)
    passes(repo.gate())


def test_what_passed_by_on_the_way_is_no_spec_for_a_later_revert(repo: Repo) -> None:
    repo.commit("work", "Move\n", move("plan.md"))
    repo.commit("work", "Write\n", {"plan.md": SMALL[OLD] + "\nPrint this.\n"})
    gone = repo.commit("work", "Move on\n", {"plan.md": None, NEW: SMALL[OLD], REGISTER: naming(NEW)})
    passes(repo.gate())
    repo.branch("main", "work")
    back = {"plan.md": SMALL[OLD] + "\nPrint this.\n"}
    repo.commit("work", f"Back\n\nThis reverts commit {gone}.\n", back)
    refuses(repo.gate(), "G01")


def test_a_branch_that_was_mapped_before_the_move_merges_after_it(repo: Repo) -> None:
    """git takes its edit along to the new path, and the old one lands nowhere."""
    repo.commit("work", "Reword\n", reworded())
    repo.commit("main", "Move\n", move())
    report = repo.gate()
    passes(report)
    assert [one.id for one in report.reworded] == ["INT-req002"]
    repo.merge("work", "main")
    passes(repo.gate())
    repo.commit("work", "Bring the old one back\n", {OLD: "# Anything\n"})
    refuses(repo.gate(), "G01")


def test_a_branch_that_moves_it_merges_after_a_rewording(repo: Repo) -> None:
    repo.commit("work", "Move\n", move())
    repo.commit("main", "Reword\n", reworded())
    passes(repo.gate())


def test_an_older_branch_cannot_hide_work_at_any_page(repo: Repo) -> None:
    """Only where an intent stood: of another page that the base has removed, a change needs a story."""
    wide = respecified({"stories/STORY-find01-find-notes.md": ("`src/find.py`", "`*.md`")})
    repo.commit("main", "Widen\n", wide)
    repo.branch("work")
    repo.commit("work", "Edit\n", {"README.md": "# Other\n"})
    repo.commit("work", "Undo\n", {"README.md": None})
    repo.commit("main", story(FIND), {"README.md": None})
    refuses(repo.gate(), "G01")


def test_an_audit_across_the_move(repo: Repo) -> None:
    start = repo.tip("main")
    repo.commit("main", "Reword\n", reworded())
    files = reworded()
    repo.commit("main", "Move\n", {OLD: None, NEW: files[OLD], REGISTER: naming(NEW, str(files[REGISTER]))})
    repo.commit("main", story(FIND), CODE)
    text = str(files[OLD]).replace("found again", "found soon")
    repo.commit("main", "Context\n", {NEW: str(files[OLD]) + "\nSome words.\n"})
    passes(repo.gate("main", since=start))
    repo.commit("main", "The old path is code now\n", {OLD: text})
    refuses(repo.gate("main", since=start), "G01")


SEARCH = "# Search\n\n- It must find.\n"
LISTED = """intent:
  - {path: %s, specs: specs, stories: stories}
  - {path: %s, specs: specs/search, stories: stories/search}
"""
WHY = "Policy: the team files its intents otherwise\n"


def listing(first: str, second: str) -> str:
    return POLICY + LISTED % (first, second)


@pytest.fixture
def two(tmp_path: Path) -> Repo:
    """A project of two intents."""
    both = layout_of(["intent.md", "search/intent.md"], {})
    documents = {**SMALL, "search/intent.md": SEARCH, "specs/search/intent.md": _REGISTER, **_REST}
    policy = listing("intent.md", "search/intent.md")
    made = Repo(tmp_path / "two.git", {**MAPPED, **locked(documents, both), "bmad.yaml": policy})
    made.branch("work")
    return made


def searching(path: str) -> str:
    return _REGISTER.replace("search/intent.md", path)


def test_one_of_several_moves_with_its_line_in_the_settings(two: Repo) -> None:
    two.commit("work", f"Say where\n\n{WHY}", {"bmad.yaml": listing(OLD, "search/wanted.md")})
    refuses(two.gate(), "G13")
    moved: dict[str, Content] = {
        "search/intent.md": None,
        "search/wanted.md": SEARCH,
        "specs/search/intent.md": searching("search/wanted.md"),
    }
    two.commit("work", "Move\n", moved)
    report = two.gate()
    passes(report)
    assert kinds(report) == ["policy", "spec"]
    assert "the intent moves from search/intent.md to search/wanted.md, as it was" in report.notes
    before = two.tip("main")
    two.branch("main", two.merge("work", "main") and two.tip("work"))
    passes(two.gate("main", since=before))


def test_two_intents_change_places(two: Repo) -> None:
    two.commit("work", f"Say where\n\n{WHY}", {"bmad.yaml": listing("search/intent.md", OLD)})
    swap: dict[str, Content] = {
        OLD: SEARCH,
        "search/intent.md": SMALL[OLD],
        REGISTER: naming("search/intent.md"),
        "specs/search/intent.md": searching(OLD),
    }
    two.commit("work", "Swap\n", {path: text for path, text in swap.items() if path.startswith("specs/")})
    assert "G13" in codes(two.gate())  # named anew, and each holds the other's sentences
    two.commit("work", "Swap\n", swap)
    passes(two.gate())


def test_an_intent_of_several_does_not_move_onto_another_or_a_folder_of_pages(two: Repo) -> None:
    for second in ("docs/", "README.md", OLD):
        two.branch("work")
        two.commit("work", f"Say where\n\n{WHY}", {"bmad.yaml": listing(OLD, second)})
        two.commit("work", "Move\n", {"search/intent.md": None, "specs/search/intent.md": searching(second)})
        assert codes(two.gate()) & {"G12", "G13"}, second


def test_a_folder_moves_as_a_whole(tmp_path: Path) -> None:
    """Its files are compared as the one text that they make; what comes with them is a part of it, and told."""
    parts = SMALL[OLD].partition("## Requirements")
    documents = {**SMALL, REGISTER: naming("prd/"), "prd/1.md": parts[0], "prd/2.md": "".join(parts[1:])}
    del documents[OLD]
    made = Repo(
        tmp_path / "r.git",
        {
            **{path: text for path, text in MAPPED.items() if path != OLD},
            **documents,
            "bmad.yaml": POLICY + "intent: prd/\n",
        },
    )
    made.branch("work")
    made.commit("work", "Move\n", {"prd/1.md": None, "plan/1.md": parts[0], REGISTER: naming("plan/")})
    assert "G13" in codes(made.gate())
    made.commit("work", "Move\n", {"prd/2.md": None, "plan/2.md": "".join(parts[1:])})
    passes(made.gate())
    made.commit("main", "A page\n", {"plan/notes.md": "# Notes\n"})
    refuses(made.gate(), "G13")


def test_a_commit_keeps_its_kind_when_the_intent_has_moved(repo: Repo) -> None:
    """What was an intent then is none of its code; another page that has gone is."""
    repo.commit("work", "Reword\n", reworded())
    files = reworded()
    moved = {OLD: None, NEW: files[OLD], REGISTER: naming(NEW, str(files[REGISTER]))}
    repo.commit("work", "Move\n", {**moved, "page.md": "# Page\n"})
    repo.commit("work", "Drop\n", {"page.md": None})
    with open_history(repo.root, os.environ).read() as objects:
        reading = read_at(objects, TextFormats(), "work")
        walked = objects.walk(reading.head.id, repo.base)
        kinds = {one.title: one.kind for one in reading.kinds(reading.claimed(walked))}
    assert kinds == {"Reword": "spec", "Move": "untraced", "Drop": "untraced"}
