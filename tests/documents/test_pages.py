"""What the pages show was run, here: their commands, in order, print what stands there."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents.consoles import ROOT, Shown, differences, played, steps
from tests.documents.kept import playable
from tests.documents.test_links import PAGES
from tests.documents.worlds import BEGINNINGS, Worlds
from tests.program import Ended

PLAYED = [page for page in PAGES if any(True for _ in steps(playable(page)))]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    return Worlds(tmp_path_factory.mktemp("played"))


@pytest.mark.parametrize("page", PLAYED, ids=name)
def test_each_command_of_a_page_does_what_it_shows(page: Path, worlds: Worlds, tmp_path: Path) -> None:
    player = worlds.begin(name(page), tmp_path)
    wrong = [words for step in steps(playable(page)) for words in player.wrong(step, player.do(step))]
    assert wrong == []


def test_only_pages_that_are_played_begin_somewhere() -> None:
    assert set(BEGINNINGS) - {name(page) for page in PLAYED} == set()


@pytest.mark.parametrize(("heading", "page"), [("| exit |", "reference/commands.md"), ("| work |", "speed.md")])
def test_what_the_readme_says_again_stands_in_its_page(heading: str, page: str) -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = told[told.index(heading) :].partition("\n\n")[0].splitlines()
    assert len(rows) > 3
    there = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    assert [row for row in rows if row not in there] == []


def ended(*lines: str, code: int = 0) -> Ended:
    return Ended(code, "".join(f"{line}\n" for line in lines), "")


@pytest.mark.parametrize(
    ("lines", "code", "wrong"),
    [
        (("one", "two"), 0, []),
        (("one",), 0, ["prints more: two"]),
        (("one", "…"), 0, []),
        (("…", "two"), 0, []),
        (("o…", "t…o"), 0, []),
        (("two",), 0, ["does not print: two"]),
        (("…", "three"), 0, ["does not print: three"]),
        ((), 0, []),
        ((), 1, ["ended with 0, not 1"]),
    ],
)
def test_a_page_that_shows_otherwise_than_it_is_is_told(
    lines: tuple[str, ...], code: int, wrong: list[str]
) -> None:
    assert differences(Shown("bmad", lines, code), ended("one", "two")) == wrong


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (("aaa0001 aaa0001", "bbb0002 x"), []),
        (("aaa0001 bbb0002", "bbb0002 x"), ["does not print: aaa0001 bbb0002"]),
        (("aaa0001 aaa0001", "aaa0001 x"), ["does not print: aaa0001 x"]),
        (("aaa00011 aaa0001", "…"), ["does not print: aaa00011 aaa0001"]),
        (("aaa0001 aaa0001", "ddd5678 x"), []),
    ],
)
def test_an_id_of_a_commit_stands_for_the_same_one_on_all_of_a_page(
    lines: tuple[str, ...], wrong: list[str]
) -> None:
    assert differences(Shown("git", lines, 0), ended("ccc1234 ccc1234", "ddd5678 x")) == wrong


def test_a_block_that_no_page_has_is_not_played(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no such block"):
        played("docs/gate.md", "nowhere", tmp_path)


def test_a_page_with_files_is_shown_as_ada_sees_it() -> None:
    """As a program, which has this module twice: as itself, and as those know it that say where a page begins."""
    words = [sys.executable, "-m", "tests.documents.consoles", "docs/start.md"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "$ bmad map" in done.stdout
    assert "!!" not in done.stdout
