"""What the pages show was run, here: their commands, in order, print what stands there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents.consoles import Player, Shown, differences, steps
from tests.program import Ended, inside

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = [DOCS / "start.md", DOCS / "refusals.md", *sorted((DOCS / "guides").glob("*.md"))]


class Demo:
    """The demonstration, played once for all pages that begin with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ended: Ended | None = None

    def copied(self, to: Path) -> Ended:
        if self._ended is None:
            self._ended = inside("demo", "--dir", str(self._folder / "demo"), cwd=self._folder)
        shutil.copytree(self._folder / "demo", to / "demo")
        return self._ended


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    return Demo(tmp_path_factory.mktemp("played"))  # type: ignore[return-value]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_command_of_a_page_does_what_it_shows(page: Path, demo: Demo, tmp_path: Path) -> None:
    player = Player(tmp_path)
    wrong = []
    shown = 0
    for step in steps(page):
        is_demo = isinstance(step, Shown) and step.command == "bmad demo --dir demo"
        ended = demo.copied(player.folder) if is_demo else player.do(step)
        if isinstance(step, Shown) and ended is not None:
            shown += 1
            wrong += [f"{step.command}: {words}" for words in differences(step, ended)]
    assert wrong == []
    assert shown > 3


@pytest.mark.parametrize(("heading", "page"), [("| exit |", "reference/commands.md"), ("| work |", "speed.md")])
def test_what_the_readme_says_again_stands_in_its_page(heading: str, page: str) -> None:
    told = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    rows = told[told.index(heading) :].partition("\n\n")[0].splitlines()
    assert len(rows) > 3
    assert [row for row in rows if row not in (DOCS / page).read_text(encoding="utf-8").splitlines()] == []


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
