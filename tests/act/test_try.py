"""`bmad try`: the work in a worktree of its own, kept in, at the person's terminal, and taken away again."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bmad.agents.confine import version
from tests.act.stage import Stage
from tests.program import bmad, git

TRY = 'try: [sh, -c, "cat src/*.py; echo $BMAD_STORY $BMAD_PORT; touch made"]\n'
SETUP = "setup: [[sh, -c, 'echo set >> set-up; echo ${PWD##*/} >> $XDG_CACHE_HOME/who']]\n"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Two stories wait; bmad.yaml names what to try them with."""
    made = Stage(tmp_path_factory.mktemp("try"), accept="story")
    made.run = bmad  # a process of its own: what is tried prints to its own streams
    text = f"{made.settings}{TRY}{SETUP}"
    made.commit({"bmad.yaml": text, ".gitignore": ".bmad/\n__pycache__/\nset-up\n"}, "Say how\n\nPolicy: tests")
    made.bmad("act", made.first, code=4)
    return made


def test_the_work_is_set_up_and_run_out_of_the_checkout(stage: Stage) -> None:
    ended = stage.bmad("try", stage.first)
    assert "VALUE = '1/dev'" in ended.out
    assert f"{stage.first} " in ended.out
    assert f"It is code written for {stage.first}, and runs since you ask for it" in ended.err
    told = stage.json("try", stage.first)
    folder = Path(told["folder"])
    assert (told["exit"], told["commit"]) == (0, stage.git("rev-parse", f"bmad/{stage.first}"))
    assert not folder.is_relative_to(stage.repo)
    assert (folder / "set-up").read_text(encoding="utf-8") == "set\n"
    who = folder.parents[1] / "caches" / "setup" / "who"
    left = who.read_text(encoding="utf-8") if who.exists() else ""
    assert folder.name not in left, "what agents wrote leaves nothing for later checks"
    assert git("status", "--porcelain", cwd=stage.repo) == ""
    assert stage.json("try", stage.first, "--clean")["removed"] == [stage.first]
    assert not folder.exists()
    assert "refs/bmad-try" not in stage.git("for-each-ref")
    assert stage.json("try", "--clean")["removed"] == []


def test_what_is_named_instead_runs_without_a_shell_and_its_end_is_told(stage: Stage) -> None:
    assert "$HOME" in stage.bmad("try", stage.first, "--", "echo", "$HOME").out
    assert "ended with 3" in stage.bmad("try", stage.first, "--", "sh", "-c", "exit 3", code=1).out
    assert "no program" in stage.bmad("try", stage.first, "--", "nothing-of-that-name", code=2).err


def test_what_was_changed_there_is_kept(stage: Stage) -> None:
    ended = stage.bmad("try", "--json", stage.first, "--", "sh", "-c", "echo mine > mine.txt")
    told = json.loads(ended.out)
    assert (Path(told["folder"]) / "mine.txt").exists()
    again = stage.bmad("try", stage.first, "--", "true").err
    assert not (Path(told["folder"]) / "mine.txt").exists()
    kept = stage.git("for-each-ref", "--format=%(refname)", f"refs/bmad/kept/{stage.first}").split()
    [own] = [one for one in kept if "mine.txt" in stage.git("ls-tree", "--name-only", one)]
    assert f"is kept under {own}: git -C {told['folder']} diff HEAD {own}" in again
    assert "is kept" not in stage.bmad("try", stage.first, "--", "true").err


@pytest.mark.skipif(not version(), reason="this kernel has no Landlock")
def test_it_writes_nowhere_else(stage: Stage, tmp_path: Path) -> None:
    there = tmp_path / "there"
    if "shm" in there.parts:
        pytest.skip("whatever is confined may write there")
    stage.bmad("try", stage.first, "--", "touch", str(there), code=1)
    assert not there.exists()


def test_no_key_of_the_person_reaches_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    assert "sk-secret" not in stage.bmad("try", stage.first, "--", "env").out


def test_what_has_no_work_is_not_tried(stage: Stage) -> None:
    assert "has not been begun" in stage.bmad("try", stage.second, code=2).err
    assert "Say which story" in stage.bmad("try", code=2).err


def test_it_has_the_persons_input_and_ctrl_c_ends_it_alone(stage: Stage) -> None:
    program = "import sys; print('heard', input()); sys.stdout.flush(); import time; time.sleep(60)"
    command = [sys.executable, "-m", "bmad", "try", stage.first, "--", sys.executable, "-c", program]
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        command, cwd=stage.repo, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    os.write(ours, b"a word\n")
    told = read_until(ours, "heard a word")
    child.send_signal(signal.SIGINT)
    told += read_until(ours, "to remove it")
    assert child.wait(20) == 1
    assert "KeyboardInterrupt" in told
    os.close(ours)


def test_it_cannot_type_into_the_shell_that_it_was_called_from(stage: Stage) -> None:
    """It has no controlling terminal, whose input it could feed (TIOCSTI), though bmad has one."""
    looks = "import os\ntry:\n os.open('/dev/tty', 2); print('has', 'one')\nexcept OSError:\n print('has', 'none')"
    ours = [sys.executable, "-c", looks]
    spawn = [sys.executable, "-c", "import pty, sys; pty.spawn(sys.argv[1:])"]
    tried = [sys.executable, "-m", "bmad", "try", stage.first, "--", *ours]
    shown = [
        subprocess.run(
            [*spawn, *one], cwd=stage.repo, capture_output=True, text=True, check=False, input=""
        ).stdout
        for one in (ours, tried)
    ]
    assert "has one" in shown[0]
    assert "has none" in shown[1]


def read_until(descriptor: int, words: str) -> str:
    """What a terminal shows up to some words."""
    told, end = "", time.monotonic() + 30
    while words not in told and time.monotonic() < end:
        try:
            told += os.read(descriptor, 4096).decode("utf-8", "replace")
        except OSError:
            break
    assert words in told, told
    return told
