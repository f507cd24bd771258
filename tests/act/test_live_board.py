"""The live board of `bmad act`: what stands on it, that it fits, steers no terminal, and is true."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bench.scheduling import backlog
from bmad.core.act.schedule import path_left, size
from bmad.core.graph import SpecGraph
from bmad.model.act import State
from bmad.model.act_reports import ActReport, Came, Counted, StoryStand
from bmad.model.agents import Fault
from bmad.model.spending import Spending
from bmad.model.watching import Progress, Watched
from bmad.pipeline.act.scheduler import ActRequest, act
from bmad.render.live import frame
from bmad.render.words import columns
from bmad.wiring import open_app
from tests.act.ground import Ground
from tests.act.stage import Stage

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def watched(number: int, state: State, came: Came, **more: object) -> Watched:
    own = {name: more.pop(name) for name in ("carried", "after") if name in more}
    given = {"title": f"Build part {number}", "round": 1, "open_findings": 0, **more}
    stand = StoryStand.model_validate({"id": f"STORY-aaaa{number:02}", "state": state, **given})
    return Watched.model_validate({"stand": stand, "came": came, "since": NOW - timedelta(seconds=67), **own})


def progress(*stories: Watched, **more: object) -> Progress:
    kinds = [one.came for one in stories]
    census = [Counted(came=came, count=kinds.count(came)) for came in Came if came in kinds]
    given = {"stories": stories, "census": census, "workers": 3, "begun": NOW - timedelta(hours=2), **more}
    return Progress.model_validate(given)


EACH = (
    watched(1, State.DONE, Came.LANDED, spent=Spending(tokens_in=900, tokens_out=100, calls=1, unpriced=1)),
    watched(2, State.DEV, Came.UNDER_WAY, carried=True, title="Read letters from a file, whatever their encoding"),
    watched(
        3, State.REVIEW, Came.UNDER_WAY, carried=True, round=2, open_findings=3, spent=Spending(usd=1.5, calls=9)
    ),
    watched(4, State.ACCEPT, Came.WAITS, waits_for="It is built and reviewed; look at it and accept it."),
    watched(5, State.FAILED, Came.FAILED, fault=Fault.NO_CHANGE, waits_for="The developer changed nothing."),
    watched(6, State.BLOCKED, Came.CAPPED, capped="story", waits_for="The budget of the story is used up."),
    watched(7, State.BACKLOG, Came.NOT_BEGUN, after=("STORY-aaaa03", "STORY-aaaa05"), round=0),
    watched(8, State.BACKLOG, Came.NOT_BEGUN, round=0),
)
PATH = ("STORY-aaaa03", "STORY-aaaa07")
SPENT = Spending(tokens_in=12_300, tokens_out=2_000, usd=1.5, calls=11, unpriced=1)
WHOLE = progress(*EACH, path=PATH, spent=SPENT)

AT_80 = """\
  story        state     rd open   spent  since waits for       title
> STORY-aaaa02 dev        1               1m07s                 Read letters f…
> STORY-aaaa03 review     2    3   $1.50  1m07s                 Build part 3
? STORY-aaaa04 accept     1               1m07s you (accept)    Build part 4
! STORY-aaaa05 failed     1               1m07s no-change       Build part 5
! STORY-aaaa06 blocked    1               1m07s budget (story)  Build part 6
· STORY-aaaa07 backlog                          STORY-aaaa03 +1 Build part 7
· STORY-aaaa08 backlog                          its turn        Build part 8
✓ STORY-aaaa01 done                   1k                        Build part 1

2 of 3 workers busy, for 2h00m
1 landed, 1 waiting for you, 1 over budget, 1 failed, 2 under way, 2 not begun
spent: 12.3k tokens in, 2k out, at least $1.50
longest path left: 2 stories: STORY-aaaa03 > STORY-aaaa07"""

AT_160 = """\
  story        state     rd open   spent  since waits for                                               title
