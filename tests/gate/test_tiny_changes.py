"""The lane for tiny changes: each way around its limits stands beside an honest twin that passes."""

import pytest

from bmad.model.settings import Level
from bmad.render.gate import text
from tests.gate.records import reviewed
from tests.gate.repo import FIND, Content, Repo, codes, kinds, passes, refuses, respecified, story
from tests.gate.test_degrees import LONG, policy

LANE = "trivial: {paths: [src/**, README.md], lines: 6, files: 2}"
TINY = "Mend a word\n\nStory: none\nTrivial: a typo\n"
ONE = LONG.replace("line 7\n", "line seven\n")


def lane(repo: Repo, *, level: str = "scoped", more: str = "") -> None:
    policy(repo, LANE, level=level, more=more)
    repo.commit("main", story(FIND), {"src/find.py": LONG})
    repo.commit("main", story("STORY-store1"), {"src/store.py": LONG})
    repo.branch("work")


def test_a_tiny_change_says_that_it_is_of_no_story_and_why(repo: Repo) -> None:
    lane(repo)
    made = repo.commit("work", TINY, {"src/find.py": ONE})
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["trivial"]
    assert [(one.commit, one.reason, one.files, one.lines) for one in report.trivial] == [
        (made, "a typo", ("src/find.py",), 2)
    ]
    assert "tiny change of no story" in text(report)
    assert "1 commit of no story" in text(report)
    passes(repo.gate(since="main"))
    passes(repo.gate(level=Level.REVIEWED))


@pytest.mark.parametrize(
    "message",
    [
        "Mend\n\nStory: none\n",
        "Mend\n\nStory: none\nTrivial:\n",
        "Mend\n\nStory: none\nTrivial: \u200b\n",
        "Mend\n\nTrivial: a typo\n",
        "Mend\n\nStory: None\nTrivial: a typo\n",
        "Mend\n\nStory: none.\nTrivial: a typo\n",
        f"Mend\n\nStory: none\nStory: {FIND}\nTrivial: a typo\n",
        "Story: none\nTrivial: a typo\n",
        "Mend\n\nStory: none\nTrivial: a typo\n\nAnd more.\n",
        f"Mend\n\nStory: {FIND} \nx\n\nStory: none\nTrivial: a typo\n",
    ],
)
def test_the_lane_is_asked_for_sign_for_sign(repo: Repo, message: str) -> None:
    lane(repo)
    repo.commit("work", message, {"src/find.py": ONE})
    assert codes(repo.gate()) in ({"G01"}, {"G02"})


@pytest.mark.parametrize(
    "files",
    [
        {"src/new.py": "x\n"},
        {"src/find.py": None},
        {"src/find.py": ("100755", ONE)},
        {"src/find.py": ("120000", "store.py")},
        {"src/find.py": LONG.replace("line 1", "LINE 1")},
        {"src/find.py": LONG + "\0"},
        {"src/find.py": LONG.encode() + b"\xff\n"},
        {"src/find.py": LONG.replace("line 7\n", f"{'x' * 1001}\n")},
        {"src/find.py": LONG.replace("line 7\n", "line 7 \u202e\n")},
        {"src/find.py": LONG.replace("line 7\n", "a\rb\rc\n")},
        {"src/find.py": "version https://git-lfs.github.com/spec/v1\noid sha256:1\n"},
        {"src/find.py": "".join(reversed(LONG.splitlines(keepends=True)))},
        {"lib/x.py": "x\n"},
        {"src/find.py": ONE, "src/store.py": ONE, "README.md": "# N\n"},
        {"src/find.py": ONE, "specs/prd.md": "x\n"},
        {"src/find.py": ONE, "CODEOWNERS": "* @me\n"},
        {"src/find.py": ONE, "stories/records/STORY-find01.json": "{}\n"},
        {"CODEOWNERS": "* @me\n"},
    ],
)
def test_what_is_not_tiny_is_refused(repo: Repo, files: dict[str, Content]) -> None:
    lane(repo)
    repo.commit("work", TINY, files)
    report = repo.gate()
    assert not report.ok
    assert not report.trivial
    assert report.exit in (1, 3)


