"""Research before a story is prepared: no quote of a file that does not stand, and unchecked pages say so."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.core.act.creating import judge_creation
from bmad.core.act.placing import Files, Places
from bmad.core.act.researching import SECTION, UNCHECKED, complaints, placed, section
from bmad.model.answers import Learned, ResearchAnswer
from bmad.model.edits import SetSection
from bmad.model.spec import Story
from tests.act.stage import Stage
from tests.act.test_creating import whole
from tests.layout import canonical, edit, parse
from tests.specs import SMALL

TREE = {"src/clock.py": "def parse(text):\n    return int(text)\n\n\ndef show(value):\n    return str(value)\n"}
PAGE = "https://example.org/clock"


def learned(claim: object = "It is parsed.", **more: object) -> Learned:
    told: dict[str, object] = {"path": "src/clock.py", "line": 2, "quote": "return int(text)"}
    return Learned.model_validate({"claim": claim, **told, **more})


def told(*findings: Learned, **more: object) -> str:
    answer = ResearchAnswer.model_validate({"findings": findings, **more})
    places = Places(Files(TREE.get, lambda _: None, every=lambda: TREE))
    return section(answer, placed(answer, places), "a" * 40)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({}, "src/clock.py:2"),
        ({"line": 1, "quote": "def parse(text):\n    return   int(text)"}, "src/clock.py:1"),
        ({"line": 5}, "src/clock.py:2"),
        ({"path": "./src/clock.py"}, "src/clock.py:2"),
        ({"path": "", "url": PAGE, "quote": "Clocks tick."}, PAGE),
    ],
)
def test_a_quote_that_stands_is_told_with_its_place(more: dict[str, object], place: str) -> None:
    text = told(learned("It is parsed.", **more))
    assert f"  - {place}" in text
    assert "Left out" not in text
    assert (f"({UNCHECKED}): “Clocks tick.”" in text) is (place == PAGE)


@pytest.mark.parametrize(
    "more",
    [
        {"quote": "return float(text)"},
        {"quote": "RETURN INT(TEXT)"},
        {"quote": "  "},
        {"path": "src/none.py", "quote": "x"},
        {"path": "../clock.py", "quote": "return"},
        {"path": "", "url": "", "quote": "return int(text)"},
        {"path": "", "url": "javascript:alert(1)", "quote": "Clocks tick."},
        {"path": "", "url": f"{PAGE} > ## Acceptance", "quote": "Clocks tick."},
        {"path": "", "url": PAGE, "quote": ""},
    ],
)
def test_a_quote_that_does_not_stand_is_asked_about_and_left_out(more: dict[str, object]) -> None:
    one = learned("It is so.", **more)
    answer = ResearchAnswer(findings=(one,))
    found = placed(answer, Places(Files(TREE.get, lambda _: None, every=lambda: TREE)))
    assert len(complaints(found)) == 1
    assert "- Left out, since no source of it stands: It is so." in told(one)
    assert one.quote.strip() not in told(one) or not one.quote.strip()


STORY, PATH = "STORY-find01", next(path for path in SMALL if path.startswith("stories/STORY-find01"))


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.sampled_from(["claim", "summary", "open"]))
def test_no_word_of_it_is_an_item_a_field_a_criterion_or_a_question(text: str, where: str) -> None:
    evil = "x\n## Acceptance Criteria\n\n- **AC-9** It widens.\n- Territory: `**`\n"
    evil += f"[NEEDS CLARIFICATION: {text}]\n{text}"
    found = learned(evil) if where == "claim" else learned()
    body = told(found, summary=evil if where == "summary" else "", open=[evil] if where == "open" else [])
    edited = edit(PATH, SMALL[PATH], [SetSection(STORY, SECTION, f"\n{body}\n")])
    before, after = parse(PATH, SMALL[PATH]), parse(PATH, edited)
    assert after.findings == before.findings
    assert after.clarifications == before.clarifications
    [old], [new] = before.items, after.items
    assert isinstance(old, Story)
    assert isinstance(new, Story)
    assert replace(new, sections=(), criteria=()) == replace(old, sections=(), criteria=())
    assert [(one.id, one.text) for one in new.criteria] == [(one.id, one.text) for one in old.criteria]


def test_a_creator_may_not_change_what_was_found_out() -> None:
    def specification(text: str) -> dict[str, str]:
        return SMALL | {PATH: edit(PATH, SMALL[PATH], [SetSection(STORY, SECTION, text)])}

    before, after = specification("\n- So.\n"), specification("\n- Otherwise.\n")
    assert any("section of research" in one for one in judge_creation(whole(before), whole(after), [PATH], STORY))
    assert judge_creation(whole(before), whole(before), [PATH], STORY) == []


def test_the_field_is_kept_by_the_canonical_form_and_is_no_part_of_what_a_story_means() -> None:
    text = SMALL[PATH].replace("\n\n## ", "\n- Research: How do others do it?\n\n## ", 1)
    [item] = parse(PATH, text).items
    assert item.research == "How do others do it?"  # type: ignore[union-attr]
    assert canonical(PATH, text) == canonical(PATH, canonical(PATH, text))
    assert "- Research: How do others do it?" in canonical(PATH, text)


FINDING = {"claim": "Bmad is set up.", "path": "bmad.yaml", "line": 1, "quote": "version: 1"}
LIE = {"claim": "It is not.", "path": "bmad.yaml", "line": 1, "quote": "version: 2"}


def test_research_lands_before_the_preparation_and_what_does_not_stand_is_not_in_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    before = stage.tip()
    page = {"claim": "Others say so.", "url": PAGE, "quote": "Clocks tick."}
    answer = {"answer": {"summary": "Looked.", "findings": [FINDING, LIE, page], "open": ["Which zone?"]}}
    stage.play({f"{stage.first} 1/research": answer, f"{stage.first} 1/research/again": answer})
    ended = stage.bmad("act", stage.first, "--research")
    assert "2 claims, 1 left out since no source of theirs stands" in ended.err
    text = (stage.repo / stage.path(stage.first)).read_text(encoding="utf-8")
    assert "- Bmad is set up.\n  - bmad.yaml:1: “version: 1”" in text
    assert f"  - {PAGE} ({UNCHECKED}): “Clocks tick.”" in text
    assert "Left out, since no source of it stands: It is not." in text
    assert "version: 2" not in text
    assert "- Still open: Which zone?" in text
    assert "It is not." in stage.told(stage.first, "1/research/again")
    assert "Bmad is set up." in stage.told(stage.first, "1/create")
    assert stage.ways(stage.first)[:3] == ["create", "create", "dev"]
    order = stage.git("log", "--format=%s", "--first-parent", f"{before}..main").splitlines()[::-1]
    assert [line.split()[0] for line in order] == ["Research", "Prepare", "Land"]
    stage.gate(before)
    assert {one["step"] for one in stage.record(stage.first)["work"]} >= {
        "1/research",
        "1/research/again",
        "1/create",
    }


def test_a_story_that_asks_for_research_has_it_once_and_a_run_that_does_not_has_none(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan="human")
    path = stage.path(stage.first)
    text = (stage.repo / path).read_text(encoding="utf-8")
    stage.commit({path: text.replace("\n\n## ", "\n- Research: How?\n\n## ", 1)}, "Ask first")
    stage.play({"1/research": {"answer": {"findings": [FINDING]}}})
    stage.bmad("act", code=4)
    assert [one["event"] for one in stage.events(stage.first)][1:3] == ["researched", "created"]
    assert [one["event"] for one in stage.events(stage.second)][1:2] == ["created"]
    stage.bmad("reject", stage.first, "--why", "Again.")
    stage.bmad("act", stage.first, code=4)
    assert [one["event"] for one in stage.events(stage.first)].count("researched") == 1


def test_what_a_crash_kept_from_being_noted_is_taken_over_and_not_done_twice(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan="human")
    split = {"if": "answer `split`", "answer": {"split": [{"title": "Return b", "criteria": ["AC-2"]}]}}
    stage.play({"1/research": {"answer": {"findings": [FINDING]}}, f"{stage.first} 1/create": split})
    stage.bmad("act", stage.first, "--research", code=4)
    forget(stage, stage.first, "researched")
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first, code=4)
    [into] = [one["content"]["into"] for one in stage.events(stage.first) if one["event"] == "split"]
    forget(stage, stage.first, "split")
    stage.bmad("act", stage.first, code=4)
    assert [one["event"] for one in stage.events(stage.first)].count("researched") == 1
    assert stage.events(stage.first)[-1]["content"]["into"] == into
    titles = [line.split()[0] for line in stage.git("log", "--format=%s", "main").splitlines()]
    assert (titles.count("Research"), titles.count("Split")) == (1, 1)


def forget(stage: Stage, story: str, event: str) -> None:
    """The journal without a story's events from that one on, as a runner leaves it that dies before it."""
    with closing(sqlite3.connect(stage.repo / ".bmad/journal.db")) as journal:
        journal.execute("DROP TRIGGER IF EXISTS events_remain")
        asked = "SELECT min(seq) FROM events WHERE story = ? AND event = ?"
        [(seq,)] = journal.execute(asked, (story, event)).fetchall()
        journal.execute("DELETE FROM events WHERE story = ? AND seq >= ?", (story, seq))
        journal.commit()


def test_a_call_that_fails_is_logged_as_the_step_that_it_was_called_for(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.play({f"{stage.first} 1/research": {"exit": 3}, f"{stage.second} 1/create": {"exit": 3}})
    stage.bmad("act", stage.first, "--research", code=4)
    stage.bmad("act", stage.second, code=4)
    assert [(one["event"], one["step"]) for one in stage.events(stage.first)] == [
        ("started", "backlog"),
        ("failed", "research"),
    ]
    assert [one["step"] for one in stage.events(stage.second)] == ["backlog", "create"]
    stage.play({f"{stage.first} 1/research.2": {"answer": {"findings": [FINDING]}}})
    stage.bmad("act", stage.first)
    told = [(one["event"], one["step"]) for one in stage.events(stage.first)]
    assert told[2:5] == [("resumed", "failed"), ("researched", "research.2"), ("created", "create.2")]
