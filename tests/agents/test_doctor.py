"""What `bmad doctor` and `bmad agents` say of machines that answer in every way."""

import json
from collections.abc import Collection
from typing import Any

import pytest

from bmad.model.agents import Fault, Outcome, Role
from bmad.model.machine import Ask, Check, Installed, Trial
from bmad.model.settings import AgentSettings
from bmad.model.spending import Usage
from bmad.pipeline.setup.doctor import agents, doctor
from bmad.render.machine import examined, listed
from bmad.store.formats import TextFormats

TWO: dict[str, Any] = {"developer": {"use": "claude", "model": "sonnet"}, "reviewer": {"use": "codex"}}
GOOD = "apple 123"


class Machine:
    """`said` is what every agent answers; `lacks` are the backends that are not there."""

    def __init__(
        self, policy: dict[str, Any] | None, said: str | Fault = GOOD, lacks: tuple[str, ...] = ()
    ) -> None:
        self.policy, self.said, self.lacks = policy, said, lacks
        self.called: list[tuple[str, Role]] = []

    def checks(self) -> tuple[Check, ...]:
        return (Check(name="git", ok=True, words="2.39.5"),)

    def installed(self, versions: Collection[str] = ()) -> tuple[Installed, ...]:
        path = "" if "claude" in self.lacks else "/bin/claude"
        return (
            Installed(
                name="claude", title="Claude Code", path=path, version="2.1" if "claude" in versions else ""
            ),
        )

    def lacking(self, agent: AgentSettings) -> str:
        return "has no program" if (agent.use or (agent.command or ("",))[0]) in self.lacks else ""

    def settings(self) -> str | None:
        return None if self.policy is None else json.dumps(self.policy)

    def try_out(self, name: str, agent: AgentSettings, role: Role, ask: Ask, *, confine: bool) -> Trial:
        assert confine
        assert " ".join(ask.command) in ask.prompt
        self.called.append((name, role))
        base = Outcome(None, None, "", agent.use or "", "m-1", "c", usage=Usage(tokens_in=1200), session="s")
        if isinstance(self.said, Fault):
            return Trial(base._replace(fault=self.said, words="It failed."), "apple", "123")
        return Trial(base._replace(answer={"summary": self.said}), "apple", "123")


def test_each_agent_is_called_once_whatever_its_roles() -> None:
    machine = Machine({"version": 1, "agents": TWO})
    report = doctor(machine, TextFormats(), calls=True)
    assert report.ok
    assert machine.called == [("developer", Role.DEVELOPER), ("reviewer", Role.REVIEWER)]
    assert [one.roles for one in report.agents] == [("creator", "developer"), ("reviewer",)]
    assert "m-1, 0.0 s, tokens: 1,200 in" in examined(report)
    assert "claude      creator, developer (2.1): It reads a file" in examined(report)


def test_without_calls_nobody_is_said_to_work() -> None:
    machine = Machine({"version": 1, "agents": TWO})
    report = doctor(machine, TextFormats(), calls=False)
    assert (report.ok, machine.called) == (True, [])
    assert {one.ok for one in report.agents} == {None}
    assert "that one can work is not known" in examined(report)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("apple", "without what the command printed"),
        ("123", "without what the file holds"),
        ("fine", "without what the file holds and what the command printed"),
        (Fault.LOGIN, "It failed."),
    ],
)
def test_an_agent_that_only_talks_cannot_work(said: str | Fault, why: str) -> None:
    report = doctor(Machine({"version": 1, "agents": TWO}, said), TextFormats(), calls=True)
    assert not report.ok
    assert all(one.ok is False and why in one.words for one in report.agents)
    assert [one.fault for one in report.agents] == [said if isinstance(said, Fault) else None] * 2


def test_what_is_not_there_is_not_called() -> None:
    machine = Machine({"version": 1, "agents": TWO}, lacks=("codex",))
    report = doctor(machine, TextFormats(), calls=True)
    assert not report.ok
    assert machine.called == [("developer", Role.DEVELOPER)]
    assert "The agent `reviewer` has no program." in examined(report)
    assert [one.lacking for one in agents(machine, TextFormats()).parts] == [
        "",
        "",
        "The agent `reviewer` has no program.",
    ]


@pytest.mark.parametrize(
    ("policy", "word"),
    [
        (None, "bmad init"),
        ({"version": 1, "nonsense": 1}, "nonsense"),
        ({"version": 1, "agents": {"developer": {"use": "claude"}}}, "no agent for the reviewer"),
    ],
)
def test_settings_that_cannot_work_are_told(policy: dict[str, Any] | None, word: str) -> None:
    report = doctor(Machine(policy), TextFormats(), calls=False)
    assert not report.ok
    assert word in examined(report)


def test_a_reviewer_alone_is_enough_for_people_and_said_not_to_be_for_agents() -> None:
    report = doctor(Machine({"version": 1, "agents": {"reviewer": {"use": "claude"}}}), TextFormats(), calls=False)
    assert report.ok
    assert "ok   developer   none, so stories are worked on by people (bmad submit)" in examined(report)
    wrong = {"version": 1, "agents": {"developer": {"use": "nobody"}, "reviewer": {"use": "claude"}}}
    assert not doctor(Machine(wrong), TextFormats(), calls=False).ok


def test_a_repository_without_agents_hears_what_is_installed() -> None:
    report = doctor(Machine({"version": 1}), TextFormats(), calls=True)
    assert report.ok
    assert "bmad.yaml names none; installed: claude" in examined(report)
    assert "claude      2.1" in listed(agents(Machine({"version": 1, "agents": TWO}), TextFormats()))


def test_a_program_that_checks_or_setup_take_and_that_is_not_there_is_told() -> None:
    verify = [{"name": "tests", "run": ["uv", "run", "pytest"]}, {"name": "own", "run": ["bin/check"]}]
    policy = {"version": 1, "setup": [["uv", "sync"]], "verify": verify}
    report = doctor(Machine(policy, lacks=("uv", "bin/check")), TextFormats(), calls=True)
    assert not report.ok
    assert [one.words for one in report.checks if one.name == "checks"] == ["`uv` has no program"]
    assert doctor(Machine(policy), TextFormats(), calls=True).ok
