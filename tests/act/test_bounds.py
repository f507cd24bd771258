"""What bounds a gate bounds a step of one story: it ends no other story, and no run that lasts a night."""

from collections import Counter
from pathlib import Path

import pytest

from bmad.git.read import patches
from bmad.model.bounds import GIT_SECONDS
from tests.act.stage import Stage, source

_A_QUESTION = 0.6
"""CPU seconds that make a run take more than one step may, and no step."""


def test_a_change_that_nobody_reads_whole_is_for_its_developer_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path)
    stage.play({"1/dev": source("VALUE = '" + "x" * 9000 + "'\n")})
    monkeypatch.setattr(patches, "TEXTS_BYTES", 4000)
    stage.bmad("act", stage.first)
    assert "The change is more than is read, so it cannot land." in stage.told(stage.first, "2/fix")
    assert "xxx" not in stage.git("log", "-p", "main"), "no commit of it stands in the history"


def test_what_no_secret_was_looked_for_in_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(tmp_path)
    stage.play({"1/dev": source("VALUE = 1\n" * 900)})
    monkeypatch.setattr(patches, "MAX_DIFF", 4000)
    told = stage.run("act", stage.first, cwd=stage.repo)
    assert "not judged: secrets after the first 4 MiB of the difference" in told.out + told.err


def test_no_step_is_charged_for_those_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(tmp_path)
    taken: Counter[int] = Counter()

    def taking(pid: int) -> float:
        """A git that takes much CPU time for a question."""
        taken[pid] += 1
        return taken[pid] * _A_QUESTION

    monkeypatch.setattr("bmad.git.budget.platforms.cpu_seconds", taking)
    stage.bmad("act")
    assert taken.total() * _A_QUESTION > 2 * GIT_SECONDS
