"""What a fresh pair of eyes broke in the loop, each as it is mended, beside what goes on as before."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests import forking
from tests.act.repos import trees
from tests.act.world import repository
from tests.program import bmad, git


@pytest.fixture
def waiting(tmp_path: Path) -> tuple[Path, str]:
    """A repository in which one story, named here, waits to be accepted."""
    folder = repository(tmp_path / "r", accept="story")
    story = next(path.name[:12] for path in sorted((folder / "stories").glob("STORY-*.md")))
    assert bmad("act", story, cwd=folder).code == 4
    return folder, story


def state(folder: Path, story: str) -> str:
    report = json.loads(bmad("log", story, "--json", cwd=folder).out)
    return str(report["state"])


def test_what_a_person_left_in_a_storys_worktree_is_kept_when_it_lands(waiting: tuple[Path, str]) -> None:
    folder, story = waiting
    (trees(folder) / story / "precious.py").write_text("PRECIOUS = 1\n", encoding="utf-8")
    assert bmad("accept", story, cwd=folder).code == 0
    assert bmad("act", story, cwd=folder).code == 0
    assert not (trees(folder) / story).exists()
    kept = git("for-each-ref", "--format=%(refname)", f"refs/bmad/kept/{story}", cwd=folder).split()
    assert any("PRECIOUS" in git("show", f"{ref}:precious.py", cwd=folder) for ref in kept)


def test_a_commit_that_was_taken_off_the_target_does_not_come_back(waiting: tuple[Path, str]) -> None:
    folder, _ = waiting
    (folder / "leak.txt").write_text("leak\n", encoding="utf-8")
    other = next(path.name[:12] for path in sorted((folder / "stories").glob("STORY-*.md"), reverse=True))
    git("add", "leak.txt", cwd=folder)
    git("commit", "--quiet", "--no-verify", "-m", "Leak", cwd=folder)
    assert bmad("act", other, cwd=folder).code == 4
    before = "leak.txt" in git("ls-tree", "--name-only", f"bmad/{other}", cwd=folder)
    prepared = git("rev-parse", "main", cwd=folder)
    leak = git("log", "--format=%H", "--grep=^Leak", "main", cwd=folder)
    git("reset", "--quiet", "--hard", f"{leak}~1", cwd=folder)
    assert before, "the story was built on the leak"
    assert prepared != leak
    bmad("accept", other, cwd=folder)
    bmad("act", other, cwd=folder)
    bmad("accept", other, cwd=folder)
    bmad("act", other, cwd=folder)
    assert "leak.txt" not in git("ls-tree", "-r", "--name-only", "main", cwd=folder)


def test_a_stray_file_in_a_records_place_is_no_landing(waiting: tuple[Path, str]) -> None:
    folder, story = waiting
    path = folder / "stories/records" / f"{story}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}\n", encoding="utf-8")
    git("add", ".", cwd=folder)
    git("commit", "--quiet", "--no-verify", "-m", "A stray file", cwd=folder)
    bmad("accept", story, cwd=folder)
    ended = bmad("act", story, cwd=folder)
    assert ended.code == 4
    assert state(folder, story) == "failed"
    assert "is no record of this landing" in ended.out
    git("rm", "--quiet", f"stories/records/{story}.json", cwd=folder)
    git("commit", "--quiet", "--no-verify", "-m", "Take it away", cwd=folder)
    assert bmad("act", story, cwd=folder).code == 4 or state(folder, story) == "done"


def test_a_persons_commit_on_a_storys_branch_is_not_left_out_in_silence(waiting: tuple[Path, str]) -> None:
    folder, story = waiting
    tree = trees(folder) / story
    (tree / "more.py").write_text("MORE = 1\n", encoding="utf-8")
    git("add", "more.py", cwd=tree)
    git("commit", "--quiet", "--no-verify", "-m", "A correction", cwd=tree)
    assert bmad("accept", story, cwd=folder).code == 0
    ended = bmad("act", story, cwd=folder)
    assert ended.code == 4
    assert "commits that nobody reviewed" in ended.out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_ends_what_was_started(number: signal.Signals, tmp_path: Path) -> None:
    """As Ctrl-C does: exit 130, no agent goes on."""
    folder = repository(tmp_path / "r", {"sleep": 30})
    runner = forking.begin(["act"], folder)
    try:
        for _ in range(200):
            if agents(folder):
                break
            time.sleep(0.05)
        assert agents(folder), "an agent works"
        os.kill(runner.pid, number)
        assert runner.wait(20) == 130
    finally:
        runner.kill()
    assert agents(folder) == []


def agents(folder: Path) -> list[int]:
    """The processes that carry the lease of one of the repository's worktrees."""
    if not Path("/proc").is_dir():
        pytest.skip("this system has no /proc to look into")
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"BMAD_LEASE={folder}".encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def test_a_title_in_another_script_reads_as_it_was_written(waiting: tuple[Path, str]) -> None:
    folder, _ = waiting
    (folder / "notes.txt").write_text("x\n", encoding="utf-8")
    git("add", "notes.txt", cwd=folder)
    git("commit", "--quiet", "--no-verify", "-m", "Größe prüfen", cwd=folder)
    assert "Größe prüfen" in bmad("trace", "HEAD", cwd=folder).out


def test_own_work_that_names_no_story_is_not_landed(tmp_path: Path) -> None:
    """No trace could find it; with the trailer it goes on."""
    folder = repository(tmp_path / "r", accept="story")
    path = next(iter(sorted((folder / "stories").glob("STORY-*.md"))))
    story = path.name[:12]
    text = path.read_text(encoding="utf-8")
    at = text.index("\n\n## ")
    path.write_text(f"{text[:at]}\n- Territory: `src/**`, `tests/**`{text[at:]}", encoding="utf-8")
    git("commit", "--quiet", "--all", "-m", "Say where it may work", cwd=folder)
    assert bmad("start", story, cwd=folder).code == 0
    for name in ("src/own.py", "tests/test_own.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("import unittest  # noqa\n", encoding="utf-8")
    git("add", ".", cwd=folder)
    git("commit", "--quiet", "-m", "Do it", cwd=folder)
    ended = bmad("submit", cwd=folder)
    assert ended.code == 4
    assert "names no story" in ended.out
    git("commit", "--quiet", "--amend", "-m", "Do it", "-m", f"Story: {story}", cwd=folder)
    assert bmad("submit", cwd=folder).code == 4
    assert "names no story" not in bmad("inbox", cwd=folder).out
    assert state(folder, story) != "dev"
