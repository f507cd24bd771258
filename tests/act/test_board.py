"""`bmad status` beside the loop: what it calls next is what `bmad act` would begin, and what is done is done."""

import json
from pathlib import Path

import pytest

from bmad.model.act import State
from bmad.model.act_reports import ActReport, StoryStand
from bmad.render.acting import standing
from tests.act.stage import Stage, begun, work
from tests.program import bmad


def begins(stage: Stage) -> list[str]:
    """The stories of the board's `next_up`, which are those that a dry run would begin."""
    stands = stage.json_lines("act", "--dry-run")[-1]["stories"]
    told = sorted(one["id"] for one in stands if one["waits_for"] == "would be begun")
    found: list[str] = stage.json("status")["next_up"]
    assert sorted(found) == told
    return found


def waits(stage: Stage) -> list[str]:
    """What the second story waits for."""
    [found] = [one["waits_for"] for one in stage.json("status")["stories"] if one["id"] == stage.second]
    return list(found)


@pytest.mark.parametrize("end", ["plan", "failed", "cancelled", "accept"])
def test_what_is_begun_and_has_not_landed_holds_up_what_depends_on_it(tmp_path: Path, end: str) -> None:
    stage = Stage(tmp_path, accept="story", plan="human" if end == "plan" else "auto")
    stage.depend(stage.second, stage.first)
    assert begins(stage) == [stage.first]
    stage.play({f"{stage.first} 1/dev": {"exit": 1}} if end == "failed" else {})
    stage.bmad("act", stage.first, code=4)
    if end == "cancelled":
        stage.bmad("cancel", stage.first)
    told = stage.json("status")
    assert told["stories"][0]["state"] == end
    assert sum(one["active"] for one in told["epics"]) == (end not in ("failed", "cancelled"))
    assert (begins(stage), waits(stage)) == ([], [stage.first])
    assert f"waits for {stage.first}" in stage.bmad("status").out


def test_what_has_landed_where_stories_wait_for_one_acceptance_is_met(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="end")
    stage.depend(stage.second, stage.first)
    stage.bmad("act", stage.first, code=4)
    assert (begins(stage), waits(stage)) == ([stage.second], [])


