"""What is remembered of a text only makes it quicker: whatever else was judged before, the draft is the same."""

import json
import random
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from bmad.core.outline import outline, remembered, remembering
from bmad.core.outline.judge import judge as judging
from bmad.core.outline.read import markdown
from bmad.core.outline.read.reading import read
from bmad.core.outline.remembered import Remembered
from bmad.wiring import open_here

TEXT = """# Shop

Words on why there is a shop. See FR-1.

## Requirements

- FR-1: The shop must be open at night.
- FR-2: A cart can hold 100 items.

Priority: High

## Cart

It empties a cart after 30 days. Depends on FR-1.

| ID | Rule | Priority |
| --- | --- | --- |
| FR-2 | A cart can hold 100 items | P1 |
| FR-3 | A cart is emptied | P0 |

### Notes

The following holds:

- [x] A cart is shared
- it is stored

## Out of scope

- Sending mail

## Story 1.1: Search

As a reader, I want to search, so that I find.

- Given a word, when it is looked for, then it is found.
"""
LINES = (
    "## Requirements", "## Motivation", "## Alternatives", "## Non-goals", "### Story 1.2: Sort", "FR-3",
    "- FR-1: It must be open.", "It MUST be kept, and MUST NOT be lost. It SHALL be so.", "It is told here.",
    "- told", "Implements: FR-2", "As a buyer, I want carts.", "Attendees: Ada", "```", "Priority: Low",
    "The following holds:", "**Done**", "- [x] done", "| a | b |", "## Backlog", "# Shop 2", "", "> quoted",
)  # fmt: skip


def _edited(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    edits: tuple[Callable[[], object], ...] = (
        lambda: lines.insert(at, dice.choice(LINES)),
        lambda: lines.__setitem__(at, dice.choice(LINES)),
        lambda: lines.pop(at),
        lambda: lines.insert(at, lines.pop(other)),
        lambda: lines.__setitem__(at, f"{lines[at]} {dice.choice(LINES)}"),
        lambda: lines.__setitem__(slice(at, at), lines[other : other + 9]),
    )
    dice.choice(edits)()
    return "\n".join(lines) or "."


@pytest.mark.parametrize("seed", range(4))
def test_any_edit_gives_the_draft_of_whoever_remembers_nothing(seed: int) -> None:
    dice, known, text = random.Random(seed), Remembered(), TEXT  # noqa: S311 - no secret
    for step in range(24):
        assert outline(text, known) == outline(text), text
        known = Remembered(known.content()) if step % 3 else known
        text = _edited(text if step % 8 else TEXT, dice)


_CART = "## Cart\n\n- FR-1: A cart must hold all\n- FR-2: A cart must end\n\n"
_TABLE = _CART.replace("Cart", "Table")
_STORY = "### Story 1.1: Sort\n\nIt must sort.\n\n"
_FEATURES = "## Features\n\nIt finds all.\n\n"
AROUND = {
    "ids": ("## Requirements\n\n- It goes.\n\nImplements: FR-7\n\n## B\n\n- FR-8: It must.\n", "FR-8", "FR-7"),
    "headings": ("## Requirements\n\n- Cart\n- Shop\n\n## Cart\n\nIt must.\n\n## Sort\n\nIt must.\n", "Sort", "Shop"),
    "what asks": ("- **Sort**: it can sort\n- **Find**: it can find\n\n## Part\n\nIt must.\n", "Part", "Requirements"),
    "key words": ("It will sort.\n\nIt sorts.\n\n## Part\n\nIt must. It must. It must.\n", "must", "MUST"),
    "ids above": (f"{_CART}{_TABLE}", f"{_CART}{_TABLE}", f"{_TABLE}{_CART}"),
    "stories below": (
        f"## Requirements\n\nIt sorts all.\n\n{_STORY}{_FEATURES}",
        f"{_STORY}{_FEATURES}",
        f"{_FEATURES}{_STORY}",
    ),
    "the heading above": ("## Part\n\n### All\n\n- Carts\n\n## Rules\n\nIt must.\n", "Part", "Out of scope"),
    "languages": ("## Context\n\nEs MUSS lagern.\n\n## B\n\nIt.\n", "It.", "Das ist die Ware, die nicht mit der Post kommt. " * 3),
}  # fmt: skip
"""What stands around a section that is as it was, and has it judged otherwise."""


@pytest.mark.parametrize("around", AROUND)
def test_a_section_is_judged_anew_where_what_it_follows_from_is_other(around: str) -> None:
    section, old, new = AROUND[around]
    text = f"# P\n\n{section}"
    known = Remembered()
    outline(text, known)
    edited = text.replace(old, new)
    assert outline(edited, known) == outline(edited)


def test_only_the_section_of_an_edit_is_judged_again() -> None:
    text = "# P\n\n## Rules\n\n" + "".join(f"### Part {n}\n\n- It must keep thing {n}.\n\n" for n in range(9))
    first = Remembered()
    outline(text, first)
    again, judged = Remembered(first.content()), []
    with patch.object(judging._Judge, "_group", lambda _, group: judged.append(group)):
        outline(text, again)
        assert (judged, again.is_news) == ([], False)
        outline(text.replace("thing 4", "things"), again)
    assert (len(judged), again.is_news) == (1, True)


def test_only_the_chapter_of_an_edit_is_read_again() -> None:
    text = "# P\n\n" + "".join(f"## Part {n}\n\n- It must keep {n}.\n\n" for n in range(99))
    known = Remembered()
    with patch.object(markdown, "_tokens", side_effect=markdown._tokens) as parsed:
        outline(text, known)
        outline(text.replace("keep 7.", "hold 7."), known)
    first, *others = [call.args[0] for call in parsed.call_args_list]
    assert (first, sum(map(len, others)) < 200) == (text, True)


CODE = (
    "## Part\n\nIt must.\n\n```\nFR-1: The tool must keep the cart of whoever asks.\n```\n\n## Last\n\nIt can.\n"
)
CHAPTERS = {
    "a fence is opened": ("# P\n\n## A\n\nIt must.\n\n## B\n\nIt can.\n\n## C\n\nIt may.\n", "must.", "must.\n\n```"),
    "a fence is closed": ("# P\n\n## A\n\n```\n\n## B\n\nIt can.\n\n## C\n\nIt may.\n", "```\n", "```\n```\n"),
    "a comment is opened": ("# P\n\n## A\n\nIt must.\n\n## B\n\nIt can.\n\n## C\n\nIt.\n", "It must", "<!-- It must"),
    "the heading above asks": (f"# P\n\n# Top\n\n{CODE}", "Top", "Requirements"),
    "a chapter before it goes": ("# P\n\n## A\n\nIt must.\n\n## B\n\n- It can.\n  - It may.\n\n## C\n", "## A\n\nIt must.\n\n", ""),
    "lines end otherwise": ("# P\n\n## A\n\nIt must.\n\n## B\n\nIt can.\n\n## C\n", "\n", "\r\n"),
    "bare headings": ("# P\n\n## Requirements\n\n### Sort\n\n### Find\n\n### Told\n\nIt.\n\n### Keep\n", "It.\n", ""),
    "a line ends in between": ("# P\n\n## A\n\nIt must.\n\n## B\n\nIt can.\n\n## C\n", "It must", "It\rmust"),
    "bold headings": ("# P\n\n## A\n\nIt must.\n\n**Bold**\n\nIt can.\n\n## B\n\nIt.\n", "It.", "It may."),
    "what is last": ("# P\n\n## A\n\nIt must.\n\n## B\n\n```\nIt can.\n", "\n## B", "\n## C\n\nIt.\n\n## B"),
    "other languages": ("# P\n\n## A\n\nAls Leser will ich es.\n\n## B\n\nIt.\n", "It.", "Das ist die Ware, die nicht mit der Post kommt. " * 3),
}  # fmt: skip


@pytest.mark.parametrize("edit", CHAPTERS)
def test_what_is_remembered_reads_as_it_is_read(edit: str) -> None:
    text, old, new = CHAPTERS[edit]
    known = Remembered()
    for one in (text, text.replace(old, new), text):
        for again in (known, Remembered(known.content())):
            assert read(one, again) == read(one)


def test_the_last_text_is_kept_whole_and_of_others_no_more_than_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remembered, "_MOST", 3)
    known = Remembered()
    outline(TEXT, known)
    again = Remembered(known.content())
    outline("# P\n\n## A\n\nIt must.\n\n## B\n", again)
    last = Remembered(again.content())
    outline("# P\n\n## A\n\nIt must.\n\n## B\n", last)
    assert not last.is_news
    outline(TEXT, last)
    assert last.is_news


