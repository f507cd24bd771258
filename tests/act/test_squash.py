"""`act.land: squash` where stories stand prepared: one commit a story, known as any other landing is."""

from pathlib import Path

from tests.act.test_workers import Crew


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
    assert f"exact       {last}" in ground.bmad("trace", f"{crew.file(title)}:1")[1]
    assert f"exact       {last}" in ground.bmad("blame", crew.file(title))[1]
    assert "The gate passes it at level reviewed" in ground.bmad("report", "--base", ground.start)[1]
    ground.git("revert", "--no-edit", "HEAD")
    assert ground.bmad("gate", "--base", "HEAD~1", "--level", "reviewed")[0] == 0
    board = ground.bmad("status")[1]
    assert f"· backlog   {last}" in board
    assert board.count("✓ done") == 1