def test_what_people_did_is_met_and_counts_where_stories_land(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.depend(stage.second, stage.first)
    stage.territory(stage.first, stage.file_of(stage.first))
    stage.git("switch", "--quiet", "-c", "aside")
    stage.commit({stage.file_of(stage.first): "VALUE = 1\n"}, f"By hand\n\nStory: {stage.first}")
    stage.bmad("start", stage.first, "--here")
    assert waits(stage) == [stage.first], "what is not on main yet has not landed"
    stage.git("switch", "--quiet", "main")
    stage.git("merge", "--quiet", "aside")
    assert (stage.second in stage.json("status")["next_up"], waits(stage)) == (True, [])


def test_a_suspect_story_is_not_called_next(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    assert len(begins(stage)) == 2
    (stage.repo / "intent.md").write_text(stage.intent.replace("return `a`", "return `A`"), encoding="utf-8")
    stage.bmad("map", "intent.md")
    stage.commit({}, "Change the intent")
    assert begins(stage) == [stage.second]


def test_a_submitted_branch_shows_what_the_journal_says(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    work(stage)
    stage.bmad("submit")
    assert stage.git("branch", "--show-current") == f"bmad/{stage.first}"
    assert [one["state"] for one in stage.json("status")["stories"]] == ["done", "backlog"]


def test_a_done_story_says_that_it_reads_otherwise_and_reopened_is_next_again(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.bmad("act", stage.first)
    assert begins(stage) == [stage.second]
    text = (stage.repo / stage.path(stage.first)).read_text(encoding="utf-8")
    for meant, now in ((False, f"{text}\nA note.\n"), (True, text.replace("- **AC-1** ", "- **AC-1** Always: "))):
        stage.commit({stage.path(stage.first): now}, "Write on")
        assert [one["reworded"] for one in stage.json("status")["stories"]] == [meant, False]
        told = f"1 done story reads otherwise than when it landed; see: bmad report {stage.first}"
        assert (told in stage.bmad("status").out) == meant
    stage.bmad("reopen", stage.first, "--why", "More.")
    stage.commit({}, "Take it up again")
    assert [one["reworded"] for one in stage.json("status")["stories"]] == [False, False]
    assert sorted(begins(stage)) == sorted([stage.first, stage.second])
    stage.git("switch", "--quiet", "-C", f"bmad/{stage.first}")
    stage.commit({}, f"Go on by hand\n\nStory: {stage.first}")
    assert begins(stage) == [stage.second]


def test_a_bare_repository_has_no_work_tree_to_show(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    ended = bmad("status", cwd=tmp_path / "bare")
    assert (ended.code, "work tree" in ended.err) == (3, True)
    stage.git("-C", str(tmp_path / "bare"), "worktree", "add", "--quiet", str(tmp_path / "tree"), "main")
    board = json.loads(bmad("status", "--json", cwd=tmp_path / "tree").out)
    assert len(board["next_up"]) == 2


def test_what_changes_the_specification_alone_is_no_work_and_holds_up_what_depends_on_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.depend(stage.second, stage.first)
    path = stage.path(stage.first)
    text = (stage.repo / path).read_text(encoding="utf-8")
    stage.commit({path: f"{text}\nA note.\n"}, f"Write down what is known\n\nStory: {stage.first}")
    board = stage.json("status")
    assert [(one["state"], one["commits"]) for one in board["stories"]] == [("backlog", 0), ("backlog", 0)]
    assert (board["coverage"]["with_commits"], begins(stage), waits(stage)) == (0, [stage.first], [stage.first])
    report = stage.json("report", "--base", "HEAD~1")
    assert report["coverage_delta"] == {"gained": [], "lost": []}
    stage.commit({stage.file_of(stage.first): "VALUE = 1\n"}, f"Build it\n\nStory: {stage.first}")
    board = stage.json("status")
    assert [(one["state"], one["commits"]) for one in board["stories"]] == [("active", 1), ("backlog", 0)]
    assert (board["coverage"]["with_commits"], waits(stage)) == (2, []), "a statement of the intent a criterion"
    assert begins(stage) == [stage.second], "what people did agents do not do again"
    told = stage.json_lines("act", code=4)[-1]
    assert [one["id"] for one in told["stories"] if one["state"] == "done"] == told["landed"] == [stage.second]
    assert f"people did it: their commits stand on main; to have agents go on with it: bmad act {stage.first}" in [
        one["waits_for"] for one in told["stories"]
    ]
    assert "1 not begun (people did it)" in stage.bmad("act", code=4).out
    stage.bmad("act", stage.first)


def test_what_is_not_committed_is_no_part_of_a_run_and_is_told(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    (stage.repo / "scratch.txt").write_text("a thought", encoding="utf-8")
    assert stage.json_lines("act", "--dry-run")[-1]["notes"] == []
    (stage.repo / "intent.md").write_text(f"{stage.intent}\n## Third\n\n- It must be blue.\n", encoding="utf-8")
    stage.bmad("map")
    [new] = [path.name[:12] for path in stage.repo.glob("stories/*-third.md")]
    [told] = stage.json_lines("act", "--dry-run")[-1]["notes"]
    assert told.startswith("Not committed, and so no part of it: specs/")
    assert told.endswith(" more")
    unknown = stage.bmad("act", new, code=2).err
    assert f"names nothing in the specification of commit {stage.tip()[:12]}." in unknown
    assert told in unknown
    assert f"specification of commit {stage.tip()[:12]}." in stage.bmad("trace", new, code=2).err


def test_of_many_stories_that_nothing_came_of_some_are_named() -> None:
    """All of those that landed now, wait for something, or are under way."""
    states = [State.DONE] * 40 + [State.BACKLOG] * 40 + [State.ACCEPT, State.FAILED]
    stands = [
        StoryStand(id=f"S-{at:02}", title="T", state=one, round=1, open_findings=0)
        for at, one in enumerate(states)
    ]
    stands[79] = stands[79].model_copy(update={"waits_for": "it waits for S-99"})
    told = standing(ActReport(ok=False, target="refs/heads/main", stories=tuple(stands), landed=("S-39",)))
    rows = told.partition("\n\n")[0].split("\n")
    assert len(rows) == 30 + 4 + 1
    assert all(any(f" {name} " in row for row in rows) for name in ("S-00", "S-39", "S-79", "S-80", "S-81"))
    assert rows[-1] == "… and 48 stories more that are done, or not begun; see: bmad status"
