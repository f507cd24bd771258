"""Where the documents stand: by `paths` and `intent` of the settings, and the same for every reader."""

from pathlib import Path

import pytest

from bmad.errors import UsageError
from bmad.model.ids import is_id
from bmad.model.layout import Layout, Place
from bmad.model.placing import layout_of
from bmad.pipeline.map.map import intents_to_map, map_intent
from bmad.pipeline.map.outcome import MapRequest
from bmad.pipeline.setup.init import Surroundings, init
from bmad.pipeline.spec.confirm import fmt
from bmad.pipeline.spec.renumber import renumber
from bmad.pipeline.spec.validate import validate
from bmad.pipeline.spec.work_tree import load, registered
from bmad.pipeline.status.status import Read, status
from bmad.render.board import board
from bmad.store import glimpse
from bmad.store.formats import TextFormats
from bmad.store.settings import parse_settings
from bmad.store.workspace import FileWorkspace
from tests.mapping import INTENT, bullets
from tests.specs import nodes_of, write

TWO = "intent: [{path: shelf/intent.md, specs: shelf/specs, stories: shelf/stories}, loans/intent.md]\n"
LOANS = "# Loans\n\n## Books\n\n- A loan ends after four weeks.\n"
OURS = "# Ours\n\n### FR-001: Not bmad's\n"


def mapped(root: Path, path: str) -> None:
    report = map_intent(FileWorkspace(root), TextFormats(), bullets, MapRequest(path, "test"))
    assert report.ok, report.conflicts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "paths: {specs: docs/spec, stories: ' docs/stories '}",
        "paths: {register: a/r.md, prd: b/p.md, epics: c, lock: d/e.lock, records: f}",
        "intent: [intent.md, pay/intent.md, docs/search.md]",
        TWO,
        "intent: [{path: a.md, register: x/y.md, prd: x/z.md, epics: x/e}, b.md]\npaths: {specs: s}",
        "intent: [only.md]",
    ],
)
def test_the_hook_reads_the_places_as_the_settings_do(text: str) -> None:
    assert glimpse.policy(text).layout == parse_settings(text).layout


def test_several_intents_have_folders_that_are_named_as_they_are() -> None:
    layout = layout_of(["intent.md", "pay/intent.md", "docs/search.md"], {})
    assert layout.places[0] == Place()
    assert layout.places[1] == Place(
        "pay/intent.md", "specs/pay/intent.md", "specs/pay/prd.md", "specs/pay/epics", "stories/pay"
    )
    assert layout.places[2].prd == "specs/docs/search/prd.md"
    assert (layout.lock, layout.records) == ("specs/trace.lock", "stories/records")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("paths: {specs: ../x}", "leaves the repository by `..`"),
        ("paths: {stories: /x}", "is absolute"),
        ("paths: {specs: a//b}", "holds an empty or `.` part"),
        ("paths: {specs: .bmad/x}", "bmad's own"),
        ("paths: {specs: .GIT}", "reaches into .git"),
        ("paths: {prd: specs/intent.md}", "two documents would stand at `specs/intent.md`"),
        ("paths: {prd: INTENT.md}", "two documents would stand at `intent.md`"),
        ("paths: {stories: specs/epics}", "what is of two kinds or two intents would stand at `specs/epics`"),
        ("paths: {lock: specs/prd.py}", "should end in `.lock`"),
        ("paths: {prd: src/app.py}", "should be a Markdown file"),
        ("paths: {specs: 'a b'}", "holds a blank"),
        ("paths: {specs: 'a*'}", "holds a blank or a sign that globs read otherwise"),
        ("paths: {spec: x}", "`paths.spec` is not a setting of this version. Did you mean `specs`?"),
        ("intent: [a.md, a.md]", "two documents would stand at `a.md`"),
        ("intent: [a/intent.md, a.md]", "two documents would stand at `specs/a/intent.md`"),
        (
            "intent: [a.md, b.md]\npaths: {prd: x.md}",
            "`paths.prd` is of one intent; say `prd` in the entry of each",
        ),
        (
            "intent: [a.md, {path: b.md, spec: c}]",
            "`spec` in entry 2 of `intent` is not a setting of this version",
        ),
        ("intent: []", "`intent` is empty"),
        ("intent: 5", "`intent` should be text"),
    ],
)
def test_places_that_cannot_be_are_refused_by_both(text: str, words: str) -> None:
    for read in (parse_settings, glimpse.policy):
        with pytest.raises(UsageError) as refused:
            read(text)
        assert words in str(refused.value)


