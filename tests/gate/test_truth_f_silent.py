"""Reverts whose message says nothing, on a branch whose base goes on with the same files."""

from tests.gate.records import squash
from tests.gate.repo import FIND, MAPPED, Content, Repo, codes, passes, refuses, story

OLD = str(MAPPED["src/find.py"])
LONG = OLD + "# and more\n" * 8
NEW: dict[str, Content] = {"src/find.py": "def find():\n    return [1]\n"}


def test_f_a_revert_in_silence_lands_by_merge_as_it_was_judged(repo: Repo) -> None:
    """However the base has gone on with the same file since, and what a squash would make of it is told."""
    repo.commit("main", story(FIND), {"src/find.py": LONG})
    repo.commit("main", story(FIND), {"src/find.py": LONG.replace("[]", "[1]")})
    repo.branch("work")
    repo.commit("work", "Not so\n", {"src/find.py": LONG})
    alone = repo.gate()
    passes(alone)
    assert not [note for note in alone.notes if "squash" in note]
    repo.commit("main", story(FIND), {"src/find.py": LONG.replace("[]", "[1]") + "END = 1\n"})
    report = repo.gate()
    passes(report)
    assert [note for note in report.notes if "land this by merge" in note and "src/find.py" in note]
    start = repo.tip("main")
    repo.branch("merged", "main")
    repo.merge("merged", "work", "Merge pull request #2\n")
    passes(repo.gate("merged"))
    passes(repo.gate("merged", since=start))
    repo.branch("squashed", "main")
    squash(repo, "squashed", "Not so (#2)\n", tree=repo.tip("merged^{tree}"))
    refuses(repo.gate("squashed"), "G01")


def test_f_what_a_branch_never_held_it_does_not_take_back(repo: Repo) -> None:
    """Beside it the base came to hold what a commit of the branch leads away from."""
    repo.commit("work", "Theirs\n", NEW)
    repo.commit("work", "Back\n", {"src/find.py": OLD})
    repo.commit("main", story(FIND), NEW)
    repo.merge("work", "main", files={"src/find.py": "3\n"})
    assert "G01" in codes(repo.gate())
