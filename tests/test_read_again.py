"""What is read the quick way reads as it does line by line: an edited document, a plain field list, a lock."""

import random
from pathlib import Path

import pytest

from bmad.core.outline import outline
from bmad.errors import UsageError
from bmad.model.ids import Kind
from bmad.model.lock import Lock
from bmad.pipeline.map.map import map_intent
from bmad.pipeline.map.outcome import MapRequest
from bmad.store import documents, grammar, lockfile
from bmad.store.formats import TextFormats
from bmad.store.plain import plain
from bmad.store.rereading import reread
from bmad.store.workspace import FileWorkspace
from tests.layout import document_kind, parse
from tests.mapping import tree

TEXT = """# Shelf

Readers find books.

## Books

- A book must have a title and a year.
- Books must be listed by year, at most 20 a page.
- The list must be sorted.

## Constraints

- An answer takes at most 20 ms.
- No book is lost.
"""
LINES = [
    "- Priority: could",
    "- Traces: INT-x, ,y",
    "- Class: goal",
    "- Foo: bar",
    "  more",
    "```",
    "# H",
    "> quote",
    "### FR-1 no colon",
    "### FR-abc: New one",
    "[NEEDS CLARIFICATION: what]",
    "<<<<<<< ours",
    "- Aliases: FR-old, X-1",
    "- Verify: TEST",
    "-  Verify: test",
    "- Verify:  inspection",
    "- Holds: everywhere",
    "* Source: R1",
    "- Source :",
    "",
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A map of `TEXT`."""
    root = tmp_path_factory.mktemp("mapped")
    (root / "intent.md").write_text(TEXT, encoding="utf-8")
    map_intent(FileWorkspace(root), TextFormats(), outline, MapRequest("intent.md"))
    return tree(root)


def edited(text: str, chance: random.Random) -> str:
    """A text of which one line is other, gone, new, twice, or no longer quite what it was."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    ways = [lines[at] + " x", "  " + lines[at], lines[at].replace(":", ""), lines[at].replace("-", "*", 1)]
    ways += [lines[at].replace(", ", ","), "#" + lines[at], lines[at] + "\r", lines[at].replace(" ", "\u00a0", 1)]
    put = chance.choice([[], [chance.choice(ways)], [chance.choice(LINES), lines[at]], [lines[at]] * 2])
    return "\n".join([*lines[:at], *put, *lines[at + 1 :]])


@pytest.mark.parametrize("path", ["specs/intent.md", "specs/prd.md"])
def test_a_document_is_read_again_as_it_is_read_whole(files: dict[str, str], path: str) -> None:
    chance, used, kind = random.Random(7), 0, document_kind(path)  # noqa: S311
    assert kind is not None
    stood = parse(path, files[path])
    for _ in range(400):
        text = edited(files[path], chance)
        again = reread(text, kind, files[path], stood)
        assert again in (None, parse(path, text))
        used += again is not None
    assert used > 100


def test_a_document_as_bmad_writes_it_is_read_as_any_other(files: dict[str, str]) -> None:
    chance, used = random.Random(7), 0  # noqa: S311
    paths = sorted(path for path in files if document_kind(path) not in (None, Kind.EPIC))
    assert all(plain(path, files[path], document_kind(path)) for path in paths)
    for path in paths:
        kind = document_kind(path)
        for _ in range(200):
            text = edited(files[path], chance)
            found = plain(path, text, kind)
            assert found in (None, documents.parse(path, text, kind))
            used += found is not None
    assert used > 200


def test_a_plain_field_list_is_read_as_any_other(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)  # noqa: S311
    paths = sorted(path for path in files if document_kind(path))
    texts = [(path, edited(files[path], chance)) for path in paths for _ in range(40)]
    quick = [documents.parse(path, text, document_kind(path)) for path, text in texts]
    monkeypatch.setattr(grammar, "_read_plain_fields", lambda *_: None)
    assert quick == [documents.parse(path, text, document_kind(path)) for path, text in texts]


def read(text: str) -> Lock | str:
    try:
        return lockfile.parse_lock(text)
    except UsageError as error:
        return str(error)


def test_a_lock_is_read_as_it_is_line_by_line(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    chance, text = random.Random(7), files["specs/trace.lock"]  # noqa: S311
    link = next(line for line in text.split("\n") if line.startswith("link "))
    signed = text.replace(link, f'{link} ["ada", "read it"]') + f"retired INT-1 {'0' * 64}\n"
    bare = text.removeprefix(f"{lockfile.HEADER}\n").removesuffix("\n")
    links = "\n".join(line for line in bare.split("\n") if line.startswith("link "))
    texts = [text, signed, bare, links, link, signed.replace("\n", "\r\n"), "", lockfile.HEADER]
    texts += [edited(one, chance) for one in (text, signed, bare) for _ in range(100)]
    assert all(lockfile._sorted_lock(one) is not None for one in (signed, bare, links, link))
    quick = [read(one) for one in texts]
    monkeypatch.setattr(lockfile, "_sorted_lock", lambda _: None)
    assert quick == [read(one) for one in texts]
    assert len({type(one) for one in quick}) == 2


def test_what_was_mapped_is_all_there(files: dict[str, str]) -> None:
    assert {Path(path).parts[0] for path in files} == {"intent.md", "specs", "stories"}
