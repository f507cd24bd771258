"""A request says so where the squash button would turn what passes into what is refused."""

from pathlib import Path

from tests.gate.records import REVIEWED, reviewed, squash
from tests.gate.repo import FIND, MAPPED, STORE, STORE_AT, Repo, passes, refuses, respecified, story

CODE = {"src/find.py": "x = 1\n"}
POLICY = {"bmad.yaml": "version: 1\ngate: {level: scoped, since: root, max_stories: 2}\n"}


def test_a_a_request_of_policy_and_code_tells_that_its_squash_is_refused(repo: Repo) -> None:
    repo.commit("work", "Policy\n\nPolicy: fewer\n", POLICY)
    repo.commit("work", story(FIND), CODE)
    report = repo.gate()
    passes(report)
    assert [note for note in report.notes if "squash" in note and "bmad.yaml" in note]
    squash(repo, "work", f"Both\n\nPolicy: fewer\nStory: {FIND}\n")
    refuses(repo.gate(), "G06")


def test_a_a_request_of_one_kind_has_no_such_note(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    assert not repo.gate().notes
    repo.branch("other", "main")
    repo.commit("other", "Policy\n\nPolicy: fewer\n", POLICY)
    report = repo.gate("other")
    passes(report)
    assert not [note for note in report.notes if "squash" in note]
    squash(repo, "other", "Policy\n\nPolicy: fewer\n")
    passes(repo.gate("other"))


def test_a_an_audit_of_what_has_landed_tells_of_no_button(repo: Repo) -> None:
    repo.commit("work", "Policy\n\nPolicy: fewer\n", POLICY)
    repo.commit("work", story(FIND), CODE)
    report = repo.gate("work", since="main")
    passes(report)
    assert not [note for note in report.notes if "squash" in note]


def test_a_what_is_carried_over_a_base_that_moved_is_lost_by_a_squash(repo: Repo, tmp_path: Path) -> None:
    """A clone of what landed has none of the commits that were reviewed."""
    lines = [f"line {number}\n" for number in range(40)]
    first = repo.commit("main", "P\n\nPolicy: x\n", {"bmad.yaml": REVIEWED})
    repo.commit("main", story(FIND), {"src/find.py": "".join(lines)}, onto=first)
    repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": "".join([*lines[:30], "new\n", *lines[31:]])})
    assert not [note for note in repo.gate().notes if "squash" in note]
    before = repo.commit("main", story(FIND), {"src/find.py": "".join(["first\n", *lines[1:]])})
    report = repo.gate()
    passes(report)
    assert [note for note in report.notes if "land this by merge" in note and FIND in note]
    repo.branch("merged", "main")
    repo.merge("merged", "work")
    squash(repo, "work", tree=repo.tip("merged^{tree}"))
    for branch, codes in (("merged", ()), ("work", ("G15",))):
        clone = Repo(tmp_path / f"{branch}.git", {})
        clone.git("fetch", "--quiet", repo.root.as_uri(), f"{branch}:main")
        if codes:
            refuses(clone.gate("main", since=before), *codes)
        else:
            passes(clone.gate("main", since=before))


def test_a_a_robots_change_of_ci_beside_work_tells_that_its_squash_is_refused(repo: Repo) -> None:
    bot = '{paths: [".github/workflows/**"], by: bot, reason: bumps, owner: ada, until: 2030-01-01}'
    repo.commit("main", "P\n\nPolicy: x\n", {"bmad.yaml": f"version: 1\ngate: {{since: root, exempt: [{bot}]}}\n"})
    repo.branch("work")
    repo.commit("work", "Bump\n", {".github/workflows/a.yml": "x\n"}, author="bot <b@x>")
    passes(repo.gate())
    assert not [note for note in repo.gate().notes if "squash" in note]
    repo.commit("work", story(FIND), CODE)
    report = repo.gate()
    passes(report)
    assert [note for note in report.notes if "squash" in note and "a.yml" in note]
    squash(repo, "work", f"Both\n\nPolicy: bump\nStory: {FIND}\n")
    refuses(repo.gate(), "G06", "G07")


def test_a_the_block_for_a_squash_names_the_stories_that_what_lands_is_of(repo: Repo) -> None:
    """A commit of the specification may name its story, and what was taken back again lands nothing."""
    repo.commit("work", story(FIND), CODE)
    repo.commit("work", story(STORE), {"src/store.py": "2\n"})
    repo.commit("work", "Undo it\n", {"src/store.py": MAPPED["src/store.py"]})
    repo.commit(
        "work",
        story(STORE),
        respecified({STORE_AT: ("# STORY-store1: Store a note", "# STORY-store1: Keep a note")}),
    )
    report = repo.gate()
    passes(report)
    assert report.lands == (FIND,)
    squash(repo, "work", f"Both\n\nStory: {FIND}\nStory: {STORE}\n")
    refuses(repo.gate(), "G04")
    squash(repo, "work", f"Both\n\nStory: {FIND}\n")
    passes(repo.gate())
    assert repo.gate("work", since="main").lands == ()


def test_a_the_block_for_a_squash_of_a_revert_names_no_story(repo: Repo) -> None:
    """It would then be work of the story; without a name its content says what it takes back."""
    made = repo.commit("main", story(FIND), CODE)
    repo.branch("work")
    repo.commit("work", f"Revert\n\nThis reverts commit {made}.\n", {"src/find.py": MAPPED["src/find.py"]})
    report = repo.gate()
    passes(report)
    assert (report.commits[0].stories, report.lands) == ((FIND,), ())
    squash(repo, "work", "Revert (#2)\n")
    passes(repo.gate())
