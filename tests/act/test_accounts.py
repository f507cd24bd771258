"""What keeps an account from working holds for every story on it; what is spent is counted and capped."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from bmad.core.act.accounts import paused
from bmad.core.act.spending import Over, of_call, over, spent
from bmad.core.prompts.brief import Prompt
from bmad.model.act import State
from bmad.model.act_reports import ActReport, Came
from bmad.model.agents import Fault, Outcome, Role, Task
from bmad.model.settings import AgentSettings, Cap, Price
from bmad.model.spending import Usage
from bmad.model.watching import Progress
from bmad.pipeline.act.calls import recorded_work
from bmad.pipeline.act.scheduler import ActRequest, act
from bmad.ports.acting import Agents, Desk, Hold
from bmad.render.spending import spending
from bmad.wiring import open_app
from tests.act.world import command, repository
from tests.program import git

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class Clock:
    """Time passes only where somebody waits."""

    def __init__(self) -> None:
        self.time = NOON
        self.slept = 0.0

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.time += timedelta(seconds=seconds)


class Said(NamedTuple):
    """What a backend says in place of the work."""

    fault: Fault
    words: str = "The agent said no."
    until: datetime | None = None


Script = Callable[[Task, datetime], Said | None]


class Backend:
    """The repository's agents, who fail by a script and spend a thousand tokens a call."""

    def __init__(self, real: Agents, script: Script, clock: Clock) -> None:
        self._real, self._script, self._clock = real, script, clock
        self.calls: list[tuple[str, str]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def run(self, task: Task, hold: Hold) -> Outcome:
        self.calls.append((task.key, task.name))
        said = self._script(task, self._clock.now())
        spent = Usage(tokens_in=900, tokens_cached=400, tokens_out=100)
        if said is not None:
            return Outcome(None, said.fault, said.words, "command", "", f"{len(self.calls)}-no", until=said.until)
        return self._real.run(task, hold)._replace(usage=spent, model="acme-large-1")


class Run(NamedTuple):
    report: ActReport
    backend: Backend
    clock: Clock


@contextmanager
def _desk(home: Path, script: Script, clock: Clock) -> Iterator[tuple[Desk, Backend]]:
    desk = open_app(home).desk(lambda _entry, _state: None)
    backend = Backend(desk.agents, script, clock)
    try:
        yield replace(desk, agents=backend, clock=clock, sleep=clock.sleep), backend  # type: ignore[arg-type]
    finally:
        desk.journal.close()


def _act(home: Path, script: Script, clock: Clock | None = None, *stories: str) -> Run:
    clock = clock or Clock()
    with _desk(home, script, clock) as (desk, backend):
        return Run(act(desk, ActRequest(stories)), backend, clock)


def _policy(home: Path, change: Callable[[str], str]) -> None:
    file = home / "bmad.yaml"
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    git("commit", "--quiet", "-am", "Settings\n\nPolicy: as the test wants it", cwd=home)


def _counts(report: ActReport) -> dict[tuple[Came, str], int]:
    assert sum(one.count for one in report.census) == len(report.stories)
    return {(one.came, one.why): one.count for one in report.census}


def _works(task: Task, now: datetime) -> None:
    """Every call does what it is asked."""


def _spent_until(back: datetime, *, named: str = "") -> Script:
    def script(task: Task, now: datetime) -> Said | None:
        if now < back and (not named or task.name == named):
            return Said(Fault.QUOTA, "You've hit your limit.", back)
        return None

    return script


def test_a_quota_is_waited_out_by_all_stories_after_one_call(tmp_path: Path) -> None:
    home = repository(tmp_path / "r")
    run = _act(home, _spent_until(NOON + timedelta(hours=2)))
    assert _counts(run.report) == {(Came.LANDED, ""): 2}
    early = [key for key, _ in run.backend.calls[:2]]
    assert early[0] == early[1], "only one call met the quota, and was made again when it was over"
    assert run.clock.slept == 7200


def test_who_watches_sees_until_when_all_wait(tmp_path: Path) -> None:
    back, seen = NOON + timedelta(hours=2), list[Progress]()
    with _desk(repository(tmp_path / "r"), _spent_until(back), Clock()) as (desk, _):
        act(desk, ActRequest(), seen.append)
    [pause] = [one for one in seen if one.until is not None]
    assert pause.until == back
    assert {(one.came, one.why) for one in pause.census} >= {(Came.PAUSED, "quota")}
    after = seen[seen.index(pause) + 1]
    assert after.until is None
    again = [one for each in seen[seen.index(pause) :] for one in each.stories if one.carried]
    assert {one.came for one in again} == {Came.UNDER_WAY, Came.LANDED}, "what is tried again is not paused"
    assert {one.came for one in seen[-1].stories} == {Came.LANDED}


def test_a_quota_that_ends_too_late_ends_the_run_and_is_known_to_the_next(tmp_path: Path) -> None:
    home = repository(tmp_path / "r", wait="1h")
    back = NOON + timedelta(hours=2)
    run = _act(home, _spent_until(back))
    assert _counts(run.report)[Came.PAUSED, "quota"] >= 1
    assert run.report.until == back
    assert (len(run.backend.calls), run.clock.slept) == (1, 0)
    again = _act(home, _spent_until(back))
    assert again.backend.calls == [], "nobody is asked before it is over"
    later = Clock()
    later.time = back
    assert _act(home, _spent_until(back), later).report.ok


def test_a_pause_of_a_clock_that_was_a_year_ahead_holds_nobody_up(tmp_path: Path) -> None:
    home = repository(tmp_path / "r", wait="0s")
    ahead = Clock()
    ahead.time = NOON + timedelta(days=365)
    paused_then = _act(home, lambda _task, _now: Said(Fault.RATE_LIMIT, "429"), ahead)
    assert _counts(paused_then.report)[Came.PAUSED, "rate-limit"] >= 1
    assert _act(home, _works).report.ok


def test_a_clock_that_is_set_back_lengthens_no_wait(tmp_path: Path) -> None:
    home = repository(tmp_path / "r")
    clock, since = Clock(), NOON

    def set_back(seconds: float) -> None:
        clock.slept += seconds
        clock.time = since - timedelta(days=30) + timedelta(seconds=clock.slept)
        assert clock.slept < 4 * 3600, "it waits for as long as the clock was set back"

    clock.sleep = set_back  # type: ignore[method-assign]
    calls: list[str] = []

    def once(task: Task, now: datetime) -> Said | None:
        calls.append(task.key)
        return Said(Fault.QUOTA, "Spent.", now + timedelta(hours=2)) if len(calls) == 1 else None

    assert _act(home, once, clock).report.ok
    assert clock.slept == 7200


def test_a_named_story_is_tried_at_once(tmp_path: Path) -> None:
    home = repository(tmp_path / "r", wait="0s")
    run = _act(home, _spent_until(NOON + timedelta(days=2)))
    story = next(one.id for one in run.report.stories if one.until is not None)
    assert story in _act(home, _works, None, story).report.landed


_SLEEPS = (("developer", "0"), ("spare", "0.0"), ("reviewer", "0.00"), ("creator", "0.000"))
"""Each agent's own command, and so an account of its own."""


def test_the_next_of_the_chain_takes_over_and_the_record_says_so(tmp_path: Path) -> None:
    home = repository(tmp_path / "r")

    agents = {name: {"command": command("scripted_agent", f'{{"sleep": {number}}}')} for name, number in _SLEEPS}
    agents["developer"]["fallback"] = ["spare"]

    def named(text: str) -> str:
        return re.sub(r"(?m)^agents: .*$", f"agents: {json.dumps(agents)}", text)

    _policy(home, named)
    run = _act(home, _spent_until(NOON + timedelta(days=1), named="developer"))
    assert run.report.ok
    record = json.loads(next((home / "stories" / "records").glob("*.json")).read_text(encoding="utf-8"))
    did = {one["backend"] for one in record["work"] if one["role"] == "developer"}
    assert did == {"spare"}
    assert record["spent"]["calls"] >= 3


@pytest.mark.parametrize("fault", [Fault.LOGIN, Fault.MISCONFIGURED, Fault.SANDBOX, Fault.NOT_STARTED])
def test_what_every_story_would_meet_stops_the_run_once(tmp_path: Path, fault: Fault) -> None:
    home = repository(tmp_path / "r")
    run = _act(home, lambda _task, _now: Said(fault, "Not logged in."))
    assert len(run.backend.calls) == 1
    assert _counts(run.report) == {(Came.STOPPED, fault.value): 1, (Came.NOT_BEGUN, ""): 1}
    assert any("Not logged in." in note for note in run.report.notes)
    assert _act(home, _works).report.ok, "a plain `bmad act` takes up what was stopped"


def test_an_outage_is_tried_again_each_time_later_and_has_an_end(tmp_path: Path) -> None:
    home = repository(tmp_path / "r", wait="10m")
    run = _act(home, lambda _task, _now: Said(Fault.OVERLOAD, "529 overloaded"))
    assert _counts(run.report)[Came.PAUSED, "overload"] >= 1
    assert 3 <= len(run.backend.calls) <= 8
    assert run.clock.slept <= 600


@pytest.mark.parametrize("fault", [Fault.DECLINED, Fault.OUTGROWN])
def test_a_story_that_fails_by_itself_stops_no_other(tmp_path: Path, fault: Fault) -> None:
    home = repository(tmp_path / "r")
    first: list[str] = []

    def script(task: Task, _now: datetime) -> Said | None:
        first[:] = first or [task.story]
        return Said(fault, "The model declined.") if task.story == first[0] else None

    run = _act(home, script)
    assert _counts(run.report) == {(Came.LANDED, ""): 1, (Came.FAILED, fault.value): 1}


def test_a_cap_stops_a_story_with_its_work_kept_until_it_is_raised(tmp_path: Path) -> None:
    home = repository(tmp_path / "r", budget={"story": {"tokens": 2000}})
    run = _act(home, _works)
    assert _counts(run.report) == {(Came.CAPPED, "story"): 2}
    story = run.report.stories[0]
    assert story.state is State.BLOCKED
    assert "2,000 of 2,000 tokens are spent" in story.waits_for
    assert (story.spent.tokens, story.spent.tokens_cached) == (2000, 800)
    _policy(home, lambda text: text.replace('"tokens": 2000', '"tokens": 90000'))
    assert _act(home, _works, None, *(one.id for one in run.report.stories)).report.ok


def test_a_runs_cap_stops_the_run_and_the_next_one_goes_on(tmp_path: Path) -> None:
    home = repository(tmp_path / "r", budget={"tokens": 4000})
    run = _act(home, _works)
    assert run.report.spent.tokens == 4000
    assert sum(count for (came, _), count in _counts(run.report).items() if came is Came.LANDED) == 1
    second = _act(home, _works)
    assert len(second.report.landed) == 1


def test_money_is_counted_by_the_price_of_the_model_that_answered(tmp_path: Path) -> None:
    home = repository(tmp_path / "r")
    _policy(home, lambda text: text + 'prices: {"acme-large": {input: 10, cached: 1, output: 100}}\n')
    story = _act(home, _works).report.stories[0]
    assert story.spent.usd == pytest.approx(story.spent.calls * (500 * 10 + 400 * 1 + 100 * 100) / 1e6)
    assert story.spent.unpriced == 0


@pytest.mark.parametrize(
    ("agent", "asked", "usd"),
    [
        (AgentSettings(use="codex", model="acme-large"), "acme-large", 0.005),
        (AgentSettings(use="openai:acme-large"), "acme-large", 0.005),
        (AgentSettings(use="codex"), "", 0.0),
        (AgentSettings(command=("acme",), model="acme-large"), "", 0.0),
    ],
)
def test_who_does_not_say_which_model_it_was_is_counted_by_the_one_that_was_asked_for(
    agent: AgentSettings, asked: str, usd: float, tmp_path: Path
) -> None:
    task = Task(
        "k", "STORY-1", Role.DEVELOPER, "dev", agent, tmp_path, "", "work", "s", writable=True, log=tmp_path
    )
    outcome = Outcome({}, None, "", "codex", "", "c", usage=Usage(tokens_in=500, tokens_out=0))
    work = recorded_work(task, "1/dev", Prompt("", ()), outcome, "")
    assert (work.model, work.asked) == ("unknown", asked)
    assert work.who == f"codex ({f'asked for {asked}' if asked else 'model not told'})" or agent.command
    found = spent([work], {"acme-large": Price(input=10, output=100)})
    assert (found.usd, found.unpriced) == (usd, int(not asked))
    named = recorded_work(task, "1/dev", Prompt("", ()), outcome._replace(model="other"), "")
    assert (named.model, named.asked, spent([named], {"acme-large": Price(input=1, output=1)}).unpriced) == (
        "other",
        "",
        1,
    )


def test_what_is_told_in_part_is_not_taken_for_all_of_it() -> None:
    told = Usage(tokens_in=900, tokens_cached=400, tokens_out=100, usd=0.5)
    assert told.plus(told) == Usage(tokens_in=1800, tokens_cached=800, tokens_out=200, usd=1.0)
    assert told.plus(Usage(tokens_in=5)) == Usage(tokens_in=905)
    assert told.plus(Usage()) == Usage().plus(told) == Usage()
    price = {"acme": Price(input=10, output=100)}
    for half in (Usage(tokens_in=900), Usage(tokens_out=100)):
        found = of_call(half, "command", "acme", price)
        assert (found.tokens, found.silent, found.usd, found.unpriced) == (half.tokens_in or 100, 1, 0.0, 1)
        assert "1 call did not tell all" in spending(found)
        assert over(Cap(tokens=50), found) == Over(f"is used up: {found.tokens} of 50 tokens are spent")
        untold = "cannot be kept: one call did not tell all tokens"
        assert over(Cap(tokens=5000), found) == Over(untold, "Take its `tokens` out"), "no higher cap helps"


def test_a_cap_in_money_is_not_kept_where_nothing_tells_the_price(tmp_path: Path) -> None:
    home = repository(tmp_path / "r", budget={"usd": 1.5})
    run = _act(home, _works)
    assert "nothing tells what one call cost" in run.report.stories[0].waits_for
    assert len(run.backend.calls) == 1


def test_what_came_to_nothing_was_paid_for_all_the_same(tmp_path: Path) -> None:
    home = repository(tmp_path / "r")
    tried: list[str] = []

    def script(task: Task, _now: datetime) -> Said | None:
        tried.append(task.key)
        return Said(Fault.OVERLOAD, "529") if len(tried) == 1 else None

    run = _act(home, script)
    assert run.report.ok
    assert run.report.spent.calls == len(run.backend.calls)
    assert sum(one.spent.calls for one in run.report.stories) == len(run.backend.calls)
    assert sum(one.spent.silent for one in run.report.stories) == 1


def test_a_reset_that_is_due_is_asked_for_in_seconds_not_in_minutes() -> None:
    just_now = paused(None, Fault.QUOTA, "try again at 12:00", NOON - timedelta(seconds=38), NOON)
    assert (just_now.until - NOON, just_now.told) == (timedelta(seconds=15), False)
    assert paused(just_now, Fault.QUOTA, "", NOON, NOON).until == NOON + timedelta(seconds=30)
    assert paused(None, Fault.QUOTA, "", None, NOON).until == NOON + timedelta(minutes=15)
    assert paused(None, Fault.QUOTA, "", NOON + timedelta(days=400), NOON).until == NOON + timedelta(minutes=15)


def test_an_old_pause_that_nobody_asked_after_is_not_waited_for(tmp_path: Path) -> None:
    """Else the run would go round without a pause: that account is back, and no story waits for it."""
    home = repository(tmp_path / "r", wait="1h")
    with _desk(home, _works, Clock()) as (desk, _):
        old = paused(None, Fault.QUOTA, "gone by", NOON - timedelta(minutes=1), NOON - timedelta(minutes=2))
        near = paused(None, Fault.QUOTA, "of no story", NOON + timedelta(minutes=30), NOON)
        told = {"old": old.model_dump(mode="json"), "near": near.model_dump(mode="json")}
        desk.notes.write("accounts.json", json.dumps(told))
    run = _act(home, _spent_until(NOON + timedelta(days=2)))
    assert _counts(run.report)[Came.PAUSED, "quota"] >= 1
    assert (len(run.backend.calls), run.clock.slept) == (1, 0)


def test_patience_is_counted_anew_for_a_pause_of_another_day() -> None:
    friday = paused(None, Fault.QUOTA, "", NOON + timedelta(hours=2), NOON)
    monday = NOON + timedelta(days=3)
    again = paused(friday, Fault.QUOTA, "", monday + timedelta(hours=2), monday)
    assert (again.since, again.tries) == (monday, 1)
    at_once = paused(friday, Fault.QUOTA, "", None, friday.until)
    assert (at_once.since, at_once.tries) == (NOON, 2)


def test_a_model_that_declines_stops_no_other_story_where_its_fallback_cannot_work(tmp_path: Path) -> None:
    home = repository(tmp_path / "r")
    agents = {name: {"command": command("scripted_agent", f'{{"sleep": {number}}}')} for name, number in _SLEEPS}
    agents["developer"]["fallback"] = ["spare"]
    _policy(home, lambda text: re.sub(r"(?m)^agents: .*$", lambda _: f"agents: {json.dumps(agents)}", text))
    first: list[str] = []

    def script(task: Task, _now: datetime) -> Said | None:
        first[:] = first or [task.story]
        if task.name == "spare":
            return Said(Fault.LOGIN, "Not logged in.")
        return Said(Fault.DECLINED) if task.name == "developer" and task.story == first[0] else None

    assert _counts(_act(home, script).report) == {(Came.LANDED, ""): 1, (Came.FAILED, "declined"): 1}


def test_a_commit_that_cannot_be_set_up_stops_no_other_story(tmp_path: Path) -> None:
    home = repository(tmp_path / "r")
    bad = "import pathlib, sys; sys.exit(bool(list(pathlib.Path().glob('src/*.py'))))"
    _policy(home, lambda text: text + f"setup: [{json.dumps([sys.executable, '-c', bad])}]\n")
    run = _act(home, _works)
    assert _counts(run.report) == {(Came.FAILED, "unready"): 2}
    assert not [note for note in run.report.notes if "AGENTS.md" not in note]