def test_a_specification_elsewhere_leaves_what_a_project_has(tmp_path: Path) -> None:
    write(tmp_path, {"specs/prd.md": OURS, "intent.md": INTENT})
    workspace, formats = FileWorkspace(tmp_path), TextFormats()
    for use in (
        lambda: map_intent(workspace, formats, bullets, MapRequest("intent.md", "test")),
        lambda: validate(workspace, formats),
        lambda: fmt(workspace, formats),
        lambda: renumber(workspace, formats),
        lambda: status(workspace, formats, Read()),
    ):
        with pytest.raises(UsageError, match=r"specs/prd\.md stands where bmad would write") as refused:
            use()
        assert "paths: {specs: docs/bmad/specs, stories: docs/bmad/stories}" in str(refused.value)
    report = init(workspace, formats, Surroundings(str(tmp_path), None, "main", False))  # noqa: FBT003
    assert any("specs/prd.md is this project's own" in note for note in report.notes)
    attributes = (tmp_path / ".gitattributes").read_text()
    assert "docs/bmad/specs/trace.lock merge=union" in attributes
    assert "docs/bmad/stories/*.md merge=bmad" in attributes
    mapped(tmp_path, "intent.md")
    assert (tmp_path / "specs/prd.md").read_text() == OURS
    assert sorted(path.name for path in (tmp_path / "docs/bmad/specs").iterdir()) == [
        "epics",
        "intent.md",
        "prd.md",
        "trace.lock",
    ]
    assert not (tmp_path / "stories").exists()
    assert validate(workspace, formats).ok
    assert fmt(workspace, formats, check=True).ok
    assert renumber(workspace, formats, dry_run=True).ok


def test_what_is_mapped_again_is_what_the_register_names(tmp_path: Path) -> None:
    workspace, formats = FileWorkspace(tmp_path), TextFormats()
    with pytest.raises(UsageError, match=r"intent\.md does not exist"):
        intents_to_map(workspace, formats)
    write(tmp_path, {"docs/wanted.md": INTENT})
    mapped(tmp_path, "docs/wanted.md")
    assert intents_to_map(workspace, formats) == (["docs/wanted.md"], [])
    assert registered(workspace, formats).intents == load(workspace, formats).spec.intents


def test_an_intent_that_has_moved_is_mapped_where_it_is(tmp_path: Path) -> None:
    """Named on the command line, or in the settings; nothing but the register's line changes."""
    workspace, formats = FileWorkspace(tmp_path), TextFormats()
    write(tmp_path, {"intent.md": INTENT})
    mapped(tmp_path, "intent.md")
    before = {path: workspace.read(path) for path in workspace.spec_paths(layout_of("intent.md", {}))}
    write(tmp_path, {"docs/intent.md": INTENT})
    with pytest.raises(UsageError, match="List it, too"):
        mapped(tmp_path, "docs/intent.md")
    (tmp_path / "intent.md").unlink()
    mapped(tmp_path, "docs/intent.md")
    assert validate(workspace, formats).ok
    for path, text in before.items():
        now = workspace.read(path)
        assert now == (text or "").replace("- Intent: `intent.md`", "- Intent: `docs/intent.md`"), path
    write(tmp_path, {"bmad.yaml": "intent: prd/\n", "prd/1.md": INTENT})
    (tmp_path / "docs/intent.md").unlink()
    assert intents_to_map(workspace, formats) == (["prd/"], [])
    mapped(tmp_path, "prd/")
    assert validate(workspace, formats).ok
    write(tmp_path, {"bmad.yaml": "intent: other/\n"})
    assert intents_to_map(workspace, formats) == (["prd/"], []), "as the register has it while that is there"


def test_several_intents_are_one_graph_and_none_touches_another(tmp_path: Path) -> None:
    write(tmp_path, {"bmad.yaml": TWO, "shelf/intent.md": INTENT})
    workspace, formats = FileWorkspace(tmp_path), TextFormats()
    assert intents_to_map(workspace, formats) == (["shelf/intent.md"], ["loans/intent.md"])
    assert registered(workspace, formats).intents == load(workspace, formats).spec.intents
    mapped(tmp_path, "shelf/intent.md")
    shelf = {path: path.read_text() for path in (tmp_path / "shelf").rglob("*.md")}
    write(tmp_path, {"loans/intent.md": LOANS})
    mapped(tmp_path, "loans/intent.md")
    assert {path: path.read_text() for path in (tmp_path / "shelf").rglob("*.md")} == shelf
    [story] = (tmp_path / "stories/loans").iterdir()
    nodes = nodes_of(workspace)
    assert len({node.id for node in nodes}) == len(nodes)
    at = story.relative_to(tmp_path).as_posix()
    own = next(node for node in nodes if node.path == at and node.kind == "story")
    said = {node.quote: (node.intent, node.lines) for node in nodes if node.quote}
    assert said["A loan ends after four weeks."] == ("loans/intent.md", (5, 5))
    assert said["Books are listed by year."] == ("shelf/intent.md", (6, 6))

    waiting = next(path for path in (tmp_path / "shelf/stories").iterdir())
    waiting.write_text(waiting.read_text().replace("- Implements:", f"- Depends on: {own.id}\n- Implements:"))
    assert fmt(workspace, formats).ok
    report = validate(workspace, formats)
    assert report.ok
    assert [(one.path, one.items_seen == one.items_read > 0) for one in report.intents] == [
        ("shelf/intent.md", True),
        ("loans/intent.md", True),
    ]
    told = status(workspace, formats, Read(mapper=bullets))
    assert [(one.path, one.stories) for one in told.intents] == [("shelf/intent.md", 3), ("loans/intent.md", 1)]
    assert "loans/intent.md  (1 story, 0 active, 0 done)" in board(told)

    write(tmp_path, {"loans/intent.md": LOANS.replace("A loan ends after four weeks", "Fines double each year")})
    held = map_intent(workspace, formats, bullets, MapRequest("loans/intent.md", "test"))
    assert not held.ok, "a story of another intent waits for what would go"
    assert any(conflict.id == own.id for conflict in held.conflicts)


