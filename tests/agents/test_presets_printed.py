"""What the real programs printed, kept from runs against a scripted server, and what is heard in it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bmad.agents import coding, processes, streams
from bmad.agents.presets import TABLE
from bmad.model.agents import PRESETS, AnswerKind, Fault, Outcome, Role, Task
from bmad.model.answers import WorkAnswer
from bmad.model.settings import AgentSettings

PRINTED = Path(__file__).parent / "printed"
NOW = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)
RESET = datetime.fromtimestamp(1_796_000_000, UTC)
SPENT = {"tokens_in": 200, "tokens_cached": 80, "tokens_out": 40}
MODELS = {"claude": "claude-sonnet-5", "qwen": "gpt-x", "gemini": "gemini-real-1"}

FAULTS = {
    ("claude", "login"): Fault.LOGIN,
    ("claude", "no-login"): Fault.LOGIN,
    ("claude", "rate-limit"): Fault.RATE_LIMIT,
    ("claude", "limit"): Fault.QUOTA,
    ("claude", "credit"): Fault.QUOTA,
    ("claude", "server"): Fault.OVERLOAD,
    ("claude", "overload"): Fault.OVERLOAD,
    ("claude", "midway"): Fault.OVERLOAD,
    ("claude", "cut"): Fault.OVERLOAD,
    ("claude", "no-model"): Fault.MISCONFIGURED,
    ("claude", "bad-request"): Fault.MISCONFIGURED,
    ("claude", "refusal"): Fault.DECLINED,
    ("claude", "length"): Fault.UNFINISHED,
    ("claude", "prose"): Fault.NO_ANSWER,
    ("claude", "hang"): Fault.UNFINISHED,
    ("codex", "login"): Fault.LOGIN,
    ("codex", "rate-limit"): Fault.RATE_LIMIT,
    ("codex", "limit"): Fault.QUOTA,
    ("codex", "credit"): Fault.QUOTA,
    ("codex", "server"): Fault.OVERLOAD,
    ("codex", "midway"): Fault.OVERLOAD,
    ("codex", "no-model"): Fault.MISCONFIGURED,
    ("codex", "quiet"): Fault.UNFINISHED,
    ("codex", "length"): Fault.UNFINISHED,
    ("codex", "refusal"): Fault.NO_ANSWER,
    ("codex", "hang"): Fault.UNFINISHED,
    ("qwen", "login"): Fault.LOGIN,
    ("qwen", "no-model"): Fault.MISCONFIGURED,
    ("gemini", "login"): Fault.LOGIN,
    ("gemini", "credit"): Fault.QUOTA,
    ("gemini", "no-model"): Fault.MISCONFIGURED,
    ("opencode", "login"): Fault.LOGIN,
    ("opencode", "rate-limit"): Fault.RATE_LIMIT,
}


def outcome(name: str, case: str, kind: AnswerKind = "work", code: int = 0, **settings: Any) -> Outcome:
    """What comes of a call that printed what a file holds."""
    task = outcome_task(name, PRINTED / name / f"{case}.jsonl", kind, **settings)
    heard = TABLE[name].hear(streams.events(task.log))
    return coding.outcome(task, processes.End(code, None, "", 1.0), heard, (), NOW)


def outcome_task(name: str, log: Path, kind: AnswerKind = "work", **settings: Any) -> Task:
    """The task that such a call was made for."""
    return Task(
        key="STORY-1/1/dev",
        story="STORY-1",
        role=Role.DEVELOPER,
        name="dev",
        agent=AgentSettings(use=name, **settings),
        folder=Path(),
        prompt="",
        kind=kind,
        subject="a" * 64,
        writable=True,
        log=log,
    )


def test_every_preset_that_bmad_yaml_may_name_is_there() -> None:
    assert tuple(TABLE) == PRESETS


@pytest.mark.parametrize("name", sorted(path.name for path in PRINTED.iterdir()))
def test_work_that_ended_well_counts_with_what_is_known_of_it(name: str) -> None:
    done = outcome(name, "dev")
    assert (done.fault, done.answer) == (None, WorkAnswer(summary="Done.").model_dump(mode="json"))
    assert done.usage is not None
    spent = SPENT | ({"tokens_cached": 40, "tokens_out": 26} if name == "gemini" else {})
    assert {key: getattr(done.usage, key) for key in spent} == spent
    assert (done.backend, done.model) == (name, MODELS.get(name, ""))
    assert len(done.session) > 10


@pytest.mark.parametrize("name", sorted(path.name for path in PRINTED.iterdir()))
def test_a_review_is_what_was_said_last(name: str) -> None:
    done = outcome(name, "review", "review")
    assert done.fault is None
    assert done.answer is not None
    assert [one["claim"] for one in done.answer["findings"]] == ["Wrong fruit."]
    assert done.answer["read"] == "word: plum"


@pytest.mark.parametrize(("name", "case"), FAULTS)
def test_a_call_that_failed_says_of_what(name: str, case: str) -> None:
    """Its exit code says nothing: some programs end with 0."""
    failed = outcome(name, case)
    assert failed.fault is FAULTS[name, case], failed.words
    assert failed.answer is None
    assert failed.words.startswith("The agent `dev` ")


@pytest.mark.parametrize("name", sorted(path.name for path in PRINTED.iterdir()))
def test_what_breaks_off_anywhere_is_no_work_and_no_review(name: str, tmp_path: Path) -> None:
    kinds: dict[str, AnswerKind] = {"dev": "work", "review": "review"}
    for case, kind in kinds.items():
        lines = (PRINTED / name / f"{case}.jsonl").read_text().splitlines(keepends=True)
        for count in range(len(lines)):
            log = tmp_path / "log"
            log.write_text("".join(lines[:count]))
            heard = TABLE[name].hear(streams.events(log))
            end = processes.End(0, None, "", 1.0)
            failed = coding.outcome(outcome_task(name, log, kind), end, heard, (), NOW)
            assert failed.fault in (Fault.UNFINISHED, Fault.NO_ANSWER), (case, count)
            assert failed.answer is None


@pytest.mark.parametrize("name", ["claude", "codex"])
def test_a_spent_quota_says_when_it_comes_back(name: str) -> None:
    """Codex says it to the minute, in the time of the machine."""
    until = outcome(name, "limit").until
    assert until is not None
    assert until.replace(second=0, tzinfo=UTC) == RESET.replace(second=0) or until == RESET


def test_work_in_words_counts_where_the_program_ended_well() -> None:
    done = outcome("codex", "prose")
    assert done.answer is not None
    assert done.answer["summary"] == "Done, all is well."
    assert outcome("codex", "prose", "review").fault is Fault.BAD_ANSWER
    assert outcome("qwen", "prose").fault is outcome("opencode", "prose").fault is None


def test_a_stream_that_opencode_calls_finished_for_no_reason_was_cut() -> None:
    part = {"type": "step-finish", "reason": "unknown", "tokens": {"input": 0, "output": 0}}
    said = {"type": "text", "part": {"text": "half"}}
    heard = TABLE["opencode"].hear([{"type": "step_start"}, said, {"type": "step_finish", "part": part}])
    assert (heard.fault, heard.answer) == (Fault.UNFINISHED, None)


def test_what_another_server_cost_is_not_known() -> None:
    """The prices that a program knows are those of its own provider."""
    own, other = outcome("claude", "dev"), outcome("claude", "dev", base_url="http://127.0.0.1:1")
    assert own.usage is not None
    assert other.usage is not None
    assert (own.usage.usd or 0) > 0
    assert other.usage.usd is None


def test_a_program_that_never_began_is_known_by_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "claude").mkdir()
    (tmp_path / "claude" / "option.jsonl").write_text("error: unknown option '--effort'\n")
    monkeypatch.setattr(f"{__name__}.PRINTED", tmp_path)
    failed = outcome("claude", "option", code=1)
    assert failed.fault is Fault.MISCONFIGURED
    assert "unknown option '--effort'" in failed.words


@pytest.mark.parametrize(
    ("name", "event", "fault"),
    [
        (
            "claude",
            {"type": "system", "subtype": "api_retry", "error_status": 529, "error": "overloaded"},
            Fault.OVERLOAD,
        ),
        ("codex", {"type": "error", "message": "Reconnecting... 2/5 (last status: 429)"}, Fault.RATE_LIMIT),
    ],
)
def test_who_was_ended_while_its_calls_failed_failed_of_that(
    name: str, event: dict[str, Any], fault: Fault
) -> None:
    begun, work = {"type": "turn.started"}, {"type": "item.completed", "item": {}}
    task = outcome_task(name, Path("/nowhere"))
    end = processes.End(-15, Fault.TIMEOUT, "was still at work after 5 seconds and was ended", 5.0)
    retrying = coding.outcome(task, end, TABLE[name].hear([begun, event]), (), NOW)
    assert retrying.fault is fault
    assert "was still at work after 5 seconds and was ended, while its calls failed: " in retrying.words
    assert coding.outcome(task, end, TABLE[name].hear([begun, event, work]), (), NOW).fault is Fault.TIMEOUT
