"""What a person is told of what waits, each thing once."""

from bmad.model.act_reports import InboxItem, InboxReport
from bmad.render.acting import inbox

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
