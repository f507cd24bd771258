"""Work grows no faster than its input: counted in lines of bmad that are run, which no machine changes."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import bmad
from bmad.core.fingerprint import fingerprint
from bmad.core.graph import build
from bmad.core.mapping.files import Stood
from bmad.core.mapping.plan import Planner
from bmad.core.outline import outline
from bmad.core.outline.judge.forms import only_names
from bmad.core.outline.read.block import Block
from bmad.core.outline.read.block import Kind as BlockKind
from bmad.model.draft import Span
from bmad.model.ids import Kind
from bmad.model.layout import Layout
from bmad.model.lock import Lock
from bmad.model.spec import Criterion, Document, Item
from bmad.pipeline.map.map import map_intent
from bmad.pipeline.map.outcome import MapRequest
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.layout import document_kind, parse
from tests.mapping import INTENT, bullets, run, tree
from tests.specs import SMALL

FEW, MANY = 24, 120
"""Pieces of a small and a large intent."""
BARE = 4
"""Pieces whose work is what any intent takes, whatever is in it."""


def _each(form: str) -> Callable[[int], str]:
    return lambda count: "".join(form.format(n=n) for n in range(count))


def _nested(count: int) -> str:
    return "".join(f"{'  ' * (n % 6)}- The tool must keep thing {n}.\n" for n in range(count))


SHAPES: dict[str, Callable[[int], str]] = {
    "bullets under one heading": _each("- The tool must keep thing {n}.\n"),
    "nested lists": _nested,
    "a paragraph": lambda count: _each("The tool must keep thing {n}. ")(count) + "\n",
    "lines with ids": _each("R-{n}: The tool must keep thing {n}. Depends on R-{n}.\n"),
    "a table": lambda count: "| ID | Rule |\n| --- | --- |\n" + _each("| R-{n} | It must keep {n} |\n")(count),
    "equal headings": _each("## Rules\n\n- The tool must keep all of it.\n\n"),
    "stories": _each(
        "### Story {n}: Keep {n}\n\nAs a reader, I want {n}, so that it stays.\n\n- It keeps {n}.\n\n"
    ),
    "criteria behind many headings": lambda count: (
        _each("## Part {n}\n\nThe tool must keep thing {n}.\n\n")(count)
        + "## Acceptance criteria\n\n"
        + _each("- Keeper {n} is seen by all 3 readers.\n")(count)
    ),
    "blocks of scenarios": _each(
        "```gherkin\nScenario: {n}\n  Given {n}\n  When asked\n  Then {n} shows\n```\n\n"
    ),
}


def _mapped(text: str) -> None:
    """From the text of an intent to the plan of its first map."""
    layout = Layout().naming("intent.md")
    Planner(outline(text), text, Stood(build(()), Lock(), frozenset(), layout, layout.places[0])).plan()


def _work(do: Callable[[], object]) -> int:
    """How many lines of bmad are run."""
    lines = 0
    own = str(Path(bmad.__file__).parent)

    def line(_frame: FrameType, event: str, _what: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return line

    def call(frame: FrameType, _event: str, _what: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(own) else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        do()
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_of_a_map_grows_as_its_intent_does(shape: str) -> None:
    def text(count: int) -> str:
        return f"# Keeper\n\n## Requirements\n\n{SHAPES[shape](count)}"

    _mapped(text(BARE))  # so that what is made once is made
    bare, few, many = (_work(partial(_mapped, text(size))) for size in (BARE, FEW, MANY))
    each = (few - bare) / (FEW - BARE)
    assert many - few <= 1.15 * each * (MANY - FEW)


class _Titles(frozenset[str]):
    """Headings that are looked up, and that nobody goes through."""

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("all headings of a document are gone through for one line of it")


@pytest.mark.parametrize(
    ("line", "names"),
    [("Phase 2: Search", True), ("Search, 3 days", True), ("Sort by year in 2 steps at once", False)],
)
def test_a_line_is_not_held_against_every_heading(line: str, names: bool) -> None:
    block = Block(0, BlockKind.ITEM, Span(0, len(line)), 0, 0, line)
    assert only_names(block, _Titles({"search", "sort"})) is names


class _Noting(TextFormats):
    """Notes the documents that are read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def document(
        self, path: str, text: str, kind: Kind | None, before: tuple[str, Document] | None = None
    ) -> Document:
        self.read.append(path)
        return super().document(path, text, kind, before)


def test_what_an_edit_does_not_touch_is_neither_read_nor_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, INTENT)
    before, formats, told = tree(tmp_path), _Noting(), list[Item | Criterion]()

    def telling(item: Item | Criterion) -> str:
        told.append(item)
        return fingerprint(item)

    monkeypatch.setattr("bmad.core.graph.fingerprint", telling)
    (tmp_path / "intent.md").write_text(INTENT.replace("by year", "by year and title"), encoding="utf-8")
    map_intent(FileWorkspace(tmp_path), formats, bullets, MapRequest("intent.md", "test"))
    changed = {path for path, text in tree(tmp_path).items() if text != before.get(path)}
    documents = before.keys() - {"intent.md", "specs/trace.lock"}
    assert sorted(formats.read) == sorted([*documents, *(changed & documents)])
    again = told[len(formats.lock(before["specs/trace.lock"]).nodes) :]
    assert 0 < len(again) == sum("year and title" in str(item) for item in again)


@pytest.mark.parametrize("new", ["by tag", "by title", "by tag\n\nAnd more of it", ""])
def test_a_graph_is_the_same_whatever_was_known_before(new: str) -> None:
    own = {path: text for path, text in SMALL.items() if document_kind(path)}
    stood = build(parse(path, text) for path, text in own.items())
    moved = {path.replace(".md", "-moved.md") if "STORY" in path else path: text for path, text in own.items()}
    for texts in (own, moved, {path: text.replace("by tag", new) for path, text in own.items()}):
        documents = [parse(path, text) for path, text in texts.items()]
        again, fresh = build(documents, stood), build(documents)
        assert again.nodes == fresh.nodes
        assert again.links == fresh.links
        assert again.aliases == fresh.aliases
