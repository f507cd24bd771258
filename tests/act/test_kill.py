"""Runners that die: by SIGKILL at any moment, beside another one, with a full disk. See `killing.py`.

`BMAD_KILLS` and `BMAD_KILL_SEED` say how many kills and which random times.
"""

import fcntl
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bmad.git.scratch import scratch
from bmad.git.work.repository import open_repository
from tests import forking
from tests.act.agent_world import alive
from tests.act.ground import AGENT, Ground
from tests.act.killing import LIVE, Killer, carry_out, let_end
from tests.act.unharmed import check_commits, check_ground, check_landed_once

KILLS = int(os.environ.get("BMAD_KILLS", "40"))
SEED = int(os.environ.get("BMAD_KILL_SEED", "1"))


@pytest.mark.timeout(600 + 10 * KILLS)
def test_killed_forty_times_the_same_stories_land_once_each(
    tmp_path: Path, record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    killer = carry_out(tmp_path, SEED, KILLS)
    told = f"seed {SEED}: {killer.summary()}"
    record_property("kills", told)
    with capsys.disabled():
        print(f"\n{told}", file=sys.stderr)  # noqa: T201 - the counts are shown, by workers of xdist too
    assert len(killer.kills) >= KILLS, told
    assert killer.live >= LIVE, told
    assert not killer.missing, told


def test_killed_with_several_workers_every_story_lands_once(tmp_path: Path) -> None:
    """A small one of what `python -m tests.act.killing --workers 4 --land squash` does at length."""
    ground = Ground(tmp_path)
    ground.make(3, land="squash")
    ground.take(0.2)
    killer = Killer(ground, SEED, workers=3)
    for aims in (["create"], ["dev", "verify"], ["review", "fix", "land"]):
        assert killer.once(aims)
    let_end(ground, 3)
    check_landed_once(ground, sorted(path.name[:12] for path in (ground.repo / "stories").glob("STORY-*.md")))
    check_commits(ground, killer.seen, killer.mains)
    check_ground(ground)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """A backlog of one story whose agents are quick."""
    ground = Ground(tmp_path)
    ground.make(1)
    ground.take(0)
    return ground


def kill(runner: forking.Runner) -> None:
    runner.kill()
    assert runner.wait() == -signal.SIGKILL


def wait(holds: Callable[[], object]) -> None:
    """Until something holds; the suite's own time limit ends what never does."""
    while not holds():
        time.sleep(0.01)


def test_a_second_runner_is_told_who_works(ground: Ground) -> None:
    ground.take(90)
    first = ground.begin("act")
    wait(ground.live)
    code, told = ground.bmad("act")
    assert code == 3
    assert f"Another bmad act works in this repository (bmad act, process {first.pid} on " in told
    assert first.poll() is None
    first.send_signal(signal.SIGINT)
    assert first.wait() == 130
    assert not ground.live()


def test_an_agent_that_outlived_its_runner_is_ended_before_its_successor_starts(ground: Ground) -> None:
    ground.take(90)
    first = ground.begin("act")
    wait(ground.live)
    kill(first)
    [left] = ground.live()
    ground.take(0)
    let_end(ground)
    told = ground.told()
    assert any(line.startswith(f"begin {left}") for line in told)
    assert not any(line.startswith(f"end {left}") for line in told)
    check_ground(ground)


LEAVES_A_CHILD = """
import os, pathlib, subprocess, sys
home = pathlib.Path(os.environ["HOME"], "agents")
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(90)"], start_new_session=True)
(home / "new").write_text(f"{os.getpid()} {child.pid}")
(home / "new").rename(home / "pids")
child.wait()
"""


def test_what_an_agent_began_is_ended_though_it_let_go_of_the_lock(tmp_path: Path) -> None:
    """The agent dies with its runner; its child, which inherited no descriptor, goes on."""
    ground = Ground(tmp_path)
    ground.take(0)
    agent, pids = ground.home / "agent.py", ground.home / "agents/pids"
    agent.write_text(LEAVES_A_CHILD, encoding="utf-8")
    ground.make(1, agent)
    first = ground.begin("act")
    wait(pids.exists)
    kill(first)
    parent, child = map(int, pids.read_text(encoding="utf-8").split())
    os.kill(parent, signal.SIGKILL)
    wait(lambda: not alive(parent))
    assert alive(child)
    agent.write_bytes(AGENT.read_bytes())
    agent.with_name("copying.py").write_bytes(AGENT.with_name("copying.py").read_bytes())
    let_end(ground)
    assert not alive(child)
    check_ground(ground)


@pytest.mark.parametrize(("filtered", "paths"), [("clean", "src/*"), ("smudge", "stories/records/*")])
def test_git_that_outlived_its_runner_is_waited_for(ground: Ground, filtered: str, paths: str) -> None:
    """With `clean` it was making a commit of a worktree, with `smudge` moving the person's own work tree.

    Its filter writes to standard error after bmad is gone, as git itself does when it takes long, and to a folder
    that filters keep their own in, which is all that they may write to beside a worktree.
    """
    own = ground.repo / ".git/lfs"
    own.mkdir()
    begun, go = own / "begun", own / "go"
    (ground.repo / ".gitattributes").write_text(f"{paths} filter=slow\n", encoding="utf-8")
    ground.commit("Have a filter")
    script = f"echo >> {begun}; while test ! -e {go}; do sleep 0.05; done; echo done >&2 && cat"
    for name in ("clean", "smudge"):
        ground.git("config", f"filter.slow.{name}", f"sh -c '{script}'" if name == filtered else "cat")
    ground.git("config", "filter.slow.required", "true")
    first = ground.begin("act")
    wait(begun.exists)
    kill(first)
    second = ground.begin("act")
    wait(lambda: f'"pid": {second.pid},' in ground.runner())
    events = ground.journal()
    time.sleep(0.5)
    assert second.poll() is None
    assert ground.journal() == events
    assert begun.read_text(encoding="utf-8") == "\n"
    go.touch()
    assert second.wait() == 0
    check_ground(ground)


def test_a_worktree_that_was_left_after_a_landing_is_taken_away(ground: Ground) -> None:
    let_end(ground)
    repository = open_repository(ground.repo, ground.environ)
    branch = next(ref for ref in ground.refs() if ref.startswith("refs/heads/bmad/"))
    tree = repository.worktree(branch.rpartition("/")[2], branch, ground.git("rev-parse", branch))
    assert tree.folder.is_dir()
    let_end(ground)
    check_ground(ground)


def test_temporary_folders_of_the_dead_are_taken_away_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "bmad-git-dead").mkdir()
    (tmp_path / "bmad-git-dead" / "file").touch()
    (tmp_path / "other").mkdir()
    with scratch() as first, scratch() as second:
        assert sorted(tmp_path.iterdir()) == sorted([first, second, tmp_path / "other"])
    assert list(tmp_path.iterdir()) == [tmp_path / "other"]


