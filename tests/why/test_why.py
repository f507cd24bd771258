"""Every line of random histories, through each form of merge. More of them: `python -m tests.why.compare 1000`."""

from pathlib import Path

import pytest

from tests.why.compare import all_lines
from tests.why.ways import ways


@pytest.mark.parametrize("seed", [4, 7])
def test_no_line_is_told_wrongly_and_nearly_all_exactly(tmp_path: Path, seed: int) -> None:
    found, done = all_lines(tmp_path, seed)
    assert [one for one in found if one.is_wrong] == [], done
    own = [one for one in found if one.is_to_be_told]
    assert len(own) > 20
    assert sum(one.is_told for one in own) >= 0.95 * len(own)


def test_a_line_is_told_alike_in_whatever_way_it_is_asked_for(tmp_path: Path) -> None:
    assert ways(tmp_path, 4, steps=3, revs=["main"]) == []
