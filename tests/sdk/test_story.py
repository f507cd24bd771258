"""A whole story by models alone, over every wire format as developer and as reviewer, to a passing gate."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.act.stage import Stage
from tests.sdk.playing import play
from tests.serving.server import ModelServer


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(play) as running:
        yield running


PAIRS = [("messages", "responses"), ("responses", "chat"), ("chat", "messages")]


def _agent(api: str, role: str, server: ModelServer) -> dict[str, Any]:
    if api == "messages":
        return {"use": f"anthropic:claude-{role}", "base_url": server.url}
    return {"use": f"openai:gpt-{role}", "api": api, "base_url": server.v1}


@pytest.mark.parametrize(("builds", "reviews"), PAIRS)
def test_models_carry_a_story_to_a_passing_gate(
    tmp_path: Path, server: ModelServer, builds: str, reviews: str
) -> None:
    stage = Stage(tmp_path)
    agents = {"developer": _agent(builds, "dev", server), "reviewer": _agent(reviews, "rev", server)}
    check = [sys.executable, "-B", "-m", "unittest", "discover", "-s", "tests"]
    told = {
        "version": 1,
        "agents": agents,
        "verify": [{"name": "tests", "run": check}],
        "act": {"accept": "auto", "lenses": ["correctness"]},
        "gate": {"level": "reviewed"},
    }
    stage.commit({"bmad.yaml": json.dumps(told)}, "Name the models\n\nPolicy: tests")
    before = stage.tip()
    stage.bmad("act", stage.first)
    stage.gate(before)
    assert stage.file_of(stage.first) in stage.files()
    work = stage.record(stage.first)["work"]
    assert [(one["role"], one["model"]) for one in work] == [
        ("creator", f"{'claude' if builds == 'messages' else 'gpt'}-dev"),
        ("developer", f"{'claude' if builds == 'messages' else 'gpt'}-dev"),
        ("reviewer", f"{'claude' if reviews == 'messages' else 'gpt'}-rev"),
    ]
    assert {one.api for one in server.asked} == {builds, reviews}
    assert all("edit" not in one.tools for one in server.asked if one.model.endswith("-rev"))
