"""What systems have otherwise: asked in one place, told by `bmad doctor` and on a page, and got by without."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bmad import platforms
from bmad.agents import confine
from bmad.git import budget
from bmad.git.process import end, ended, spawn
from tests.act.stage import found, source, stands
from tests.act.test_flows import REVIEW, RIGHT, begun, play
from tests.otherwise import without_linux
from tests.program import inside

ROOT = Path(__file__).parent.parent
ASKED = re.compile(
    r"sys\.platform|os\.name\b|os\.uname|platform\.system|pidfd_open|prlimit\(|CDLL\(|sysctl|\"/proc"
    r"|^ *import (fcntl|resource)",
    re.MULTILINE,
)


def test_only_one_place_asks_which_system_this_is() -> None:
    """Shell hooks read `/proc` where it is there; Python looks at it through `bmad.platforms` alone."""
    files = {path: path.read_text(encoding="utf-8") for path in (ROOT / "bmad").rglob("*.py")}
    asking = {path.relative_to(ROOT / "bmad").as_posix() for path, text in files.items() if ASKED.search(text)}
    assert asking == {"platforms.py", "core/hook_scripts.py"}
    bound = {path.name for path, text in files.items() if re.search(r"^import ctypes", text, re.MULTILINE)}
    assert bound == {"confine.py", "unseen.py"}, "these speak with the kernel themselves"


def test_what_is_asked_of_this_very_process_is_so() -> None:
    own = os.getpid()
    assert own in platforms.processes()
    assert platforms.parent(own) == os.getppid()
    assert platforms.begun(own) >= platforms.begun(os.getppid()) > 0
    assert platforms.told(own, "cmdline").split(b"\0")[0]
    assert platforms.cpu_seconds(own) > 0
    assert platforms.system().startswith(os.uname().sysname)
    with open(__file__, "rb") as file:  # noqa: PTH123 - a descriptor
        assert platforms.path_of(file.fileno()) == __file__
    assert (platforms.begun(0), platforms.parent(0), platforms.handle(1 << 22)) == (0, 0, None)


def test_when_a_process_began_is_read_once_of_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platforms, "PROC", str(tmp_path))
    ticks = [500, 900]
    monkeypatch.setattr(platforms, "status", lambda _: ["S", *["1"] * 18, str(ticks.pop(0))])
    (tmp_path / "77").mkdir()
    assert [platforms.begun(77), platforms.begun(77)] == [500, 500]
    (tmp_path / "77").rename(tmp_path / "gone")
    assert platforms.begun(77) == 0
    (tmp_path / "77").mkdir()
    assert platforms.begun(77) == 900, "another one with its number"


def test_children_of_all_threads_are_listed_dead_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor() as pool:
        found = [start(["sleep", "60"]) for start in (spawn, lambda one: pool.submit(spawn, one).result())]
        found.append(dead := spawn(["true"]))
        assert ended(dead, 60)
        try:
            listed = platforms.children(os.getpid())
            told = [one for one in platforms.processes() if platforms.parent(one) == os.getpid()]
            assert listed is None or (listed == set(told) and listed >= {one.pid for one in found})
            monkeypatch.setattr(platforms, "PROC", "/nonexistent")
            assert platforms.children(os.getpid()) is None
        finally:
            for one in found:
                end(one)


def test_a_system_without_them_says_so_by_its_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    without_linux(monkeypatch)
    own = os.getpid()
    assert (platforms.processes(), platforms.begun(own), platforms.handle(own)) == ([], 0, None)
    assert (platforms.cpu_seconds(own), budget.private_bytes(own), platforms.tells()) == (0.0, 0, False)
    platforms.limit(own, "RLIMIT_CPU", (1, 1))  # bounds nobody


def test_doctor_tells_what_this_system_lacks(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = inside("doctor", "--no-calls", cwd=small)
    assert "no limits on other processes" not in own.out
    without_linux(monkeypatch)
    told = inside("doctor", "--no-calls", cwd=small)
    assert "macOS, Darwin" in told.out
    assert "no Landlock: your files are watched instead" in told.out
    for one in platforms.LACKING:
        assert f"no {one.name}: {one.without}" in told.out


def test_a_story_is_carried_and_judged_without_what_linux_alone_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Agents, checks, worktrees, a fix, a landing and the gate, by the ways that macOS goes."""
    without_linux(monkeypatch)
    stage, name = begun(tmp_path)
    before = stage.tip("main")
    play(
        stage,
        {"1/triage": stands("confirmed", name), "2/fix": source(RIGHT), f"2/{REVIEW}": found(settled=[name])},
    )
    stage.bmad("act", stage.first)
    assert stage.record(stage.first)["rounds"] == 2
    stage.gate(before)


def test_the_page_names_each_difference() -> None:
    page = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    assert [one.name for one in platforms.LACKING if one.name not in page] == []
    assert "Landlock" in page
    assert confine.version() >= 0
