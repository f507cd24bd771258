"""Where the specification stands, the base says: nothing passes by pointing `paths` or `intent` elsewhere."""

from pathlib import Path

import pytest

from bmad.core.graph import build
from bmad.core.lock import renew
from bmad.model.layout import Layout
from bmad.model.lock import Lock
from bmad.model.placing import layout_of
from bmad.pipeline.gate import evidence
from bmad.store.formats import TextFormats
from tests.gate.repo import (
    FIND,
    MAPPED,
    MINTED_AT,
    POLICY,
    STORE,
    Content,
    Repo,
    codes,
    kinds,
    minted,
    passes,
    refuses,
    story,
)
from tests.layout import LAYOUT
from tests.specs import SMALL

PATHS = {"specs": "docs/spec", "stories": "docs/stories"}
SPELT = "paths: {specs: docs/spec, stories: docs/stories}\n"
OURS = "# Our product\n\n### FR-001: Not bmad's\n"
WHY = "Policy: where documents stand\n"
TWO = "intent: [intent.md, search/intent.md]\n"


def placed(files: dict[str, str], layout: Layout) -> dict[str, str]:
    """The documents of the plain layout, where another one has them."""
    one = layout.places[0]
    ways = (("specs/epics/", f"{one.epics}/"), ("stories/", f"{one.stories}/"))
    found = {"specs/intent.md": one.register, "specs/prd.md": one.prd, "intent.md": one.intent}
    for path in files:
        for old, new in ways:
            if path.startswith(old):
                found[path] = new + path.removeprefix(old)
    return {found.get(path, path): text for path, text in files.items()}


def locked(files: dict[str, str], layout: Layout, old: Lock | None = None) -> dict[str, Content]:
    """Documents with the lock that fits, where the layout has it."""
    formats = TextFormats()
    texts = ((path, text, layout.kind(path)) for path, text in files.items())
    graph = build(formats.document(path, text, kind) for path, text, kind in texts if kind is not None)
    return {**files, layout.lock: formats.render_lock(renew(graph, old or Lock()))}


AWAY = layout_of("intent.md", PATHS)
PLAIN = {path: text for path, text in MAPPED.items() if not path.startswith(("specs/", "stories/"))}


@pytest.fixture
def away(tmp_path: Path) -> Repo:
    """A project with a PRD of its own, whose specification stands in `docs`."""
    files: dict[str, Content] = {**PLAIN, **locked(placed(SMALL, AWAY), AWAY), "specs/prd.md": OURS}
    made = Repo(tmp_path / "away.git", {**files, "bmad.yaml": POLICY + SPELT})
    made.branch("work")
    return made


def test_a_specification_elsewhere_is_judged_as_one_in_its_place(away: Repo) -> None:
    away.commit("work", story(FIND), {"src/find.py": "def find():\n    return 1\n"})
    passes(away.gate())
    at = "docs/stories/STORY-find01-find-notes.md"
    away.commit("work", "Note\n", {at: placed(SMALL, AWAY)[at] + "\nA note.\n"})
    passes(away.gate())
    assert kinds(away.gate()) == ["story", "spec"]


def test_what_stands_in_the_plain_places_is_then_code(away: Repo) -> None:
    away.commit("work", "Ours\n", {"specs/prd.md": OURS + "\nMore.\n"})
    refuses(away.gate(), "G01")
    away.branch("work")
    away.commit("work", story(FIND), {"specs/trace.lock": "nothing\n"})
    refuses(away.gate(), "G04")


@pytest.mark.parametrize(
    "paths",
    [
        "",
        "paths: {specs: Docs/spec, stories: docs/stories}\n",
        "paths: {specs: docs/spec, stories: other}\n",
        "paths: {specs: docs/spec, stories: docs/stories, lock: docs/other.lock}\n",
        "paths: {specs: docs/spec, stories: docs/stories, prd: docs/other.md}\n",
    ],
)
def test_no_document_wanders_by_the_settings(away: Repo, paths: str) -> None:
    away.commit("work", f"Move\n\n{WHY}", {"bmad.yaml": POLICY + paths})
    refuses(away.gate(), "G13")
    assert "no longer has" in away.gate().every_finding[0].message


def test_a_policy_that_goes_is_told_as_that_wherever_the_documents_stand(away: Repo) -> None:
    away.commit("work", f"Away\n\n{WHY}", {"bmad.yaml": None})
    refuses(away.gate(), "G06")


