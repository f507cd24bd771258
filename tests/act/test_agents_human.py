"""A person as agent: told where it is their turn, and taken at their word when they say that it is done."""

from pathlib import Path
from typing import Any

import pytest

from bmad.model.agents import Fault, Outcome
from bmad.model.answers import WorkAnswer
from bmad.model.settings import AgentSettings
from tests.act.agent_world import KEY, World

HUMAN = AgentSettings(use="human")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def ask(world: World, **changes: Any) -> Outcome:
    return world.room.run(world.task(agent=HUMAN, **changes), world.hold)


def desk(world: World) -> Path:
    return world.home / ".bmad" / "human" / "STORY-1+1+dev"


def test_a_person_is_told_where_it_is_their_turn(world: World) -> None:
    outcome = ask(world)
    assert (outcome.fault, outcome.answer) == (Fault.WAITS_FOR_PERSON, None)
    assert outcome.words.startswith(f"Your turn: {KEY} in {world.tree}.")
    assert str(desk(world) / "prompt.md") in outcome.words
    assert (desk(world) / "prompt.md").read_text() == "Do it."
    assert "WorkAnswer" in (desk(world) / "schema.json").read_text()
    assert ask(world).fault is Fault.WAITS_FOR_PERSON


def test_an_empty_answer_says_that_the_work_is_done(world: World) -> None:
    ask(world)
    (desk(world) / "answer.json").write_text("{}")
    outcome = ask(world)
    assert (outcome.fault, outcome.backend, outcome.model) == (None, "human", "")
    assert outcome.answer is not None
    assert outcome.answer == WorkAnswer().model_dump(mode="json")
    assert outcome.context == ask(world).context
    assert outcome.context.startswith("human-")


def test_an_answer_that_does_not_fit_is_put_aside(world: World) -> None:
    ask(world, kind="triage")
    (desk(world) / "answer.json").write_text('{"done": true}')
    outcome = ask(world, kind="triage")
    assert outcome.fault is Fault.WAITS_FOR_PERSON, "the story does not fail for it"
    assert "answer.rejected.json" in outcome.words
    assert (desk(world) / "answer.rejected.json").read_text() == '{"done": true}'
    assert ask(world, kind="triage").fault is Fault.WAITS_FOR_PERSON


def test_an_answer_to_another_state_of_the_work_is_put_aside(world: World) -> None:
    ask(world)
    (desk(world) / "answer.json").write_text("{}")
    outcome = ask(world, subject="b" * 64, prompt="Do something else.")
    assert outcome.fault is Fault.WAITS_FOR_PERSON
    assert (desk(world) / "answer.stale.json").exists()
    assert (desk(world) / "prompt.md").read_text() == "Do something else."


def test_a_folder_that_cannot_be_made_is_the_environments_fault(world: World) -> None:
    (world.home / ".bmad" / "human").write_text("in the way")
    assert ask(world).fault is Fault.ENVIRONMENT


def test_i_a_word_on_a_change_counts_on_each_visit_of_its_round(world: World) -> None:
    first = {"kind": "triage", "key": "STORY-1/1/triage"}
    again = {"kind": "triage", "key": "STORY-1/1/triage.2"}
    ask(world, **first)
    folder = world.home / ".bmad" / "human" / "STORY-1+1+triage"
    world.room.answer("STORY-1/1/triage", "triage", '{"stands": [], "by": "Ada <ada@example.org>"}')
    for task in (first, again, first):
        assert (ask(world, **task).answer, ask(world, **task).by) == ({"stands": []}, "Ada <ada@example.org>")
    later = ask(world, **again, subject="b" * 64)
    assert f"now {folder / 'answer.stale.json'}. Your turn" in later.words
    assert world.room.answered("STORY-1/1/triage.2", "triage") is False
    assert world.room.answered("STORY-1/2/triage", "triage") is None
