"""Merges of people: one commit that settles what git could not, in governed files and in code."""

import pytest

from bmad.core.unions import Unions, is_joined, unions
from tests.gate.repo import FIND, FIND_AT, STORE, Content, Repo, passes, refuses, respecified, story
from tests.layout import LAYOUT

CI = ".github/workflows/a.yml"


@pytest.fixture
def conflicting(repo: Repo) -> Repo:
    """Both sides change a workflow and a file of a story."""
    repo.commit("main", "CI\n\nPolicy: a\n", {CI: "a\n"})
    repo.branch("work")
    for branch, words in (("work", "b"), ("main", "c")):
        repo.commit(branch, f"CI\n\nPolicy: {words}\n", {CI: f"{words}\n"})
        repo.commit(branch, story(FIND), {"src/find.py": f"{words}\n"})
    return repo


SETTLED = {CI: "bc\n", "src/find.py": "bc\n"}


def test_f_a_merge_settles_conflicts_in_a_workflow_and_in_code(conflicting: Repo) -> None:
    made = conflicting.merge("work", "main", f"Merge main\n\nPolicy: both\nStory: {FIND}\n", SETTLED)
    report = conflicting.gate()
    passes(report)
    assert made in report.policy_changes


@pytest.mark.parametrize(
    ("trailers", "wanted"),
    [(f"Story: {FIND}", {"G06"}), ("Policy: both", {"G05"}), ("Policy:\nStory: " + FIND, {"G06"})],
)
def test_f_each_part_of_it_needs_its_own_trailer(conflicting: Repo, trailers: str, wanted: set[str]) -> None:
    conflicting.merge("work", "main", f"Merge main\n\n{trailers}\n", SETTLED)
    refuses(conflicting.gate(), *wanted)


def test_f_what_git_could_merge_is_not_changed_beside(conflicting: Repo) -> None:
    message = f"Merge main\n\nPolicy: both\nStory: {FIND}\n"
    conflicting.merge("work", "main", message, {**SETTLED, "CODEOWNERS": "* @me\n"})
    report = conflicting.gate()
    refuses(report, "G06")
    assert [one.path for one in report.every_finding] == ["CODEOWNERS"]


def test_f_no_such_thing_outside_of_a_merge(conflicting: Repo) -> None:
    conflicting.commit("work", f"Both\n\nPolicy: both\nStory: {FIND}\n", SETTLED)
    refuses(conflicting.gate(), "G06", "G15")


def test_f_a_workflow_that_both_sides_add_is_settled_in_a_merge(repo: Repo) -> None:
    """A branch that starts from two commits of the base, and a path that neither of them has."""
    for branch in ("main", "work"):
        repo.commit(branch, "CI\n\nPolicy: a\n", {CI: f"{branch}\n"})
    repo.merge("work", "main", "Merge main\n\nPolicy: both\n", {CI: "bc\n"})
    passes(repo.gate())
    repo.commit("work", "CI\n\nPolicy: more\n", {CI: "bcd\n"})
    passes(repo.gate())
    repo.commit("work", "CI\n", {CI: "bcde\n"})
    refuses(repo.gate(), "G06")


UNION = "CHANGELOG.md merge=union\nspecs/trace.lock merge=union\n"
LOG = "# Log\n\n- old\n"


@pytest.fixture
def logged(repo: Repo) -> Repo:
    """Both sides add a line to a changelog at the same place."""
    spec = respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `CHANGELOG.md`")})
    repo.commit("main", "Attributes\n\nPolicy: union\n", {".gitattributes": UNION})
    repo.commit("main", "Spec\n", spec)
    repo.commit("main", story(FIND), {"CHANGELOG.md": LOG})
    repo.branch("work")
    repo.commit("work", story(FIND), {"CHANGELOG.md": LOG + "- ours\n"})
    repo.commit("main", story(FIND), {"CHANGELOG.md": LOG + "- theirs\n"})
    return repo


def test_f_a_changelog_that_the_base_joins_by_union_merges(logged: Repo) -> None:
    passes(logged.gate())
    logged.merge("work", "main", "Merge main\n", {"CHANGELOG.md": LOG + "- ours\n- theirs\n"})
    report = logged.gate()
    passes(report)
    assert str(report.commits[-1].kind) == "merge"


