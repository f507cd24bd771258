"""The `commit-msg` hook takes a territory as it stands where the commit lands, as the gate does."""

from tests.specs import SMALL
from tests.test_truth_h_hooks import NEW, NEW_AT, STORE, TRAILER, Repo, made, repo

__all__ = ["made", "repo"]

AT = "stories/STORY-store1-store-a-note.md"
FIELD = next(line for line in SMALL[AT].split("\n") if line.startswith("- Territory:"))
WIDER = f"{FIELD}, `lib/**`"
ONLY = f"lib/io.py lies in the territory of {STORE} only as this commit widens it"


def put(repo: Repo, path: str, text: str) -> None:
    (repo.root / path).write_text(text, encoding="utf-8")
    repo.git("add", path)


def gate(repo: Repo) -> str:
    return repo.bmad("gate", "--base", "main").out


def test_code_that_a_widening_beside_it_covers_is_refused_as_the_gate_does(repo: Repo) -> None:
    """Whatever the file is called; not what both cover, and not once the widening has landed by itself."""
    repo.git("switch", "--quiet", "--force-create", "work")
    put(repo, AT, SMALL[AT].replace(FIELD, WIDER))
    repo.change()
    assert repo.commit("-m", "Store", "-m", TRAILER).code == 0, "what it covered before"
    assert "gate: pass" in gate(repo)
    for called in (AT, "stories/STORY-store1-keep-it.md"):
        repo.git("reset", "--quiet", "--hard", "main")
        repo.git("mv", "-k", AT, called)
        put(repo, called, SMALL[AT].replace(FIELD, WIDER))
        repo.change("lib/io.py")
        done = repo.commit("-m", "Store", "-m", TRAILER)
        assert (done.code, ONLY in done.err) == (1, True), (called, done)
    repo.git("-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "Store", "-m", TRAILER)
    assert "covered only by a widening" in gate(repo)
    repo.git("branch", "--quiet", "--move", "main", "trunk")
    assert repo.commit("--amend", "-m", "Store", "-m", TRAILER).code == 1, "whatever a main branch is called"
    repo.git("branch", "--quiet", "--move", "trunk", "main")
    assert repo.commit("--amend", "-m", "Store", "-m", TRAILER).code == 1
    repo.git("reset", "--quiet", "--hard", "main")
    repo.git("switch", "--quiet", "main")
    put(repo, AT, SMALL[AT].replace(FIELD, WIDER))
    assert repo.commit("-m", "Widen", "-m", TRAILER).code == 0
    repo.git("switch", "--quiet", "--force-create", "work")
    repo.change("lib/io.py")
    assert repo.commit("-m", "Store", "-m", TRAILER).code == 0
    assert "gate: pass" in gate(repo)


def test_an_intent_may_move_with_the_line_of_its_register(repo: Repo) -> None:
    """To a page that is new, as it is for the gate; another one beside it asks for a story."""
    repo.git("switch", "--quiet", "--force-create", "work")
    (repo.root / "docs").mkdir()
    repo.git("mv", "intent.md", "docs/intent.md")
    assert repo.commit("-m", "Move").code == 1, "no register says so"
    put(repo, "specs/intent.md", SMALL["specs/intent.md"].replace("`intent.md`", "`docs/intent.md`"))
    assert repo.commit("-m", "Move").code == 0
    assert "gate: pass" in gate(repo)
    put(repo, "intent.md", "# Moved\n")
    assert "intent.md needs a story" in repo.commit("-m", "Leave a note").err


def test_a_story_that_lands_with_its_code_may_widen_as_it_goes(repo: Repo) -> None:
    repo.git("switch", "--quiet", "--force-create", "work")
    put(repo, NEW_AT, NEW)
    assert repo.commit("-m", "Say it").code == 0
    put(repo, NEW_AT, NEW.replace(FIELD, WIDER))
    repo.change("lib/io.py")
    done = repo.commit("-m", "Store", "-m", "Story: STORY-new001")
    assert (done.code, done.err) == (0, "")


def test_work_for_a_story_that_was_done_elsewhere_is_told_as_the_gate_tells_it(repo: Repo) -> None:
    """From `reviewed` up, where such a story is closed; `bmad start` and `reopen` say what opens it."""
    text = SMALL[AT].replace(FIELD, f"{FIELD}\n- Done elsewhere: `done` in board.md")
    (repo.root / AT).write_text(text, encoding="utf-8")
    repo.loose("Import")
    repo.git("switch", "--quiet", "--force-create", "work")
    repo.change()
    assert repo.commit("-m", "Store", "-m", TRAILER).code == 0
    (repo.root / "bmad.yaml").write_text("gate: {since: root, level: reviewed}\n", encoding="utf-8")
    repo.loose("Ask for reviews")
    repo.change()
    done = repo.commit("-m", "Store", "-m", TRAILER)
    assert done.code == 1
    assert f"first land a change that takes `Done elsewhere` out of {AT}" in done.err
    for words in (("start", STORE), ("reopen", STORE, "--why", "a fault")):
        done = repo.bmad(*words)
        assert (done.code, f"take `Done elsewhere` out of {AT}, and commit that" in done.err) == (2, True), done
