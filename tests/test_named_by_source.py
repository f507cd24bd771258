"""What the author calls a thing will do for its id; what a model worded may stand once a person says so."""

import os
import subprocess
from pathlib import Path

import pytest

from bmad.core.graph import SpecGraph, build
from bmad.core.prefixes import find, find_story
from bmad.errors import UsageError
from bmad.git.read.history import open_history
from bmad.model.ids import Kind
from bmad.model.reports import StatusCoverage, StatusReport, StatusStory
from bmad.model.spec import Document, Section, Story
from bmad.pipeline.spec.confirm import confirm, fmt
from bmad.pipeline.spec.nodes import show
from bmad.pipeline.spec.validate import validate
from bmad.pipeline.spec.work_tree import load_sound
from bmad.pipeline.trace.trace import trace
from bmad.render.board import board
from bmad.render.text import confirmation, shown
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.layout import LOCK
from tests.mapping import replace
from tests.specs import SMALL, write_small

FORMATS = TextFormats()
STORY = "stories/STORY-find01-find-notes.md"


def called(root: Path, path: str, field: str, source: str) -> None:
    replace(root, path, field, f"{field}- Source: {source}\n")


def the_small_one(root: Path) -> FileWorkspace:
    write_small(root)
    for path, field in (
        ("specs/intent.md", "- Class: requirement\n- Under: Notes > Requirements\n"),
        ("specs/prd.md", "- Traces: INT-goal01, INT-req001\n- Verify: test\n"),
    ):
        called(root, path, field, "FR-013")
    called(root, STORY, "- Territory: `src/find.py`, `tests/find/**`\n", "US 4")
    return FileWorkspace(root)


def test_an_authors_id_names_what_it_stands_at(tmp_path: Path) -> None:
    workspace = the_small_one(tmp_path)
    graph = load_sound(workspace, FORMATS).graph()
    assert find(graph, "FR-013") == "FR-find01", "the statement that it comes from is called the same"
    assert find(graph, "US 4") == "STORY-find01"
    assert find(graph, "FR-find01") == "FR-find01"
    told = shown(show(workspace, FORMATS, "FR-013"))
    assert told.startswith("FR-find01 (requirement): Find notes by tag\n")
    assert "  the author's FR-013\n" in told


@pytest.mark.parametrize("name", ["FR-013", "INT-req001", "EPIC-notes1", "STORY-find01/AC-1"])
def test_what_is_no_story_leads_to_the_stories_that_hang_there(tmp_path: Path, name: str) -> None:
    graph = load_sound(the_small_one(tmp_path), FORMATS).graph()
    assert find_story(graph, "US 4").id == "STORY-find01"
    with pytest.raises(UsageError, match=r"is no story \(\w+\); its stories: .*STORY-find01 \(Find notes.*\)"):
        find_story(graph, name)


def test_what_is_named_by_its_title_is_told_with_its_id(tmp_path: Path) -> None:
    graph = load_sound(the_small_one(tmp_path), FORMATS).graph()
    title = graph.nodes["STORY-store1"].title
    with pytest.raises(UsageError, match=r"names nothing.* Did you mean STORY-store1 \("):
        find(graph, title.upper())


def test_an_id_goes_before_what_an_author_calls_so(tmp_path: Path) -> None:
    the_small_one(tmp_path)
    replace(tmp_path, "specs/prd.md", "- Source: FR-013", "- Source: FR-store1")
    assert find(load_sound(FileWorkspace(tmp_path), FORMATS).graph(), "FR-store1") == "FR-store1"


def test_an_authors_id_that_stands_at_several_is_ambiguous_unless_one_kind_is_wanted(tmp_path: Path) -> None:
    the_small_one(tmp_path)
    replace(tmp_path, "stories/STORY-store1*.md", "- Territory: ", "- Source: FR-013\n- Territory: ")
    graph = load_sound(FileWorkspace(tmp_path), FORMATS).graph()
    assert find(graph, "FR-013", Kind.STORY) == "STORY-store1"
    assert find(graph, "FR-013", Kind.REQUIREMENT) == "FR-find01"
    with pytest.raises(
        UsageError, match=r"could be FR-find01 \(.+\), STORY-store1 \(.+\)\. Write the id that is meant\."
    ):
        find(graph, "FR-013")


def test_an_authors_id_may_have_the_part_of_the_project_before_it(tmp_path: Path) -> None:
    the_small_one(tmp_path)
    replace(tmp_path, "stories/STORY-store1*.md", "- Territory: ", "- Source: FR-013\n- Territory: ")
    graph = load_sound(FileWorkspace(tmp_path), FORMATS).graph()
    assert find(graph, "specs FR-013") == "FR-find01"
    assert find(graph, "stories FR-013") == "STORY-store1"
    assert find(graph, "stories US 4") == "STORY-find01"
    with pytest.raises(UsageError, match=r"`elsewhere FR-013` names nothing"):
        find(graph, "elsewhere FR-013")


def test_a_requirement_is_meant_before_the_story_that_implements_it(tmp_path: Path) -> None:
    the_small_one(tmp_path)
    replace(tmp_path, STORY, "- Source: US 4", "- Source: FR-013")
    graph = load_sound(FileWorkspace(tmp_path), FORMATS).graph()
    assert find(graph, "FR-013") == "FR-find01"
    assert find(graph, "FR-013", Kind.STORY) == "STORY-find01"


def test_trace_takes_it_too(tmp_path: Path) -> None:
    the_small_one(tmp_path)
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "-q", "-b", "main"), ("add", "."), (*who, "commit", "-qm", "Spec")):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    report = trace(open_history(tmp_path, os.environ), FORMATS, "US 4")
    assert [chain.story for chain in report.chains] == ["STORY-find01"]


