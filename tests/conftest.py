"""What several tests share: a small sound specification, and the folder of sample documents."""

import gc
import itertools
import os
import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bmad.pipeline.act.collecting import collecting
from tests import memory
from tests.homes import ada, template
from tests.specs import write_small

settings.register_profile("bmad", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bmad")  # no test asserts a time

# A suite that was started in the background of a script, or by `nohup`: what it starts would be deaf, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Python is started hundreds of times: what it has compiled once is kept, also where a person's own keeps nothing.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_configure(config: pytest.Config) -> None:
    """The process that a person started says for all of them where they write."""
    if hasattr(config, "workerinput") or config.option.basetemp or not (folder := memory.folder()):
        return
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    config.option.basetemp = folder / memory.BASE


SHARED = collecting()


def pytest_collection_finish() -> None:
    """What all tests share lives until the end: nothing looks at it again, not even after a run in a test."""
    gc.collect()
    SHARED.__enter__()


SAMPLES = Path(__file__).parent.parent.parent / "shared" / "samples"


@pytest.fixture(scope="session", autouse=True)
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[Path]]:
    """No fixture of a module or session sees the person's git configuration, hooks or identity.

    Homes are counted here: pytest's own factory would read the folder of all tests for each.
    """
    folder = tmp_path_factory.mktemp("homes")
    template(folder / "template")
    homes = (folder / str(number) for number in itertools.count())
    with pytest.MonkeyPatch.context() as patch:
        _be_ada(next(homes), patch)
        yield homes


@pytest.fixture(autouse=True)
def _own_world(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a test, nor what another test left in its home."""
    _be_ada(next(_homes), monkeypatch)


def _be_ada(home: Path, patch: pytest.MonkeyPatch) -> None:
    for name, value in ada(home, home.parent / "template").items():
        if value is None:
            patch.delenv(name)
        else:
            patch.setenv(name, value)


@pytest.fixture(scope="module")
def _shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Iterator[int]]]:
    folder = tmp_path_factory.mktemp("m")
    yield folder, itertools.count()
    memory.free(folder)


@pytest.fixture
def tmp_path(_shelf: tuple[Path, Iterator[int]], request: pytest.FixtureRequest) -> Path:
    """A folder of its own beside those of its module: pytest would read the folder of all tests for each."""
    folder, numbers = _shelf
    made = folder / f"{re.sub(r'[^0-9A-Za-z_]', '_', request.node.name)[:30]}{next(numbers)}"
    made.mkdir()
    return made


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
