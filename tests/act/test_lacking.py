"""Names that a module of the standard library surely lacks: what bmad knows, and what an interpreter is asked."""

import json
import subprocess
import sys
from pathlib import Path

from bmad.pipeline.act.checks.imports import _ASK, _is_own
from bmad.pipeline.act.checks.lacking import lacks
from tests.act.stage import Stage

NAMES = {
    "json:loads": False,
    "json:fetch": True,
    "textwrap:gone": True,
    "os.path:gone": False,  # `os` is no package
    "time:gone": False,  # it is no text
    "unittest:TestCase": False,
    "email.mime.text:MIMEText": False,
    "email.mime.text:gone": True,
}


def test_bmad_knows_of_its_own_library_what_its_interpreter_says_when_asked(tmp_path: Path) -> None:
    assert {name: lacks(*name.split(":")) for name in NAMES} == NAMES
    assert all(_is_own(sys.executable, name) for name in NAMES)
    command = [sys.executable, "-I", "-B", "-c", _ASK, str(tmp_path), *NAMES, "yaml", "no_such_package"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    there = {name for name, lacking in NAMES.items() if not lacking}
    assert json.loads(told.partition(" ")[2]) == dict.fromkeys([*there, "yaml"], True)


def test_it_knows_nothing_of_packages_or_of_another_interpreter(tmp_path: Path) -> None:
    assert not _is_own(sys.executable, "yaml:load")
    assert not _is_own(str(tmp_path / "python3"), "json:loads")


def test_none_is_started_where_bmad_knows(tmp_path: Path) -> None:
    """The scripted agent's test says `unittest.TestCase`."""
    stage = Stage(tmp_path)
    stage.bmad("act", stage.first)
    assert [one["ok"] for one in stage.record(stage.first)["checks"] if one["name"] == "known-imports"] == [True]
    assert not [*(stage.repo / ".bmad/logs").rglob("*known-imports*")]
