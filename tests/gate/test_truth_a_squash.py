"""A request says so where the squash button would turn what passes into what is refused."""

from tests.gate.records import squash
from tests.gate.repo import FIND, Repo, passes, refuses, story

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
    assert not report.notes
    squash(repo, "other", "Policy\n\nPolicy: fewer\n")
    passes(repo.gate("other"))


def test_a_an_audit_of_what_has_landed_tells_of_no_button(repo: Repo) -> None:
    repo.commit("work", "Policy\n\nPolicy: fewer\n", POLICY)
    repo.commit("work", story(FIND), CODE)
    report = repo.gate("work", since="main")
    passes(report)
    assert not [note for note in report.notes if "squash" in note]
