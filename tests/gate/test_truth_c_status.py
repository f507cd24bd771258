"""The board's words: a story is done by a record that git holds, not by a file that somebody wrote."""

import os
from pathlib import Path

import pytest

from bmad.core.records.build import with_lines
from bmad.git.read.history import open_history
from bmad.model.record import Record
from bmad.model.reports import StatusReport, StatusStory
from bmad.pipeline.status.status import Read, status
from bmad.pipeline.trace.trace import trace
from bmad.render.board import board
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.gate.records import CODE, REVIEWED, at, record, reviewed, squash
from tests.gate.repo import FIND, MAPPED, STORE, Content, Repo, story
from tests.program import git


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo.git", {**MAPPED, "bmad.yaml": REVIEWED})
    made.branch("work")
    return made


def _board(folder: Path) -> StatusReport:
    return status(FileWorkspace(folder), TextFormats(), Read(open_history(folder, os.environ)))


def _told(folder: Path, name: str = FIND) -> StatusStory:
    return next(one for one in _board(folder).stories if one.id == name)


def _state(folder: Path) -> str:
    return _told(folder).state


def _row(folder: Path) -> tuple[str, int | None, str | None, tuple[str, ...]]:
    found = _told(folder)
    return found.state, found.commits, found.by, found.gone


def _cloned(repo: Repo) -> Path:
    folder = repo.root.parent / f"clone-{len(list(repo.root.parent.iterdir()))}"
    git("clone", "--quiet", "--branch", "work", str(repo.root), str(folder), cwd=repo.root)
    return folder


@pytest.mark.parametrize("staged", [False, True])
def test_c_a_record_that_nobody_committed_makes_no_story_done(repo: Repo, *, staged: bool) -> None:
    head = repo.commit("other", story(FIND), CODE, onto="main")
    folder = _cloned(repo)
    path = folder / at(FIND)
    path.parent.mkdir()
    path.write_text(record(repo, FIND, "main", head).as_json())
    if staged:
        git("add", "--all", cwd=folder)
    assert _state(folder) == "backlog"


def test_c_twin_a_landing_is_done_though_its_record_is_edited_or_away(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    folder = _cloned(repo)
    assert _state(folder) == "done"
    (folder / at(FIND)).unlink()
    assert _state(folder) == "done"


TWO: dict[str, Content] = {
    **CODE,
    "src/look.py": "def look():\n    return 2\n",
}
NEXT: dict[str, Content] = {"src/look.py": "def look():\n    return 3\n"}


def _worked(repo: Repo, *, trailers: bool) -> Record:
    """Two commits of the story on `work`, and its record with the lines that it adds."""
    base, words = repo.tip("work"), story(FIND) if trailers else "Work\n"
    repo.commit("work", words, TWO)
    head = repo.commit("work", words, NEXT)
    made = record(repo, FIND, base, head)
    with open_history(repo.root, os.environ).read() as objects:
        [cuts] = objects.hunks([(repo.tip(f"{base}^{{tree}}"), repo.tip(f"{head}^{{tree}}"))])
    made = made.model_copy(update={"change": with_lines(made.change, cuts)})
    repo.commit("work", words, {at(FIND): made.as_json()})
    return made


def test_what_was_squashed_without_trailers_is_told_by_its_record(repo: Repo) -> None:
    _worked(repo, trailers=True)
    squash(repo, "work")
    assert _row(_cloned(repo)) == ("done", 1, "record", ())


def test_what_was_rebased_without_trailers_is_told_by_its_record(repo: Repo) -> None:
    _worked(repo, trailers=False)
    repo.commit("work", "By the way\n", {"src/store.py": "x = 1\n"})
    folder = _cloned(repo)
    assert _row(folder) == ("done", 2, "record", ())
    told = trace(open_history(repo.root, os.environ), TextFormats(), FIND, "work")
    assert [(one.title, one.by) for one in told.chains] == [("Work", "record")] * 2


def test_twin_what_names_its_story_is_told_by_its_trailers(repo: Repo) -> None:
    _worked(repo, trailers=True)
    assert _row(_cloned(repo)) == ("done", 2, "trailer", ())


def test_what_goes_over_the_same_file_and_is_not_in_the_record_is_nobodys(repo: Repo) -> None:
    repo.commit("work", "By the way\n", {"src/find.py": "import re\n"})
    begun = repo.tip("work~1")
    made = _worked(repo, trailers=False)
    again = made.model_copy(update={"base": begun})
    repo.commit("work", "Say it again\n", {at(FIND): None})
    repo.commit("work", "Record\n", {at(FIND): again.as_json()})
    assert _row(_cloned(repo)) == ("done", 2, "record", ())


@pytest.mark.parametrize("trailers", [True, False])
def test_what_is_half_taken_back_is_not_done(repo: Repo, *, trailers: bool) -> None:
    _worked(repo, trailers=trailers)
    repo.commit("work", "Not now\n", {"src/look.py": None})
    folder = _cloned(repo)
    assert _row(folder) == ("active", 2, "trailer" if trailers else "record", ("src/look.py",))
    [row] = [row for row in board(_board(folder)).split("\n") if FIND in row and "active" in row]
    assert "  taken back: src/look.py" in row
    assert ("by record" in row) is not trailers


def test_twin_what_another_story_takes_away_or_moves_was_done(repo: Repo) -> None:
    _worked(repo, trailers=True)
    repo.commit("work", "Move it\n", {"src/look.py": None, "src/see.py": NEXT["src/look.py"]})
    assert _row(_cloned(repo)) == ("done", 2, "trailer", ())
    repo.commit("work", story(STORE), {"src/find.py": MAPPED["src/find.py"]})
    folder = _cloned(repo)
    assert _row(folder) == ("done", 2, "trailer", ())
    assert "by record" not in board(_board(folder))


def test_twin_what_was_moved_twice_was_done(repo: Repo) -> None:
    _worked(repo, trailers=True)
    repo.commit("work", "Move it\n", {"src/look.py": None, "src/see.py": NEXT["src/look.py"]})
    repo.commit("work", "Move it on\n", {"src/see.py": None, "src/gaze.py": NEXT["src/look.py"]})
    assert _row(_cloned(repo)) == ("done", 2, "trailer", ())
    repo.commit("work", "Not now\n", {"src/gaze.py": None})
    assert _row(_cloned(repo)) == ("active", 2, "trailer", ("src/look.py",))


@pytest.mark.parametrize("content", ["", "LOOK = 1\n"])
def test_what_is_taken_back_whole_has_not_moved_to_where_its_content_stood(repo: Repo, content: str) -> None:
    repo.commit("work", story(STORE), {"src/store.py": content})
    work = {"src/look/__init__.py": content, "src/look/see.py": "def see():\n    return 1\n"}
    reviewed(repo, FIND, work)
    assert _row(_cloned(repo))[0] == "done"
    repo.commit("work", "Not now\n", dict.fromkeys(work))
    state, _, _, back = _row(_cloned(repo))
    assert (state, back) == ("backlog", tuple(work))


LONG = "".join(f"def look_{number}():\n    return {number}\n" for number in range(4))
LESS = "".join(LONG.splitlines(keepends=True)[:5])
AT = "src/look.py"


def _lost(repo: Repo) -> tuple[str, int, int | None]:
    found = _told(_cloned(repo))
    return found.state, found.lost, found.lines


def _landed_long(repo: Repo) -> None:
    """A story whose record tells its eight lines of a file, line by line, landed on `work`."""
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), {AT: LONG})
    made = record(repo, FIND, base, head)
    with open_history(repo.root, os.environ).read() as objects:
        [cuts] = objects.hunks([(repo.tip(f"{base}^{{tree}}"), repo.tip(f"{head}^{{tree}}"))])
    made = made.model_copy(update={"change": with_lines(made.change, cuts)})
    repo.commit("work", story(FIND), {at(FIND): made.as_json()})