def test_documents_that_move_with_the_settings_are_refused(away: Repo) -> None:
    away.commit("work", f"Move\n\n{WHY}", {"bmad.yaml": POLICY})
    moved: dict[str, Content] = locked(SMALL, LAYOUT)
    away.commit("work", "Move the documents\n", {**moved, **dict.fromkeys(locked(placed(SMALL, AWAY), AWAY))})
    report = away.gate()
    assert not report.ok
    assert any("no longer has" in one.message for one in report.every_finding)


@pytest.mark.parametrize(
    "paths", ["specs: ../away", "specs: /tmp", "specs: .bmad/x", "specs: a/.git/b", "lock: x.py"]
)
def test_places_outside_of_the_repository_are_no_settings(away: Repo, paths: str) -> None:
    away.commit("work", f"Move\n\n{WHY}", {"bmad.yaml": f"{POLICY}paths: {{{paths}}}\n"})
    refuses(away.gate(), "G12")


def test_a_link_in_the_place_of_a_folder_holds_no_documents(away: Repo) -> None:
    gone = dict.fromkeys(path for path in locked(placed(SMALL, AWAY), AWAY) if path.startswith("docs/stories/"))
    away.commit(
        "work", "Copy\n", {f"copy/{path}": text for path, text in placed(SMALL, AWAY).items() if path in gone}
    )
    away.commit("work", "Link\n", {**gone, "docs/stories": ("120000", "../copy/docs/stories")})
    report = away.gate()
    assert not report.ok
    assert any("V07" in one.message for one in report.every_finding)


def test_before_the_first_map_the_places_may_still_change(tmp_path: Path) -> None:
    made = Repo(tmp_path / "unmapped.git", {**PLAIN, "bmad.yaml": POLICY})
    made.branch("work")
    made.commit("work", f"Move\n\n{WHY}", {"bmad.yaml": POLICY + SPELT})
    passes(made.gate())
    made.commit("work", "Junk\n", {"specs/prd.md": "anything\n"})
    refuses(made.gate(), "G13")


def test_before_the_first_map_the_policy_may_name_another_intent(tmp_path: Path) -> None:
    """Of a file that stood there it says so, and takes no change of it along; once it is mapped it stays."""
    made = Repo(tmp_path / "unmapped.git", {**PLAIN, "bmad.yaml": POLICY, "docs/vision.md": "# Vision\n"})
    made.branch("work")
    moved = made.commit("work", f"Move\n\n{WHY}", {"bmad.yaml": f"{POLICY}intent: docs/vision.md\n"})
    passes(made.gate())
    assert [note for note in made.gate().notes if note.endswith("docs/vision.md")]
    made.commit("work", "Reword\n", {"docs/vision.md": "# Another\n"})
    assert "G13" in codes(made.gate())
    made.branch("main", moved)
    made.branch("work", moved)
    register = SMALL["specs/intent.md"].replace("`intent.md`", "`docs/vision.md`")
    documents = {path: text for path, text in SMALL.items() if path != "intent.md"} | {"specs/intent.md": register}
    layout = layout_of("docs/vision.md", {})
    made.commit("work", "Map\n", {**locked(documents, layout), "docs/vision.md": SMALL["intent.md"]})
    passes(made.gate())
    made.branch("main", made.tip("work"))
    made.commit("work", "Move\n", {"specs/intent.md": register.replace("docs/vision.md", "README.md")})
    refuses(made.gate(), "G13")


def test_a_second_intent_is_first_listed_and_then_mapped(tmp_path: Path) -> None:
    made = Repo(tmp_path / "two.git", MAPPED)
    both = layout_of(["intent.md", "search/intent.md"], {})
    second = {"search/intent.md": "# Search\n\n- It must find.\n", "specs/search/intent.md": _REGISTER, **_REST}
    new = {**second, both.lock: locked({**SMALL, **second}, both)[both.lock]}
    made.branch("work")
    made.commit("work", f"List it\n\n{WHY}", {"bmad.yaml": POLICY + TWO})
    passes(made.gate())
    made.commit("work", "Map it in one go\n", new)
    refuses(report := made.gate(), "G01")
    assert {one.fix for one in report.every_finding if one.path in second} == {
        "it is part of the specification once its place stands in the base: land bmad.yaml first"
    }
    made.branch("main", made.tip("work~1"))
    passes(made.gate())
    assert kinds(made.gate()) == ["spec"]
    made.branch("main", made.tip("work"))
    for dropped in ("", "intent: [intent.md]\n", "intent: [search/intent.md, intent.md]\n"):
        made.branch("work", made.tip("main"))
        made.commit("work", f"Unlist it\n\n{WHY}", {"bmad.yaml": POLICY + dropped})
        assert made.gate().ok is (dropped.count(",") == 1), dropped


