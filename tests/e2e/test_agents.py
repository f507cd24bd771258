"""Real coding agents, named one by one: where `E2E_BIN` names no folder of theirs, they are skipped."""

import os
from pathlib import Path

import pytest

from tests.e2e.agents import PARTNERS, carried
from tests.e2e.programs import INSTALLED, PACKAGES, programs


@pytest.mark.parametrize("name", PACKAGES)
def test_an_agent_carries_a_story_that_another_reviews(name: str) -> None:
    if not os.environ.get(INSTALLED):
        pytest.skip(f"{name}: make e2e installs it and runs this; or name a folder of programs: {INSTALLED}=DIR")
    folder = Path(__file__).parents[2] / "build" / "e2e"
    bins = programs(folder)
    if name not in bins or PARTNERS[name] not in bins:
        pytest.skip(f"{name} or {PARTNERS[name]} is not installed")
    carried(name, PARTNERS[name], folder, bins)
