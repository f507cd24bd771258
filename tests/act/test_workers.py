"""Several stories at once: which run beside each other, how they land, and that what lands is the same."""

import json
import os
import signal
import threading
import time
from collections.abc import Collection, Sequence
from contextlib import closing, nullcontext
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import pytest

from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.core.act.schedule import Work
from bmad.model.act import Event, State
from bmad.model.journal import Entry
from bmad.pipeline.act import workers
from bmad.pipeline.act.runner import STEPS, Seat
from bmad.ports.threads import SYSTEM
from bmad.store.journal import SqliteJournal
from tests.act.agent_world import needs_landlock
from tests.act.ground import Ground
from tests.act.world import PYTHON, command
from tests.program import git

CHECK = "import runpy, pathlib; [runpy.run_path(str(one)) for one in pathlib.Path('src').glob('*.py')]"

pytestmark = needs_landlock


class Call(NamedTuple):
    """A call of an agent, as it told of itself: seconds since the epoch."""

    story: str
    step: str
    begun: float
    ended: float
    slot: str
    port: str
    database: str
    included: bool
    """Whether it found what `.worktreeinclude` names."""

    def beside(self, other: "Call") -> bool:
        return self.begun < other.ended and other.begun < self.ended


class Crew:
    """A repository with some stories, and what became of them."""

    def __init__(self, folder: Path, titles: Sequence[str], *, creator: bool = False, **act: object) -> None:
        self.ground = Ground(folder)
        self.ground.take(0)
        self.repo, self.home = self.ground.repo, self.ground.home
        self.repo.mkdir()
        self.ground.git("init", "--quiet", "--initial-branch", "main")
        told = {"accept": "auto", "lenses": ["correctness"], "hubs": ["NOTES.md"], **act}
        agent = json.dumps({"command": command("crew_agent"), "writes": ["~/agents"]})
        (self.repo / "bmad.yaml").write_text(
            f"agents: {{{f'creator: {agent}, ' if creator else ''}developer: {agent}, reviewer: {agent}}}\n"
            f"verify: [{{name: tests, run: {json.dumps([*PYTHON, '-c', CHECK])}}}]\n"
            f"act: {json.dumps(told)}\ngate: {{level: reviewed}}\n",
            encoding="utf-8",
        )
        (self.repo / ".gitignore").write_text(".bmad/\n.env.*\n", encoding="utf-8")
        (self.repo / ".worktreeinclude").write_text(".env.local\n", encoding="utf-8")
        (self.repo / ".env.local").write_text("A=1\n", encoding="utf-8")
        self.ground.commit("Adopt bmad")
        parts = [f"### {title}\n\n- `{title.split()[-1]}()` must return `1`.\n" for title in titles]
        (self.repo / "intent.md").write_text("# F\n\n## Requirements\n\n" + "\n".join(parts), encoding="utf-8")
        assert self.ground.bmad("map", "intent.md")[0] == 0
        self.ids = {title: self._file(title).name[:12] for title in titles}

    def _file(self, title: str) -> Path:
        return next((self.repo / "stories").glob(f"*-{title.replace(' ', '-')}.md"))

    def prepare(self, title: str, *globs: str, after: str = "") -> None:
        """Give a story its territory, by default the file that its agent writes, and what it waits for."""
        file = self._file(title)
        own = globs or (self.file(title),)
        fields = f"\n- Territory: {', '.join(f'`{glob}`' for glob in own)}"
        fields += f"\n- Depends on: {self.ids[after]}" if after else ""
        file.write_text(
            file.read_text(encoding="utf-8").replace("\n\n## ", f"{fields}\n\n## ", 1), encoding="utf-8"
        )

    def file(self, title: str) -> str:
        return f"src/{self.ids[title].replace('-', '_').lower()}.py"

    def begin(self) -> None:
        assert self.ground.bmad("fmt")[0] == 0
        self.ground.commit("Map the intent")

    def act(self, *more: str) -> tuple[int, str]:
        return self.ground.bmad("act", *more)

    def calls(self, title: str = "") -> list[Call]:
        log = self.home / "agents" / "log"
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
        made = [Call(*line.values()) for line in lines]
        return [one for one in made if not title or one.story == self.ids[title]]

    def journal(self, title: str = "") -> list[Entry]:
        with closing(SqliteJournal(self.repo / ".bmad" / "journal.db")) as journal:
            return journal.entries(self.ids[title] if title else None)

    def state(self, title: str) -> State:
        return runs(self.journal())[self.ids[title]].state

    def span(self, title: str) -> tuple[datetime, datetime]:
        """When work began on it, and when it came to its end."""
        times = [one.time for one in self.journal(title)]
        return times[0], times[-1]


