"""Long work says so at a terminal, and nowhere else; what is quick loads nothing for it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.act.test_live_board import HIDDEN, VISIBLE, Screen
from tests.program import git
from tests.specs import write_small

SLOW = (
    "import sys, time; from bmad.cli import boundary, output, waiting; import bmad.cli.validate as one\n"
    "waiting.AFTER = 0.05\n"
    "real = one.run.__globals__['open_app']\n"
    "def slow(repo):\n    time.sleep(1.5)\n    return real(repo)\n"
    "one.open_app = slow\n"
    "output.speak(sys.stdout, sys.stderr); sys.exit(boundary.run(sys.argv[1:]))"
)
"""A `bmad` whose `validate` takes its time."""


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git("init", "--quiet", cwd=tmp_path)
    write_small(tmp_path)
    return tmp_path


class Slow(Screen):
    """One of these at a terminal."""

    PROGRAM = ("-c", SLOW)


def test_it_is_drawn_and_gone_before_the_result(repo: Path) -> None:
    screen = Slow(repo, "validate")
    told = screen.read()
    assert screen.program.wait(20) == 0
    screen.close()
    drawn, _, rest = told.partition(VISIBLE)
    assert "bmad validate: checking the specification 0:00:01" in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn)
    assert told.count(HIDDEN) == 1
    assert "checking" not in rest.rpartition("\x1b")[2]
    assert rest.endswith("no findings\r\n")


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_it_plain_is_told_nothing(repo: Path, environ: dict[str, str]) -> None:
    screen = Slow(repo, "validate", **environ)
    told = screen.read()
    screen.close()
    assert "\x1b" not in told
    assert "checking the specification" not in told


def test_without_a_terminal_there_is_the_result_alone(repo: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SLOW, "validate"], cwd=repo, capture_output=True, check=True)
    assert done.stderr == b""


def test_what_is_quick_loads_nothing_that_draws(repo: Path) -> None:
    code = "import sys; from bmad.cli.boundary import run; run(sys.argv[1:]); assert 'rich' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, "status"], cwd=repo, capture_output=True, check=True)