def test_tiny_changes_of_two_files_pass(repo: Repo) -> None:
    lane(repo)
    repo.commit("work", TINY, {"src/find.py": ONE, "src/store.py": ONE})
    passes(repo.gate())


def test_many_tiny_changes_are_no_way_around_the_limits(repo: Repo) -> None:
    lane(repo)
    held = LONG
    for number in (3, 9, 15):
        held = held.replace(f"line {number}\n", f"LINE {number}\n")
        repo.commit("work", TINY, {"src/find.py": held})
    passes(repo.gate())
    repo.commit("work", TINY, {"src/find.py": held.replace("line 21\n", "LINE 21\n")})
    report = repo.gate()
    refuses(report, "G01")
    assert "4 tiny changes of this range add and remove 8 lines" in report.findings[0].message
    passes(repo.gate(since="main"))


def test_there_and_back_counts_both_ways(repo: Repo) -> None:
    """The net change is nothing, and what stood in between was as large."""
    lane(repo)
    for content in (ONE, LONG, ONE, LONG):
        repo.commit("work", TINY, {"src/find.py": content})
    refuses(repo.gate(), "G01")


def test_there_is_no_lane_without_a_word_of_the_base(repo: Repo) -> None:
    repo.commit("work", TINY, {"README.md": "# N\n"})
    refuses(repo.gate(), "G01")
    text = f"version: 1\ngate: {{level: scoped, since: root, {LANE}}}\n"
    repo.branch("work", "main")
    repo.commit("work", "Policy\n\nPolicy: mine\n", {"bmad.yaml": text})
    repo.commit("work", TINY, {"README.md": "# N\n"})
    refuses(repo.gate(), "G01")


def test_a_merge_is_no_tiny_change(repo: Repo) -> None:
    lane(repo)
    repo.commit("work", TINY, {"src/find.py": ONE})
    repo.branch("other", "main")
    repo.commit("other", TINY, {"src/store.py": ONE})
    repo.merge("work", "other")
    passes(repo.gate())
    repo.merge("work", "other", TINY, {"src/store.py": ONE.replace("line 9", "LINE 9")})
    assert "G05" in codes(repo.gate())


def test_a_tiny_change_takes_nothing_back_in_silence(repo: Repo) -> None:
    lane(repo)
    made = repo.commit("main", story(FIND), {"src/find.py": "gone\n"})
    repo.branch("work")
    words = f"Revert\n\nThis reverts commit {made}.\n\nStory: none\nTrivial: back\n"
    repo.commit("work", words, {"src/find.py": LONG})
    refuses(repo.gate(), "G01")
    repo.branch("work", "main")
    repo.commit("work", f"Revert\n\nThis reverts commit {made}.\n", {"src/find.py": LONG})
    passes(repo.gate())


def test_reviewed_work_is_not_touched_up(repo: Repo) -> None:
    lane(repo, level="reviewed", more="act: {lenses: [correctness]}\n")
    reviewed(repo, FIND, {"src/find.py": "reviewed\n" + LONG})
    passes(repo.gate())
    repo.commit("work", TINY, {"src/store.py": ONE})
    passes(repo.gate())
    repo.commit("work", TINY, {"src/find.py": "reviewed\n" + ONE})
    refuses(repo.gate(), "G15")


def test_reviewed_work_is_not_touched_up_by_what_brings_a_tiny_change_back(repo: Repo) -> None:
    lane(repo, level="reviewed", more="act: {lenses: [correctness]}\n")
    work = "reviewed\n" + LONG
    reviewed(repo, FIND, {"src/find.py": work})
    tiny = repo.commit("work", TINY, {"src/find.py": work.replace("line 7\n", "line seven\n")})
    back = repo.commit("work", f"Back\n\nThis reverts commit {tiny}.\n", {"src/find.py": work})
    passes(repo.gate())
    again = {"src/find.py": work.replace("line 7\n", "line seven\n")}
    repo.commit("work", f"Again\n\nThis reverts commit {back}.\n", again)
    refuses(repo.gate(), "G15")