def test_a_person_confirms_what_a_model_worded(tmp_path: Path) -> None:
    write_small(tmp_path)
    for path, field in (
        (STORY, "- Epic: EPIC-notes1\n"),
        ("specs/prd.md", "- Traces: INT-goal01, INT-req001\n"),
        ("specs/epics/*.md", "- Covers: FR-find01, FR-store1\n"),
    ):
        replace(tmp_path, path, field, f"{field}- Proposed by: claude:opus\n")
    workspace = FileWorkspace(tmp_path)
    before = [one.message for one in validate(workspace, FORMATS).findings if one.code == "V28"]
    assert len(before) == 3
    assert "STORY-find01 was worded by claude:opus, and nobody has confirmed that it may stand" in before
    assert "  proposed by claude:opus, not confirmed: bmad confirm STORY-find01" in shown(
        show(workspace, FORMATS, "STORY-find01")
    )
    report = confirm(workspace, FORMATS, ["STORY-find01"], "Ada", "read it")
    assert (report.settled, set(report.agreed)) == ((), {"STORY-find01", "FR-find01"})
    assert "STORY-find01 may stand as it was worded" in confirmation(report)
    left = [one.message for one in validate(workspace, FORMATS).findings if one.code == "V28"]
    assert [message.split()[0] for message in left] == ["EPIC-notes1"], (
        "an epic groups; it is confirmed by its own id"
    )
    assert confirm(workspace, FORMATS, ["EPIC-notes1"], "Ada", "read it").agreed == ("EPIC-notes1",)
    assert (tmp_path / STORY).read_text(encoding="utf-8") == SMALL[STORY]
    assert not validate(workspace, FORMATS, strict=True).findings
    lock = FORMATS.lock((tmp_path / LOCK).read_text(encoding="utf-8"))
    signed = {key for key, lines in lock.links.items() for one in lines if (one.by, one.why) == ("Ada", "read it")}
    assert signed == {key for key in lock.links if key[0] in ("STORY-find01", "FR-find01", "EPIC-notes1")}
    once = FORMATS.render_lock(lock)
    assert fmt(workspace, FORMATS).changed == ()
    assert all(len(lines) == 1 for lines in FORMATS.lock(once).links.values())


def _graph(*stories: tuple[str, str, str, str, str]) -> SpecGraph:
    """Stories by id, source, title, folder, and the page that they come from."""
    documents = []
    for name, source, title, folder, page in stories:
        path = f"stories/{folder}/{name}.md"
        notes = Section("Dev Notes", f"From “out/{page}.md”.\n" if page else "", 1)
        item = Story(id=name, source=source, title=title, path=path, sections=(notes,))
        documents.append(Document(path=path, items=(item,)))
    return build(documents)


MANY = _graph(
    ("STORY-aaaaaa", "1.2", "Log in", "web", "1-2-log-in"),
    ("STORY-bbbbbb", "1.2", "Pay", "till", "env-1-2-pay"),
    ("STORY-cccccc", "1.2", "Print it now", "print", ""),
    ("STORY-dddddd", "2.1", "Weigh", "till", ""),
    ("STORY-eeeeee", "2.1", "Weigh all", "print", ""),
)


@pytest.mark.parametrize(
    ("name", "story"),
    [
        ("1-2", "STORY-aaaaaa"),
        ("1-2-log", "STORY-aaaaaa"),
        ("1-2-log-in", "STORY-aaaaaa"),
        ("env-1-2", "STORY-bbbbbb"),
        ("env-1-2-pay", "STORY-bbbbbb"),
        ("print-1-2", "STORY-cccccc"),
        ("1-2-print-it", "STORY-cccccc"),
        ("till-2.1", "STORY-dddddd"),
        ("2-1-weigh-all", "STORY-eeeeee"),
    ],
)
def test_a_story_of_the_bmad_method_goes_by_its_boards_key(name: str, story: str) -> None:
    assert find(MANY, name) == find(MANY, name, Kind.STORY) == story


@pytest.mark.parametrize("name", ["2-1", "1-20", "1-2-lo", "print-1-3", "env-2-1"])
def test_a_key_of_several_or_none_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="could be STORY-dddddd" if name == "2-1" else "names nothing"):
        find(MANY, name)


def test_the_board_has_a_column_for_keys_where_there_are_any() -> None:
    def row(name: str, source: str) -> StatusStory:
        one = StatusStory(id=name, title=f"T {name}", epic=None, state="backlog", commits=None, waits_for=())
        return one.model_copy(update={"source": source})

    coverage = StatusCoverage(statements=0, actionable=0, in_requirements=0, in_stories=0, with_commits=None)
    told = StatusReport(
        stories=(row("STORY-a", "1.2"), row("STORY-b", "10.11"), row("STORY-c", "a-key-that-is-long")),
        epics=(),
        coverage=coverage,
        suspects=(),
        next_up=("STORY-a", "STORY-c"),
    )
    rows = board(told).split("\n")
    assert rows[1:4] == [
        "  · backlog   STORY-a  1.2    T STORY-a",
        "  · backlog   STORY-b  10.11  T STORY-b",
        "  · backlog   STORY-c         T STORY-c",
    ]
    assert rows[-1] == "next up: STORY-a (1.2), STORY-c"
    many = told.model_copy(update={"next_up": tuple(f"STORY-{one}" for one in "abcdefg")})
    assert board(many).endswith("STORY-d, STORY-e and 2 more")
    bare = told.model_copy(update={"stories": (row("STORY-a", ""),)})
    assert board(bare).split("\n")[1] == "  · backlog   STORY-a  T STORY-a"
