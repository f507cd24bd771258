"""`bmad brainstorm`: what a person says stands in the intent at once, and nothing else there changes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmad.core.brainstorm.page import added, answers, sections, title, titled
from bmad.core.brainstorm.topics import TOPICS
from bmad.model.markdown import outline
from tests.program import bmad, inside

REQUIREMENTS = next(topic for topic in TOPICS if topic.heading == "Requirements")
TALK = """Notes
Keep what I write.
A note is found again.

Writers

Notes can be searched by tag.
The search must be fast.
The search must answer within 200 ms.

Notes can be printed.

No synchronisation.

Python 3.11 or newer.

Tags may be spelt in many ways.

Are tags case-sensitive?

"""
INTENT = """# Notes

Keep what I write.

## Goals

- A note is found again.

## Users

- Writers

## Requirements

- Notes can be searched by tag.
- The search must answer within 200 ms.

## Nice to have

- Notes can be printed.

## Non-goals

- No synchronisation.

## Constraints

- Python 3.11 or newer.

## Risks

- Tags may be spelt in many ways.

## Open questions

- Are tags case-sensitive?
"""


def talk(root: Path, words: str) -> str:
    ended = bmad("brainstorm", cwd=root, stdin=words)
    assert ended.code == 0, ended.err
    return ended.out + ended.err


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("Funktionsumfang", "Requirements"),
        ("Must have", "Requirements"),
        ("Kann-Kriterien", "Nice to have"),
        ("Zielgruppen:", "Users"),
        ("Risiken", "Risks"),
        ("Nichtfunktionale Anforderungen", ""),
        ("Requirements of the notes", ""),
    ],
)
def test_a_topic_is_known_by_each_heading_that_a_map_reads_as_it(heading: str, topic: str) -> None:
    assert "".join(one.heading for one in TOPICS if one.is_called(heading)) == topic


def test_an_interview_writes_an_intent_that_maps(tmp_path: Path) -> None:
    told = talk(tmp_path, TALK)
    assert (tmp_path / "intent.md").read_text(encoding="utf-8") == INTENT
    assert "`be fast` has no number" in told
    assert "next: bmad map intent.md" in told
    mapped = bmad("map", "intent.md", cwd=tmp_path)
    assert mapped.code == 0
    assert "asks and" not in mapped.out, "no section that asks gave nothing"


@pytest.mark.parametrize("lines", range(TALK.count("\n")))
def test_a_stop_at_any_line_loses_nothing_and_one_goes_on_from_there(tmp_path: Path, lines: int) -> None:
    said = TALK.replace("The search must be fast.\n", "").splitlines(keepends=True)
    told = talk(tmp_path, "".join(said[:lines]))
    file = tmp_path / "intent.md"
    first = file.read_text(encoding="utf-8") if file.exists() else ""
    assert all(line.strip() in first for line in said[:lines]), "every answer stands there"
    assert ("go on: bmad brainstorm intent.md" in told) == (lines < len(said))
    again = [line for line in said if line.strip() not in first or not line.strip()]
    talk(tmp_path, "".join(again if first else said))
    rows = file.read_text(encoding="utf-8").split("\n")
    assert [row for row in rows if row.startswith(("#", "- "))] == [
        row for row in INTENT.split("\n") if row.startswith(("#", "- "))
    ]
    assert rows[2] == said[1].strip(), (
        "what it is stands below its name, also where the person stopped between them"
    )


def test_an_answer_that_is_typed_or_pasted_as_an_item_or_a_heading_is_the_item_that_it_is() -> None:
    for typed in (
        "Notes - and tags",
        "- Notes - and tags",
        "* - Notes - and tags",
        "• Notes - and tags",
        "## Notes - and tags",
    ):
        assert added("# T\n", REQUIREMENTS, typed).endswith("\n\n- Notes - and tags\n")
    assert added("# T\n", REQUIREMENTS, "-").endswith("\n- -\n"), "nothing but a mark is what was said"
    assert titled("", "# Notes") == "# Notes\n"


def test_an_answer_that_is_no_text_is_asked_for_again(tmp_path: Path) -> None:
    ended = bmad("brainstorm", cwd=tmp_path, stdin="Notes\nKeep w\0hat I write.\nKeep caf\udce9.\nKeep café.\n")
    assert (ended.code, ended.err.count("Say it again.")) == (0, 2), ended.err
    assert (tmp_path / "intent.md").read_text(encoding="utf-8") == "# Notes\n\nKeep café.\n"


def test_what_would_not_be_mapped_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "bmad.yaml").write_text("version: 1\nintent: [a.md, b.md]\n", encoding="utf-8")
    refused = inside("brainstorm", cwd=tmp_path)
    assert (refused.code, "intent.md is not mapped beside that" in refused.err) == (2, True)
    assert inside("brainstorm", "b.md", cwd=tmp_path).code == 0
    assert [one.name for one in tmp_path.iterdir()] == ["bmad.yaml"]


def test_an_intent_in_another_language_is_gone_on_with_under_its_own_headings(tmp_path: Path) -> None:
    text = "# Notizen\r\n\r\n## Anforderungen\r\n\r\n- Suche nach Tag\r\n\r\n## Anhang\r\n\r\nText.\r\n"
    (tmp_path / "intent.md").write_bytes(text.encode())
    talk(tmp_path, "\n\nDrucken\n")
    assert (tmp_path / "intent.md").read_bytes().decode() == (
        "# Notizen\r\n\r\n## Anforderungen\r\n\r\n- Suche nach Tag\r\n- Drucken\r\n\r\n## Anhang\r\n\r\nText.\r\n"
    )


def test_a_heading_in_a_listing_is_none() -> None:
    text = "# A\n\n```\n## Requirements\n- x\n```\n"
    assert answers(text, REQUIREMENTS) == 0
    assert added(text, REQUIREMENTS, "y") == f"{text}\n## Requirements\n\n- y\n"


@given(st.text(st.sampled_from("ab#- \n`1."), max_size=40), st.text(st.sampled_from("xy \t"), min_size=1))
def test_an_answer_is_one_line_more_and_nothing_else(text: str, answer: str) -> None:
    after = added(f"# T\n{text}", REQUIREMENTS, answer)
    item = f"- {' '.join(answer.split())}"
    rows = [row for row in after.split("\n") if row.strip() and row not in (item, "## Requirements")]
    closing = [marks] if (marks := outline(f"# T\n{text}").open) else []
    assert rows == [row for row in f"# T\n{text}".split("\n") if row.strip() and row != item] + closing
    assert title(after) == "T"
    assert len(sections(after)) >= 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("## Requirements\n\n~~~\n```\n- no answer\n~~~\n\n- One.\n", 1),
        ("## Requirements\n\n````\n```\n# no heading\n````\n- One.\n", 1),
        ("## Requirements\n\n```\n~~~\n- no answer\n", 0),
        ("# Notes\n\n```sh\nrun\n", 0),
        ("# Notes\r\n\r\n~~~~\r\n## Requirements\r\n", 0),
    ],
)
def test_what_stands_in_code_is_no_answer_and_none_is_put_into_it(text: str, number: int) -> None:
    assert answers(text, REQUIREMENTS) == number
    once = added(text, REQUIREMENTS, "Notes can be printed.")
    assert answers(once, REQUIREMENTS) == number + 1
    assert answers(added(once, REQUIREMENTS, "So can tags."), REQUIREMENTS) == number + 2
    assert once.startswith(text.rstrip("\r\n")), "nothing else changes"
