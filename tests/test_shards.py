"""An intent in several files is one text, and what is told of it names the file and its own line."""

from pathlib import Path

import pytest

from bmad.core.joined import joined
from bmad.core.outline import outline
from bmad.core.shards import linked, order
from bmad.errors import UsageError
from bmad.model.layout import Place
from bmad.pipeline.map.map import map_intent
from bmad.pipeline.map.outcome import MapRequest
from bmad.pipeline.spec.intent import show_intent
from bmad.pipeline.spec.validate import validate
from bmad.render.margin import annotated
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.specs import nodes_of, write

GOALS = "## Goals\n\n- Notes must be found by tag.\n"
SEARCH = "## Requirements\n\n- The tool must find notes by tag.\n- The tool must list notes by date.\n"
STORE = "\ufeff## Storage\n\nIt must store a note as one file."
INDEX = "# Notes\n\n## Table of Contents\n\n- [Storage](./store.md#storage)\n- [Search](search.md)\n"
FORMATS = TextFormats()


def mapped(root: Path, intent: str) -> FileWorkspace:
    workspace = FileWorkspace(root)
    report = map_intent(workspace, FORMATS, outline, MapRequest(intent, "outline"))
    assert report.ok, report.conflicts
    return workspace


def test_a_folder_is_read_by_its_index_then_by_name_and_an_index_by_its_links() -> None:
    names = ["d/10-b.md", "d/2-a.md", "d/index.md", "d/search.md", "d/store.md", "d/notes.txt"]
    assert order("d/", None, names[:2]) == ["d/2-a.md", "d/10-b.md"]
    assert order("d/", INDEX, names) == ["d/index.md", "d/store.md", "d/search.md", "d/2-a.md", "d/10-b.md"]
    assert order("d/index.md", INDEX, names) == ["d/index.md", "d/store.md", "d/search.md"]
    assert order("d/index.md", None, names) == []


def test_only_plain_digits_are_numbers_of_a_name() -> None:
    """`²` is a digit to Python, and no number."""
    odd = ["d/1²2.md", "d/1①3.md", "d/1٣4.md"]
    assert sorted(order("d/", None, [*odd, "d/2.md", "d/1.md"])) == sorted([*odd, "d/1.md", "d/2.md"])
    assert order("d/", None, ["d/²-b.md", "d/10-a.md", "d/9-a.md"]) == ["d/9-a.md", "d/10-a.md", "d/²-b.md"]


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("a.md", "d/a.md"),
        ("./below/a.md", "d/below/a.md"),
        ("a%20b.md", "d/a b.md"),
        ("<a.md>", "d/a.md"),
        ('a.md "title"', "d/a.md"),
        ("../a.md", None),
        ("x/../../a.md", None),
        ("/a.md", None),
        ("https://host/a.md", None),
        ("a.py", None),
        ("#here", None),
    ],
)
def test_what_an_index_links_to_stands_in_its_folder_or_below(link: str, path: str | None) -> None:
    assert linked(f"- [words]({link})\n", "d/") == ((path,) if path else ())
    assert linked(f"```\n[words]({link})\n```\n", "d/") == ()


@pytest.mark.parametrize("text", ["[", "[a](x", "[a](x y", "]("])
def test_links_are_found_in_time_that_grows_with_the_index(text: str) -> None:
    """As long again takes twice as long, so this many signs take no hour."""
    assert linked(text * 30_000 + "\n[a](<b.md> 'words')\n", "d/") == ("d/b.md",)


def test_each_line_of_the_text_has_its_place_in_a_shard() -> None:
    intent = joined(Place("d/"), [("d/a.md", "one\ntwo\n"), ("d/b.md", STORE), ("d/c.md", "x\r\ny\r\n")])
    lines = (intent.text or "").split("\n")
    places = {words: intent.at(number) for number, words in enumerate(lines, 1) if words}
    assert places == {
        "one": ("d/a.md", 1),
        "two": ("d/a.md", 2),
        "## Storage": ("d/b.md", 1),
        "It must store a note as one file.": ("d/b.md", 3),
        "x\r": ("d/c.md", 1),
        "y\r": ("d/c.md", 2),
    }


def test_shards_map_as_the_whole_does_and_are_told_file_by_file(tmp_path: Path) -> None:
    one, several = tmp_path / "one", tmp_path / "several"
    write(one, {"intent.md": f"{GOALS}\n{SEARCH}\n{STORE[1:]}"})
    write(several, {"bmad.yaml": "intent: d/\n", "d/1.md": GOALS, "d/2.md": SEARCH, "d/10.md": STORE})
    whole, workspace = mapped(one, "intent.md"), mapped(several, "d/")
    wanted, found = ({node.id: node.quote for node in nodes_of(each)} for each in (whole, workspace))
    assert found == wanted
    assert "- Intent: `d/`" in (several / "specs/intent.md").read_text()
    places = {node.quote: (node.intent, node.lines) for node in nodes_of(workspace) if node.quote}
    assert places["It must store a note as one file."] == ("d/10.md", (3, 3))
    assert places["The tool must list notes by date."] == ("d/2.md", (4, 4))
    report = show_intent(workspace, FORMATS, outline, "d/")
    assert [(part.path, part.lines) for part in report.parts if part.state == "taken"] == [
        ("d/1.md", (3, 3)),
        ("d/2.md", (3, 3)),
        ("d/2.md", (4, 4)),
        ("d/10.md", (3, 3)),
    ]
    shards = {"d/1.md": GOALS, "d/2.md": SEARCH, "d/10.md": STORE[1:]}
    for path, text in shards.items():
        assert "".join(part.text for part in report.parts if part.path == path) == text
    assert "d/10.md:\n1 " in annotated(report)
    assert validate(workspace, FORMATS).ok


def test_an_edited_shard_is_mapped_again_and_its_faults_have_its_lines(tmp_path: Path) -> None:
    write(tmp_path, {"bmad.yaml": "intent: d/index.md\n", "d/index.md": INDEX, "d/search.md": SEARCH})
    with pytest.raises(UsageError, match=r"d/index\.md links to d/store\.md, which is not there"):
        mapped(tmp_path, "d/index.md")
    write(tmp_path, {"d/store.md": STORE, "d/README.md": "- It must not be read.\n"})
    workspace = mapped(tmp_path, "d/index.md")
    before = {node.id for node in nodes_of(workspace)}
    assert not any("not be read" in (node.quote or "") for node in nodes_of(workspace))
    write(tmp_path, {"d/search.md": SEARCH + "- The tool must sort notes.\n"})
    mapped(tmp_path, "d/index.md")
    assert before < {node.id for node in nodes_of(workspace)}
    with pytest.raises(UsageError, match=r"^d/store\.md is a part of d/index\.md .*: bmad map d/index\.md$"):
        mapped(tmp_path, "d/store.md")
    write(tmp_path, {"d/search.md": SEARCH + "<<<<<<< ours\n"})
    [mark] = [one for one in validate(workspace, FORMATS).findings if one.code == "V01"]
    assert (mark.path, mark.line, mark.source) == ("d/search.md", 5, "<<<<<<< ours")
    with pytest.raises(UsageError, match=r"d/search\.md:5: "):
        mapped(tmp_path, "d/index.md")