def test_no_file_of_the_project_becomes_a_document_by_the_settings(tmp_path: Path) -> None:
    made = Repo(tmp_path / "two.git", {**MAPPED, "docs/prd.md": "# Our product\n"})
    made.branch("work")
    made.commit(
        "work", f"List\n\n{WHY}", {"bmad.yaml": f"{POLICY}intent: [intent.md, {{path: b.md, specs: docs}}]\n"}
    )
    refuses(made.gate(), "G13")
    assert any("has another file there" in one.message for one in made.gate().every_finding)


def test_an_id_means_one_thing_over_all_intents(tmp_path: Path) -> None:
    both = layout_of(["intent.md", "search/intent.md"], {})
    made = Repo(tmp_path / "two.git", {**MAPPED, "bmad.yaml": POLICY + TWO})
    made.branch("work")
    twin = SMALL["stories/STORY-find01-find-notes.md"].replace("Find notes by tag", "Find all")
    at = "stories/search/STORY-find01-find-all.md"
    files = {**SMALL, at: twin}
    made.commit("work", "Twin\n", {at: twin, both.lock: locked(files, both)[both.lock]})
    refuses(made.gate(), "G12")


def test_a_register_names_the_intent_that_the_settings_give_it(tmp_path: Path) -> None:
    both = layout_of(["intent.md", "search/intent.md"], {})
    made = Repo(tmp_path / "two.git", {**MAPPED, "bmad.yaml": POLICY + TWO})
    made.branch("work")
    named = _REGISTER.replace("search/intent.md", "README.md")
    files = {"search/intent.md": "# Search\n\n- It must find.\n", "specs/search/intent.md": named, **_REST}
    made.commit("work", "Map\n", {**files, both.lock: locked({**SMALL, **files}, both)[both.lock]})
    refuses(made.gate(), "G13")
    made.commit("work", story(STORE), {"README.md": "free?\n"})
    refuses(made.gate(), "G04", "G13")


def test_what_a_project_had_is_not_overwritten_by_an_adoption(tmp_path: Path) -> None:
    made = Repo(tmp_path / "ours.git", {"specs/prd.md": OURS, "src/app.py": "A = 1\n"})
    made.branch("work")
    made.commit("work", "Adopt\n", {"bmad.yaml": POLICY, **locked(SMALL, LAYOUT)})
    refuses(made.gate(), "G12")
    made.branch("work", made.tip("main"))
    made.commit("work", "Adopt\n", {"bmad.yaml": POLICY + SPELT, **locked(placed(SMALL, AWAY), AWAY)})
    passes(made.gate())


@pytest.mark.parametrize("mended", [False, True])
def test_a_minted_story_is_held_to_what_a_merge_joins_in_the_root(tmp_path: Path, *, mended: bool) -> None:
    paths = {"register": "register.md", "prd": "prd.md", "lock": "trace.lock"}
    rooted = layout_of("intent.md", paths)
    spelt = ", ".join(f"{key}: {path}" for key, path in paths.items())
    files = placed(SMALL, rooted)
    made = Repo(
        tmp_path / "root.git",
        {**PLAIN, **locked(files, rooted), "bmad.yaml": f"{POLICY}paths: {{{spelt}}}\n"},
    )
    new = {MINTED_AT: str(minted()[MINTED_AT])}
    made.branch("work")
    made.commit("work", "Plan\n", {**new, rooted.lock: locked({**files, **new}, rooted)[rooted.lock]})
    made.branch("side", "main")
    made.commit("side", "Break\n", {"prd.md": files["prd.md"].replace("INT-req002", "INT-none01")})
    made.merge("work", "side")
    rest: list[tuple[str, dict[str, Content]]] = [
        ("Mend\n", {"prd.md": files["prd.md"]}),
        (story("STORY-new001"), {"src/rename.py": "x\n"}),
    ]
    for message, changed in rest if mended else rest[::-1]:
        made.commit("work", message, changed)
    passes(made.gate()) if mended else refuses(made.gate(), "G03")


SHARDS = {"docs/prd/index.md": "# Notes\n\n- [All](all.md)\n", "docs/prd/all.md": SMALL["intent.md"]}


def sharded(root: Path, intent: str) -> Repo:
    """A project whose intent is a folder, or an index that does not link to `docs/prd/README.md`."""
    layout = layout_of(intent, {})
    register = SMALL["specs/intent.md"].replace("`intent.md`", f"`{intent}`")
    documents = {path: text for path, text in SMALL.items() if path != "intent.md"}
    spec = locked({**documents, "specs/intent.md": register}, layout)
    plain = {path: text for path, text in PLAIN.items() if path != "intent.md"}
    extra: dict[str, Content] = {"docs/prd/README.md": "read me\n"} if intent.endswith(".md") else {}
    made = Repo(
        root / "sharded.git", {**plain, **spec, **SHARDS, **extra, "bmad.yaml": f"{POLICY}intent: {intent}\n"}
    )
    made.branch("work")
    return made


