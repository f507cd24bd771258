"""The number of git processes, and what is imported, do not depend on the number of commits."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bmad.git.read.history import open_history
from bmad.pipeline.status.status import Read, status
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.gate.records import REVIEWED, reviewed
from tests.gate.repo import FIND, STORE, Repo, passes, story
from tests.program import git

HEAVY = {"anthropic", "openai", "jsonschema", "markdown_it", "rich", "httpx2", "sqlite3", "asyncio"}


def counted(repo: Repo, tmp_path: Path, **asked: str) -> int:
    """The processes of a gate that passes."""
    environ, log = noted(tmp_path)
    passes(repo.gate(environ=environ, **asked))  # type: ignore[arg-type]
    return len(log.read_text().splitlines())


def noted(tmp_path: Path) -> tuple[dict[str, str], Path]:
    """The environment of a git that notes each of its starts in a file, a line each, and that file, empty."""
    folder, log = tmp_path / "bin", tmp_path / "log"
    folder.mkdir(exist_ok=True)
    shim = folder / "git"
    shim.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {shutil.which("git")} "$@"\n')
    shim.chmod(0o755)
    log.write_text("")
    return {"PATH": f"{folder}:{os.environ['PATH']}"}, log


def grow(repo: Repo, rounds: int, mark: str) -> None:
    """Four commits a round, a merge and a revert among them."""
    for at in range(rounds):
        made = repo.commit("work", story(FIND), {f"tests/find/{mark}{at}.py": "x\n"})
        repo.git("update-ref", "refs/heads/side", repo.tip("work"))
        repo.commit("side", story(STORE), {"src/store.py": f"y = {mark}{at}\n"})
        repo.commit("work", f"Back\n\nThis reverts commit {made}.\n", {f"tests/find/{mark}{at}.py": None})
        repo.merge("work", "side")


def test_processes_are_constant(repo: Repo, tmp_path: Path) -> None:
    grow(repo, 3, "a")
    few, since = counted(repo, tmp_path), counted(repo, tmp_path, since="main")
    grow(repo, 12, "b")
    assert repo.git("rev-list", "--count", "main..work") == "60"
    assert counted(repo, tmp_path) == few
    assert counted(repo, tmp_path, since="main") == since
    assert max(few, since) <= 16


def test_processes_are_constant_at_reviewed(repo: Repo, tmp_path: Path) -> None:
    """However many commits and records, exact and carried."""
    repo.commit("main", "P\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    lines = "".join(f"line {at}\n" for at in range(30))
    repo.commit("main", story(FIND), {f"tests/find/{at}.py": lines for at in range(8)})
    repo.branch("work")
    repo.commit("main", story(FIND), {f"tests/find/{at}.py": lines.replace("line 2\n", "") for at in range(8)})
    seen = []
    for number in range(1, 9):
        change = lines.replace("line 28\n", f"{number}\n")
        reviewed(repo, FIND, {f"tests/find/{number - 1}.py": change}, number=number)
        seen.append(counted(repo, tmp_path))
    assert len(repo.gate().records) == 8
    assert len(set(seen[2:])) == 1, "that the fork is further away than two commits takes one more"
    assert max(seen) <= 16


def test_processes_of_the_board_are_constant(repo: Repo, tmp_path: Path) -> None:
    """However many paths of a landing do not stand."""
    repo.commit("main", "P\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    folder, seen = tmp_path / "checkout", []
    for number, count in enumerate((2, 12), start=1):
        work = {f"tests/find/{number}{at}.py": f"{number}\n" for at in range(count)}
        reviewed(repo, FIND, work, number=number)
        repo.commit("work", "Not now\n", dict.fromkeys(work))
        checkout = folder / str(number)
        git("clone", "--quiet", "--branch", "work", str(repo.root), str(checkout), cwd=repo.root)
        environ, log = noted(tmp_path)
        found = status(FileWorkspace(checkout), TextFormats(), Read(open_history(checkout, environ)))
        assert [len(one.gone) for one in found.stories if one.id == FIND] == [count]
        seen.append(len(log.read_text().splitlines()))
    assert seen[0] == seen[1]


def test_a_git_is_asked_for_its_version_once_while_it_stays(repo: Repo, tmp_path: Path) -> None:
    environ, log = noted(tmp_path)

    def asked() -> int:
        open_history(repo.root, os.environ | environ)
        return sum(line.endswith(" version") for line in log.read_text().splitlines())

    assert [asked(), asked()] == [1, 1]
    os.utime(tmp_path / "bin/git", ns=(0, 0))
    assert asked() == 2


def test_nothing_heavy_is_loaded() -> None:
    rooms = "bmad.pipeline.gate.gate, bmad.git.read.history, bmad.render.gate, bmad.store.formats"
    code = f"import sys, {rooms}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())
