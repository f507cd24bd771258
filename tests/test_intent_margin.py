"""Nothing of an intent is lost in silence: what was taken, what was left and why, in the margin and in numbers."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from bmad.model.draft import Draft, DraftBlock, Span
from bmad.pipeline.spec.intent import names_intent, show_intent
from bmad.pipeline.status.status import Read, status
from bmad.render.board import board
from bmad.render.mapping import mapping
from bmad.render.margin import annotated, columns, wrapped
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.mapping import bullets, replace, run, tree
from tests.test_mapping_sources import CONSTRAINED, everywhere

INTENT = """# Shelf

## About

A shelf is a shelf. Books were on it once.

## Books

- A book has a title and a year.
- Books are listed by year.

## Readers

Somebody reads them, or nobody does.

## Loans

- A reader borrows at most three books.
"""
WHY = "nothing in it asks for anything"


def blocks(text: str) -> Draft:
    """The least of mappers, which tells the sentences that it left."""
    draft = bullets(text)
    taken = [DraftBlock(one.span, one.under, at, asks=True) for at, one in enumerate(draft.statements)]
    left = []
    for match in re.finditer(r"^[A-Z].*$", text, re.MULTILINE):
        heading = re.findall(r"^## (.*)$", text[: match.start()], re.MULTILINE)[-1]
        for sentence in re.finditer(r"[^.]+\.", match[0]):
            start = match.start() + sentence.start() + (sentence[0][0] == " ")
            span = Span(start, match.start() + sentence.end())
            left.append(DraftBlock(span, ("Shelf", heading), -1, WHY, heading == "Readers"))
    return dataclasses.replace(draft, blocks=tuple(sorted([*taken, *left])))


def shown(root: Path, width: int = 80) -> list[str]:
    report = show_intent(FileWorkspace(root), TextFormats(), blocks, "intent.md")
    assert "".join(part.text for part in report.parts) == (root / "intent.md").read_text(encoding="utf-8")
    return annotated(report, width=width).split("\n")


def test_a_map_tells_blocks_taken_and_left_and_sections_that_gave_nothing(tmp_path: Path) -> None:
    report = run(tmp_path, INTENT, blocks)
    assert (report.blocks.blocks, report.blocks.taken, report.blocks.left, report.blocks.left_asked) == (
        6,
        3,
        3,
        1,
    )
    text = mapping(report)
    assert "3 of 6 blocks taken, 3 left (1 under headings that ask); see: bmad show intent.md\n" in text
    assert "intent.md:14: warning: “Readers” asks for something and gave nothing: its 1 block was left\n" in text


def test_what_the_text_reads_as_is_told(tmp_path: Path) -> None:
    report = run(tmp_path, INTENT, lambda text: dataclasses.replace(blocks(text), reads_as="meeting notes"))
    wanted = "This reads as meeting notes; 3 of 6 blocks taken. Look at the rest, or let a model judge it: "
    assert f"{wanted}bmad map intent.md --mapper NAME\n" in mapping(report)
    keyed = run(tmp_path, INTENT, lambda text: dataclasses.replace(blocks(text), reads_as="a doorstop item"))
    assert "3 of 6 blocks taken. Its fields are not read, its keys neither" in mapping(keyed)


def test_a_mapper_that_does_not_tell_what_it_left_is_not_spoken_for(tmp_path: Path) -> None:
    report = run(tmp_path, INTENT)
    assert report.blocks.left is None
    assert "3 blocks taken; the mapper does not tell what it left; see: bmad show intent.md\n" in mapping(report)


def test_before_a_map_the_margin_is_what_a_map_would_take(tmp_path: Path) -> None:
    (tmp_path / "intent.md").write_text(INTENT, encoding="utf-8")
    rows = shown(tmp_path)
    assert " 9  requirement               │ - A book has a title and a year." in rows
    assert " 5  left: nothing in it asks  │ A shelf is a shelf." in rows
    assert "    for anything              │" in rows
    assert " 5  left: nothing in it asks  │ Books were on it once." in rows
    assert rows[-2] == "not mapped yet: this is what a map would take. Run: bmad map intent.md"


def test_after_a_map_the_margin_has_the_ids(tmp_path: Path) -> None:
    run(tmp_path, INTENT, blocks)
    lock = tree(tmp_path)["specs/trace.lock"]
    ids = {kind: re.search(rf"^node ({kind}-\w+) ", lock, re.MULTILINE) for kind in ("INT", "FR", "STORY")}
    rows = shown(tmp_path)
    at = next(n for n, row in enumerate(rows) if "A book has a title" in row)
    assert re.fullmatch(r" 9  requirement INT-\w{6}    │ - A book has a title and a year\.", rows[at])
    assert re.fullmatch(r"                FR-\w{6}     │", rows[at + 1])
    assert re.fullmatch(r"                STORY-\w{6}  │", rows[at + 2])
    assert all(ids.values())
    assert "intent.md: 3 of 6 blocks taken, 3 left (1 under headings that ask)" in rows
    assert not [row for row in rows if "bmad map" in row]
    wide = shown(tmp_path, 120)
    assert any(re.match(r" 9  requirement INT-\w{6} FR-\w{6} STORY-\w{6} +│ - A book", row) for row in wide)


@pytest.mark.parametrize("width", [20, 80, 100, 120, 200])
def test_no_row_is_wider_than_the_terminal(tmp_path: Path, width: int) -> None:
    long = INTENT.replace("by year.", f"by year, {'and so on ' * 30}{'x' * 150}.").replace("nobody", "誰も" * 60)
    run(tmp_path, long, blocks)
    rows = shown(tmp_path, width)
    body = rows[: rows.index("", len(long.split("\n")))]
    assert max(map(columns, body)) <= max(width, 80)


def test_an_intent_that_was_edited_since_says_so(tmp_path: Path) -> None:
    run(tmp_path, INTENT, blocks)
    edited = INTENT.replace("by year.", "by print.") + "- A reader has a card.\n"
    (tmp_path / "intent.md").write_text(edited, encoding="utf-8")
    rows = shown(tmp_path)
    assert any(re.match(r"10  requirement \(new\) +│ - Books are listed by print\.", row) for row in rows)
    gone = r"1 statement of the register no longer stands in it \(INT-\w{6}\)"
    more = "a map would take 2 blocks that the register does not hold"
    words = rf"edited since it was mapped: {gone}; {more}\. Run: bmad map intent\.md"
    assert any(re.fullmatch(words, row) for row in rows)


def test_the_register_decides_what_is_taken_and_as_what(tmp_path: Path) -> None:
    run(tmp_path, INTENT, blocks)
    replace(tmp_path, "specs/intent.md", "- Class: requirement", "- Class: goal")
    extra = "\n### INT-mine01: Readers\n\n- Class: constraint\n\n> Somebody reads them, or\n> nobody does.\n"
    with (tmp_path / "specs/intent.md").open("a", encoding="utf-8") as register:
        register.write(extra)
    rows = shown(tmp_path)
    assert any(re.match(r"14  constraint  INT-mine01 +│ Somebody reads them", row) for row in rows)
    assert any(re.match(r" 9  goal        INT-\w{6} +│ - A book", row) for row in rows)
    assert not any("warning" in row for row in rows)


def test_equal_sentences_each_have_their_own_line(tmp_path: Path) -> None:
    run(tmp_path, INTENT + "- Once more.\n- Once more.\n- Once more.\n", blocks)
    found = [re.search(r"INT-\w{6}", row) for row in shown(tmp_path) if "Once more." in row]
    assert len({match[0] for match in found if match}) == 3


def test_what_a_terminal_would_act_on_is_shown_and_line_ends_are_not(tmp_path: Path) -> None:
    hostile = "\ufeff" + INTENT.replace("by year", "by \x1b[31myear").replace("\n", "\r\n")
    (tmp_path / "intent.md").write_bytes(hostile.encode())
    report = show_intent(FileWorkspace(tmp_path), TextFormats(), blocks, "intent.md")
    assert "".join(part.text for part in report.parts) == hostile
    rows = annotated(report, colour=False).split("\n")
    assert rows[0].split() == ["1", "#", "Shelf"]
    assert any("by \\x1b[31myear" in row for row in rows)
    assert not [char for row in rows for char in row if not char.isprintable()]
    assert "\x1b[32m" in annotated(report, colour=True)


def test_the_intent_is_asked_for_by_its_name_or_its_path(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text(INTENT, encoding="utf-8")
    workspace, formats = FileWorkspace(tmp_path), TextFormats()
    assert names_intent(workspace, formats, "other.md", "other.md") == "other.md"
    run(tmp_path, INTENT, blocks)
    assert names_intent(workspace, formats, "intent", None) == "intent.md"
    assert names_intent(workspace, formats, "./intent.md", "intent.md") == "intent.md"
    assert names_intent(workspace, formats, "other.md", "other.md") is None, "another file is not mapped beside it"
    assert names_intent(workspace, formats, "INT", None) is None


def test_the_margin_as_json(tmp_path: Path) -> None:
    run(tmp_path, INTENT, blocks)
    report = show_intent(FileWorkspace(tmp_path), TextFormats(), blocks, "intent.md")
    told = json.loads(report.as_json())
    assert told["schema"] == "bmad.intent/1"
    left = [part for part in told["parts"] if part["state"] == "left"]
    assert [(part["why"], part["lines"]) for part in left] == [(WHY, [5, 5]), (WHY, [5, 5]), (WHY, [14, 14])]
    taken = [part for part in told["parts"] if part["state"] == "taken"]
    assert {part["class"] for part in taken} == {"requirement"}
    assert all(part["statements"] and part["requirements"] and part["stories"] for part in taken)


def test_the_board_counts_blocks_of_the_intent_and_not_what_was_taken_of_what_was_taken(tmp_path: Path) -> None:
    run(tmp_path, INTENT, blocks)
    (tmp_path / "intent.md").write_text(INTENT + "- A reader has a card.\n", encoding="utf-8")
    workspace, formats = FileWorkspace(tmp_path), TextFormats()
    text = board(status(workspace, formats, Read(mapper=blocks)))
    left = "3 left (1 under headings that ask)"
    assert f"of the intent: 3 of 7 blocks taken, 1 new, {left}; see: bmad show intent\n" in text
    assert "\na map would take 1 block that the register does not hold. Run: bmad map intent.md\n" in text
    assert "of 3 statements to act on: 3 in requirements, 3 in stories, ? with commits" in text
    assert "of the intent" not in board(status(workspace, formats, Read())), (
        "nothing is told that was not looked at"
    )
    (tmp_path / "intent.md").write_text(INTENT.replace("- Books are listed by year.\n", ""), encoding="utf-8")
    text = board(status(workspace, formats, Read(mapper=blocks)))
    assert "1 statement of the register no longer stands in it. Run: bmad map intent.md\n" in text
    run(tmp_path, (tmp_path / "intent.md").read_text(encoding="utf-8"), blocks)
    assert "Run:" not in board(status(workspace, formats, Read(mapper=blocks)))


def test_the_board_counts_what_holds_everywhere_apart(tmp_path: Path) -> None:
    run(tmp_path, CONSTRAINED, everywhere)
    text = board(status(FileWorkspace(tmp_path), TextFormats(), Read()))
    assert "of 4 statements to act on: 4 in requirements, 3 in stories, 1 held everywhere, ? with commits" in text


def test_text_is_cut_at_blanks_and_wide_characters_count_twice() -> None:
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("  indented", 20) == ["  indented"]
    assert wrapped("日本語の文書", 6) == ["日本語", "の文書"]
    assert wrapped("", 5) == [""]
