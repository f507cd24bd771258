"""A story's log: each role's word in order, bound to its step, in the prompts of those who build on it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bmad.core.act.replay import replay
from bmad.core.act.run import Run, entry
from bmad.core.act.worklog import examined
from bmad.core.prompts.brief import Brief
from bmad.core.prompts.developer import dev_prompt
from bmad.core.prompts.fixer import Repair, fix_prompt
from bmad.core.prompts.reviewer import View, review_prompt
from bmad.core.prompts.tester import test_prompt as for_tester
from bmad.core.prompts.worklog import MOST_LOG, worklog
from bmad.model import act
from bmad.model.act import Content, Created, Developed, Event, Rejected, Started, State
from bmad.model.answers import WorkAnswer
from bmad.model.policy import Policy
from bmad.model.record import Logged
from bmad.model.tested import MOST_HYPOTHESES, Hypothesis
from tests.act.stage import Stage

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def run(*happened: tuple[Event, Content]) -> Run:
    """The run that these events add up to."""
    now, every = Run("STORY-one111"), []
    for event, content in happened:
        every.append(entry(now, event, content, NOW))
        now = replay("STORY-one111", every)
    return now


BEGUN = (Event.STARTED, Started(policy=Policy(), target="refs/heads/main", onto="refs/heads/main", base="b"))
CREATED = (Event.CREATED, Created(base="b", spec="s", tester=True, summary="Two\n tasks."))
TESTED = (Event.TESTED, act.Tested(head="t", tree="1", summary="Three tests."))
WRONG = Hypothesis(hypothesis="The cache is stale", test="empty it", verdict="refuted", evidence="fails as before")


def test_each_word_stands_in_order_with_its_step_and_stays() -> None:
    made = (Event.DEVELOPED, Developed(head="d", tree="2", summary="Built it.", hypotheses=(WRONG,)))
    told = run(BEGUN, CREATED, TESTED, made)
    assert [(one.step, one.by, one.words) for one in told.log] == [
        ("1/create", "creator", "Two tasks."),
        ("1/test", "tester", "Three tests."),
        ("1/dev", "developer", "refuted: The cache is stale; test: empty it; evidence: fails as before"),
        ("1/dev", "developer", "Built it."),
    ]
    assert told.hypotheses == (WRONG,)
    assert run(BEGUN, CREATED, TESTED, made).log == told.log


def test_of_a_hypothesis_that_is_put_again_the_last_word_counts() -> None:
    again = WRONG.model_copy(update={"hypothesis": "the cache  is stale", "verdict": "confirmed"})
    other = Hypothesis(hypothesis="A race")
    assert examined((WRONG, other), (again,)) == (again, other)


def test_who_builds_on_the_work_is_told_its_log_and_who_judges_it_is_not() -> None:
    log = run(BEGUN, CREATED, TESTED).log
    brief = Brief("STORY-one111", log=log)
    assert '["1/create", "creator", "Two tasks."]' in dev_prompt(brief).text
    assert [one.by for one in log] == ["creator", "tester"]
    assert log[1].words not in dev_prompt(brief).text
    assert log[1].words not in fix_prompt(brief, Repair(words=["Name it otherwise."])).text
    later = run(BEGUN, CREATED, TESTED, (Event.DEVELOPED, Developed(head="d", tree="2", summary="Built it.")))
    told = for_tester(Brief("STORY-one111", log=later.log)).text
    assert "Two tasks." in told
    assert "Built it." not in told
    assert "Two tasks." not in review_prompt(brief, "correctness", View("+ x")).text


def test_who_mends_a_bug_is_asked_for_a_failing_test_first_and_for_hypotheses_with_verdicts() -> None:
    told = dev_prompt(Brief("STORY-one111", bug=True)).text
    assert "have a\ntest that fails because of the defect" in told
    assert "note what you suspect, run what would refute it" in told
    assert "Its key `hypotheses` is a list" in told
    assert "hypotheses" not in dev_prompt(Brief("STORY-one111")).text


def test_a_story_of_kind_bug_is_carried_to_its_end_with_its_table(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    path = stage.path(stage.first)
    text = (stage.repo / path).read_text(encoding="utf-8")
    at = text.index("\n\n## ")
    (stage.repo / path).write_text(f"{text[:at]}\n- Kind: flaw{text[at:]}", encoding="utf-8")
    assert "write `refactor` or `bug`, or remove the line" in stage.bmad("validate", code=1).out
    (stage.repo / path).write_text(f"{text[:at]}\n- Kind: bug{text[at:]}", encoding="utf-8")
    stage.bmad("fmt")
    stage.bmad("validate")
    base = stage.commit({}, "Call it a bug")
    suspected = {"hypothesis": "It is off by one", "verdict": "confirmed", "evidence": "1 for 2"}
    files = {"src/NAME.py": "VALUE = 1\n"}
    stage.play({f"{stage.first} 1/dev": {"files": files, "answer": {"hypotheses": [suspected]}}})
    stage.bmad("act", stage.first)
    assert "Kind: bug" in stage.told(stage.first, "1/dev")
    assert "The story is of kind `bug`" in stage.told(stage.first, "1/dev")
    assert "confirmed | It is off by one" in stage.bmad("log", stage.first).out
    assert "confirmed: It is off by one" in json.dumps(stage.record(stage.first)["log"])
    stage.gate(base)


def test_a_fix_is_told_what_was_refuted_and_asked_for_what_it_suspects() -> None:
    told = fix_prompt(Brief("STORY-one111"), Repair(failing=["tests failed"], hypotheses=[WRONG])).text
    assert '"hypothesis": "The cache is stale"' in told
    assert "What is refuted already need not be tried again." in told
    assert "Its key `hypotheses` is a list" in told
    asked = fix_prompt(Brief("STORY-one111"), Repair(words=["Name it otherwise."])).text
    assert "`hypotheses`" not in asked


def test_a_long_log_keeps_its_end_and_counts_what_is_left_out() -> None:
    log = [Logged(step=f"{number}/fix", by="developer", words="w" * 300) for number in range(1, 20)]
    text = worklog(log).text
    assert len(text.encode()) <= MOST_LOG + 60
    assert text.startswith("(13 earlier entries left out)")
    assert '["19/fix"' in text.splitlines()[-1]


@pytest.mark.parametrize(("word", "verdict"), [("Refuted", "refuted"), ("yes", "confirmed"), ("maybe", "open")])
def test_what_is_no_verdict_decides_nothing_and_loses_no_work(word: str, verdict: str) -> None:
    told = {"hypothesis": "h" * 900, "verdict": word}
    answer = WorkAnswer.model_validate({"summary": "Done.", "hypotheses": [told] * (MOST_HYPOTHESES + 5)})
    assert len(answer.hypotheses) == MOST_HYPOTHESES
    assert answer.hypotheses[0].verdict == verdict
    assert len(answer.hypotheses[0].hypothesis) == 400


def test_a_story_that_is_sent_back_keeps_its_log() -> None:
    at_plan = (Event.STARTED, BEGUN[1].model_copy(update={"policy": Policy(plan="human")}))
    told = run(at_plan, CREATED, (Event.REJECTED, Rejected(by="A", why="Smaller.")), CREATED)
    assert told.state is State.PLAN
    assert [one.words for one in told.log] == ["Two tasks.", "Two tasks."]
