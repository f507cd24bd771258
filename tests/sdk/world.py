"""A worktree, and a scripted server that an SDK's model is reached at."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bmad.agents.sdk import doing
from bmad.model.agents import Outcome, Role
from bmad.model.settings import AgentSettings
from tests.act.agent_world import World
from tests.serving.script import Api, Asked, Script
from tests.serving.server import ModelServer

KEY = "sk-a-key-of-the-test"
APIS: tuple[Api, ...] = ("messages", "responses", "chat")
ANSWER: dict[str, Any] = {"summary": "Done.", "clarification": None, "marks": []}
REVIEW: dict[str, Any] = {"findings": [], "verdicts": [], "read": None, "unopened": []}


class Models:
    """A world whose tasks go to a model that a script plays; one for all tests of a module."""

    def __init__(self, world: World, server: ModelServer) -> None:
        self.world = world
        self.server = server

    def agent(self, api: Api, **more: Any) -> AgentSettings:
        told: dict[str, Any] = {"base_url": self.server.v1, "timeout": 60.0, **more}
        if api == "messages":
            return AgentSettings(use="anthropic:claude-x", **told)
        return AgentSettings(use="openai:gpt-x", api=api, **told)

    def run(
        self, api: Api, script: Script, *, reads: bool = False, prompt: str = "Do it.", **more: Any
    ) -> Outcome:
        """What comes of a task: a developer's, or a reviewer's who may only read."""
        self.server.script = script
        self.server.asked.clear()
        role: dict[str, Any] = {"role": Role.REVIEWER, "kind": "review", "writable": False} if reads else {}
        task = self.world.task(agent=self.agent(api, **more), prompt=prompt)._replace(**role)
        return self.world.room.run(task, self.world.hold)

    @property
    def asked(self) -> list[Asked]:
        return self.server.asked

    @property
    def tree(self) -> Path:
        return self.world.tree

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.world.log.read_text(encoding="utf-8").splitlines()]


@contextmanager
def models(folder: Path) -> Iterator[Models]:
    """Requests are made again without a pause."""
    with pytest.MonkeyPatch.context() as patch, ModelServer(lambda _asked: pytest.fail("no script")) as server:
        patch.setattr(doing, "PAUSES", (0.0, 0.0))
        world = World(folder, patch)
        world.environ |= {"ANTHROPIC_API_KEY": KEY, "OPENAI_API_KEY": KEY}
        server.key = KEY
        yield Models(world, server)
        world.hold.release()
