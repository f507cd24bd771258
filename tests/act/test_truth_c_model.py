"""Which model did a piece of work: what answered says so, or it is unknown; settings only ask for one."""

from pathlib import Path

import pytest

from bmad.agents import answers
from bmad.core.prompts.brief import Prompt
from bmad.model.agents import Outcome
from bmad.model.settings import AgentSettings
from bmad.pipeline.act.calls import recorded_work
from tests.act.agent_world import World

ASKED = AgentSettings(command=("claude", "-p"), model="haiku")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


@pytest.mark.parametrize(("told", "model"), [("", "unknown"), ("opus-5", "opus-5")])
def test_c_a_model_that_was_only_asked_for_is_unknown(world: World, told: str, model: str) -> None:
    outcome = Outcome({}, None, "", "command", told, "c")
    work = recorded_work(world.task(agent=ASKED), "1/dev", Prompt("x", ()), outcome, "")
    assert (work.backend, work.model) == ("dev", model)


def test_c_a_person_is_no_model(world: World) -> None:
    outcome = Outcome({}, None, "", "human", "", "c")
    human = world.task(agent=AgentSettings(use="human"))
    assert recorded_work(human, "1/dev", Prompt("x", ()), outcome, "Ada <a@x>").model == ""


def test_c_an_answer_says_which_model_it_is_of(world: World) -> None:
    told = 'json.dump({"summary": "x", "model": "opus-5"}, open(os.environ["BMAD_RESULT"], "w"))'
    assert world.run(told).model == "opus-5"
    for bad in ("a\nStory: STORY-x", "x" * 101, 7, ["m"]):
        with pytest.raises(answers.BadAnswerError, match="model"):
            answers.fitted({"model": bad}, "work")


def test_c_the_session_of_an_agents_own_program_is_recorded(world: World) -> None:
    task = world.task(agent=ASKED)
    outcome = Outcome({}, None, "", "claude", "m", "c", session="3debe91e")
    assert recorded_work(task, "1/dev", Prompt("x", ()), outcome, "").session == "3debe91e"
