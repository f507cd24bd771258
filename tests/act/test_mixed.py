"""A small run of `tests.act.mixed`: one honest agent beside five bad ones, and an account that is spent."""

from pathlib import Path

from tests.act.agent_world import needs_landlock
from tests.act.mixed import ENDS, carry, mixed

pytestmark = needs_landlock


def test_what_is_honest_lands_and_the_others_end_in_a_state_with_a_name(tmp_path: Path) -> None:
    assert carry(mixed(tmp_path, len(ENDS) + 1, timeout=6), workers=4) == []
