"""What lands open stays in sight until something settles it, and becomes a story of its own on request."""

import json
from pathlib import Path
from typing import Any

import pytest

from bmad.core.records.followups import follow_ups, in_order, mends, says_mends
from bmad.model.agents import Severity
from bmad.model.record import Accepted, Record, RecordedClaim, RecordedFinding
from bmad.model.spec import Story
from bmad.pipeline.spec.follow_up import with_repeats
from tests.act.stage import Stage, claim, found, source
from tests.act.test_flows import REVIEW, WRONG
from tests.program import inside

ONE, TWO, THREE = "STORY-one111", "STORY-two222", "STORY-three3"
A, B, C = "F-aaaaaaaa", "F-bbbbbbbb", "C-cccccccc"


def finding(name: str, disposition: str = "open") -> RecordedFinding:
    return RecordedFinding.model_validate(
        {
            "id": name,
            "round": 1,
            "severity": Severity.P2,
            "lens": "correctness",
            "path": "src/a.py",
            "line": 3,
            "disposition": disposition,
            "quote": "return 1",
            "claim": "It is wrong.",
        }
    )


def kept(name: str, disposition: str = "kept") -> RecordedClaim:
    told = {"round": 1, "severity": "P2", "lens": "security", "path": "src/a.py", "line": 0, "claim": "Leaks."}
    return RecordedClaim.model_validate(
        {"id": name, "kind": "claim", "why": "", "disposition": disposition, **told}
    )


def record(story: str, base: str, *found: RecordedFinding | RecordedClaim, landing: int = 1) -> Record:
    return Record(
        story=story,
        landing=landing,
        repository="r",
        target="refs/heads/main",
        base=base,
        head="h",
        spec="s",
        change=(),
        rounds=1,
        converged=True,
        work=(),
        checks=(),
        findings=tuple(one for one in found if isinstance(one, RecordedFinding)),
        claims=tuple(one for one in found if isinstance(one, RecordedClaim)),
        accepted=Accepted(by="Ada", how="person"),
    )


def story(name: str, narrative: str = "") -> Story:
    return Story(id=name, title="A", path="stories/a.md", line=1, narrative=narrative)


def ids(records: list[Record], *stories: Story, reopened: tuple[str, ...] = ()) -> dict[str, tuple[str, str]]:
    told = follow_ups(records, stories, reopened)
    return {one.id: (one.story, one.mended_by) for one in told}


def test_what_landed_open_is_told_until_a_later_landing_settles_it() -> None:
    first, second = record(ONE, "c1", finding(A), finding(B), kept(C)), record(TWO, "c2", finding(A, "fixed"))
    assert ids([first]) == {A: (ONE, ""), B: (ONE, ""), C: (ONE, "")}
    assert ids([first, second]) == {B: (ONE, ""), C: (ONE, "")}
    assert ids([second, first]) == {A: (ONE, ""), B: (ONE, ""), C: (ONE, "")}, "the last word counts"
    assert ids([first, record(TWO, "c2", finding(A), kept(C, "dismissed"))]) == {B: (ONE, ""), A: (TWO, "")}


def test_landings_are_told_in_the_order_of_history_and_those_taken_back_are_none() -> None:
    early, late = record(TWO, "c1", finding(A)), record(ONE, "c2", finding(A, "fixed"))
    again = record(ONE, "c3", finding(B), landing=2)
    order = in_order([again, late, early], ["c1", "c2", "c3"])
    assert [(one.story, one.landing) for one in order] == [(TWO, 1), (ONE, 1), (ONE, 2)]
    assert ids(order) == {B: (ONE, "")}
    assert ids(in_order([late, early], ["c1", "c2"], {ONE})) == {A: (TWO, "")}, "its settling was taken back, too"
    assert ids(in_order([again, late, early], ["c1", "c2", "c3"], {ONE})) == {}, "only the last landing is"


def test_a_story_made_from_a_finding_is_to_mend_it_and_settles_it_by_landing() -> None:
    landed = record(ONE, "c1", finding(A), finding(B))
    maker = story(TWO, f"{says_mends([A], [ONE])}\nMore words, and Mends {B}.")
    assert mends(maker) == (A,)
    assert mends(story(TWO, f"It never mends {A}.")) == ()
    assert ids([landed], maker) == {A: (ONE, TWO), B: (ONE, "")}
    done = [landed, record(TWO, "c2")]
    assert ids(done, maker) == {B: (ONE, "")}
    assert ids(done, maker, reopened=(TWO,)) == {A: (ONE, TWO), B: (ONE, "")}
    raised = [landed, record(TWO, "c2", finding(A))]
    assert ids(raised, maker) == {B: (ONE, ""), A: (TWO, "")}, "mended, and found again by its own reviewers"


