"""Which agent does a role: entries, presets and models, and what is said where one is used."""

import pytest

from bmad.errors import UsageError
from bmad.model.agents import Role
from bmad.model.settings import AgentSettings, Settings
from bmad.pipeline.acting.means import resolve


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
        "reviewer": AgentSettings(use="deep", effort="high", timeout=60.0),
        "deep": AgentSettings(use="claude", model="opus", effort="low"),
    }
    found = _resolved(agents)[1]
    assert (found.use, found.model, found.effort, found.timeout) == ("claude", "opus", "high", 60.0)


@pytest.mark.parametrize("use", ["nobody", "anthropic:", "acme:model"])
def test_a_use_that_is_neither_entry_nor_backend_is_told_by_name(use: str) -> None:
    with pytest.raises(UsageError, match=f"agents.{use}"):
        _resolved({"reviewer": AgentSettings(use=use)})
