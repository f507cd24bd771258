"""Looking back: who was right, where time went, what came again."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given

from bmad.core.act.demands import demand
from bmad.core.act.retro import interval, retro
from bmad.model.act import Event, Reviewed, State, Waits
from bmad.model.agents import Fault, Role
from bmad.model.record import Work
from bmad.model.review import Disposition
from bmad.model.spending import Spending, Usage
from bmad.render.retro import retro as as_text
from tests.act.strategies import (
    CREATED,
    STORY,
    Told,
    developed,
    finding,
    fixed,
    journeys,
    passed,
    reviewed,
    started,
    tell,
    triaged,
)
from tests.act.world import repository
from tests.program import inside


def _by(model: str, step: str = "1/review/correctness") -> Work:
    usage = Usage(tokens_in=1000, tokens_out=200, usd=0.5)
    return Work(
        step=step,
        role=Role.REVIEWER,
        backend="claude",
        model=model,
        context=step,
        prompt="",
        lens="correctness",
        usage=usage,
    )


def _two_rounds() -> Told:
    event, content = reviewed(finding("F-1"), finding("F-2"), finding("F-3"))
    first = content.model_copy(update={"work": (_by("opus"),)})
    event_again, again = reviewed(hunks="h2", settled="F-1")
    assert isinstance(again, Reviewed)
    return tell(
        started(),
        CREATED,
        developed(),
        passed(),
        (event, first),
        triaged(F_1=Disposition.CONFIRMED, F_2=Disposition.FALSE_POSITIVE, F_3=Disposition.CONFIRMED),
        fixed(F_2="a.py:3"),
        passed("h2", "c-t2"),
        (event_again, again.model_copy(update={"work": (_by("opus", "2/review/correctness"),)})),
    )


def test_a_reviewers_precision_is_what_became_of_what_it_raised() -> None:
    report = retro(_two_rounds().entries, {STORY: "Letters"}, {})
    [reviewer] = report.reviewers
    assert (reviewer.by, reviewer.raised, reviewer.right, reviewer.wrong) == ("claude:opus", 3, 2, 1)
    assert reviewer.precision == pytest.approx(2 / 3)
    assert (reviewer.low, reviewer.high) == interval(2, 3)
    assert report.spent.usd == 1.0
    assert report.spent.calls == 2
    path = next(one for one in report.repeated if one.what == "path")
    assert (path.name, path.times, path.stories) == ("a.py", 3, (STORY,))
    assert "precision 67% (21% to 94%)" in as_text(report)


def test_what_a_person_demands_in_a_review_counts_for_them_once_it_is_met() -> None:
    """Beside a comment of theirs on a line that the developer disproved; a rejection is no review."""
    work = _by("").model_copy(update={"backend": "human", "by": "ada <ada@x>"})
    told = tell(started(), CREATED, developed(), passed())
    asked = demand(told.run, "Say it in German.", work.by)
    event, content = reviewed(finding("F-1"), asked)
    told = tell((event, content.model_copy(update={"work": (work,)})), told=told)
    told = tell(triaged(F_1=Disposition.FALSE_POSITIVE), told=told)
    [reviewer] = retro(told.entries, {STORY: "Letters"}, {}).reviewers
    assert (reviewer.raised, reviewer.right, reviewer.wrong, reviewer.open) == (2, 0, 1, 1)
    report = retro(tell(fixed(F_1="a.py:3"), told=told).entries, {STORY: "Letters"}, {})
    [reviewer] = report.reviewers
    assert (reviewer.by, reviewer.raised, reviewer.right, reviewer.wrong) == (work.by, 2, 1, 1)
    assert "ada <ada@x> (correctness): 1 right, 1 wrong; precision 50%" in as_text(report)
    assert "P1 person           1 raised, 1 fixed" in as_text(report)


def test_what_nobody_reported_is_said_to_be_unknown() -> None:
    told = _two_rounds().entries
    report = retro(told, {STORY: "Letters"}, {})
    silent = report.model_copy(update={"spent": Spending(calls=3, silent=3, unpriced=3)})
    assert "spent: unknown, since none of 3 calls said what it used" in as_text(silent)
    unpriced = report.model_copy(update={"spent": Spending(calls=1, tokens_in=2000, tokens_out=10, unpriced=1)})
    assert "spent: 2k tokens in, 10 out; the money is unknown" in as_text(unpriced)
    assert "spent" not in as_text(report.model_copy(update={"spent": Spending()})), (
        "people and recordings are free"
    )


@pytest.mark.parametrize("fault", [None, Fault.QUOTA])
def test_a_person_who_is_asked_to_review_is_waited_for_and_a_quota_is_not(fault: Fault | None) -> None:
    waits = (Event.WAITS, Waits(words="Your turn to review", fault=fault))
    told = tell(started(), CREATED, developed(), passed(), waits, reviewed(finding("F-1")))
    begun, ended = (entry.time for entry in told.entries[-2:])
    assert retro(told.entries, {}, {}).waiting == ((ended - begun).total_seconds() if fault is None else 0)


def test_wilsons_interval_is_the_published_one() -> None:
    assert interval(0, 0) is None
    low, high = interval(2, 3) or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.2077, 0.9385)


@given(journeys())
def test_any_run_can_be_looked_back_at(told: Told) -> None:
    report = retro(told.entries, {}, {})
    assert len(report.stories) == bool(told.entries)
    since = told.entries[told.run.begun - 1].time if told.entries else None
    span = told.entries[-1].time - since if since is not None else timedelta()
    assert sum(report.seconds.values()) == pytest.approx(span.total_seconds())
    assert report.waiting <= sum(report.seconds.values())
    for one in report.reviewers:
        assert one.raised == one.right + one.wrong + one.open + one.homeless
        assert one.precision is None or (one.low or 0) <= one.precision <= (one.high or 0)
    assert as_text(report)
    assert all(state in set(State) for state in report.seconds)


def test_a_log_is_exported_whole_and_without_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = repository(tmp_path / "r")
    assert inside("act", cwd=home).code == 0
    story = json.loads(inside("status", "--json", cwd=home).out)["stories"][0]["id"]
    log = next((home / ".bmad" / "logs" / story).glob("*.log"))
    log.write_text("token: swordfish-1234\n\u202e", encoding="utf-8")
    monkeypatch.setenv("ACME_API_KEY", "swordfish-1234")
    told = inside("log", story, "--export", "out.jsonl", cwd=home)
    assert told.code == 0, told.err
    lines = [json.loads(line) for line in (home / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {one["type"] for one in lines} == {"story", "event", "transcript"}
    assert any(one.get("text", "").startswith("token: [redacted]") for one in lines)
    again = inside("log", story, "--export", "out.jsonl", cwd=home)
    assert (again.code, "is there already" in again.err) == (2, True)
