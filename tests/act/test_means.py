"""Which agent does a role: entries, presets and models, and what is said where one is used."""

import pytest

from bmad.errors import UsageError
from bmad.model.agents import Role
from bmad.model.settings import AgentSettings, Settings
from bmad.pipeline.act.preflight import missing, resolve
from bmad.store.settings import settings_of


def _resolved(agents: dict[str, AgentSettings], role: Role = Role.REVIEWER) -> tuple[str, AgentSettings]:
    return resolve(Settings(agents=agents), role)


@pytest.mark.parametrize("use", ["claude", "codex", "anthropic:claude-x", "openai:gpt-x", "human"])
def test_a_backend_needs_no_entry_of_its_own(use: str) -> None:
    assert _resolved({"reviewer": AgentSettings(use=use)})[1].use == use


def test_an_entry_comes_before_a_preset_of_the_same_name() -> None:
    agents = {"reviewer": AgentSettings(use="claude"), "claude": AgentSettings(command=("mine",))}
    assert _resolved(agents) == ("claude", AgentSettings(command=("mine",)))


def test_an_entry_may_bear_the_name_of_the_preset_that_it_uses() -> None:
    agents = {"reviewer": AgentSettings(use="codex"), "codex": AgentSettings(use="codex", model="m")}
    assert _resolved(agents)[1] == AgentSettings(use="codex", model="m")


def test_what_is_said_where_an_entry_is_used_comes_first() -> None:
    agents = {
        "reviewer": settings_of(AgentSettings, {"use": "deep", "effort": "high", "timeout": 60}),
        "deep": AgentSettings(use="claude", model="opus", effort="low"),
    }
    found = _resolved(agents)[1]
    assert (found.use, found.model, found.effort, found.timeout) == ("claude", "opus", "high", 60.0)


@pytest.mark.parametrize("use", ["nobody", "anthropic:", "acme:model"])
def test_a_use_that_is_neither_entry_nor_backend_is_told_by_name(use: str) -> None:
    with pytest.raises(UsageError, match=f"agents.{use}"):
        _resolved({"reviewer": AgentSettings(use=use)})


def _missing(there: set[str], agents: dict[str, AgentSettings], *, by_hand: bool = False) -> str:
    """What is missing on a machine that has only some backends."""
    return missing(Settings(agents=agents), lambda agent: "" if agent.use in there else "is gone", by_hand=by_hand)


def test_a_reviewer_that_is_not_there_is_found_before_anything_is_built() -> None:
    two = {"developer": AgentSettings(use="claude"), "reviewer": AgentSettings(use="codex")}
    assert _missing({"claude", "codex"}, two) == ""
    assert _missing({"claude"}, two) == "The agent `reviewer` is gone."
    assert _missing({"codex"}, two) == "The agent `developer` is gone."
    assert _missing({"codex"}, two, by_hand=True) == ""


def test_one_that_takes_over_is_enough() -> None:
    agents = {"developer": AgentSettings(use="claude", fallback=("qwen",)), "reviewer": AgentSettings(use="codex")}
    assert _missing({"qwen", "codex"}, agents) == ""
    assert _missing({"codex"}, agents) == "The agent `developer` is gone. The agent `qwen` is gone."
