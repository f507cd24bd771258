"""What outlives a killed runner and sheds every mark of it is told of when the next one begins."""

import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bmad.agents import outlived
from tests import forking
from tests.act.agent_world import alive, needs_landlock
from tests.act.stage import Stage

CHECK = """
import os, sys, time
if not os.path.exists({mended!r}):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 64)
            os.chdir("/")
            program = "import time; time.sleep(90)"
            os.execve(sys.executable, [sys.executable, "-I", "-S", "-c", program, {mark!r}], {{}})
        os._exit(0)
    time.sleep(90)
"""


class Outliving:
    """A stage whose check leaves a process without marks, and then hangs until it is mended."""

    def __init__(self, folder: Path) -> None:
        self.stage = Stage(folder)
        self.mark = f"outlives-{uuid.uuid4().hex}"
        self.mended = folder / "mended"
        text = CHECK.format(mended=str(self.mended), mark=self.mark)
        run = json.dumps([sys.executable, "-c", text])
        settings = "\n".join(
            f"verify: [{{name: tests, run: {run}}}]" if line.startswith("verify:") else line
            for line in self.stage.settings.splitlines()
        )
        self.stage.commit({"bmad.yaml": settings + "\n"}, "Check it\n\nPolicy: tests")

    def begin(self) -> forking.Runner:
        """A runner that is at work, once its check has left something."""
        child = forking.begin(["act", self.stage.first], self.stage.repo)
        while not self.left() and child.poll() is None:
            time.sleep(0.05)
        assert child.poll() is None
        return child

    def left(self) -> list[int]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                if os.fsencode(self.mark) in words and alive(int(folder.name)):
                    found.append(int(folder.name))
        return found


@pytest.fixture
def outliving(tmp_path: Path) -> Iterator[Outliving]:
    one = Outliving(tmp_path)
    yield one
    for pid in one.left():
        os.kill(pid, signal.SIGKILL)


@needs_landlock
def test_what_outlived_a_killed_runner_is_told_of_once(outliving: Outliving) -> None:
    runner = outliving.begin()
    runner.kill()
    runner.wait()
    [pid] = outliving.left()
    outliving.mended.touch()
    told = outliving.stage.bmad("act", outliving.stage.first).out
    assert "the last bmad act was killed while it worked" in told
    assert f"{pid} (python" in told
    assert alive(pid), "nobody can say that it is the agent's"
    assert "was killed" not in outliving.stage.bmad("act", outliving.stage.first).out


@needs_landlock
def test_a_runner_that_was_asked_to_end_leaves_nothing_to_tell_of(outliving: Outliving) -> None:
    runner = outliving.begin()
    runner.send_signal(signal.SIGINT)
    runner.wait()
    assert outliving.left() == []
    outliving.mended.touch()
    assert "was killed" not in outliving.stage.bmad("act", outliving.stage.first).out


def test_of_another_boot_and_of_before_nothing_is_told(tmp_path: Path) -> None:
    boot, _, ticks = outlived.moment().partition(" ")
    assert int(ticks) > 0
    for told in ("", "nonsense", f"{boot} nonsense", f"other {ticks}", f"{boot} {1 << 60}"):
        assert outlived.since(told, tmp_path) == []
