"""What is lost or held at the very landing is a wait with a name and a next command, and no work is lost."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bmad.model.act import State
from bmad.pipeline.act import runner
from bmad.pipeline.act.step import Case, Happened
from tests.act.stage import Stage
from tests.act.test_attest import attesting
from tests.signing import file_of

Breaking = Callable[[State, Callable[[], object]], None]


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Breaking:
    """Something happens once, as a story comes to a step."""

    def before(state: State, does: Callable[[], object]) -> None:
        step, left = runner.STEPS[state], [does]

        def performed(case: Case) -> Happened | None:
            while left:
                left.pop()()
            return step(case)

        monkeypatch.setitem(runner.STEPS, state, performed)

    return before


def waits(stage: Stage) -> tuple[str, list[str]]:
    """What the inbox says of the first story, and its commands."""
    [item] = [one for one in stage.json("inbox")["items"] if one["story"] == stage.first]
    assert item["kind"] == "waiting"
    return item["words"], item["commands"]


def key_of(stage: Stage, folder: Path) -> Path:
    """A copy of the signing key, for git to use."""
    for end in ("", ".pub"):
        shutil.copy(f"{file_of('ada')}{end}", folder / f"key{end}")
    stage.git("config", "user.signingKey", str(folder / "key"))
    return folder / "key"


@pytest.mark.parametrize("mid_run", [True, False])
def test_i_a_signing_key_that_is_gone_at_the_landing_is_waited_for(
    tmp_path: Path, breaking: Breaking, *, mid_run: bool
) -> None:
    stage = attesting(tmp_path, accept="auto" if mid_run else "story")
    key, before = key_of(stage, tmp_path), stage.tip()
    if mid_run:
        breaking(State.LAND, lambda: key.rename(tmp_path / "away"))
        ended = stage.bmad("act", code=4)
        assert "1 waiting for you (land), 1 not begun" in ended.out
    else:
        stage.bmad("act", stage.first, code=4)
        stage.bmad("accept", stage.first)
        key.rename(tmp_path / "away")
        stage.bmad("act", stage.first, code=3)
    words, commands = waits(stage)
    assert "cannot sign with user.signingKey" in words
    assert commands == [f"bmad act {stage.first}"]
    assert not [path for path in stage.files() if "/records/" in path]
    (tmp_path / "away").rename(key)
    stage.bmad(*commands[0].split()[1:])
    assert stage.json("gate", "--base", before, "--head", "main")["signers"] == ["ada@example.org"]


@pytest.mark.parametrize("state", [State.REVIEW, State.LAND])
def test_i_a_target_that_is_deleted_mid_run_is_made_again_where_it_was(
    tmp_path: Path, breaking: Breaking, state: State
) -> None:
    stage = Stage(tmp_path, None, target="main")
    before = stage.tip()

    def delete() -> None:
        stage.git("switch", "--quiet", "--create", "other")
        stage.git("branch", "-D", "main")

    breaking(state, delete)
    ended = stage.bmad("act", stage.first, code=4)
    again = re.search(r"git branch main ([0-9a-f]{40})", ended.err)
    assert again is not None
    assert "bmad inbox" in stage.bmad("act", stage.first, code=4).err
    words, commands = waits(stage)
    assert "is gone" in words
    assert commands == ["git branch main COMMIT", f"bmad act {stage.first}"]
    stage.git("branch", "main", again[1])
    stage.bmad("act", stage.first)
    ways = stage.ways(stage.first)
    assert ways.count("review") == 1, "nothing is done twice"
    stage.gate(before)


def test_i_twin_a_target_that_never_was_is_wrong_usage(tmp_path: Path) -> None:
    stage = Stage(tmp_path, None, target="nowhere")
    assert "`nowhere` is no branch here" in stage.bmad("act", code=2).err


@pytest.mark.parametrize("accept", ["auto", "end"])
def test_i_a_held_lock_of_packed_refs_keeps_nothing_from_landing(
    tmp_path: Path, breaking: Breaking, accept: str
) -> None:
    stage = Stage(tmp_path, None, accept=accept)
    lock, before = stage.repo / ".git/packed-refs.lock", stage.tip()

    def hold() -> None:
        stage.git("pack-refs", "--all")
        lock.touch()

    breaking(State.LAND, hold)
    if accept == "end":
        stage.bmad("act", stage.first, code=4)
        stage.bmad("act", stage.second, code=4)
        stage.bmad("accept", "--all")
    else:
        stage.bmad("act", stage.first)
    landed = stage.tip()
    assert stage.record(stage.first)["landing"] == 1
    lock.unlink()
    stage.bmad("act", stage.first)
    assert stage.tip() == landed, "what has landed is not landed again"
    stage.gate(before)
