"""The `commit-msg` hook knows what a commit takes back, and what git keeps of a message, as the gate does."""

from tests.test_truth_h_hooks import STORE, TRAILER, Repo, made, repo

__all__ = ["made", "repo"]

FIND = "STORY-find01"


def worked(repo: Repo) -> str:
    """Work for two stories on a branch, and the message of a revert of both."""
    repo.git("switch", "--quiet", "--force-create", "work")
    repo.change("src/find.py")
    assert repo.commit("-m", "Find", "-m", f"Story: {FIND}").code == 0
    repo.change()
    assert repo.commit("-m", "Store", "-m", TRAILER).code == 0
    repo.change()
    assert repo.commit("-m", "Store more", "-m", TRAILER).code == 0
    ids = [repo.git("rev-parse", name) for name in ("HEAD", "HEAD~1", "HEAD~2")]
    return "\n\n".join(f"This reverts commit {one}." for one in ids)


def test_one_commit_takes_back_several_of_several_stories(repo: Repo) -> None:
    words = worked(repo)
    repo.git("revert", "--no-commit", "HEAD~3..HEAD")
    done = repo.commit("-m", "Take it back", "-m", words)
    assert (done.code, done.err) == (0, "")
    assert STORE not in repo.message()
    assert "gate: pass" in repo.bmad("gate", "--base", "main").out


def test_a_commit_that_does_more_or_less_than_it_says_needs_a_story(repo: Repo) -> None:
    words = worked(repo)
    repo.git("revert", "--no-commit", "HEAD~3..HEAD")
    repo.change("src/more.py")
    assert "needs a story" in repo.commit("-m", "Take it back", "-m", words).err
    repo.git("reset", "--quiet", "--hard")
    repo.git("revert", "--no-commit", "HEAD~1..HEAD")
    assert "needs a story" in repo.commit("-m", "Take it back", "-m", words).err
    repo.git("revert", "--quit")


def test_a_last_line_of_a_comment_sign_is_the_persons_own_where_no_hints_stand_above(repo: Repo) -> None:
    """Git keeps it of a message that no editor was opened on, so that its last paragraph is no trailer block."""
    repo.git("switch", "--quiet", "--force-create", "work")
    repo.change()
    (repo.root / "said").write_text(f"Store\n\n{TRAILER}\n#\n", encoding="utf-8")
    for settings in ((), ("core.commentChar=auto",), ("core.commentChar=;",)):
        done = repo.commit("-F", "said", settings=settings)
        assert (done.code, "needs a story" in done.err) == (1, True), settings
    assert repo.commit("-F", "said", "--cleanup=strip").code == 0
    repo.change()
    assert repo.commit("-F", "said", "--edit", editor="true").code == 0
    assert "gate: pass" in repo.bmad("gate", "--base", "main").out
