"""An author's own ids are kept as `Source`, and a new map goes by them; a constraint on all work has no story."""

import dataclasses
import re
from pathlib import Path
from typing import TypeVar

import pytest

from bmad.core.mapping.match import Hung, Placed, match_hung, match_statements
from bmad.model.draft import Draft, DraftRequirement, DraftStatement, DraftStory
from bmad.model.spec import StatementClass
from bmad.pipeline.spec.nodes import show
from bmad.render.text import shown
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.mapping import INTENT, bullets, findings, replace, run, tree

NUMBERED = """# Shelf

## Books

- **FR-012**: A book has a title and a year.
- **FR-013**: Books are listed by year, 50 at a time.

## Readers

- **FR-020**: A reader borrows at most three books.
"""
_ID = re.compile(r"\*\*([A-Z]+-\d+)\*\*")


_Piece = TypeVar("_Piece", DraftStatement, DraftRequirement, DraftStory)


def numbered(text: str) -> Draft:
    """The least of mappers, which keeps what the author calls a bullet."""
    draft = bullets(text)
    sources = [m[1] if (m := _ID.match(text, one.span.start)) else "" for one in draft.statements]

    def named(pieces: tuple[_Piece, ...]) -> tuple[_Piece, ...]:
        return tuple(dataclasses.replace(one, source=source) for one, source in zip(pieces, sources, strict=True))

    return dataclasses.replace(
        draft,
        statements=named(draft.statements),
        requirements=named(draft.requirements),
        stories=named(draft.stories),
    )


def ids(root: Path) -> set[str]:
    return set(re.findall(r"^#+ ((?:INT|N?FR|EPIC|STORY)-\w+):", "\n".join(tree(root).values()), re.MULTILINE))


def test_what_the_author_calls_a_thing_stands_as_its_source(tmp_path: Path) -> None:
    run(tmp_path, NUMBERED, numbered)
    texts = tree(tmp_path)
    assert texts["specs/intent.md"].count("- Source: FR-013\n") == 1
    assert texts["specs/prd.md"].count("- Source: FR-013\n") == 1
    assert sum("- Source: FR-013\n" in text for path, text in texts.items() if path.startswith("stories/")) == 1
    assert findings(tmp_path) == ["V18"]
    assert not run(tmp_path, NUMBERED, numbered).written


def test_a_thing_reworded_under_its_source_id_is_the_same_thing_and_suspect(tmp_path: Path) -> None:
    run(tmp_path, NUMBERED, numbered)
    story = replace(tmp_path, "stories/*013*.md", "- Implements: ", "- Territory: `src/pages.py`\n- Implements: ")
    before = ids(tmp_path)
    edited = NUMBERED.replace(
        "Books are listed by year, 50 at a time.", "Pages of 25 rows each show what there is, sorted by print."
    )
    report = run(tmp_path, edited, numbered)
    assert (report.ok, report.created, report.retired) == (True, (), ())
    assert len(report.changed) == 3
    assert ids(tmp_path) == before
    kept = tree(tmp_path)[story]
    assert "`src/pages.py`" in kept
    assert "Pages of 25 rows" in kept
    assert findings(tmp_path) == ["V11", "V18"]


def test_a_document_numbered_anew_keeps_its_ids(tmp_path: Path) -> None:
    run(tmp_path, NUMBERED, numbered)
    story = replace(tmp_path, "stories/*013*.md", "- Implements: ", "- Territory: `src/pages.py`\n- Implements: ")
    edited = NUMBERED.replace("FR-013", "FR-014").replace(
        "- **FR-014**", "- **FR-013**: A cover is shown beside each title.\n- **FR-014**"
    )
    report = run(tmp_path, edited, numbered)
    assert [name.split("-")[0] for name in report.created] == ["INT", "FR", "STORY"]
    assert report.retired == ()
    assert "- Source: FR-014\n" in tree(tmp_path)[story]


