"""`bmad status --watch`: the board of a run from another terminal, which disturbs nobody."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bmad.model.act import State
from bmad.model.act_reports import ActReport, Came
from bmad.model.journal import Entry
from bmad.model.watching import Progress
from bmad.pipeline.act.reports.beside import Beside
from bmad.pipeline.act.scheduler import ActRequest, act
from bmad.store.locks import FileLocks
from bmad.wiring import open_app
from tests import forking
from tests.act.stage import Stage
from tests.act.test_live_board import HIDDEN, VISIBLE, WHOLE, Screen, shown

AT_60 = """\
  story        state     rd open   spent waits for
> STORY-aaaa02 dev        1
> STORY-aaaa03 review     2    3   $1.50
? STORY-aaaa04 accept     1              you (accept)
! STORY-aaaa05 failed     1              no-change
! STORY-aaaa06 blocked    1              budget (story)
· STORY-aaaa07 backlog                   STORY-aaaa03 +1
· STORY-aaaa08 backlog                   its turn
✓ STORY-aaaa01 done                   1k

2 of 3 workers busy, for 2h00m
1 landed, 1 waiting for you, 1 over budget, 1 failed, 2 un…
spent: 12.3k tokens in, 2k out, at least $1.50
longest path left: 2 stories: STORY-aaaa03 > STORY-aaaa07"""


def test_in_a_narrow_terminal_what_says_least_gives_way() -> None:
    assert shown(WHOLE, 60, 24) == AT_60
    assert shown(WHOLE, 40, 24).split("\n")[:4] == [
        "  story        state     waits for",
        "> STORY-aaaa02 dev",
        "> STORY-aaaa03 review",
        "? STORY-aaaa04 accept    you (accept)",
    ]


def watched(stage: Stage, workers: int) -> tuple[list[Progress], ActReport]:
    """What is seen from beside, from before the first act on, after each event; and that act's report."""
    app = open_app(stage.repo)
    reading = app.desk(reading=True)
    seen: list[Progress] = []
    with closing(reading.journal), reading.history.read() as objects:
        beside = Beside(reading, objects, None, seen.append)

        def tell(_entry: Entry, _state: State) -> None:
            beside.again()

        desk = app.desk(tell)
        with closing(desk.journal):
            report = act(desk, ActRequest(workers=workers))
        beside.again()
    return seen, report


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_seen_from_beside_is_what_the_run_says(tmp_path: Path, workers: int) -> None:
    stage = Stage(tmp_path, {}, accept="auto")
    stage.depend(stage.second, stage.first)
    review = {"answer": {"findings": [], "usage": {"tokens_in": 900, "tokens_out": 100}}}
    stage.play({f"{stage.second} 1/dev": {"exit": 1}, f"{stage.first} 1/review/correctness": review})
    seen, report = watched(stage, workers)
    assert seen[0].stories[0].came is Came.NOT_BEGUN
    assert seen[0].path == (stage.first, stage.second)
    last = {one.stand.id: one for one in seen[-1].stories}
    assert last[stage.first].came is Came.LANDED
    assert {name: one.stand.state for name, one in last.items()} == {one.id: one.state for one in report.stories}
    assert (seen[-1].spent, seen[-1].census) == (report.spent, report.census)
    assert report.spent.tokens == 1000
    carried = {one.stand.id for each in seen for one in each.stories if one.carried}
    assert carried == {stage.first, stage.second}, "though a worktree is lent to its agent"
    assert seen[0].runner == seen[-1].runner == ""
    assert f"process {os.getpid()}" in seen[len(seen) // 2].runner


def test_who_looks_whether_a_lock_is_held_keeps_nobody_from_it(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    hold = locks.take("runner", "bmad act")
    assert hold is not None
    fcntl.flock(hold.fileno(), fcntl.LOCK_SH)
    assert locks.is_held("runner"), "also where it is lent"
    hold.release()
    assert not locks.is_held("runner")
    looks = "import sys; from pathlib import Path; from bmad.store.locks import FileLocks\n"
    looks += "while True: FileLocks(Path(sys.argv[1])).is_held('runner')"
    with subprocess.Popen([sys.executable, "-c", looks, str(tmp_path)]) as looking:
        try:
            for _ in range(300):
                taken = locks.take("runner", "bmad act")
                assert taken is not None
                taken.release()
        finally:
            looking.kill()


def test_at_a_terminal_it_is_drawn_until_ctrl_c(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    screen = Screen(stage.repo, "status", "--watch")
    screen.read("nobody is at work here")
    screen.program.send_signal(signal.SIGINT)
    told = screen.read()
    assert screen.program.wait(20) == 0
    screen.close()
    assert told.count(HIDDEN) == told.count(VISIBLE) == 1
    assert stage.first in told


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_without_a_terminal_there_is_a_line_a_change(tmp_path: Path, more: tuple[str, ...]) -> None:
    stage = Stage(tmp_path, accept="auto")
    with forking.begin(["status", "--watch", *more], stage.repo, out=subprocess.PIPE) as watch:
        assert watch.stdout is not None
        told = [watch.stdout.readline()]
        stage.bmad("act")
        while "nobody is at work here; 2 landed" not in told[-1] and '"came":"landed","count":2' not in told[-1]:
            told.append(watch.stdout.readline())
            assert told[-1], told
        watch.send_signal(signal.SIGINT)
        assert watch.wait(20) == 0
    assert "\x1b" not in "".join(told)
    if more:
        documents = [json.loads(line) for line in told]
        assert {one["schema"] for one in documents} == {"bmad.progress/1"}
        assert {one["stand"]["state"] for one in documents[-1]["stories"]} == {"done"}
    else:
        assert [line for line in told if f"✓ done      {stage.first}" in line]


def test_what_people_did_is_on_no_path_that_is_left(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.depend(stage.second, stage.first)
    stage.commit({stage.file_of(stage.first): "VALUE = 1\n"}, f"Build it\n\nStory: {stage.first}")
    with forking.begin(["status", "--watch", "--json"], stage.repo, out=subprocess.PIPE) as watch:
        assert watch.stdout is not None
        assert json.loads(watch.stdout.readline())["path"] == [stage.second]
        watch.send_signal(signal.SIGINT)
        assert watch.wait(20) == 0
