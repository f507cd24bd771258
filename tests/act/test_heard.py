"""What people say beside a running `bmad act` is heard by it: acceptance, rejection, a call-off."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.model.act import Event, State
from bmad.model.act_reports import ActReport
from bmad.model.journal import Entry
from bmad.pipeline.act.journal import heard
from bmad.pipeline.act.people.verdicts import accept, cancel, reject
from bmad.pipeline.act.scheduler import ActRequest, act
from bmad.ports.acting import Desk
from bmad.wiring import open_app
from tests.act.stage import Stage

Say = Callable[[Desk, Entry, State], None]


def carried(stage: Stage, say: Say, workers: int = 1, *stories: str) -> ActReport:
    """A call of `bmad act`, at each event of which a person beside it may say something."""
    app = open_app(stage.repo)
    beside = app.desk()
    desk = app.desk(lambda entry, state: say(beside, entry, state))
    with closing(desk.journal), closing(beside.journal):
        return act(desk, ActRequest(stories, workers=workers))


@pytest.mark.parametrize("workers", [1, 2])
def test_who_accepts_beside_a_run_has_it_landed_by_that_run(tmp_path: Path, workers: int) -> None:
    stage = Stage(tmp_path, accept="story")

    def say(desk: Desk, entry: Entry, state: State) -> None:
        if state is State.ACCEPT and entry.event is Event.TRIAGED:
            accept(desk, [entry.story])

    report = carried(stage, say, workers)
    assert set(report.landed) == {stage.first, stage.second}
    assert report.ok


def test_a_rejection_is_worked_on_and_what_is_called_off_is_not_begun(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    order: list[str] = []

    def say(desk: Desk, entry: Entry, state: State) -> None:
        if entry.event is Event.STARTED:
            order.append(entry.story)
        if entry.event is Event.TRIAGED and state is State.ACCEPT and entry.round == 1:
            [other] = {stage.first, stage.second} - {entry.story}
            reject(desk, entry.story, "VALUE is not what was asked for")
            cancel(desk, other, "not now")

    report = carried(stage, say, 1)
    [begun] = order
    assert Event.REJECTED in [Event(one["event"]) for one in stage.events(begun)]
    assert "fix" in stage.ways(begun)
    assert {one.state for one in report.stories if one.id != begun} == {State.CANCELLED}


def test_what_a_call_spent_is_counted_though_its_story_was_called_off_meanwhile(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    usage = {"tokens_in": 1000, "tokens_out": 10, "usd": 0.5}
    stage.play({"1/dev": {"files": {"src/NAME.py": "VALUE = 1\n"}, "answer": {"usage": usage}}})

    def say(desk: Desk, entry: Entry, _state: State) -> None:
        if entry.event is Event.CREATED:
            cancel(desk, entry.story, "not now")

    report = carried(stage, say, 1, stage.first)
    assert stage.json("retro")["spent"] == report.spent.model_dump(mode="json")
    assert report.spent.usd == 0.5
    assert (stage.events(stage.first)[-1]["event"], stage.ways(stage.first)[-1]) == ("paid", "cancelled")
    assert "$0.50" in stage.bmad("log", stage.first).out
    stage.bmad("act", stage.first)
    assert stage.record(stage.first)["spent"]["usd"] == 0.5


@pytest.mark.parametrize("reviewers", [1, 2])
def test_who_has_reviewed_is_not_asked_again_where_another_one_died_and_is_counted_once(
    tmp_path: Path, reviewers: int
) -> None:
    stage = Stage(tmp_path, lenses=["correctness", "security"], reviewers=reviewers)
    told = {"answer": {"findings": [], "usage": {"tokens_in": 1000, "tokens_out": 10, "usd": 0.5}}}
    stage.play({"1/review/correctness": told, "1/review/security": {**told, "exit": 1}})
    stage.bmad("act", stage.first, code=4)
    stage.play({"1/review.2/correctness": {"exit": 1}, "1/review.2/security": told})
    stage.bmad("act", stage.first)
    record = stage.record(stage.first)
    reviews = [one["context"] for one in record["work"] if one["role"] == "reviewer"]
    assert len(set(reviews)) == len(reviews) == 2
    assert [one["step"] for one in record["lost"]] == ["1/review/security"]
    assert (record["spent"]["usd"], stage.json("retro")["spent"]["usd"]) == (1.5, 1.5)
    sums = [one["spent"]["usd"] or 0 for one in stage.events(stage.first)]
    assert sum(sums) == 1.5, "no line of the log repeats what another one has told"
    stage.gate("HEAD~1")


def test_a_free_worker_lands_what_is_accepted_while_another_story_is_built(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.play({f"{stage.second} 1/dev": {"sleep": 5, "files": {"src/NAME.py": "VALUE = 2\n"}, "answer": {}}})
    late: list[threading.Timer] = []
    app = open_app(stage.repo)

    def later() -> None:
        beside = app.desk()
        with closing(beside.journal):
            accept(beside, [stage.first])

    def say(_desk: Desk, entry: Entry, state: State) -> None:
        if entry.story == stage.first and state is State.ACCEPT:
            late.append(threading.Timer(0.4, later))
            late[0].start()

    carried(stage, say, 2)
    late[0].join()
    [landed] = [one for one in stage.events(stage.first) if one["event"] == "landed"]
    [developed] = [one for one in stage.events(stage.second) if one["event"] == "developed"]
    assert landed["time"] < developed["time"]


def test_of_runs_that_are_kept_only_what_is_new_is_read(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.bmad("act", stage.first)
    with closing(open_app(stage.repo).desk(reading=True).journal) as journal:
        every = journal.entries()
        known: dict[str, Run] = {}
        assert [one for one, _ in heard(journal, known)] == every
        assert known == runs(every)
        assert heard(journal, known) == []
        left = known.pop(stage.first)
        assert heard(journal, known, but={stage.first}) == []
        assert heard(journal, known)[-1] == (every[-1], left)