def test_lines_of_a_file_that_are_taken_back_are_told_and_counted(repo: Repo) -> None:
    _landed_long(repo)
    repo.commit("work", "More\n", {AT: f"import re\n\n{LONG}"})
    assert _lost(repo) == ("done", 0, None)
    repo.commit("work", "Not all of it\n", {AT: LESS})
    assert _lost(repo) == ("done", 3, 8)
    [row] = [row for row in board(_board(_cloned(repo))).split("\n") if FIND in row and "done" in row]
    assert "  3 of 8 lines gone" in row
    repo.commit("work", "All of it after all\n", {AT: LONG})
    assert _lost(repo) == ("done", 0, None)


def test_twin_lines_that_another_story_worked_on_are_not(repo: Repo) -> None:
    _landed_long(repo)
    repo.commit("work", story(STORE), {AT: f"# see\n{LONG}"})
    repo.commit("work", "Not all of it\n", {AT: LESS})
    assert _lost(repo) == ("done", 0, None)


def test_lines_are_counted_beside_the_record_of_an_older_story(repo: Repo) -> None:
    begun = repo.tip("work")
    older = repo.commit("work", story(STORE), {AT: "def look():\n    pass\n"})
    repo.commit("work", story(STORE), {at(STORE): record(repo, STORE, begun, older).as_json()})
    _landed_long(repo)
    repo.commit("work", "Not all of it\n", {AT: LESS})
    assert _lost(repo)[:2] == ("done", 3)


@pytest.mark.parametrize("content", [LESS, f"# {LESS}"])
def test_twin_lines_of_a_file_that_a_record_of_another_story_tells_of_are_not(repo: Repo, content: str) -> None:
    """Also where the file never stood as that has it: its trailers are lost, and other work came between."""
    _landed_long(repo)
    base = repo.tip("work")
    head = repo.commit("side", story(STORE), {AT: content}, onto=base)
    told = record(repo, STORE, base, head).as_json()
    repo.commit("work", "Squash\n", {AT: LESS}, onto=base)
    assert _lost(repo) == ("done", 3, 8)
    repo.commit("work", "Record\n", {at(STORE): told})
    assert _lost(repo) == ("done", 0, None)


def test_twin_lines_of_what_only_formats_are_not(repo: Repo) -> None:
    _landed_long(repo)
    shape = repo.commit("work", "Format\n", {AT: LONG.replace("    ", "  ")})
    assert _lost(repo) == ("done", 4, 8)
    repo.commit("work", "Say so\n", {".git-blame-ignore-revs": f"{shape}\n"})
    assert _lost(repo) == ("done", 0, None)


@pytest.mark.parametrize(("words", "lost"), [("Not all of it\n", (3, 8)), (story(STORE), (0, None))])
def test_what_a_merge_brings_is_whose_its_commits_are(
    repo: Repo, words: str, lost: tuple[int, int | None]
) -> None:
    _landed_long(repo)
    begun = repo.tip("work")
    side = repo.commit("side", words, {AT: LESS}, onto=begun)
    repo.commit("work", "Merge\n", {AT: LESS}, onto=begun, parents=[side])
    assert _lost(repo) == ("done", *lost)
