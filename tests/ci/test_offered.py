"""What this repository offers to others: an action, hooks of the pre-commit framework, a container file."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bmad.cli.commands import COMMANDS

ROOT = Path(__file__).parents[2]


def test_the_action_is_pinned_and_no_input_is_part_of_a_command() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
        if "pip" in step.get("run", ""):
            assert step["working-directory"] == "${{ runner.temp }}", "not where the change lies"
            assert "--require-hashes" in step["run"]


def test_zizmor_finds_nothing_in_the_action() -> None:
    program = shutil.which("zizmor")
    if program is None:
        pytest.skip("zizmor is not installed")
    done = subprocess.run(
        [program, "--offline", str(ROOT / "action.yml")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_actions_judging_step_passes_its_inputs_on(tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    script = next(one["run"] for one in action["runs"]["steps"] if one.get("name") == "Judge")
    program = tmp_path / "bmad/bin/bmad"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n', encoding="utf-8")
    program.chmod(0o755)

    def told(**env: str) -> list[str]:
        environ = {"PATH": "/usr/bin:/bin", "RUNNER_TEMP": str(tmp_path), **env}
        done = subprocess.run(
            ["bash", "-e", "-c", script], env=environ, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()

    assert told(COMMENT="", REPORT_ONLY="false") == ["ci"]
    assert told(COMMENT="a b; $(x)", REPORT_ONLY="true") == ["ci", "--comment", "a b; $(x)", "--report-only"]


def test_hooks_of_the_framework_start_commands_that_there_are() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [one["id"] for one in hooks] == ["bmad-commit-msg", "bmad-validate", "bmad-gate"]
    for one in hooks:
        program, command, *_ = one["entry"].split(" ")
        assert (program, command in COMMANDS) == ("bmad", True)
    document = next(one["files"] for one in hooks if one["id"] == "bmad-validate")
    assert re.search(document, "docs/bmad/specs/prd.md")
    assert not re.search(document, "intent.md"), "before the first map there is nothing to check"


def test_the_container_runs_as_nobody_in_particular_and_installs_by_hash() -> None:
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert "\nUSER bmad\n" in last
    assert "--require-hashes" in text
    assert "pip install" not in last
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    assert all((ROOT / name).exists() for row in copied for name in row.split(" "))