def test_a_source_id_that_stands_twice_tells_nothing(tmp_path: Path) -> None:
    twice = NUMBERED.replace("FR-013", "FR-012")
    run(tmp_path, twice, numbered)
    before = ids(tmp_path)
    report = run(tmp_path, twice.replace("50 at a time", "at most 50 at a time"), numbered)
    assert (report.ok, report.created, report.retired, ids(tmp_path)) == (True, (), (), before)


def test_a_specification_without_sources_takes_them_over(tmp_path: Path) -> None:
    run(tmp_path, NUMBERED, bullets)
    before = ids(tmp_path)
    report = run(tmp_path, NUMBERED, numbered)
    assert (report.ok, report.created, report.retired, ids(tmp_path)) == (True, (), (), before)
    assert findings(tmp_path) == ["V18"], "a source is no part of what a thing means"
    assert run(tmp_path, NUMBERED, bullets).ok
    assert "Source" not in tree(tmp_path)["specs/prd.md"]


def everywhere(text: str) -> Draft:
    """The least of mappers; what begins with `Python` is a constraint on all work."""
    draft = bullets(text)
    held = {index for index, one in enumerate(draft.statements) if text.startswith("Python", one.span.start)}
    stories = [one for one in draft.stories if one.requirements[0] not in held]
    epics = [one for one in draft.epics if not held >= set(one.requirements)]
    where = [draft.epics.index(one) for one in epics]
    return dataclasses.replace(
        draft,
        statements=tuple(
            dataclasses.replace(one, klass=StatementClass.CONSTRAINT) if index in held else one
            for index, one in enumerate(draft.statements)
        ),
        requirements=tuple(
            dataclasses.replace(one, everywhere=index in held) for index, one in enumerate(draft.requirements)
        ),
        epics=tuple(epics),
        stories=tuple(dataclasses.replace(one, epic=where.index(one.epic)) for one in stories),
    )


CONSTRAINED = INTENT + "\n## Constraints\n\n- Python 3.11 or newer.\n"


def test_a_constraint_on_all_work_has_no_story_and_is_sound(tmp_path: Path) -> None:
    report = run(tmp_path, CONSTRAINED, everywhere)
    assert report.counts["story"] == 3
    assert findings(tmp_path) == ["V18"]
    prd = tree(tmp_path)["specs/prd.md"]
    held = prd.split("## Non-Functional Requirements")[1]
    assert "- Holds: everywhere\n" in held
    assert re.search(r"### NFR-\w+: Python", held)
    replace(tmp_path, "specs/prd.md", "- Holds: everywhere\n", "")
    assert "V07" in findings(tmp_path), "without the field it is a requirement as others are"
    assert run(tmp_path, CONSTRAINED, everywhere).ok
    assert "Holds" not in tree(tmp_path)["specs/prd.md"], "what a person took away stays away"


def test_a_requirement_with_a_story_becomes_a_constraint_on_all_work(tmp_path: Path) -> None:
    run(tmp_path, CONSTRAINED, bullets)
    before = ids(tmp_path)
    report = run(tmp_path, CONSTRAINED, everywhere)
    assert report.ok
    assert not report.created
    assert before - ids(tmp_path) == set(report.retired)
    assert findings(tmp_path) == ["V11", "V18"], "its statement is of another class now"


def test_what_holds_for_all_work_is_listed_with_each_story(tmp_path: Path) -> None:
    run(tmp_path, CONSTRAINED, everywhere)
    workspace, formats = FileWorkspace(tmp_path), TextFormats()
    story = next(node for node in ids(tmp_path) if node.startswith("STORY"))
    held = next(node for node in ids(tmp_path) if node.startswith("NFR"))
    assert f"holds             {held}  Python 3.11 or newer" in shown(show(workspace, formats, story))
    of_its_own = shown(show(workspace, formats, held))
    assert "  holds for all work\n" in of_its_own
    assert "  holds  " not in of_its_own


def test_a_changed_constraint_makes_itself_suspect_and_no_story(tmp_path: Path) -> None:
    run(tmp_path, CONSTRAINED, everywhere)
    run(tmp_path, CONSTRAINED.replace("3.11", "3.12"), everywhere)
    workspace, formats = FileWorkspace(tmp_path), TextFormats()
    suspect = {node for node in ids(tmp_path) if show(workspace, formats, node).suspect}
    assert {node.split("-")[0] for node in suspect} == {"NFR"}


