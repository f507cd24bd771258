"""The item grammar: what is read, what is refused with its place, and that writing loses nothing."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.model.edits import AddItem, Edit, RemoveItem, SetBody, SetCriterion, SetField, SetSection, SetTitle
from bmad.model.spec import Criterion, Epic, Item, Ref, Requirement, Section, Statement, StatementClass, Story
from bmad.store.edits import item_text
from tests.layout import canonical, document_kind, edit, parse
from tests.specs import SMALL

DOCUMENTS = {path: text for path, text in SMALL.items() if document_kind(path)}
STORY = "stories/STORY-find01-find-notes.md"
PRD = "specs/prd.md"


def test_the_small_specification_is_read_whole() -> None:
    documents = [parse(path, text) for path, text in DOCUMENTS.items()]
    assert [document.findings for document in documents] == [()] * 5
    assert sum(document.seen for document in documents) == sum(document.read for document in documents) == 12


def test_a_story_has_its_parts_and_their_places() -> None:
    (story,) = parse(STORY, SMALL[STORY]).items
    assert isinstance(story, Story)
    assert story.epic == Ref("EPIC-notes1", 3, 9)
    assert [ref.text for ref in story.territory] == ["src/find.py", "tests/find/**"]
    assert story.depends_on == (Ref("STORY-store1", 5, 15),)
    assert [criterion.id for criterion in story.criteria] == ["AC-1", "AC-2"]
    assert story.criteria[1].text.endswith("nothing is listed,\nand the exit code is 0.")
    assert story.criteria[1].line == 15
    assert story.narrative.startswith("As a writer")


@pytest.mark.parametrize(
    ("path", "old", "new", "line", "column", "words"),
    [
        (PRD, "### FR-find01: Find", "### FR-find01 Find", 5, 5, "looks like an item"),
        (PRD, "### FR-find01: Find", "### FR-find01：Find", 5, 5, "looks like an item"),
        (PRD, "### FR-find01: Find", "### FR-fìnd01: Find", 5, 5, "looks like an item"),
        (PRD, "### FR-find01: Find", "### fr find01: Find", 5, 5, "looks like an item"),
        (PRD, "- Priority: must\n- Traces: INT-g", "- Priorty: must\n- Traces: INT-g", 7, 3, "is not a field"),
        (
            PRD,
            "- Priority: must\n- Traces: INT-g",
            "- Priority: high\n- Traces: INT-g",
            7,
            13,
            "no value of `Priority`",
        ),
        (PRD, "- Priority: must\n- Traces: INT-g", "- Priority:\n- Traces: INT-g", 7, 3, "has no value"),
        (PRD, "INT-req001\n- Verify: test\n", "INT-req001\n- Holds: here\n", 9, 10, "no value of `Holds`"),
        (PRD, "INT-goal01, INT-req001", "INT-goal01, INT req001", 8, 23, "is not an id"),
        (PRD, "INT-goal01, INT-req001", "INT-goal01,, INT-req001", 8, 22, "an id is missing"),
        (PRD, "INT-goal01, INT-req001\n", "INT-goal01\n- Traces: INT-req001\n", 9, 3, "stands twice"),
        (PRD, "The tool shall find notes by tag.", "- Traces: INT-req002", 11, 1, "outside the field list"),
        (STORY, "- **AC-1** Given", "- AC-1 Given", 14, 1, "looks like a criterion"),
        (STORY, "the note is listed.", "it is listed.\r- **AC-2** Given none, then none.", 14, 81, "line end"),
        (STORY, "- **AC-1** Given", "- Given", 14, 1, "looks like a criterion"),
        (STORY, "- **AC-1** Given", "### AC1: found\n\nGiven", 14, 1, "looks like a criterion"),
        (STORY, "`src/find.py`, `tests", "src/find.py`, `tests", 6, 14, "not a list of globs"),
        (STORY, "- Epic: EPIC-notes1", "- Epic: EPIC-notes1, EPIC-b", 3, 9, "names 2 ids"),
        (STORY, "# STORY-find01: ", "Hello\n\n# STORY-find01: ", 3, 1, "does not begin with its item"),
        (STORY, "## Dev Notes", "## STORY-x: Dev Notes", 22, 1, "looks like a second item"),
        ("specs/intent.md", "- Class: goal\n", "", 7, 1, "has no `Class`"),
        ("specs/intent.md", "> Keep notes that", "Keep notes that", 7, 1, "has no quote"),
        ("specs/intent.md", "- Intent: `intent.md`", "", 1, 1, "does not name its intent"),
        (
            "specs/intent.md",
            "Some words of a person.",
            "- Intent: `other.md`",
            5,
            1,
            "names its intent twice",
        ),
    ],
)
def test_what_looks_like_the_grammar_and_is_not(
    path: str, old: str, new: str, line: int, column: int, words: str
) -> None:
    assert old in SMALL[path]
    document = parse(path, SMALL[path].replace(old, new, 1))
    found = [(f.code, f.line, f.column) for f in document.findings if words in f.message]
    assert ("V01", line, column) in found, document.findings
    assert all(finding.fix for finding in document.findings)


def test_a_label_in_a_text_is_the_texts_own() -> None:
    text = SMALL[PRD].replace(
        "The tool shall find notes by tag.", "Of each note:\n\n- Source: its file\n- Proposed by: Ada"
    )
    document = parse(PRD, text)
    assert document.findings == ()
    assert isinstance(document.items[0], Requirement)
    assert "- Source: its file" in document.items[0].text
    assert document.items[0].source == ""


def test_seen_differs_from_read_only_with_a_finding() -> None:
    broken = parse(PRD, SMALL[PRD].replace("### FR-find01: Find", "### FR-find01 Find"))
    assert (broken.seen, broken.read) == (2, 1)
    assert [finding.code for finding in broken.findings] == ["V01"]


def test_fenced_code_is_never_an_item() -> None:
    text = SMALL[PRD] + "\n```markdown\n### FR-fenced: Not an item\n\n- Priority: nonsense\n```\n"
    document = parse(PRD, text)
    assert [item.id for item in document.items] == ["FR-find01", "FR-store1"]
    assert document.findings == ()
    assert parse(PRD, text.replace("```\n", "", 1)).seen == 2, "an unclosed fence reaches to the end"


def test_a_file_name_that_disagrees_is_v02() -> None:
    findings = parse("stories/STORY-other-x.md", SMALL[STORY]).findings
    assert [(f.code, f.line) for f in findings] == [("V02", 1)]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    crlf = "\ufeff" + SMALL[STORY].replace("\n", "\r\n")
    assert parse(STORY, crlf).items == parse(STORY, SMALL[STORY]).items
    changed = edit(STORY, crlf.removeprefix("\ufeff"), [SetField("STORY-find01", "Kind", "refactor")])
    assert changed.count("\n") == changed.count("\r\n") == crlf.count("\n") + 1


def test_clarifications_are_found_outside_fences() -> None:
    text = SMALL[STORY] + "\n[NEEDS CLARIFICATION: which tags?]\n\n```\n[NEEDS CLARIFICATION: no]\n```\n"
    assert [mark.text for mark in parse(STORY, text).clarifications] == ["which tags?"]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_the_canonical_form_is_a_fixed_point(path: str) -> None:
    assert canonical(path, SMALL[path]) == SMALL[path]


def test_fmt_mends_form_and_leaves_prose() -> None:
    loose = (
        SMALL[STORY]
        .replace(
            "- Epic: EPIC-notes1\n- Implements: FR-find01\n", "- Implements: FR-find01\n* Epic:   EPIC-notes1\n"
        )
        .replace("# STORY-find01: Find notes by tag\n", "#  STORY-find01:  Find notes by tag  ##\n")
    )
    assert loose != SMALL[STORY]
    assert canonical(STORY, loose) == SMALL[STORY]


EDITS: list[tuple[str, Edit, str, str]] = [
    (PRD, SetTitle("FR-find01", "Search"), "### FR-find01: Find notes by tag", "### FR-find01: Search"),
    (PRD, SetField("FR-find01", "Priority", "should"), "- Priority: must\n- Traces: INT-g", "- Priority: should\n- Traces: INT-g"),
    (PRD, SetField("FR-find01", "Verify", None), "INT-req001\n- Verify: test\n", "INT-req001\n"),
    (PRD, SetField("FR-store1", "Aliases", "R2"), "INT-req002\n- Verify: test\n", "INT-req002\n- Verify: test\n- Aliases: R2\n"),
    (PRD, SetBody("FR-find01", "New words."), "The tool shall find notes by tag.", "New words."),
    (STORY, SetCriterion("STORY-find01", "AC-1", "X."), "- **AC-1** Given a note tagged `red`, when `red` is searched, then the note is listed.", "- **AC-1** X."),
    (STORY, SetCriterion("STORY-find01", "AC-1", None), "- **AC-1** Given a note tagged `red`, when `red` is searched, then the note is listed.\n", ""),
    (STORY, SetCriterion("STORY-find01", "AC-3", "Y."), "  and the exit code is 0.\n", "  and the exit code is 0.\n- **AC-3** Y.\n"),
    (STORY, SetSection("STORY-find01", "Tasks / Subtasks", "- Other"), "- Search (AC-1)", "- Other"),
    (STORY, SetField("STORY-find01", "Kind", "refactor"), "`tests/find/**`\n", "`tests/find/**`\n- Kind: refactor\n"),
    ("specs/intent.md", SetBody("INT-req001", "Two\n\nlines."), "> Notes are found by tag.", "> Two\n>\n> lines."),
    ("specs/intent.md", RemoveItem("INT-req002"), "### INT-req002: A note is stored as one file\n\n- Class: requirement\n- Under: Notes > Requirements\n\n> A note is stored as one file.\n\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("path", "change", "old", "new"), EDITS)
def test_an_edit_changes_what_it_names_and_nothing_else(path: str, change: Edit, old: str, new: str) -> None:
    assert old in SMALL[path]
    assert edit(path, SMALL[path], [change]) == SMALL[path].replace(old, new, 1)


def test_words_bring_no_line_ends_of_their_own() -> None:
    (story,) = parse(STORY, SMALL[STORY]).items
    assert isinstance(story, Story)
    told = SetCriterion(story.id, "AC-1", "Given a\rnote,\r\nthen 1 file.")
    for text in (SMALL[STORY], SMALL[STORY].replace("\n", "\r\n")):
        made = edit(STORY, text, [told])
        assert ("\r" in made.replace("\r\n", "\n"), "\r\n" in made) == (False, "\r\n" in text)
        (again,) = parse(STORY, made).items
        assert isinstance(again, Story)
        assert again.criteria[0].text == "Given a note,\nthen 1 file."
    new = edit(STORY, "", [AddItem(replace(story, narrative="As a\r\nwriter"))])
    assert "\r" not in new


def test_new_items_go_where_they_belong() -> None:
    item = Requirement(id="FR-new001", title="New", traces=(Ref("INT-req001"),), text="Words.")
    after = edit(PRD, SMALL[PRD], [AddItem(item, after="FR-find01")])
    assert [found.id for found in parse(PRD, after).items] == ["FR-find01", "FR-new001", "FR-store1"]
    second = replace(item, id="NFR-new002")
    third = replace(item, id="NFR-new003")
    both = edit(
        PRD, SMALL[PRD], [AddItem(second, under="Non-Functional Requirements"), AddItem(third, after="NFR-new002")]
    )
    assert both.startswith(SMALL[PRD])
    assert [found.id for found in parse(PRD, both).items][-2:] == ["NFR-new002", "NFR-new003"]
    assert canonical(PRD, both) == both


WORDS = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text and text[0].isalnum() and not text.endswith("#"))
)
LABELS = st.one_of(st.just(""), WORDS)
IDS = st.from_regex(r"\A[A-Za-z0-9]{1,8}\Z")
REFS = st.lists(IDS, max_size=3, unique=True).map(lambda ids: tuple(Ref(name) for name in ids))
STORIES = st.builds(
    Story,
    id=IDS.map(lambda text: f"STORY-{text}"),
    title=WORDS,
    epic=st.one_of(st.none(), IDS.map(Ref)),
    implements=REFS,
    depends_on=REFS,
    territory=st.lists(st.sampled_from(["src/**", "a b/c", "x/*.py"]), max_size=2, unique=True).map(
        lambda globs: tuple(Ref(glob) for glob in globs)
    ),
    kind=st.sampled_from([None, "refactor", "bug"]),
    narrative=WORDS,
    criteria=st.lists(WORDS, max_size=4).map(
        lambda texts: tuple(Criterion(id=f"AC-{n}", text=text) for n, text in enumerate(texts, 1))
    ),
    sections=st.just((Section("Dev Notes", "x", 0),)),
    source=LABELS,
    proposed_by=LABELS,
)
STATEMENTS = st.builds(
    Statement,
    id=IDS.map(lambda text: f"INT-{text}"),
    title=WORDS,
    klass=st.sampled_from(StatementClass),
    under=WORDS,
    quote=st.lists(WORDS, min_size=1, max_size=3).map("\n".join),
    source=LABELS,
)
EPICS = st.builds(
    Epic, id=IDS.map(lambda text: f"EPIC-{text}"), title=WORDS, covers=REFS, text=WORDS, proposed_by=LABELS
)
REQUIREMENTS = st.builds(
    Requirement,
    id=IDS.map(lambda text: f"NFR-{text}"),
    title=WORDS,
    traces=REFS,
    text=WORDS,
    everywhere=st.booleans(),
    source=LABELS,
    proposed_by=LABELS,
)


def plain(item: Item) -> dict[str, object]:
    """An item without its places."""
    return {
        name: _bare(getattr(item, name)) for name in (field.name for field in fields(item)) if name not in PLACES
    }


PLACES = {"path", "line", "sections"}


def _bare(value: object) -> object:
    match value:
        case Ref():
            return value.text
        case Criterion():
            return value.id, value.text
        case tuple():
            return [_bare(entry) for entry in value]
        case _:
            return value


@given(st.one_of(STORIES, STATEMENTS, EPICS, REQUIREMENTS))
def test_what_is_written_is_read_again(item: Story | Statement | Epic | Requirement) -> None:
    path = {
        Requirement: "specs/prd.md",
        Story: f"stories/{item.id}.md",
        Epic: f"specs/epics/{item.id}.md",
        Statement: "specs/intent.md",
    }[type(item)]
    head = "- Intent: `intent.md`\n\n" if isinstance(item, Statement) else ""
    text = head + item_text(item)
    document = parse(path, text)
    assert document.findings == ()
    assert [plain(found) for found in document.items] == [plain(item)]
    assert canonical(path, text) == text


@given(st.sampled_from(sorted(DOCUMENTS)), st.text(max_size=300), st.integers(0, 900))
def test_rubbish_is_findings_never_a_traceback(path: str, rubbish: str, at: int) -> None:
    text = SMALL[path][:at] + rubbish + SMALL[path][at:]
    document = parse(path, text)
    assert document.seen == document.read or document.findings
