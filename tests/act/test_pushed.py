"""A colleague reviews in a clone of her own what somebody else pushed; who wrote it cannot, wherever it is."""

import copy
from pathlib import Path

import pytest

from tests.act.stage import FAILING, Stage, begun, work
from tests.act.test_truth_c import by_a_person
from tests.program import git

COLLEAGUE = "Bea <bea@example.org>"


@pytest.fixture
def pushed(tmp_path: Path) -> tuple[Stage, Stage]:
    """The author's repository, with the work on a branch, and a colleague's clone of it."""
    stage = begun(tmp_path, accept="story")
    by_a_person(stage)
    stage.git("rebase", "--quiet", "main")
    work(stage)
    stage.git("switch", "--quiet", "main")
    theirs = copy.copy(stage)
    theirs.repo = tmp_path / "clone"
    git("clone", "--quiet", str(stage.repo), str(theirs.repo), cwd=tmp_path)
    stage.git("switch", "--quiet", f"bmad/{stage.first}")
    return stage, theirs


def as_colleague(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BMAD_ACTOR", COLLEAGUE)


def test_work_that_was_pushed_is_reviewed_and_landed_by_a_colleague(
    pushed: tuple[Stage, Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, theirs = pushed
    name, base = stage.first, stage.tip("main")
    assert "waiting for you (review)" in stage.bmad("submit", code=4).out
    for one in (stage, theirs):
        told = one.bmad("review", name, "--approve", code=2).err
        assert "wrote this, and so cannot be its reviewer (G08)" in told
    assert theirs.json("inbox")["items"] == [], "nothing was begun for who may not review"
    as_colleague(monkeypatch)
    theirs.bmad("review", name, "--request-changes", "Say two.")
    assert f"Its author commits that on bmad/{name} and pushes it, then: git fetch && bmad review {name}" in (
        theirs.bmad("submit", name, code=4).out
    )
    assert theirs.json("inbox")["items"][0]["commands"] == [f"git fetch && bmad review {name}"]
    monkeypatch.delenv("BMAD_ACTOR")
    work(stage, "VALUE = 2\n")
    as_colleague(monkeypatch)
    theirs.git("fetch", "--quiet")
    assert "your answer is noted" in theirs.bmad("review", name, "--approve").out
    theirs.bmad("submit", name, code=4)
    theirs.bmad("accept", name)
    assert f"{name} is done on main" in theirs.bmad("submit", name).out
    record = theirs.record(name)
    assert {(one["role"], one["by"]) for one in record["work"]} == {
        ("developer", stage.person),
        ("reviewer", COLLEAGUE),
    }
    assert record["lost"] == [], "each answer counts"
    assert record["authors"] == [stage.person]
    assert "level   reviewed (declared)" in theirs.gate(base).out
    monkeypatch.delenv("BMAD_ACTOR")
    stage.git("fetch", "--quiet", str(theirs.repo), "main:main")
    [item] = stage.json("inbox")["items"]
    assert f"{name} has landed on main with this work in it, from another clone." in item["words"]
    told = stage.bmad("submit", name, code=2).err
    assert f"Nothing is left to do here: bmad cancel {name}" in told
    assert "takes it up again" not in stage.bmad("cancel", name).out
    assert stage.bmad("submit", name, code=2).err.endswith("Nothing is left to do here.\n")
    stage.git("switch", "--quiet", "main")
    assert [one["state"] for one in stage.json("status")["stories"] if one["id"] == name] == ["done"]


def test_what_came_after_the_review_began_is_not_approved_with_it(
    pushed: tuple[Stage, Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, theirs = pushed
    name = stage.first
    as_colleague(monkeypatch)
    assert "There is no terminal for an editor" in theirs.bmad("review", name, code=2).err
    work(stage, "VALUE = 2\n")
    theirs.git("fetch", "--quiet")
    told = theirs.bmad("review", name, "--approve", code=2).err
    assert f"origin/bmad/{name} holds commits that came after what waits for your review" in told
    theirs.bmad("review", name, "--request-changes", "See the rest.")
    assert "waiting for you (review)" in theirs.bmad("submit", name, code=4).out


def test_what_cannot_be_taken_up_is_said(pushed: tuple[Stage, Stage], monkeypatch: pytest.MonkeyPatch) -> None:
    stage, theirs = pushed
    name = stage.first
    as_colleague(monkeypatch)
    theirs.git("branch", f"bmad/{name}", "main")
    theirs.git("switch", "--quiet", f"bmad/{name}")
    theirs.commit({}, f"Other work\n\nStory: {name}")
    assert "went different ways" in theirs.bmad("review", name, "--approve", code=2).err
    theirs.git("switch", "--quiet", "main")
    theirs.git("branch", "--quiet", "-M", f"bmad/{name}", "aside")
    work(stage, test=FAILING)
    theirs.git("fetch", "--quiet")
    told = theirs.bmad("review", name, "--approve", code=4).out
    assert "The check `tests`" in told
    assert f"git fetch && bmad review {name}" in told
    assert "has not been begun" in theirs.bmad("review", theirs.second, "--approve", code=2).err
