"""Real coding agents, named one by one: where `E2E_BIN` names no folder of theirs, they are skipped."""

import os
from pathlib import Path

import pytest

from tests.e2e.agents import PAIRS, carried
from tests.e2e.programs import INSTALLED, programs


@pytest.mark.parametrize(("developer", "reviewer"), PAIRS)
def test_an_agent_carries_a_story_that_another_reviews(developer: str, reviewer: str) -> None:
    if not os.environ.get(INSTALLED):
        pytest.skip(
            f"{developer}: make e2e installs it and runs this; or name a folder of programs: {INSTALLED}=DIR"
        )
    folder = Path(__file__).parents[2] / "build" / "e2e"
    bins = programs(folder)
    if absent := [one for one in (developer, reviewer) if one not in bins]:
        pytest.skip(f"{' and '.join(absent)} not installed")
    carried(developer, reviewer, folder, bins)