@pytest.mark.parametrize(
    "content", [b"", b"no", zlib.compress(b"{}"), zlib.compress(b'{"heard":[[99]],"known":1}')]
)
def test_what_cannot_be_read_is_nothing(content: bytes) -> None:
    assert outline(TEXT, Remembered(content)) == outline(TEXT)


def test_what_is_broken_is_nothing() -> None:
    known = Remembered()
    outline(TEXT, known)
    content = known.content()
    told = json.loads(zlib.decompress(content))
    rows: tuple[object, ...] = (
        None,
        1,
        [],
        [999],
        [[], [], 1],
        "no",
        [[999], [[0, "must"]], 0],
        {},
        [[1, [2]]] * 20,
    )
    for row in rows:
        wrong = {**told, "known": dict.fromkeys(told["known"], row)}
        assert outline(TEXT, Remembered(zlib.compress(json.dumps(wrong).encode()))) == outline(TEXT)
    for broken in (content[:-9], content[:40] + b"\0" + content[41:]):
        assert outline(TEXT, Remembered(broken)) == outline(TEXT)


def test_a_long_intent_is_remembered_in_the_cache_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TEXT + "Words of context.\n" * 4000
    kept: list[bytes] = []
    remembering(lambda: None, kept.append)(TEXT)
    assert not kept, "a short one is not"
    app = replace(open_here(tmp_path), environ={"XDG_CACHE_HOME": str(tmp_path.parent / "cache")})
    app.outline()(text)
    assert not (tmp_path.parent / "cache").exists(), "who only looks leaves nothing behind"
    draft = app.outline(keeping=True)(text)
    (file,) = (tmp_path.parent / "cache" / "bmad" / "outlines").iterdir()
    before = file.stat().st_mtime_ns
    assert app.outline(keeping=True)(text) == app.outline()(text) == draft
    assert file.stat().st_mtime_ns == before, "nothing new is to be kept"
    file.write_bytes(b"?")
    assert app.outline()(text) == draft
    monkeypatch.setattr("bmad.core.outline.PARSER", "another reader of Markdown")
    app.outline(keeping=True)(text)
    assert len([*file.parent.iterdir()]) == 2, "another reader is not told what this one read"