> STORY-aaaa02 dev        1               1m07s                                                         Read letters from a file, whatever their encoding
> STORY-aaaa03 review     2    3   $1.50  1m07s                                                         Build part 3
? STORY-aaaa04 accept     1               1m07s you (accept): It is built and reviewed; look at it and… Build part 4
! STORY-aaaa05 failed     1               1m07s no-change: The developer changed nothing.               Build part 5
! STORY-aaaa06 blocked    1               1m07s budget (story): The budget of the story is used up.     Build part 6
· STORY-aaaa07 backlog                          STORY-aaaa03, STORY-aaaa05                              Build part 7
· STORY-aaaa08 backlog                          its turn                                                Build part 8
✓ STORY-aaaa01 done                   1k                                                                Build part 1"""


def shown(one: Progress, width: int, height: int) -> str:
    return "\n".join(line.rstrip() for line in frame(one, NOW, width, height).plain.split("\n"))


def test_each_story_has_a_row_and_those_at_work_come_first() -> None:
    assert shown(WHOLE, 80, 24) == AT_80


def test_where_there_is_room_it_is_told_in_full_what_a_story_waits_for() -> None:
    table, _, footer = shown(WHOLE, 160, 50).partition("\n\n")
    assert table == AT_160
    assert footer == AT_80.partition("\n\n")[2]


def test_what_has_no_row_is_counted_by_what_came_of_it() -> None:
    many = progress(*EACH, *(watched(n, State.BACKLOG, Came.NOT_BEGUN, round=0) for n in range(10, 50)))
    rows = shown(many, 80, 24).split("\n")
    assert len(rows) == 23, "one line stays free for the cursor"
    assert [row[:14] for row in rows[1:6]] == [row[:14] for row in AT_80.split("\n")[1:6]]
    left = len(many.stories) - sum(bool(re.match(r". STORY-", row)) for row in rows)
    assert f"… and {left} more: {left - 1} not begun, 1 landed" in rows


def test_pauses_are_told_and_until_when() -> None:
    back = NOW + timedelta(minutes=5)
    one = watched(1, State.DEV, Came.PAUSED, fault=Fault.QUOTA, until=back, waits_for="No quota is left.")
    until = back.astimezone().strftime("%Y-%m-%d %H:%M")
    assert "1 story paused: an account" in shown(progress(one), 80, 24)
    assert f"all wait for an account until {until}" in shown(progress(one, until=back), 80, 24)
    assert f"until {until}: No quota" in shown(progress(one), 160, 50)
    over = watched(1, State.DEV, Came.PAUSED, fault=Fault.QUOTA, until=NOW, waits_for="No quota is left.")
    assert " its turn " in shown(progress(over), 80, 24)
    assert "account" not in shown(progress(over), 80, 24)


HOSTILE = st.text(st.characters() | st.sampled_from("\x1b\n\r\t\x9b\u202e\u200d️漢❤[]"), max_size=300)


@given(HOSTILE, HOSTILE, st.integers(1, 200), st.integers(1, 60))
def test_whatever_a_repository_says_it_fits_and_steers_nothing(
    title: str, waits: str, width: int, height: int
) -> None:
    one = watched(1, State.PLAN, Came.WAITS, title=title, waits_for=waits)
    two = watched(2, State.BACKLOG, Came.NOT_BEGUN, title=title, waits_for=waits, round=0)
    text = frame(progress(one, two, *EACH), NOW, width, height)
    rows = text.plain.split("\n")
    assert len(rows) <= max(height - 1, 1)
    assert not [row for row in rows if columns(row) > max(width - 1, 1)]
    assert {category(sign) for sign in text.plain if sign != "\n"}.isdisjoint({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def test_markup_of_a_repository_is_none_of_the_board() -> None:
    one = watched(1, State.DEV, Came.UNDER_WAY, title="[red]x[/red] [link=https://example.org]y :boom:")
    console = Console(file=StringIO(), width=160, height=50, force_terminal=True, _environ={"TERM": "xterm"})
    console.print(frame(progress(one), NOW, 160, 50))
    assert isinstance(console.file, StringIO)
    drawn = console.file.getvalue()
    assert "[red]x[/red] [link=https://example.org]y :boom:" in drawn
    assert "\x1b]8;" not in drawn


@pytest.mark.parametrize("seed", range(20))
def test_the_longest_path_left_is_by_size_and_without_what_is_over(seed: int) -> None:
    one = backlog(9, seed)
    names = list(one.waits)
    over = {name for at, name in enumerate(names) if at % 3 == seed % 3 and seed}
    ways = [[name] for name in names if name not in over]
    for way in ways:
        ways += [[*way, name] for name in names if way[-1] in one.waits[name] and name not in over]
    path = path_left(one.graph, over)
    assert list(path) in ways
    assert _length(one.graph, path) == max(_length(one.graph, way) for way in ways)
    assert path_left(one.graph, names) == ()


def _length(graph: SpecGraph, way: Iterable[str]) -> int:
    return sum(size(graph, name) for name in way)


def looks(folder: Path, workers: int) -> tuple[list[Progress], ActReport]:
    """What was shown of a call, and its report."""
    desk = open_app(folder).desk()
    seen: list[Progress] = []
    with closing(desk.journal):
        return seen, act(desk, ActRequest(workers=workers), seen.append)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_shown_is_what_the_report_and_the_status_say(tmp_path: Path, workers: int) -> None:
    stage = Stage(tmp_path, {}, accept="auto")
    stage.depend(stage.second, stage.first)
    stage.play({f"{stage.second} 1/dev": {"exit": 1}})
    seen, report = looks(stage.repo, workers)
    last = seen[-1]
    assert tuple(one.stand for one in last.stories) == report.stories
    assert (last.census, last.spent) == (report.census, report.spent)
    board = {one["id"]: one for one in stage.json("status")["stories"]}
    for one in last.stories:
        told = board[one.stand.id]
        assert (told["state"], told["open_findings"]) == (one.stand.state, one.stand.open_findings)
    assert not [one for one in last.stories if one.carried]
    assert seen[0].path == (stage.first, stage.second)
    assert last.path == (stage.second,)
    waits = [{one.stand.id: one.after for one in each.stories}[stage.second] for each in seen]
    assert waits[0] == (stage.first,)
    assert waits[-1] == ()
    carried = [{one.stand.id for one in each.stories if one.carried} for each in seen]
    assert {stage.first} in carried
    assert {stage.second} in carried
    assert stage.first not in [one.stand.id for each in seen for one in each.stories if one.came is Came.DONE]


class Screen:
    """A `bmad` at a terminal of 80 columns and 24 lines."""

    PROGRAM = ("-m", "bmad")

    def __init__(self, folder: Path, *words: str, **environ: str) -> None:
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.theirs = theirs
        self.before = termios.tcgetattr(theirs)
        self.program = subprocess.Popen(
            [sys.executable, *self.PROGRAM, *words],
            cwd=folder,
            env={**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1", **environ},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        self.told = ""

    def read(self, words: str = "") -> str:
        """All that it has shown up to some words, or to its end, which is waited for."""
        end = time.monotonic() + 120
        while not words or words not in self.told:
            assert time.monotonic() < end, self.told
            ready, _, _ = select.select([self.ours], [], [], 0.05)
            if ready:
                self.told += os.read(self.ours, 65536).decode("utf-8", "replace")
            elif self.program.poll() is not None:
                break
        return self.told

    def close(self) -> None:
        assert termios.tcgetattr(self.theirs) == self.before
        os.close(self.ours)
        os.close(self.theirs)


HIDDEN, VISIBLE = "\x1b[?25l", "\x1b[?25h"
"""What hides the cursor, and what brings it back."""


def test_at_a_terminal_the_board_is_drawn_and_its_last_frame_stays_above_the_end(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    screen = Screen(stage.repo, "act", "--workers", "2")
    told = screen.read()
    assert screen.program.wait(20) == 0
    screen.close()
    assert (told.count(HIDDEN), told.count(VISIBLE)) == (1, 1)
    drawn, _, end = told.partition(VISIBLE)
    last = drawn[drawn.rindex("  story        state") :]
    rows = [re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", row).rstrip() for row in last.split("\r\n")]
    assert sum(row.startswith("✓ STORY-") for row in rows) == 2
    assert "2 landed" in rows
    assert "2 of 2 stories done on main" in end
    assert "-> dev" not in told, "no line an event"


@pytest.mark.parametrize(
    ("words", "environ"),
    [((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"}), (("--json",), {}), (("--dry-run",), {})],
    ids=str,
)
def test_who_wants_it_plain_gets_the_lines(tmp_path: Path, words: Sequence[str], environ: dict[str, str]) -> None:
    stage = Stage(tmp_path, accept="auto")
    screen = Screen(stage.repo, "act", *words, **environ)
    told = screen.read()
    assert screen.program.wait(20) == 0
    screen.close()
    assert "\x1b" not in told
    assert "--dry-run" in words or told.count("landed") > 1


def test_quiet_says_nothing_but_the_end(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    screen = Screen(stage.repo, "--quiet", "act")
    told = screen.read()
    screen.close()
    assert "\x1b" not in told
    assert "-> dev" not in told
    assert "2 of 2 stories done" in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_the_terminal_whole(tmp_path: Path, number: signal.Signals) -> None:
    ground = Ground(tmp_path)
    ground.make(3)
    ground.take(90)
    screen = Screen(ground.repo, "act", "--workers", "2", **{**ground.environ, "TERM": "xterm"})
    screen.read("2 of 2 workers busy")
    screen.program.send_signal(number)
    told = screen.read()
    assert screen.program.wait(60) in (130, 143)
    screen.close()
    assert told.count(HIDDEN) == told.count(VISIBLE) == 1
    assert told.rindex(VISIBLE) > told.rindex("  story        state")
    assert "Traceback" not in told


def test_nothing_that_draws_is_loaded_where_nothing_is_drawn(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    code = (
        "import sys; from bmad.cli.boundary import run; run(sys.argv[1:]); "
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "act"], cwd=stage.repo, capture_output=True, check=True, text=True
    )
    loaded = done.stderr.split("\n")[-2].split(" ")
    assert "bmad.cli.act" in loaded
    assert not [name for name in loaded if name.split(".")[0] == "rich"]
