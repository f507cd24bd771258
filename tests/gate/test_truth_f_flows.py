"""Siblings of the published honest flows: what several buttons in a row make."""

from tests.gate.records import squash
from tests.gate.repo import FIND, MAPPED, STORE, Content, Repo, codes, kinds, minted, passes, refuses, story

BOT = "renovate[bot] <bot@x>"
NEW: dict[str, Content] = {"src/find.py": "x = 1\n"}
OLD: dict[str, Content] = {"src/find.py": MAPPED["src/find.py"]}
REVERT = 'Revert "Work" (#13)\n\nReverts owner/repo#12\n'


def test_f_update_branch_pressed_by_a_person_on_a_robots_request(repo: Repo) -> None:
    one = "{paths: [package-lock.json], by: 'renovate[bot]', reason: r, owner: ada, until: 2030-01-01}"
    repo.commit(
        "main", "P\n\nPolicy: bot\n", {"bmad.yaml": f"version: 1\ngate: {{since: root, exempt: [{one}]}}\n"}
    )
    repo.branch("work")
    repo.commit("work", "Bump\n", {"package-lock.json": "1\n"}, author=BOT)
    repo.commit("main", story(STORE), {"src/store.py": "1\n"})
    repo.merge("work", "main", "Merge branch 'main' into work\n")
    passes(repo.gate())
    repo.branch("queue", "main")
    repo.merge("queue", "work", "Merge request !4\n\nSee merge request g/p!4\n")
    passes(repo.gate("queue"))
    passes(repo.gate("queue", since="main"))
    repo.commit("work", "Fix the bump\n", {"package-lock.json": "evil\n"})
    refuses(repo.gate(), "G01", "G07")


def test_f_a_revert_and_its_revert_through_a_queue_without_hashes(repo: Repo) -> None:
    repo.commit("work", story(FIND), NEW)
    for title, files in (("Work", None), (REVERT, OLD), ('Reapply "Work" (#14)\n', NEW)):
        if files is not None:
            repo.branch("work", "main")
            repo.commit("work", title, files)
        repo.commit("main", story(STORE), {"src/store.py": f"{len(title)}\n"})
        repo.branch("queue", "main")
        repo.merge("queue", "work", "Merge queue\n")
        passes(repo.gate("queue"))
        passes(repo.gate("queue", since="main"))
        repo.git("update-ref", "refs/heads/main", repo.tip("queue"))
    repo.branch("work", "main")
    repo.commit("work", 'Reapply "Work" (#15)\n', {"src/find.py": "x = 2\n"})
    refuses(repo.gate(), "G01")


def test_f_squash_of_spec_and_code_with_a_hosts_paragraphs(repo: Repo) -> None:
    repo.commit("work", "Spec\n", minted())
    repo.commit("work", story("STORY-new001"), {"src/rename.py": "x\n"})
    message = "Rename (!7)\n\n* Spec\n* Work\n\nStory: STORY-new001\n\nCloses #3\n\nSee merge request g/p!7\n"
    squash(repo, "work", message)
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["story"]
    squash(repo, "work", message.replace("Closes #3", "It closes #3"))
    assert "G01" in codes(repo.gate())


def test_f_a_spec_request_and_its_revert(repo: Repo) -> None:
    repo.commit("work", "Plan\n", minted())
    made = repo.merge("main", "work", "Merge pull request #5\n")
    gone: dict[str, Content] = {path: MAPPED.get(path) for path in minted()}
    for words in (f"Revert\n\nThis reverts commit {made}.\n", 'Revert "Plan" (#6)\n\nReverts owner/repo#5\n'):
        repo.branch("work", "main")
        repo.commit("work", words, gone)
        passes(repo.gate())
    repo.branch("work", "main")
    repo.commit("work", "Lose a line\n", {"specs/trace.lock": MAPPED["specs/trace.lock"]})
    assert "G13" in codes(repo.gate())


def test_f_a_revert_with_the_storys_own_trailer(repo: Repo) -> None:
    """The hook writes the branch's story into reverts too."""
    repo.commit("main", "CI\n\nPolicy: a\n", {".github/workflows/a.yml": "a\n"})
    repo.branch("work")
    repo.commit("work", "CI\n\nPolicy: b\n", {".github/workflows/a.yml": "b\n"})
    repo.commit("work", story(FIND), NEW)
    made = repo.merge("main", "work", "Merge pull request #12\n")
    back: dict[str, Content] = {**OLD, ".github/workflows/a.yml": "a\n"}
    repo.branch("work", "main")
    repo.commit("work", f"Revert\n\nThis reverts commit {made}.\n\nStory: {FIND}\n", back)
    passes(repo.gate())
    repo.branch("work", "main")
    repo.commit("work", f"Revert\n\nThis reverts commit {made}.\n\nStory: {STORE}\n", back)
    assert "G06" in codes(repo.gate())
