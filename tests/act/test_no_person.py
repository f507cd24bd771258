"""What an agent or a check would say in the name of the person whose account it has is no word of that person."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.act.stage import Stage

WORDS = "An agent or a check of this repository asks for that, and only a person decides."
SAID = (("accept", "--all"), ("reject", "STORY", "--why", "No."), ("cancel", "STORY", "--why", "No."))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Its first story waits to be accepted."""
    made = Stage(tmp_path_factory.mktemp("no-person"), accept="story")
    made.bmad("act", made.first, code=4)
    return made


def lock(repo: Path) -> str:
    """A lock of the repository, as those name it who work under it."""
    return str(repo.resolve() / ".git/bmad/locks/worktree-STORY-a.held")


@pytest.mark.parametrize("said", SAID, ids=" ".join)
def test_who_works_under_a_lock_of_the_repository_decides_nothing(
    stage: Stage, said: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BMAD_LEASE", lock(stage.repo))
    before = stage.events(stage.first)
    assert WORDS in stage.bmad(*(stage.first if word == "STORY" else word for word in said), code=2).err
    assert stage.events(stage.first) == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of the programs above")
def test_nor_does_who_takes_the_mark_out_of_its_environment(stage: Stage) -> None:
    call = [sys.executable, "-m", "bmad", "accept", stage.first]
    code = f"import os, subprocess; del os.environ['BMAD_LEASE']; raise SystemExit(subprocess.call({call!r}))"
    marked = {**os.environ, "BMAD_LEASE": lock(stage.repo)}
    above = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(above, cwd=stage.repo, env=marked, capture_output=True, text=True, check=False)
    assert (done.returncode, WORDS in done.stderr) == (2, True), done


def test_one_of_another_repository_is_a_person_here(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As are the tests of bmad itself, which its own checks run."""
    monkeypatch.setenv("BMAD_LEASE", lock(tmp_path))
    stage.bmad("accept", stage.first)
    assert stage.events(stage.first)[-1]["event"] == "accepted"
