"""Files are written all or not at all, whatever interrupts it, and never outside the repository."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bmad.errors import UsageError
from bmad.store.workspace import MAX_BYTES, FileWorkspace

FILES: dict[str, str | None] = {"stories/STORY-a.md": "new a\n", "specs/prd.md": "new prd\n", "old.md": None}


def start(root: Path) -> None:
    (root / "specs").mkdir()
    (root / "specs/prd.md").write_text("old prd\n", encoding="utf-8")
    (root / "old.md").write_text("old\n", encoding="utf-8")


def state(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*")
        if path.is_file() and ".bmad" not in path.parts
    }


OLD = {"specs/prd.md": "old prd\n", "old.md": "old\n"}
NEW = {"specs/prd.md": "new prd\n", "stories/STORY-a.md": "new a\n"}


def test_all_is_written(tmp_path: Path) -> None:
    start(tmp_path)
    FileWorkspace(tmp_path).write(FILES)
    assert state(tmp_path) == NEW
    assert (tmp_path / ".bmad/.gitignore").read_text(encoding="utf-8") == "*\n"
    assert not (tmp_path / ".bmad/staged").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from bmad.store.workspace import FileWorkspace
count = 0
def counted(name):
    plain = getattr(Path, name)
    def step(self, *args, **kwargs):
        global count
        count += 1
        if count == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(self, *args, **kwargs)
    setattr(Path, name, step)
for name in ("replace", "unlink", "mkdir", "write_text"):
    counted(name)
FileWorkspace(Path(sys.argv[1])).write(%r)
"""


def test_a_kill_at_any_step_leaves_all_or_nothing(tmp_path: Path) -> None:
    outcomes = []
    for at in range(1, 40):
        root = tmp_path / str(at)
        root.mkdir()
        start(root)
        done = subprocess.run([sys.executable, "-c", KILLED % FILES, str(root), str(at)], check=False)
        FileWorkspace(root)  # the next command finishes what was begun
        assert state(root) in (OLD, NEW), at
        outcomes.append((done.returncode, state(root) == NEW))
        if done.returncode == 0:
            break
    assert outcomes[-1] == (0, True)
    killed = [whole for code, whole in outcomes if code == -signal.SIGKILL]
    assert True in killed
    assert False in killed


@pytest.mark.parametrize("path", ["../out.md", ".git/hooks/pre-commit", "specs/../../out.md", ".GIT/config"])
def test_nothing_is_written_outside_or_into_git(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError):
        FileWorkspace(tmp_path).write({path: "x"})
    stage = tmp_path / ".bmad/staged"
    stage.mkdir(parents=True)
    (stage / "0").write_text("x", encoding="utf-8")
    (stage / "ready.json").write_text(json.dumps([["0", path]]), encoding="utf-8")
    with pytest.raises(UsageError):
        FileWorkspace(tmp_path)
    assert not (tmp_path.parent / "out.md").exists()
    assert not (tmp_path / ".git").exists()


def test_a_symlink_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "specs").symlink_to(outside)
    (inside / "link.md").symlink_to(outside / "secret")
    with pytest.raises(UsageError, match="symbolic link"):
        FileWorkspace(inside).write({"specs/prd.md": "x"})
    assert list(outside.iterdir()) == []
    (outside / "secret").write_text("secret\n", encoding="utf-8")
    for path in ("link.md", "specs/secret"):
        with pytest.raises(UsageError, match="symbolic link"):
            FileWorkspace(inside).read(path)


@pytest.mark.parametrize("rubbish", ["", "{}", "[1]", "[[null]]", "null", '[["0", 5]]'])
def test_a_broken_list_of_moves_is_left_alone(tmp_path: Path, rubbish: str) -> None:
    start(tmp_path)
    (tmp_path / ".bmad/staged").mkdir(parents=True)
    (tmp_path / ".bmad/staged/ready.json").write_text(rubbish, encoding="utf-8")
    assert FileWorkspace(tmp_path).read("specs/prd.md") == "old prd\n"


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "big.md").open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(UsageError, match="MiB"):
        FileWorkspace(tmp_path).read("big.md")


def test_a_device_is_no_document(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(UsageError, match="regular"):
        FileWorkspace(tmp_path).read("pipe.md")