@pytest.mark.parametrize(
    "text", [LOG + "- ours\n", LOG + "- ours\n- theirs\n- more\n", LOG + "- theirs\n- ours\n"]
)
def test_f_a_union_that_drops_adds_or_turns_a_line_is_work(logged: Repo, text: str) -> None:
    logged.merge("work", "main", "Merge main\n", {"CHANGELOG.md": text})
    refuses(logged.gate(), "G05")


def test_f_attributes_of_the_change_itself_do_not_count(repo: Repo) -> None:
    repo.commit("work", "Attributes\n\nPolicy: union\n", {".gitattributes": "src/find.py merge=union\n"})
    repo.commit("work", story(FIND), {"src/find.py": "def find():\n    return 1\n"})
    repo.commit("main", story(FIND), {"src/find.py": "def find():\n    return 2\n"})
    refuses(repo.gate(), "G15")


def test_f_only_plain_names_of_code_are_joined() -> None:
    assert unions("CHANGELOG.md merge=union\n/docs/NEWS text merge=union\n", LAYOUT) == (
        "CHANGELOG.md",
        "/docs/NEWS",
    )
    assert (
        unions(
            "# x merge=union\nbmad.yaml merge=union\nspecs/trace.lock merge=union\nAGENTS.md merge=union\n", LAYOUT
        )
        == ()
    )
    assert unions("a merge=union\na -merge\nb merge=driver\nc merge\n", LAYOUT) == ()
    assert unions("a merge=union\n* -merge\n", LAYOUT) == ()
    assert unions("* merge=union\n*.md merge=union\n[attr]x merge=union\n", LAYOUT) == ()
    assert unions("a merge=union\nstories/*.md merge=bmad\nspecs/epics/*.md merge=bmad\n", LAYOUT) == ("a",)
    assert unions("a merge=union\nstories/* merge=bmad\n", LAYOUT) == ()
    assert not is_joined(Unions(("a.md",), ("stories/",)), b"stories/a.md"), (
        "the pattern of bmad's own driver may name it"
    )
    assert is_joined(Unions(("a.md",), ("stories/",)), b"docs/a.md")
    assert unions("", LAYOUT) == ()


def test_f_what_git_puts_aside_is_settled_at_its_own_path(repo: Repo) -> None:
    """A file meets a link of the other side: git has `path~ID` beside it, which neither side holds."""
    repo.commit("work", story(FIND), {"src/find.py": "found = 1\n"})
    repo.commit("main", story(FIND), {"src/find.py": ("120000", "store.py")})
    aside = f"src/find.py~{repo.tip('work')}"
    ours = repo.tip("work")
    cases: list[tuple[dict[str, Content], str, str]] = [
        ({aside: None, "src/find.py": "found = 1\n"}, story(FIND), ""),
        ({aside: None}, story(FIND), ""),
        ({aside: None}, story(STORE), "G04"),
        ({aside: None}, "Merge main\n", "G05"),
        ({"src/find.py": "found = 1\n"}, story(FIND), "G04"),
        ({aside: "more\n", "src/find.py": "found = 1\n"}, story(FIND), "G04"),
    ]
    for files, message, wanted in cases:
        repo.merge("work", "main", message, files)
        refuses(repo.gate(), wanted) if wanted else passes(repo.gate())
        repo.branch("work", ours)


def test_f_a_file_that_a_side_holds_is_never_taken_for_one_put_aside(repo: Repo) -> None:
    """The other side may name a file as git would, by an id that it knows."""
    wide = respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `src/store.py`, `src/b.py`")})
    repo.commit("main", "Spec\n", wide)
    repo.commit("main", story(FIND), {"src/store.py": "stored = 1\n" * 9})
    repo.branch("work")
    tip = repo.commit("work", story(FIND), {"src/store.py": None, "src/b.py": "stored = 1\n" * 9})
    named = f"src/find.py~{tip}"
    repo.commit("main", "Move\n", {"src/store.py": None, named: "stored = 1\n" * 9})
    repo.merge("work", "main", story(FIND), {named: None})
    report = repo.gate()
    refuses(report, "G04")
    assert [one.path for one in report.commits[-1].findings] == [named]