def test_a_temporary_folder_that_another_is_about_to_take_away_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was seen between its making and its lock, by a gate that began at the same moment."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made, held = tempfile.mkdtemp, list[int]()

    def seen(prefix: str) -> str:
        folder = made(prefix=prefix)
        if not held:
            held.append(os.open(folder, os.O_RDONLY))
            fcntl.flock(held[0], fcntl.LOCK_EX)
        return folder

    monkeypatch.setattr(tempfile, "mkdtemp", seen)
    with scratch() as folder:
        [other] = set(tmp_path.iterdir()) - {folder}
        other.rmdir()
        assert folder.is_dir()
    os.close(held[0])


def test_on_a_full_disk_a_story_ends_in_a_sentence_and_goes_on_later(ground: Ground) -> None:
    """No file grows beyond a limit, of the runner or its git: what comes nearest without a disk of its own."""
    seen = set(ground.refs().values())
    codes = set()
    for limit in (0, 10, 100, 1000, 10_000, *range(20_000, 60_000, 5000)):
        code, told = ground.bmad("act", largest=limit)
        assert code in (0, 3, 4), told
        assert told.strip()
        codes.add(code)
        seen |= set(ground.refs().values())
        assert ground.git("status", "--porcelain") == ""
    assert 3 in codes
    let_end(ground)
    assert seen <= set(ground.git("rev-list", "--all").splitlines())
    check_ground(ground)