def apart(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    return one[1] <= other[0] or other[1] <= one[0]


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Crew:
    """Two stories that are free, two that share a territory, one that waits for another, and one that fails."""
    crew = Crew(tmp_path_factory.mktemp("crew"), ("meets one", "meets two", "left", "right", "third", "fails"))
    for title in ("meets one", "meets two", "fails"):
        crew.prepare(title)
    for title in ("left", "right"):
        crew.prepare(title, crew.file("left"), crew.file("right"))
    crew.prepare("third", after="meets one")
    crew.begin()
    code, told = crew.act("--workers", "3")
    assert code == 4, told
    return crew


def test_what_is_free_is_worked_on_at_once(crew: Crew) -> None:
    assert any(one.beside(two) for one in crew.calls("meets one") for two in crew.calls("meets two"))
    assert not apart(crew.span("meets one"), crew.span("meets two"))


def test_never_two_that_share_a_territory(crew: Crew) -> None:
    assert apart(crew.span("left"), crew.span("right"))


def test_what_waits_for_another_begins_once_that_has_landed(crew: Crew) -> None:
    assert crew.span("meets one")[1] <= crew.span("third")[0]


def test_one_that_fails_stops_no_other(crew: Crew) -> None:
    assert crew.state("fails") is State.FAILED
    assert all(crew.state(title) is State.DONE for title in crew.ids if title != "fails")


def test_they_land_one_after_another_and_the_same_as_with_one_worker(crew: Crew) -> None:
    """A landing that is under way is no other's: between a story's last move and its end nothing else lands."""
    landed = {one.story for one in crew.journal() if one.event is Event.LANDED}
    assert landed == {name for title, name in crew.ids.items() if title != "fails"}
    ends = [
        one for one in crew.journal() if one.event in (Event.MOVED, Event.LANDED) and one.step.startswith("land")
    ]
    for before, after in pairwise(ends):
        assert before.event is Event.LANDED or after.story == before.story
    files = git("ls-tree", "-r", "--name-only", "main", "src", cwd=crew.repo).splitlines()
    assert files == sorted(crew.file(title) for title in crew.ids if title != "fails")
    for title in ("meets one", "third"):
        name = crew.ids[title].replace("-", "_").lower()
        assert git("show", f"main:{crew.file(title)}", cwd=crew.repo) == f"VALUE = {name!r}"
    assert crew.ground.bmad("gate", "--base", crew.ground.start, "--level", "reviewed")[0] == 0


def test_each_worktree_has_surroundings_of_its_own(crew: Crew) -> None:
    given = {(one.story, one.step.split("/")[1]): one for one in crew.calls()}
    dev = [one for (_, kind), one in given.items() if kind == "dev"]
    assert len({one.slot for one in dev}) == len({one.port for one in dev}) == len(dev) == 6
    assert all(one.included for one in dev)
    assert all(one.database == one.slot.replace("-", "_") for one in dev)
    assert all(one.slot.startswith(f"bmad-{one.story.lower()}-") for one in dev)


def test_nothing_is_left_over(crew: Crew) -> None:
    assert git("status", "--porcelain", cwd=crew.repo) == ""
    trees = {path.name for path in (crew.repo / ".git" / "worktrees").iterdir()}
    assert trees == {f"bmad-{crew.ids['fails']}"}, "the one that failed can be looked at"


def test_what_conflicts_at_its_landing_is_fixed(tmp_path: Path) -> None:
    """Both append to a file that all may append to."""
    crew = Crew(tmp_path, ("meets notes apple", "meets notes pear"))
    for title in crew.ids:
        crew.prepare(title, crew.file(title), "NOTES.md")
    crew.begin()
    code, told = crew.act("--workers", "2")
    assert code == 0, told
    assert any(
        one.beside(two) for one in crew.calls("meets notes apple") for two in crew.calls("meets notes pear")
    )
    assert [one.event for one in crew.journal()].count(Event.CONFLICTED) == 1
    names = {crew.ids[title].replace("-", "_").lower() for title in crew.ids}
    page = git("show", "main:NOTES.md", cwd=crew.repo).splitlines()
    assert sorted(page[2:]) == sorted(f"- {name}" for name in names)


def test_a_territory_that_turns_out_to_be_shared_is_worked_on_by_one_after_the_other(tmp_path: Path) -> None:
    """Both are prepared at once, each once: what lands second is carried onto the first."""
    crew = Crew(tmp_path, ("meets one", "meets two"), creator=True)
    crew.begin()
    code, told = crew.act("--workers", "2")
    assert code == 0, told
    one, two = map(crew.calls, crew.ids)
    assert [call.step for call in (*one, *two) if "create" in call.step] == ["1/create"] * 2
    assert one[0].beside(two[0])
    built = [[(call.begun, call.ended) for call in calls if "create" not in call.step] for calls in (one, two)]
    first, second = sorted(built)
    assert first[-1][1] <= second[0][0]


def test_what_waited_for_a_territory_is_built_on_what_landed_meanwhile(tmp_path: Path) -> None:
    """As with one worker: both write a line of one file that neither knows, and nothing conflicts."""
    crew = Crew(tmp_path, ("meets diary apple", "meets diary pear"), creator=True)
    crew.begin()
    code, told = crew.act("--workers", "2")
    assert code == 0, told
    assert Event.CONFLICTED not in [one.event for one in crew.journal()]
    first, second = sorted(crew.ids, key=lambda title: crew.span(title)[1])
    [landed] = [one.content["commit"] for one in crew.journal(first) if one.event is Event.LANDED]
    [moved] = [one for one in crew.journal(second) if one.event is Event.MOVED]
    assert (moved.step, moved.content["base"]) == ("dev", landed), "and it is checked once"
    names = [crew.ids[title].replace("-", "_").lower() for title in (first, second)]
    assert git("show", "main:src/diary.py", cwd=crew.repo).splitlines() == [f"# {name}" for name in names]


def test_the_cap_of_a_run_holds_over_all_workers(tmp_path: Path) -> None:
    """What is under way when it is reached is paid for, too: a call a worker."""
    crew = Crew(tmp_path, ("a", "b", "c", "d"), budget={"tokens": 2000}, workers=2)
    for title in crew.ids:
        crew.prepare(title)
    crew.begin()
    code, told = crew.act()
    assert code == 4
    spent = {f"The budget of this run is used up: {count},000 of 2,000 tokens" for count in (2, len(crew.calls()))}
    assert any(words in told for words in spent)
    assert len(crew.calls()) in (2, 3)
    begun = [one for one in crew.journal() if one.event is Event.STARTED]
    assert len(begun) == 2, "no other is begun"
    assert "waiting for you" not in told, "the next run takes up those that others' calls kept from going on"
    assert "1 under way" in told
    assert "Raise it and commit that, or go on with the cap anew: bmad act\n" in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_workers_and_their_agents(tmp_path: Path, number: signal.Signals) -> None:
    ground = Ground(tmp_path)
    ground.make(3)
    ground.take(90)
    runner = ground.begin("act", "--workers", "2")
    deadline = time.monotonic() + 60
    while len(ground.live()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(runner.pid, number)
    assert runner.wait(60) in (130, 143)
    assert not ground.live()
    assert {one.event for one in ground.journal()} == {Event.STARTED}


def test_a_signal_is_heard_while_an_agent_that_nothing_holds_works_alone(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.make(2)
    settings = ground.repo / "bmad.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("act: {", "act: {sandbox: none, "), encoding="utf-8")
    ground.commit("Confine no agent")
    ground.take(90)
    with ground.begin("act", "--workers", "2") as runner:
        deadline = time.monotonic() + 60
        while not ground.live():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.5)
        os.kill(runner.pid, signal.SIGINT)
        assert runner.wait(30) == 130
    assert not ground.live()


def test_agents_that_do_not_end_when_asked_are_not_left_at_the_second_ctrl_c(tmp_path: Path) -> None:
    crew = Crew(tmp_path, ("stubborn one", "stubborn two"))
    for title in crew.ids:
        crew.prepare(title)
    crew.begin()
    with crew.ground.begin("act", "--workers", "2") as runner:
        stay = _told(crew, "stays-*")
        os.kill(runner.pid, signal.SIGINT)
        _told(crew, "asked-*")
        os.kill(runner.pid, signal.SIGINT)
        assert runner.wait(60) == 130
    left = [int(one.read_text(encoding="utf-8")) for one in stay]
    alive = [pid for pid in left if Path(f"/proc/{pid}").exists()]
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    assert not alive


def test_who_waits_to_land_does_once_another_lets_go_of_that_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose checks fail on what others landed is mended, with its worker: nobody waits for that to land."""
    stands = {"fails": Run("fails", state=State.LAND), "waits": Run("waits", state=State.LAND)}
    has_lane, away, landed = threading.Event(), threading.Event(), threading.Event()
    seen: list[bool] = []

    def carry(_session: object, story: str, seat: Seat) -> None:
        assert seat.turn is not None
        if story == "waits":
            seat.turn.release()
            has_lane.wait(20)
            seat.turn.acquire()
            if not seat.goes_on(stands[story]):
                away.set()
                return
            stands[story] = Run(story, state=State.DONE)
            landed.set()
            return
        assert seat.goes_on(stands[story])
        has_lane.set()
        seat.turn.release()
        was_away = away.wait(20)
        seat.turn.acquire()
        assert was_away
        stands[story] = Run(story, state=State.FIX)
        assert seat.goes_on(stands[story])
        seat.turn.release()
        seen.append(landed.wait(5))
        seat.turn.acquire()
        stands[story] = Run(story, state=State.DONE)

    def choose(busy: Collection[Work], taken: Collection[str]) -> str | None:
        """As the scheduler does, but that the one that waits is begun before it can know."""
        lane = any(one.lands for one in busy) and away.is_set()
        left = [one for one in stands if one not in taken and stands[one].state in STEPS]
        return left[0] if left and not lane else None

    monkeypatch.setattr(workers, "carry", carry)
    agents = SimpleNamespace(interrupts=lambda: nullcontext[object](None), stop=lambda: None)
    session = SimpleNamespace(
        run=stands.__getitem__,
        work=lambda story, lands: Work(story, (story,), lands),
        hubs=(),
        tried={},
        stopped="",
        hear=lambda: False,
        desk=SimpleNamespace(agents=agents, threads=SYSTEM),
    )
    workers.Crew(cast("Any", session), 2, choose).work()
    assert seen == [True]


def _told(crew: Crew, names: str) -> list[Path]:
    """The files of these names, once both agents have written theirs."""
    deadline = time.monotonic() + 60
    while len(found := list((crew.home / "agents").glob(names))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found
