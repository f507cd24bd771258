"""What people commit beside a running `bmad act` counts: another intent, another policy, a landing taken back."""

from pathlib import Path

import pytest

from bmad.model.act import Event, State
from bmad.model.journal import Entry
from bmad.ports.acting import Desk
from tests.act.stage import Stage
from tests.act.test_heard import carried


@pytest.mark.parametrize(("accept", "state"), [("story", State.ACCEPT), ("end", State.BACKLOG)])
def test_what_is_begun_later_goes_by_the_policy_that_has_landed_since(
    tmp_path: Path, accept: str, state: State
) -> None:
    stage = Stage(tmp_path)

    def say(_desk: Desk, entry: Entry, _state: State) -> None:
        if entry.event is Event.LANDED:
            stage.set(accept=accept)

    report = carried(stage, say)
    assert report.landed == (stage.first,)
    [_, second] = report.stories
    assert second.state is state
    assert ("`act.accept` of bmad.yaml on main is another" in second.waits_for) == (state is State.BACKLOG)
