"""How calls that came to nothing ended, in words: a report says before them that they came to nothing."""

import pytest

from bmad.core.records.ends import ended
from bmad.model.agents import Role
from bmad.model.record import Work


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"exit": -9, "fault": "unfinished"}, "was ended by the signal SIGKILL"),
        ({"exit": 1, "fault": "unfinished"}, "ended with exit code 1 (unfinished)"),
        ({"exit": 0, "fault": "bad-answer"}, "gave nothing that counts (bad-answer)"),
        ({"exit": 0}, "gave nothing that counts"),
    ],
)
def test_each_end_is_told_once(how: dict[str, object], words: str) -> None:
    work = {
        "step": "1/dev",
        "role": Role.DEVELOPER,
        "backend": "claude",
        "model": "m",
        "prompt": "p",
        "context": "c",
        **how,
    }
    assert ended(Work.model_validate(work)) == words
