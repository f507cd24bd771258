"""What a person is told of what waits, each thing once."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from bmad.model.act import State
from bmad.model.act_reports import InboxItem, InboxReport
from bmad.model.journal import Entry
from bmad.model.machines import Held
from bmad.pipeline.act.reports.inbox import inbox as read_inbox
from bmad.ports.acting import Desk
from bmad.ports.machines import Common, Machines, Together
from bmad.render.acting import inbox
from bmad.wiring import open_app
from tests.act.stage import Stage
from tests.act.test_heard import carried

FAILED = "The change leaves its territory (docs/x.md).\nwant src/**"


def shown(words: str) -> str:
    item = InboxItem.model_validate(
        {"story": "STORY-1", "title": "T", "kind": "waiting", "words": words, "round": 1, "failing": (FAILED,)}
    )
    return inbox(InboxReport(items=(item,)))


def test_i_what_failed_is_told_once_with_the_end_of_its_output() -> None:
    told = shown(
        "The change leaves its territory (docs/x.md). Commit your work on work, then: bmad submit STORY-1"
    )
    assert told.count("leaves its territory") == 1
    assert "| want src/**" in told


def test_i_twin_what_the_words_do_not_say_is_told_beside_them() -> None:
    assert shown("Commit your work").count("leaves its territory") == 1


def test_i_what_nobody_can_work_on_now_is_told_as_what_waits(tmp_path: Path) -> None:
    """`bmad act` points to the inbox for it; what a worker has, or somebody has called off since, is not told."""
    stage = Stage(tmp_path)

    def say(_desk: Desk, _entry: Entry, _state: State) -> None:
        raise KeyboardInterrupt

    carried(stage, say, 1, stage.first)
    desk = open_app(stage.repo).desk()
    with closing(desk.journal):
        for live, words in ((False, [REFUSED]), (True, [])):
            lease = Held(stage.first, 1, "ada", live, None, lands=False, rests=REFUSED, again=None)
            machines = cast("Machines", SimpleNamespace(held=lambda lease=lease: [lease]))
            shared = replace(desk, together=Together(machines, cast("Common", None), desk.notes))
            report = read_inbox(shared)
            assert [one.words for one in report.items] == words
            assert [one.commands for one in report.items] == [(f"bmad act {stage.first}",)] * len(words)
        text = stage.settings.replace("reviewer: {", "reviewer: {command: [no-such-program]}, other: {")
        stage.commit({"bmad.yaml": text}, "Ask another one\n\nPolicy: tests")
        [item] = read_inbox(desk).items
        assert "there is no program `no-such-program` on the PATH" in item.words
        assert item.words == stage.json_lines("act", stage.first, code=4)[-1]["stories"][0]["waits_for"]


REFUSED = "The remote refuses what was pushed."
