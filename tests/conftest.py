"""What several tests share: a small sound specification, and the folder of sample documents."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.specs import write_small

settings.register_profile("bmad", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bmad")  # no test asserts a time

SAMPLES = Path(__file__).parent.parent.parent / "shared" / "samples"


@pytest.fixture(autouse=True)
def _own_world(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the person's git configuration, hooks or identity."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith("GIT_") or name == "BMAD_ACTOR":
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    (home / "gitconfig").write_text(
        "[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n[commit]\ngpgSign = false\n",
        encoding="utf-8",
    )


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with a small sound specification."""
    write_small(tmp_path)
    return tmp_path


@pytest.fixture
def samples() -> Path:
    """The folder of sample documents; without it the test is skipped by name."""
    if not SAMPLES.is_dir():
        pytest.skip(f"the sample documents are not at {SAMPLES}")
    return SAMPLES
