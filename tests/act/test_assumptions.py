"""What a preparation assumed and no intent says is shown to whoever decides: inbox, plan, log and report."""

from pathlib import Path

import pytest

from bmad.core.act.assumptions import assumptions
from bmad.model.spec import Section, Story
from tests.act.stage import Stage

TITLE = "Assumptions (not in the intent)"


def story(title: str, text: str) -> Story:
    return Story(id="STORY-one111", title="One", path="stories/x.md", line=1, sections=(Section(title, text, 1),))


NESTED = "- Use `a.py`.\n\n### Assumptions\n\n- Real.\n\n#### More\n\n- Too.\n\n### Tests\n\n- Not.\n"


@pytest.mark.parametrize(
    ("title", "text", "told"),
    [
        (TITLE, "\n- From 1,\n  headings not.\n- Exit code 2.\n", ("From 1, headings not.", "Exit code 2.")),
        (TITLE, "1. One.\n2) Two.\n\nThree\nfour.\n", ("One.", "Two.", "Three four.")),
        (TITLE, "None.\n", ()),
        (TITLE, "- none\n", ()),
        (TITLE, "```\n- no assumption\n```\n- Real.\n", ("Real.",)),
        (TITLE, "~~~\n```\n- no assumption\n~~~\n- Real.\n", ("Real.",)),
        ("Dev Notes", NESTED, ("Real.", "Too.")),
        ("Dev Notes", "- Assumptions are bad.\n", ()),
    ],
)
def test_the_entries_of_the_section_and_nothing_else(title: str, text: str, told: tuple[str, ...]) -> None:
    assert assumptions(story(title, text)) == told


def test_whoever_approves_a_plan_or_accepts_the_work_is_told(tmp_path: Path) -> None:
    stage = Stage(tmp_path, None, plan="human", accept="story")
    stage.territory(stage.first, stage.file_of(stage.first))
    path = stage.path(stage.first)
    text = (stage.repo / path).read_text(encoding="utf-8")
    stage.commit({path: f"{text.rstrip()}\n\n## {TITLE}\n\n- Rows count from 1.\n"}, "Prepare it")
    before = stage.tip()
    stage.bmad("act", stage.first, code=4)
    told = "assumed, not in the intent: Rows count from 1."
    assert told in stage.bmad("inbox").out
    assert told in stage.bmad("accept", stage.first).out
    stage.bmad("act", stage.first, code=4)
    assert told in stage.bmad("inbox").out
    assert told in stage.bmad("log", stage.first).out
    assert told not in stage.bmad("accept", stage.first).out
    stage.bmad("act", stage.first)
    report = stage.bmad("report", "--base", before).out
    assert report.index(told) < report.index("<details>")
