"""`act.land: squash`: one commit a story with its document, code and record, known as any other landing is."""

from pathlib import Path

import pytest

from tests.act.stage import Play, Stage, source
from tests.act.test_workers import Crew


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Two stories that their creator prepares, each to land as one commit."""
    return Stage(tmp_path, accept="auto", land="squash")


def subjects(stage: Stage, base: str, ref: str = "main") -> list[str]:
    """The commits from a base to a branch, oldest first: the first words of each."""
    told = stage.git("log", "--reverse", "--format=%s", f"{base}..{ref}").splitlines()
    return [" ".join(one.split(":")[0].split()[:2]) for one in told]


def prepared(stage: Stage, story: str, *globs: str, more: str = "") -> Play:
    """A creator that gives a story these globs for a territory, and writes more into it."""
    path = stage.path(story)
    text = (stage.repo / path).read_text(encoding="utf-8")
    told = ", ".join(f"`{one}`" for one in (*globs, f"tests/test_{stage.name(story)}.py"))
    head, _, rest = text.partition("\n\n## ")
    head = "\n".join(line for line in head.split("\n") if not line.startswith("- Territory: "))
    return {"files": {path: f"{head}\n- Territory: {told}\n\n## {rest}{more}"}, "answer": {}}


def test_a_story_is_one_commit_of_document_code_and_record(stage: Stage) -> None:
    text = (stage.repo / "bmad.yaml").read_text(encoding="utf-8")
    before = stage.commit(
        {"bmad.yaml": text.replace("level: reviewed", "level: scoped")}, "Ask less\n\nPolicy: tests"
    )
    stage.bmad("act")
    landed = [f"Land {story}" for story in (stage.first, stage.second)]
    assert sorted(subjects(stage, before)) == sorted(landed)
    for story, commit in zip(
        (stage.first, stage.second), stage.git("rev-list", "--reverse", f"{before}..main").split(), strict=True
    ):
        files = stage.git("show", "--format=", "--name-only", commit).splitlines()
        assert {stage.path(story), stage.file_of(story), f"stories/records/{story}.json"} <= {*files}
        told = stage.git("log", "-1", "--format=%(trailers:key=Step,valueonly)", commit).split()
        assert told == ["1/create", told[-1]]
        assert told[-1].startswith("1/land")
        for level in ("scoped", "reviewed"):
            stage.gate(f"{commit}^", commit, level)
    stage.gate(before)
    assert f"exact       {stage.first}" in stage.bmad("trace", f"{stage.file_of(stage.first)}:1").out
    assert f"exact       {stage.second}" in stage.bmad("blame", stage.file_of(stage.second)).out
    assert "The gate passes it at level scoped" in stage.bmad("report", "--base", before).out
    assert stage.bmad("status").out.count("✓ done") == 2
    assert "created" in stage.bmad("log", stage.first).out


def test_its_revert_takes_back_all_of_it_and_it_is_built_again(stage: Stage) -> None:
    before = stage.tip()
    stage.bmad("act", stage.first)
    stage.git("revert", "--no-edit", "HEAD")
    stage.gate("HEAD~1")
    assert not stage.git("diff", "--name-only", before, "HEAD")
    assert f"· backlog   {stage.first}" in stage.bmad("status").out
    stage.bmad("act", stage.first)
    assert subjects(stage, before) == [f"Land {stage.first}", 'Revert "Land', f"Land {stage.first}"]
    stage.gate("HEAD~1")


def test_what_is_reopened_lands_again_as_one_commit(stage: Stage) -> None:
    stage.bmad("act", stage.first)
    stage.bmad("reopen", stage.first, "--why", "It asks for more.")
    before = stage.commit({}, "Reopen it")
    again = prepared(stage, stage.first, stage.file_of(stage.first), more="\n## Dev Notes\n\nMore.\n")
    stage.play({"1/create": again, "1/dev": source("VALUE = 2\n")})
    stage.bmad("act", stage.first)
    assert "More." in stage.git("show", f"main:{stage.path(stage.first)}")
    assert subjects(stage, before) == [f"Land {stage.first}"]
    stage.gate(before)
    assert stage.record(stage.first, landing=2)["landing"] == 2


def test_what_is_called_off_leaves_nothing_on_the_target(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story", land="squash")
    before = stage.tip()
    stage.bmad("act", stage.first, code=4)
    assert stage.tip() == before
    assert f"- Territory: `{stage.file_of(stage.first)}" in stage.git(
        "show", f"bmad/{stage.first}:{stage.path(stage.first)}"
    )
    stage.bmad("cancel", stage.first)
    assert stage.tip() == before
    assert not stage.git("status", "--porcelain")


def test_a_plan_is_shown_refused_and_approved_before_any_of_it_lands(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto", land="squash", plan="human")
    before = stage.tip()
    stage.bmad("act", stage.first, code=4)
    [item] = stage.json("inbox")["items"]
    assert item["commands"][0] == f"git show bmad/{stage.first}"
    assert f"+- Territory: `{stage.file_of(stage.first)}" in stage.git("show", f"bmad/{stage.first}")
    stage.bmad("reject", stage.first, "--why", "Narrower, please.")
    stage.play({f"{stage.first} 1/create.2": prepared(stage, stage.first, "src/*.py")})
    stage.bmad("act", stage.first, code=4)
    assert "Narrower, please." in stage.told(stage.first, "1/create.2")
    assert stage.tip() == before
    assert f"`{stage.file_of(stage.first)}" not in stage.git("show", f"bmad/{stage.first}")
    assert subjects(stage, before, f"bmad/{stage.first}") == [f"Prepare {stage.first}"], (
        "one commit, whatever came before"
    )
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)
    assert subjects(stage, before) == [f"Land {stage.first}"]
    assert "`src/*.py`" in stage.git("show", f"main:{stage.path(stage.first)}")
    stage.gate(before)


def test_what_a_person_writes_into_the_document_meanwhile_stands_beside_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story", land="squash")
    before = stage.tip()
    stage.bmad("act", stage.first, code=4)
    path = stage.path(stage.first)
    text = (stage.repo / path).read_text(encoding="utf-8")
    edited = stage.commit({path: f"{text}\n## Dev Notes\n\nMind the gap.\n"}, "Note something")
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)
    assert subjects(stage, edited) == [f"Land {stage.first}"]
    there = stage.git("show", f"main:{path}")
    assert "Mind the gap." in there
    assert "- Territory: " in there
    stage.gate(before)


def test_what_a_person_writes_against_it_sends_it_back_to_be_prepared(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story", land="squash")
    stage.bmad("act", stage.first, code=4)
    own = f"src/{stage.name(stage.first)}.*"
    stage.territory(stage.first, own)
    before = stage.tip()
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first, code=4)
    assert "its preparation does not fit into that" in stage.bmad("log", stage.first).out
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)
    assert f"`{own}`" in stage.git("show", f"main:{stage.path(stage.first)}")
    stage.gate(before)


def test_a_territory_that_is_widened_lands_before_the_work_since_it_counts_only_then(stage: Stage) -> None:
    stage.territory(stage.first, f"src/{stage.name(stage.first)}.py")
    before = stage.tip()
    stage.play({f"{stage.first} 1/create": prepared(stage, stage.first, "src/*.py")})
    stage.bmad("act", stage.first, code=4)
    assert stage.tip() == before
    stage.bmad("accept", stage.first)
    stage.play(
        {
            f"{stage.first} 1/dev": {
                "files": {"src/NAME.py": "VALUE = 1\n", "src/other.py": "VALUE = 2\n"},
                "answer": {},
            }
        }
    )
    stage.bmad("act", stage.first)
    assert subjects(stage, before) == [f"Prepare {stage.first}", f"Land {stage.first}"]
    assert "src/other.py" in stage.files()
    stage.gate("HEAD~1")


def test_where_no_story_may_write_its_own_territory_the_preparation_lands_first(stage: Stage) -> None:
    text = (stage.repo / "bmad.yaml").read_text(encoding="utf-8")
    stage.commit(
        {"bmad.yaml": text.replace("gate: {", "gate: {self_authored: [], ")}, "Spec first\n\nPolicy: tests"
    )
    before = stage.tip()
    stage.bmad("act", stage.first)
    assert subjects(stage, before) == [f"Prepare {stage.first}", f"Land {stage.first}"]
    stage.gate("HEAD~1")


def test_several_workers_land_what_they_prepared_as_one_commit_each(tmp_path: Path) -> None:
    crew = Crew(tmp_path, ("meets one", "meets two", "three"), creator=True, land="squash", workers=3)
    crew.begin()
    code, told = crew.act()
    assert code == 0, told
    ground = crew.ground
    subjects = ground.git("log", "--format=%s", f"{ground.start}..main").splitlines()
    assert sorted(subjects) == sorted(f"Land {name}: {title}" for title, name in crew.ids.items())
    assert ground.bmad("gate", "--base", ground.start, "--level", "reviewed")[0] == 0


def test_what_stands_prepared_lands_as_one_commit_with_its_record(tmp_path: Path) -> None:
    crew = Crew(tmp_path, ("one", "two"), land="squash", workers=2)
    for title in crew.ids:
        crew.prepare(title)
    crew.begin()
    code, told = crew.act()
    assert code == 0, told
    ground = crew.ground
    subjects = ground.git("log", "--format=%s", f"{ground.start}..main").splitlines()
    assert sorted(subjects) == sorted(f"Land {crew.ids[title]}: {title}" for title in crew.ids)
    last = subjects[0].split()[1].removesuffix(":")
    [title] = [title for title, name in crew.ids.items() if name == last]
    files = ground.git("show", "--format=", "--name-only", "main").splitlines()
    assert files == [crew.file(title), f"stories/records/{last}.json"]
    assert ground.bmad("gate", "--base", ground.start, "--level", "reviewed")[0] == 0
    ground.git("revert", "--no-edit", "HEAD")
    assert ground.bmad("gate", "--base", "HEAD~1", "--level", "reviewed")[0] == 0
    board = ground.bmad("status")[1]
    assert f"· backlog   {last}" in board
    assert board.count("✓ done") == 1