@pytest.mark.parametrize("intent", ["docs/prd/", "docs/prd/index.md"])
def test_the_shards_of_an_intent_are_its_files_and_no_others(tmp_path: Path, intent: str) -> None:
    made = sharded(tmp_path, intent)
    more = SHARDS["docs/prd/index.md"] + "- [More](more.md)\n"
    made.commit("work", "Say more\n", {"docs/prd/index.md": more, "docs/prd/more.md": "A note.\n"})
    passes(made.gate())
    assert kinds(made.gate()) == ["spec"]
    made.commit("work", "Beside\n", {"docs/prd/below/code.md": "code\n"})
    refuses(made.gate(), "G01")
    made.branch("work", made.tip("main"))
    made.commit("work", "Reword\n", {"docs/prd/all.md": SMALL["intent.md"].replace("by tag", "by name")})
    refuses(made.gate(), "G13")


@pytest.mark.parametrize(
    ("intent", "page", "standing"),
    [
        ("index.md", "src/prompt.md", False),
        ("docs/index.md", "docs/prompt.md", False),
        ("docs/index.md", "docs/prompt.md", True),
    ],
)
def test_an_index_in_the_root_takes_no_page_of_the_project_in(
    tmp_path: Path, intent: str, page: str, *, standing: bool
) -> None:
    """The first map names the intent without a word of the policy; an index in a folder has that alone.

    A page that stood there before is told of.
    """
    pages: dict[str, Content] = {page: "Be good.\n"} if standing else {}
    made = Repo(tmp_path / "root.git", {**PLAIN, "bmad.yaml": POLICY, **pages})
    register = SMALL["specs/intent.md"].replace("`intent.md`", f"`{intent}`")
    documents = {path: text for path, text in SMALL.items() if path != "intent.md"} | {"specs/intent.md": register}
    text = SMALL["intent.md"] + f"\nA note: [prompt]({page.removeprefix('docs/')}).\n"
    mapped = made.commit("work", "Map\n", {**locked(documents, LAYOUT), intent: text}, onto=made.base)
    told = [note for note in made.gate(base=made.base).notes if "part of an intent from now on" in note]
    assert [page in note for note in told] == ([True] if standing else [])
    made.branch("main", mapped)
    if not standing:
        made.commit("main", "Note\n", {page: "Be good.\n"})
    made.branch("work", made.tip("main"))
    made.commit("work", "Say more\n", {page: "Be evil.\n"})
    passes(made.gate()) if intent.startswith("docs/") else refuses(made.gate(), "G01")


def test_e_what_an_index_links_to_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = sharded(tmp_path, "docs/prd/index.md")
    more = SHARDS["docs/prd/index.md"] + "".join(f"- [Part](parts/{number}.md)\n" for number in range(100))
    made.commit("work", "Say more\n", {"docs/prd/index.md": more})
    passes(made.gate())
    monkeypatch.setattr(evidence, "SHARDS", 50)
    refuses(made.gate(), "G12")
    assert "50 files of its intents to look up" in made.gate().every_finding[0].message


def test_a_file_that_an_index_takes_in_is_no_shard_before_that_has_landed(tmp_path: Path) -> None:
    made = sharded(tmp_path, "docs/prd/index.md")
    takes = SHARDS["docs/prd/index.md"] + "- [It](README.md)\n"
    made.commit("work", "Take it in\n", {"docs/prd/index.md": takes})
    passes(made.gate())
    made.commit("work", "Change it\n", {"docs/prd/README.md": "anything\n"})
    refuses(made.gate(), "G01")
    made.branch("main", made.tip("work~1"))
    passes(made.gate())


_REGISTER = """# Intent register

- Intent: `search/intent.md`

### INT-sea001: It must find

- Class: requirement
- Under: Search

> It must find.
"""
_REST = {
    "specs/search/prd.md": """# Product requirements: Search

## Functional Requirements

### FR-sea001: It must find

- Priority: must
- Traces: INT-sea001
- Verify: test

It must find.
""",
    "specs/search/epics/EPIC-sea001-search.md": "# EPIC-sea001: Search\n\n- Covers: FR-sea001\n",
    "stories/search/STORY-sea001-find.md": """# STORY-sea001: It must find

- Epic: EPIC-sea001
- Implements: FR-sea001
- Depends on: STORY-find01

## Story

It must find.

## Acceptance Criteria

- **AC-1** It must find.

## Tasks / Subtasks

## Dev Notes
""",
}
