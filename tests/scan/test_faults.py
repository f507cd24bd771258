"""What keeps reviewers of a scan from answering, and answers that will not do; no program is started for them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from bmad.errors import CannotAnswerError
from bmad.model.agents import Fault, Outcome, Task
from bmad.model.scan import ScanReport
from bmad.model.settings import AgentSettings
from bmad.model.spending import Usage
from bmad.pipeline.scan.scan import ScanRequest, scan
from bmad.ports.acting import Desk, Hold
from bmad.wiring import open_app
from tests.act.world import repository
from tests.program import git

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SOURCE = "def alpha(value):\n    return value / 0  # defect\n\n\ndef beta(value):\n    return value + 1\n"

Claims = list[dict[str, object]]


class Said(NamedTuple):
    """What a reviewer says: claims and what it copied, or a fault."""

    claims: Claims = []  # noqa: RUF012 - never changed
    read: str = "    return value + 1"
    verdicts: tuple[dict[str, object], ...] = ()
    fault: Fault | None = None
    until: datetime | None = None


Script = Callable[[Task, datetime], Said]


class Talk:
    """Reviewers who say what a script says; time passes only where somebody waits."""

    confines = True

    def __init__(self, script: Script, lacks: str = "") -> None:
        self._script, self._lacks = script, lacks
        self.time = NOON
        self.calls: list[tuple[str, int]] = []
        self.prompts: list[str] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def lacking(self, _agent: AgentSettings) -> str:
        return self._lacks

    def end_survivors(self, _name: str, _taken_here: object = None) -> bool:
        return True

    def run(self, task: Task, _hold: Hold) -> Outcome:
        self.calls.append((task.name, int(task.key.split("/")[1])))
        self.prompts.append(task.prompt)
        said = self._script(task, self.time)
        context = f"context {len(self.calls)}"
        if said.fault is not None:
            return Outcome(None, said.fault, f"It said {said.fault}.", "command", "", context, until=said.until)
        answer = {"findings": said.claims, "verdicts": list(said.verdicts), "read": said.read}
        spent = Usage(tokens_in=900, tokens_out=100)
        return Outcome(answer, None, "", "command", f"{task.name}-1", context, usage=spent)

    def scan(self, home: Path, **request: object) -> ScanReport:
        desk = open_app(home).desk()
        try:
            own: Desk = replace(desk, agents=self, clock=self, sleep=self.sleep)  # type: ignore[arg-type]
            asked = ScanRequest(**{"paths": ("src",), **request})  # type: ignore[arg-type]
            return scan(own, asked, lambda _words: None)
        finally:
            desk.journal.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = repository(tmp_path_factory.mktemp("faults") / "repo")
    (home / "src").mkdir()
    (home / "src/it.py").write_text(SOURCE, encoding="utf-8")
    _settle(home)
    return home


@pytest.fixture(autouse=True)
def anew(home: Path) -> Iterator[None]:
    """Nothing is kept of the scan before."""
    yield
    for note in (home / ".bmad/steps").rglob("*.json"):
        note.unlink()


def _settle(home: Path, **act: object) -> None:
    agents = {name: {"command": [name]} for name in ("reviewer", "bob")}
    told = {"version": 1, "agents": agents, "act": {"reviewers": 1, **act}}
    (home / "bmad.yaml").write_text(json.dumps(told), encoding="utf-8")
    git("add", ".", cwd=home)
    git("commit", "--quiet", "-m", f"Settings {act}\n\nPolicy: tests", cwd=home)


def claim(quote: str, **more: object) -> dict[str, object]:
    return {"severity": "P1", "path": "src/it.py", "line": 2, "quote": quote, "claim": "It is wrong.", **more}


DEFECT = claim("return value / 0  # defect")


def _once(task: Task, _now: datetime) -> Said:
    return Said([DEFECT] if "/1/" in task.key else [])


def test_a_quota_is_waited_out_and_the_scan_comes_through(home: Path) -> None:
    back = NOON + timedelta(hours=2)

    def script(task: Task, now: datetime) -> Said:
        if task.name == "bob" and now < back:
            return Said(fault=Fault.QUOTA, until=back)
        return _once(task, now)

    talk = Talk(script)
    report = talk.scan(home)
    assert report.converged
    assert talk.time >= back
    assert [one.by for one in report.findings] == [("reviewer", "bob")]
    assert report.estimates[0].both == 1
    assert report.spent.tokens == 4000


def test_an_account_that_stays_away_too_long_stops_the_scan_which_goes_on_from_there(home: Path) -> None:
    back = NOON + timedelta(days=2)
    talk = Talk(lambda task, now: Said(fault=Fault.QUOTA, until=back) if task.name == "bob" else _once(task, now))
    report = talk.scan(home)
    assert (report.stop, report.until, report.converged, report.ok) == ("waiting", back, False, False)
    assert [one.by for one in report.findings] == [("reviewer",)]
    assert report.estimates == ()
    later = Talk(_once)
    later.time = back + timedelta(seconds=1)
    assert later.scan(home).converged
    assert later.calls[0] == ("bob", 1)


@pytest.mark.parametrize("fault", [Fault.LOGIN, Fault.MISCONFIGURED, Fault.SANDBOX])
def test_what_a_person_has_to_mend_stops_the_scan_at_once(home: Path, fault: Fault) -> None:
    talk = Talk(lambda task, now: Said(fault=fault) if task.name == "bob" else _once(task, now))
    report = talk.scan(home)
    assert report.stop == "environment"
    assert f"It said {fault}." in report.stopped
    assert len(talk.calls) == 2


def test_who_lacks_something_is_not_asked_unless_nothing_is_to_be_asked(home: Path) -> None:
    with pytest.raises(CannotAnswerError, match="is not there"):
        Talk(_once, "is not there").scan(home)
    Talk(_once).scan(home)
    assert Talk(_once, "is not there").scan(home).converged


def test_the_cap_of_a_run_stops_it_and_the_next_one_goes_on(home: Path) -> None:
    _settle(home, budget={"tokens": 1500})
    try:
        first = Talk(_once).scan(home)
        assert first.stop == "waiting"
        assert "2,000 of 1,500 tokens are spent" in first.stopped
        assert (first.calls, first.kept) == (2, 0)
        second = Talk(_once).scan(home)
        assert (second.converged, second.calls, second.kept) == (True, 2, 2)
    finally:
        _settle(home)


def test_a_quote_that_stands_nowhere_is_asked_for_once_more(home: Path) -> None:
    wrong = claim("return value / zero")

    def script(task: Task, _now: datetime) -> Said:
        if not task.key.startswith("aside-scan/1/"):
            return Said()
        if not task.key.endswith("/again"):
            return Said([wrong])
        told = task.prompt.partition("What is wrong with the first answer")[2]
        name = next(word for word in told.split() if word.startswith("C-"))
        return Said([{**DEFECT, "about": name}]) if task.name == "bob" else Said([wrong])

    report = Talk(script).scan(home)
    placed, lost = report.findings
    assert (placed.by, placed.kind.value) == (("bob",), "finding")
    assert (lost.by, lost.kind.value) == (("reviewer",), "claim")
    assert "stands nowhere" in lost.why
    assert (report.estimates[0].first, report.estimates[0].second) == (0, 1)


def test_who_does_not_show_that_they_have_read_has_not_looked(home: Path) -> None:
    talk = Talk(
        lambda task, now: _once(task, now)._replace(read="" if task.name == "bob" else SOURCE.split("\n")[-2])
    )
    report = talk.scan(home)
    assert {(one.reviewer, one.round) for one in report.unanswered} == {("bob", 1), ("bob", 2)}
    assert "`read` is missing" in report.unanswered[0].words
    assert "It is wrong." in report.unanswered[0].words
    assert not report.converged
    assert report.estimates == ()


def test_what_is_known_is_told_in_later_rounds_and_never_in_the_first(home: Path) -> None:
    def script(task: Task, _now: datetime) -> Said:
        number = int(task.key.split("/")[1])
        quotes = {1: "return value / 0  # defect", 2: "return value + 1"}
        return Said([claim(quotes[number], line=number)]) if number in quotes and task.name == "bob" else Said()

    talk = Talk(script)
    report = talk.scan(home)
    assert [number for _, number in talk.calls] == [1, 1, 2, 2, 3, 3]
    told = [prompt.partition("Found in these files before")[2].count('"id"') for prompt in talk.prompts]
    assert told == [0, 0, 1, 1, 2, 2]
    assert [one.round for one in report.findings] == [1, 2]
    assert report.estimates[0].later == 1
    assert report.converged


def test_who_finds_ever_more_never_converges_and_it_says_so(home: Path) -> None:
    lines = SOURCE.split("\n")
    told = [line for line in lines if line.strip()]
    talk = Talk(lambda task, _now: Said([claim(told[int(task.key.split("/")[1]) - 1], line=1)]))
    report = talk.scan(home, rounds=3)
    assert (report.rounds, report.converged, report.stop) == (3, False, "")


def test_a_scan_that_changes_what_is_asked_asks_anew_and_keeps_the_rest(home: Path) -> None:
    Talk(_once).scan(home)
    other = Talk(_once)
    assert other.scan(home, lenses=("correctness", "debt")).kept == 4
    assert {name for name, _ in other.calls} == {"reviewer", "bob"}
    assert Talk(_once).scan(home, again=True).kept == 0
    assert Talk(_once).scan(home).calls == 0