def test_an_intent_that_is_not_listed_is_not_mapped_beside_the_others(tmp_path: Path) -> None:
    write(tmp_path, {"bmad.yaml": TWO, "other.md": INTENT})
    with pytest.raises(UsageError, match=r"List it, too, under `intent` of bmad\.yaml, beside the others$"):
        mapped(tmp_path, "other.md")


@pytest.mark.parametrize(
    ("intent", "settings"),
    [
        ("intent.md", ""),
        ("notes.md", ""),
        ("docs/intent.md", "intent: docs/intent.md\npaths: {specs: docs/spec, stories: docs/stories}\n"),
        ("notes.md", "paths: {register: a/r.md, prd: b/p.md, epics: c}\n"),
    ],
)
def test_who_lists_a_further_intent_as_told_keeps_the_documents_of_the_first(
    tmp_path: Path, intent: str, settings: str
) -> None:
    write(tmp_path, {"bmad.yaml": settings, intent: INTENT, "other.md": LOANS})
    mapped(tmp_path, intent)
    before = parse_settings(settings).layout.naming(intent)
    with pytest.raises(UsageError) as told:
        mapped(tmp_path, "other.md")
    after = parse_settings(str(told.value).rpartition("bmad.yaml: ")[2]).layout
    assert (after.places[0], after.places[1].intent) == (before.places[0], "other.md")


def test_a_further_intent_is_not_mapped_into_what_a_project_has(tmp_path: Path) -> None:
    write(tmp_path, {"bmad.yaml": TWO, "shelf/intent.md": INTENT, "loans/intent.md": LOANS})
    mapped(tmp_path, "shelf/intent.md")
    write(tmp_path, {"specs/loans/prd.md": "# Ours\n"})
    with pytest.raises(UsageError, match=r"specs/loans/prd\.md stands where bmad would write"):
        mapped(tmp_path, "loans/intent.md")


def test_two_branches_that_map_two_intents_mint_no_id_twice(tmp_path: Path) -> None:
    for name, path in (("one", "shelf/intent.md"), ("two", "loans/intent.md")):
        write(tmp_path / name, {"bmad.yaml": TWO, path: INTENT})
        mapped(tmp_path / name, path)
    one, two = ({node.id for node in nodes_of(FileWorkspace(tmp_path / at))} for at in ("one", "two"))
    assert not one & two


def test_a_register_that_names_another_intent_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"bmad.yaml": TWO, "shelf/intent.md": INTENT, "loans/intent.md": LOANS})
    mapped(tmp_path, "shelf/intent.md")
    register = tmp_path / "shelf/specs/intent.md"
    register.write_text(register.read_text().replace("`shelf/intent.md`", "`loans/intent.md`"))
    found = [one for one in validate(FileWorkspace(tmp_path), TextFormats()).findings if one.code == "V03"]
    assert ["bmad.yaml gives it shelf/intent.md" in one.message for one in found] == [True]


def test_no_territory_reaches_into_the_places(tmp_path: Path) -> None:
    write(tmp_path, {"bmad.yaml": TWO, "shelf/intent.md": INTENT})
    mapped(tmp_path, "shelf/intent.md")
    story = next((tmp_path / "shelf/stories").iterdir())
    for glob in ("shelf/**", "shelf/stories", "stories/loans/STORY-a.md", "loans/intent.md", "specs/*.lock"):
        story.write_text(
            story.read_text().partition("- Implements:")[0]
            + f"- Territory: `{glob}`\n- Implements:"
            + story.read_text().rpartition("- Implements:")[2]
        )
        codes = {one.code for one in validate(FileWorkspace(tmp_path), TextFormats()).findings}
        assert "V17" in codes, glob


def test_a_layout_knows_what_is_no_work_of_the_project() -> None:
    layout = Layout(lock="a/b.lock")
    own = ("a/b.lock", "intent.md", "stories/records/STORY-a.json", ".bmad/x", "specs/epics/EPIC-a.md")
    assert all(map(layout.is_own, own))
    assert not any(map(layout.is_own, ("specs/trace.lock", "stories/app.js", "specs/epics/notes.md", "src/a.py")))


@pytest.mark.parametrize("story", [f"STORY-{name}" for name in ("a", "_a", ".a", "-a.b", "1.2", "a" * 74)])
@pytest.mark.parametrize("landing", [1, 2, 100_000])
def test_each_id_that_a_story_may_have_has_a_place_for_its_records(story: str, landing: int) -> None:
    assert is_id(story)
    path = Layout().record_path(story, landing)
    assert Layout().record(path) == (story, landing)
