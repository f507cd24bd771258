"""Any edit of an intent whose documents nobody touched maps without a conflict, to what a fresh map would mean."""

from pathlib import Path

import pytest

from tests.editing import sequence

FOUND = (13, 23, 103, 208, 246, 10031, 10666)
"""Seeds that once failed: an item added before one that changes; a list in another order taken for an edit."""


@pytest.mark.parametrize("seed", [*FOUND, *range(5000, 5020)])
def test_edits_map_to_what_a_fresh_map_means(tmp_path: Path, seed: int) -> None:
    for name in ("edited", "fresh"):
        (tmp_path / name).mkdir()
    assert sequence(tmp_path, seed) == ""
