"""What is odd in a document is mapped like the rest: text that looks like our own grammar, and no titles."""

import random
import re
from pathlib import Path

import pytest

from bmad.core.mapping import parts
from bmad.core.mapping.leaving import by_hand
from bmad.core.mapping.parts import shielded
from bmad.core.outline import outline
from bmad.errors import UsageError
from bmad.model.spec import Criterion, Requirement, Story
from bmad.pipeline.spec.work_tree import load
from bmad.store.workspace import FileWorkspace
from tests.editing import OUTLINE, named
from tests.fuzzing import tried
from tests.layout import REGISTER
from tests.mapping import FORMATS, run


@pytest.mark.parametrize("seed", range(2000, 2020))
def test_documents_made_at_random_are_mapped_and_mapped_again(tmp_path: Path, seed: int) -> None:
    assert tried(tmp_path, seed) in ("", "refused")


def _untouched(root: Path) -> list[Requirement | Story]:
    """The requirements and stories of a folder in which no hand seems to have changed a thing."""
    loaded = load(FileWorkspace(root), FORMATS)
    graph = loaded.graph()
    for node, (entry, *_) in loaded.spec.lock.nodes.items():
        item = graph.nodes[node].item
        assert isinstance(item, Criterion) or by_hand(item, dict(entry.derived)) == []
    return [node.item for node in graph.nodes.values() if isinstance(node.item, Requirement | Story)]


@pytest.mark.parametrize(
    "line",
    [
        "## It must not be read as a heading",
        "# STORY-abc123: It must not be one",
        "<<<<<<< It must be kept",
        "||||||| It must be kept",
        "~~~ It must be kept",
    ],
)
def test_a_sentence_that_looks_like_our_grammar_stays_a_sentence(tmp_path: Path, line: str) -> None:
    report = run(tmp_path, f"# Shelf\n\n## Requirements\n\n- A book must have a title.\n- • {line}\n", OUTLINE)
    assert report.ok
    assert report.written
    texts = [item.text for item in _untouched(tmp_path) if isinstance(item, Requirement)]
    assert any(text.strip() == line for text in texts)


def test_what_only_looks_like_grammar_by_half_stands_as_it_is() -> None:
    whole = "It must hold #1 << 2.\n\n```\n## code\n<<<<<<< here\n```\n\n- Priority list\n#tag"
    assert shielded(whole) == whole
    assert shielded("a\n~~~ b\n## c\n- Traces: d") == "a\n    ~~~ b\n    ## c\n - Traces: d"


_PIECES = ["# h", "### h", "#", "    # h", "```", "~~~", "`a`", "```x`", "- b", "| a | b |", "> q", "a", " "]
_PIECES += ["- Priority: x", "* **Traces**: y", "+ Owner：z", "|||||||", "<<<<<<<", ">>>>>>>"]
_PIECES += ["\n", "\n", "\n", "\n", "\t", "\r"]


def test_what_is_passed_over_at_a_glance_is_what_needs_no_shield(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(11)  # noqa: S311 - no secret
    texts = ["".join(chance.choices(_PIECES, k=chance.randrange(1, 9))) for _ in range(3_000)]
    quick = [shielded(one) for one in texts]
    monkeypatch.setattr(parts, "_STRUCTURE", re.compile(""))
    assert quick == [shielded(one) for one in texts]
    assert any(one != text.strip() for one, text in zip(quick, texts, strict=True))


def test_a_wrapped_sentence_is_still_the_mapper_s(tmp_path: Path) -> None:
    run(tmp_path, "# Shelf\n\n## Requirements\n\n- A book must have a title.\n- A book must be lent.\n", OUTLINE)
    before = (tmp_path / REGISTER).read_bytes()
    text = "# Shelf\n\n## Requirements\n\n- A book must\n  have a title.\n- A book must be lent.\n"
    assert not run(tmp_path, text, OUTLINE).changed
    assert (tmp_path / REGISTER).read_bytes() == before
    _untouched(tmp_path)
    assert run(tmp_path, text.replace("- A book must\n  have a title.\n", ""), OUTLINE).ok


@pytest.mark.parametrize("text", ["#\n\n- The tool must print.\n", "# Shelf\n\n## \n\n1. The tool must print.\n"])
def test_a_heading_without_words_is_no_title(tmp_path: Path, text: str) -> None:
    report = run(tmp_path, text, OUTLINE)
    assert report.ok
    assert report.written


def test_a_row_that_is_torn_out_of_its_table_keeps_its_id(tmp_path: Path) -> None:
    table = "| ID | Requirement |\n|---|---|\n| R1 | Users can add |\n{}\n"
    text = f"# Shelf\n\n## First\n\n{{}}\n\n## Requirements\n\n{table}"
    row = "| R2 | Users can sort |"
    run(tmp_path, text.format("- Users can begin", row), OUTLINE)
    before = named(tmp_path)[row]
    run(tmp_path, text.format(f"- Users can begin\n\n{row}", "| R3 | Users can end |"), OUTLINE)
    assert named(tmp_path)[row] == before


def test_a_story_of_more_criteria_than_the_gate_holds_is_refused_by_its_words(tmp_path: Path) -> None:
    entries = "".join(f"  - entry {number} of the list\n" for number in range(2100))
    with pytest.raises(UsageError, match=r"“The list must hold” of intent\.md would be one story of 2\d+"):
        run(tmp_path, f"# L\n\n## Requirements\n\n- The list must hold:\n{entries}", OUTLINE)
    assert not (tmp_path / "stories").exists()


@pytest.mark.parametrize(
    "title",
    [
        "A report prints negative balances in parentheses, e.g. (12.50)",
        "An entry may name the account or its number, i.e. No. 5 of the list",
    ],
)
def test_an_abbreviation_does_not_end_a_title(tmp_path: Path, title: str) -> None:
    run(tmp_path, f"# Ledger\n\n## Requirements\n\n- {title}.\n", OUTLINE)
    assert next(item.title for item in _untouched(tmp_path)) == title


def test_a_checkout_with_the_line_ends_of_windows_is_no_change_and_keeps_them(tmp_path: Path) -> None:
    intent = "# Shelf\n\n## Requirements\n\n- A book must have a title.\n"
    run(tmp_path, intent, OUTLINE)
    files = {path: path.read_bytes().replace(b"\n", b"\r\n") for path in tmp_path.rglob("*.*") if path.is_file()}
    for path, content in files.items():
        path.write_bytes(content)
    again = run(tmp_path, intent.replace("\n", "\r\n"), OUTLINE)
    assert not again.written
    assert {path: path.read_bytes() for path in files} == files
    run(tmp_path, f"{intent}- A book must have a colour.\n".replace("\n", "\r\n"), OUTLINE)
    assert all(path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n") for path in files)


def test_an_intent_that_is_all_set_in_is_told_to_be_code(tmp_path: Path) -> None:
    """As Word exports it: four blanks are code to Markdown, and nothing of it is taken."""
    with pytest.raises(UsageError, match=r"intent\.md holds no goal.* It reads as text in code blocks"):
        run(tmp_path, "# Besoins\n\n    Le système doit prêter un livre.\n", mapper=outline)