def test_a_tiny_change_beside_a_robots_is_brought_back_as_a_tiny_one(repo: Repo) -> None:
    """A merge brought both to one file. Whoever brings them back puts no line onto reviewed work for a robot."""
    robots = "{paths: [src/find.py], by: bot@x, reason: bumps, owner: ada, until: 2030-01-01}"
    policy(repo, LANE, f"exempt: [{robots}]", level="reviewed", more="act: {lenses: [correctness]}\n")
    before = repo.commit("main", story(FIND), {"src/find.py": LONG})
    repo.branch("side")
    repo.commit("side", TINY, {"src/find.py": ONE})
    repo.commit("side", "Bump\n", {"src/find.py": ONE + "bumped\n"}, author="bot <bot@x>")
    merge = repo.merge("main", "side", "Merge branch side\n", tree=repo.tip("side^{tree}"))
    words = f"Back\n\nThis reverts commit {merge}, reversing\nchanges made to {before}.\n"
    back = repo.commit("main", words, {"src/find.py": LONG})
    repo.commit("main", story(FIND), {"src/find.py": "other\n"})
    repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": LONG})
    passes(repo.gate())
    repo.commit("work", f"Again\n\nThis reverts commit {back}.\n", {"src/find.py": ONE + "bumped\n"})
    refuses(repo.gate(), "G15")


def test_truth_is_never_tiny(repo: Repo) -> None:
    lane(repo, more="oracle: [src/store.py]\n")
    repo.commit("work", TINY, {"src/store.py": ONE})
    refuses(repo.gate(), "G01")
    repo.branch("work", "main")
    repo.commit("work", TINY, {"src/find.py": ONE})
    passes(repo.gate())


def test_a_squash_of_tiny_and_other_work_is_told_of(repo: Repo) -> None:
    lane(repo)
    repo.commit("work", TINY, {"src/store.py": ONE})
    repo.commit("work", story(FIND), {"src/find.py": "x\n"})
    report = repo.gate()
    passes(report)
    assert any("squash" in note and "src/store.py" in note for note in report.notes)


def test_the_lane_is_as_wide_as_its_base_says_step_by_step(repo: Repo) -> None:
    lane(repo)
    start = repo.tip("main")
    repo.commit("main", TINY, {"src/find.py": ONE})
    passes(repo.gate("main", since=start))
    narrow = "version: 1\ngate: {level: scoped, since: root, trivial: {paths: [docs/**]}}\n"
    repo.commit("main", "Policy\n\nPolicy: less\n", {"bmad.yaml": narrow})
    passes(repo.gate("main", since=start))
    repo.commit("main", TINY, {"src/find.py": LONG})
    refuses(repo.gate("main", since=start), "G01")


def test_a_merge_carries_no_tiny_change_into_another_file(repo: Repo) -> None:
    """The base moves the file to where no tiny change may be; git's merge would let the line follow."""
    lane(repo)
    repo.commit("work", TINY, {"src/find.py": ONE})
    passes(repo.gate())
    files = respecified({"stories/STORY-find01-find-notes.md": ("`src/find.py`", "`src/find.py`, `lib/find.py`")})
    repo.commit("main", "Wider\n", files)
    repo.commit("main", story(FIND), {"src/find.py": None, "lib/find.py": LONG})
    refuses(repo.gate(), "G01")
    before = repo.tip("main")
    repo.merge("main", "work")
    refuses(repo.gate("main", since=before), "G01")


def test_a_request_of_many_branches_is_one_range(repo: Repo) -> None:
    """Tiny changes that come by merges count together, too."""
    lane(repo)
    held = LONG
    for number in (3, 9, 15, 21):
        repo.branch(f"b{number}", "main")
        held = LONG.replace(f"line {number}\n", f"LINE {number}\n")
        repo.commit(f"b{number}", TINY, {"src/find.py": held})
        passes(repo.gate(f"b{number}"))
        repo.merge("work", f"b{number}")
    refuses(repo.gate(), "G01")