def left(stage: Stage) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = stage.json("status")["follow_ups"]
    return told


def test_what_lands_open_is_in_status_log_and_report_and_becomes_a_story(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    base = stage.tip()
    words = "This is wrong, in ```many``` [NEEDS CLARIFICATION: words]. " + "It goes on and on. " * 40
    small = {**claim(stage.first, "VALUE = 1", severity="P2", fix="Say 2."), "claim": words}
    nowhere = claim(stage.first, "VALUE = 7", severity="P2")
    stage.play({"1/dev": source(WRONG), f"1/{REVIEW}": found(small, nowhere), f"1/{REVIEW}/again": found(nowhere)})
    stage.bmad("act", stage.first, code=4)
    inbox = stage.bmad("inbox").out
    assert "tests passed; 2 findings would land open, and waits to be accepted" in inbox
    assert "> VALUE = 1" in inbox, "who accepts it sees what is left"
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)
    told = left(stage)
    name = next(one["id"] for one in told if one["kind"] == "finding")
    assert {(one["kind"], one["story"], one["severity"]) for one in told} == {
        ("finding", stage.first, "P2"),
        ("claim", stage.first, "P2"),
    }
    board = stage.bmad("status").out
    assert "2 left open" in board
    assert f"$ bmad new story --finding {name}" in board
    log = stage.bmad("log", stage.first).out
    assert "2 findings (2 P2): 2 landed open" in log
    assert " ".join(words.split()) in log, "nothing is cut"
    report = stage.bmad("report", "--base", base).out
    assert report.index("**Left open** (2 findings") < report.index(name) < report.index("<details>")

    assert "See: bmad status" in stage.bmad("new", "story", "--finding", "F-~", code=2).err
    made = stage.json("new", "story", "--finding", name[:5].upper())
    text = (stage.repo / made["path"]).read_text(encoding="utf-8")
    assert f"Mends {name}, which {stage.first} landed with." in text
    assert f"path: {stage.file_of(stage.first)}:1\nquote: VALUE = 1\nclaim: This is wrong" in text
    assert f"Territory: `{stage.file_of(stage.first)}`" in text
    stage.bmad("validate")
    stage.bmad("new", "story", "--finding", name, code=2)
    assert f"{made['id']} is to mend it" in stage.bmad("status").out
    landing = record(made["id"], stage.tip())
    stage.commit({f"stories/records/{made['id']}.json": landing.as_json()}, "Land it")
    assert [one["kind"] for one in left(stage)] == ["claim"]
    stage.bmad("new", "story", "--finding", name, code=2)
    scanned = {**next(one for one in told if one["id"] == name), "story": "", "mended_by": "", "claim": "Seen."}
    notes = stage.repo / ".bmad/steps/scan/found.json"
    notes.parent.mkdir(parents=True)
    notes.write_text(json.dumps({name: scanned, "F-scanned0": {**scanned, "id": "F-scanned0"}}), encoding="utf-8")
    shown = stage.json("show", name)
    assert ([one["story"] for one in shown["stands"]], shown["scanned"]["claim"]) == ([stage.first], "Seen.")
    mending = stage.path(made["id"])
    stage.commit({mending: text.replace(f"Mends {name}", "Mends F-scanned0")}, "Mend what a scan found, too")
    assert f"  mended by  {made['id']}\n" in stage.bmad("show", "F-scanned0").out
    assert f"is mended by {made['id']}" in stage.bmad("trace", "F-scanned0").err


@pytest.mark.parametrize("given", [(), ("A title",)])
def test_a_story_of_ones_own_needs_what_only_its_person_can_say(tmp_path: Path, given: tuple[str, ...]) -> None:
    ended = inside("new", "story", *given, cwd=tmp_path)
    assert (ended.code, "--criterion" in ended.err) == (2, True)


def test_what_repeats_a_finding_becomes_part_of_the_same_story() -> None:
    repeat = finding(B).model_copy(update={"same_as": A})
    every = follow_ups([record(ONE, "c1", finding(A), repeat, kept(C))], ())
    chosen = [one for one in every if one.id == A]
    assert [one.id for one in with_repeats(chosen, every)] == [A, B]
    assert [one.id for one in with_repeats(every[1:2], every)] == [B], "the other one may be more than that"
