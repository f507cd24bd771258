"""Each test of the gate has a repository of its own."""

from pathlib import Path

import pytest

from tests.gate.repo import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A mapped project on `main`, and a branch `work` that starts there."""
    made = Repo(tmp_path / "repo.git")
    made.branch("work")
    return made