def test_an_authors_bullets_that_read_like_fields_are_text(tmp_path: Path) -> None:
    told = "Needed:\n- Priority: high or low\n* **Traces**: yes\n- Source: free\n```\n- Verify: test\n```"

    def fields(text: str) -> Draft:
        draft = bullets(text)
        return dataclasses.replace(
            draft,
            requirements=tuple(dataclasses.replace(one, text=told) for one in draft.requirements),
            epics=tuple(dataclasses.replace(one, text=told) for one in draft.epics),
        )

    assert run(tmp_path, INTENT, fields).written
    assert findings(tmp_path) == ["V18"]
    shown = "Needed:\n - Priority: high or low\n * **Traces**: yes\n- Source: free\n```\n- Verify: test\n```\n"
    assert tree(tmp_path)["specs/prd.md"].count(shown) == 3
    assert not run(tmp_path, INTENT, fields).changed
    shorter = run(tmp_path, INTENT.replace("- Books are listed by year.\n", ""), fields)
    assert shorter.ok, "nobody is held to have edited it"


def _placed(*texts: str) -> dict[str, Placed]:
    return {f"INT-{number}": Placed(text, "A") for number, text in enumerate(texts)}


@pytest.mark.parametrize("number", [40, 400])
def test_many_equal_statements_keep_their_order(number: int) -> None:
    old = _placed(*["It MUST work."] * number)
    found = match_statements(old, [Placed("It MUST work.", "A")] * number)
    assert found == dict(enumerate(old))


def test_reworded_statements_are_found_among_many() -> None:
    old = _placed(*[f"The system shall handle case number {n} of the {n * 7} lists." for n in range(300)])
    new = [Placed(f"The system shall soon handle case number {n} of the {n * 7} lists.", "A") for n in range(300)]
    assert match_statements(old, new) == dict(enumerate(old))


def test_the_same_source_outweighs_another_title_but_not_the_same_words() -> None:
    old = {"S-1": Hung(frozenset({"a"}), "Login", "US-1"), "S-2": Hung(frozenset({"b"}), "Logout", "US-2")}
    assert match_hung(old, [Hung(frozenset({"c"}), "Sign in", "US-1")]) == {0: "S-1"}
    anew = [Hung(frozenset({"c"}), "New", "US-1"), Hung(frozenset({"a"}), "Login", "US-2")]
    assert match_hung(old, anew) == {1: "S-1"}
    assert match_hung(old, [Hung(frozenset({"b"}), "New", "US-1")]) == {0: "S-1"}


def test_of_two_that_share_as_much_the_one_with_like_words_goes_on() -> None:
    old = {"FR-1": Hung(frozenset({"a", "b"}), "Review a change too large for one prompt")}
    new = [
        Hung(frozenset({"a"}), "A line shows its reason"),
        Hung(frozenset({"b"}), "A change too large is reviewed"),
    ]
    assert match_hung(old, new) == {1: "FR-1"}


def test_a_title_that_a_hand_wrote_costs_no_id_where_sources_are_numbered_anew() -> None:
    old = {f"FR-{n}": Hung(frozenset({f"INT-{n}"}), "By hand", f"R-{n}", f"title {n}") for n in (1, 2, 3)}
    new = [Hung(frozenset({f"INT-{n}"}), f"Title {n}", f"R-{n + 1}", f"title {n}") for n in (1, 2, 3)]
    assert match_hung(old, new) == dict(enumerate(old))


def test_statements_that_name_each_other_keep_their_ids_where_all_are_numbered_anew() -> None:
    said = (
        "totals are computed",
        "a chart shows totals (depends on REQ-{})",
        "a chart is printed (depends on REQ-{})",
    )
    old, new = (
        [Placed(f"REQ-{n}: {words.format(n - 1)}", "A", f"REQ-{n}") for n, words in enumerate(said, first)]
        for first in (1, 2)
    )
    named = {f"INT-{number}": one for number, one in enumerate(old)}
    assert match_statements(named, new) == dict(enumerate(named))
