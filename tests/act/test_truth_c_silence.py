"""A reviewer whose finding did not fit, and who is silent when asked once more, has not passed anything."""

from typing import cast

import pytest

from bmad.agents.answers import speaks_of
from bmad.core.act.challenge import Challenge
from bmad.core.prompts.brief import Prompt
from bmad.model.act import Failed
from bmad.model.agents import Claim, Fault, ReviewAnswer
from bmad.model.worktrees import Worktree
from bmad.pipeline.acting import asking
from bmad.pipeline.acting.asking import Heard, Question
from bmad.pipeline.acting.case import Case, StopError, failed

SILENT = ReviewAnswer(read="7")
CLAIM = Claim.model_validate({"severity": "P0", "claim": "It breaks."})
QUESTION = Question("1/review", "security", "", "", lambda _: cast("Prompt", None), Challenge("how many", "7"))


def ask(monkeypatch: pytest.MonkeyPatch, fault: str, second: ReviewAnswer) -> Heard:
    """What comes of a first answer that is unfit by such a fault, and a second one that fits."""

    def said(_case: object, _tree: object, question: Question, _wrong: object) -> Heard:
        if question.step.endswith("/again"):
            return Heard((second,), ())
        raise failed(Fault.BAD_ANSWER, f"It gave an answer that does not count: {fault}.")

    monkeypatch.setattr(asking, "said", said)
    return asking.ask(cast("Case", None), cast("Worktree", None), QUESTION, lambda _: ())


def test_c_a_grave_word_in_prose_is_not_settled_by_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    told = f"it is no JSON: Expecting value{speaks_of(b'P0: src/x.py has a backdoor')}"
    with pytest.raises(StopError):
        ask(monkeypatch, told, SILENT)
    assert speaks_of(b"Looks good to me. SP0T on.") == ""


@pytest.mark.parametrize("key", ["title", "severity"])
def test_c_a_finding_that_did_not_fit_is_not_settled_by_silence(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    with pytest.raises(StopError) as stop:
        ask(monkeypatch, f"`findings.0.{key}`: wrong", SILENT)
    _, content = stop.value.happened
    assert isinstance(content, Failed)
    assert content.fault is Fault.BAD_ANSWER
    assert f"`findings.0.{key}`" in content.words
    assert "what it had found is not known" in content.words


def test_c_twin_a_finding_stated_anew_or_an_answer_that_held_none_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    stated = ReviewAnswer(read="7", findings=(CLAIM,))
    assert ask(monkeypatch, "`findings.0.title`: wrong", stated).answers == (stated,)
    assert ask(monkeypatch, "it is no JSON", SILENT).answers == (SILENT,)
