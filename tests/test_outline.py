"""The outline mapper on real documents and on a product intent: what a product owner must find in the draft."""

import itertools
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from bmad.core.outline import outline
from bmad.model.draft import Draft
from bmad.model.spec import ACTIONABLE, Priority, StatementClass

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples" / "intents"
NAMES = (
    "semver-2.0.0.md",
    "conventional-commits-1.0.0.md",
    "conventional-commits-1.0.0.zh-hans.md",
    "todomvc-app-spec.md",
    "kep-2000-graceful-node-shutdown.md",
)
KEY_WORD = re.compile(r"\b(?:MUST|SHALL|SHOULD|MAY|REQUIRED|RECOMMENDED|OPTIONAL)\b")
PRODUCT = """# Notes CLI

A small notebook for people who live in the terminal.

## Goals

- Capture a thought in under two seconds

## Users

- Developers who keep many terminals open

## Requirements

- Search notes by tag
- Search notes by text
- The CLI prints one note per line, newest first.
- `notes add` opens the user's editor when no text is given.
- Notes are stored as Markdown files in one folder:
  - the file name is the date and a slug
  - front matter holds the tags
- Export (TBD)

| ID | Requirement | Priority |
|----|-------------|----------|
| FR-10 | Import notes from Evernote | Could |
| FR-11 | The list can be filtered by date | Must |

## Non-goals

- A graphical interface

## Constraints

- Startup takes less than 100 ms on a laptop.
- Works on Linux, macOS and Windows.

## Open questions

- Do we need encryption?
"""
STORIES = """# Accounts

## Story 1.1: Log in

As a registered user,
I want to log in with my e-mail,
So that I see my data.

**Acceptance Criteria:**

**Given** a known e-mail
**When** the right password is entered
**Then** the dashboard is shown
**And** a session starts

## Requirement: Session expiry

The system SHALL end a session after idle time.

### Scenario: Idle timeout

- **GIVEN** a session
- **WHEN** 30 minutes pass
- **THEN** the session is ended

## Requirements

- **FR-001**: System MUST show photos in a tile view.
- **FR-002**: System MUST let users create albums.
"""


@cache
def sample(name: str) -> tuple[str, Draft]:
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip(f"the sample {name} is not here ({SAMPLES})")
    text = path.read_text(encoding="utf-8")
    return text, outline(text)


def quotes(text: str, draft: Draft, klass: StatementClass) -> list[str]:
    return [text[s.span.start : s.span.end] for s in draft.statements if s.klass == klass]


def check(text: str, draft: Draft) -> None:
    """What holds for every draft, whatever the document."""
    count = draft.coverage
    assert count.characters == len(text)
    assert count.in_statements + count.structure + count.context == len(text)
    assert count.in_statements == sum(s.span.end - s.span.start for s in draft.statements)
    for left, right in itertools.pairwise(draft.statements):
        assert left.span.end <= right.span.start
    for statement in draft.statements:
        quote = text[statement.span.start : statement.span.end]
        assert quote
        assert quote == quote.strip()
        assert statement.title.strip()
    reached = {i for r in draft.requirements for i in r.statements}
    assert reached == {i for i, s in enumerate(draft.statements) if s.klass in ACTIONABLE}
    assert {r for s in draft.stories for r in s.requirements} == set(range(len(draft.requirements)))
    grouped = [r for e in draft.epics for r in e.requirements]
    assert sorted(grouped) == list(range(len(draft.requirements)))
    assert {s.epic for s in draft.stories} == set(range(len(draft.epics)))
    for epic, members in enumerate(draft.epics):
        held = {r for s in draft.stories if s.epic == epic for r in s.requirements}
        assert held == set(members.requirements)
    for index, story in enumerate(draft.stories):
        assert all(0 <= d < index for d in story.depends_on)
        assert story.criteria
        assert all(c.strip() and "\n" not in c for c in story.criteria)
        assert story.narrative.strip()
        assert len(story.title) <= 80
        assert "\n" not in story.title
    criteria = [c for s in draft.stories for c in s.criteria]
    assert len(criteria) == len(set(criteria))
    titles = [s.title.lower() for s in draft.stories]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("name", NAMES)
def test_every_draft_is_whole(name: str) -> None:
    text, draft = sample(name)
    check(text, draft)
    assert draft.stories


def numbered_rules(text: str) -> list[str]:
    """The top-level rules of the specification section, by their plain lines."""
    body = text.split("are to be", 1)[-1] if "are to be" in text else text.split("相关解释", 1)[-1]
    body = re.split(r"\n(?:\n.+\n-{4,}|## )", body, maxsplit=1)[0]
    return [m.group().strip() for m in re.finditer(r"^1\. .+$", body, re.MULTILINE)]


@pytest.mark.parametrize(("name", "count"), [(NAMES[0], 11), (NAMES[1], 16), (NAMES[2], 16)])
def test_every_rule_reaches_a_story(name: str, count: int) -> None:
    text, draft = sample(name)
    rules = numbered_rules(text)
    assert len(rules) == count
    in_story = {i for s in draft.stories for r in s.requirements for i in draft.requirements[r].statements}
    for rule in rules:
        place = text.index(rule) + 3
        holding = [
            i for i, s in enumerate(draft.statements) if s.span.start <= place < s.span.end and i in in_story
        ]
        assert len(holding) == 1, rule


@pytest.mark.parametrize("name", NAMES[:2])
def test_every_key_word_stands_in_a_statement_but_for_their_definition(name: str) -> None:
    text, draft = sample(name)
    outside = [
        m.start()
        for m in KEY_WORD.finditer(text)
        if not any(s.span.start <= m.start() < s.span.end for s in draft.statements)
    ]
    start = text.index("The key words")
    assert outside
    assert all(start < place < start + 400 for place in outside)


def test_every_emphasised_key_word_of_the_chinese_text_stands_in_a_statement() -> None:
    text, draft = sample(NAMES[2])
    found = [m.start() for m in re.finditer(r"\*\*(?:必须|可以|应该|禁止|不得)\*\*", text)]
    assert len(found) > 20
    for place in found:
        assert any(s.span.start <= place < s.span.end for s in draft.statements)
    heading = text.index("约定式提交规范\n")
    assert all(s.span.start > heading for s in draft.statements)


def test_semver_gives_stories_that_a_team_would_take() -> None:
    _, draft = sample(NAMES[0])
    assert 8 <= len(draft.stories) <= 14
    assert 2 <= len(draft.epics) < len(draft.stories)
    by_title = {s.title: (i, s) for i, s in enumerate(draft.stories)}
    assert {
        "Declare a public API",
        "Increment minor version",
        "Denote a pre-release version",
        "Precedence",
    } <= set(by_title)
    _, minor = by_title["Increment minor version"]
    assert (
        "When any public API functionality is marked as deprecated, then minor version Y MUST be incremented."
        in minor.criteria
    )
    _, order = by_title["Precedence"]
    wanted = "Given 1.0.0-alpha and 1.0.0, when they are compared, then 1.0.0-alpha has lower precedence."
    assert any(wanted in c for c in order.criteria)
    assert any(c.endswith("from left to right until a difference is found.") for c in order.criteria)
    assert by_title["Denote build metadata"][0] in order.depends_on
    whole = "\n".join(c for s in draft.stories for c in s.criteria)
    assert "1.9.0 -> 1.10.0 -> 1.11.0" in whole
    assert not re.search(r"^(?:It|This|These|They|However|Thus)\b", whole, re.MULTILINE)
    assert "<valid semver> ::=" in "\n".join(s.notes for s in draft.stories)


def test_conventional_commits_rules_on_one_subject_share_a_story() -> None:
    _, draft = sample(NAMES[1])
    stories = {s.title: s for s in draft.stories}
    assert len(stories["Breaking changes"].requirements) == 3
    assert len(stories["Footers"].requirements) == 3
    assert len(draft.epics) > 1
    optional = next(r for r in draft.requirements if r.title == "Use types other than feat and fix")
    assert optional.priority == Priority.COULD


def test_a_proposal_gives_goals_non_goals_and_no_process() -> None:
    text, draft = sample(NAMES[4])
    goals = quotes(text, draft, StatementClass.GOAL)
    assert [g for g in goals if g.startswith("Handle node shutdown in cloud-provider")]
    assert len(quotes(text, draft, StatementClass.NON_GOAL)) == 3
    told = "\n".join(c for s in draft.stories for c in s.criteria)
    assert "alpha testers" not in told
    assert "Release" not in told
    assert "cgroup" not in told
    administrator = next(s for s in draft.stories if s.narrative.startswith("As a cluster administrator"))
    assert administrator.criteria[0].startswith("A cluster administrator can configure the nodes in their cluster")
    comments = [m.span() for m in re.finditer(r"<!--.*?-->", text, re.DOTALL)]
    for start, end in comments:
        assert not any(s.span.start < end and start < s.span.end for s in draft.statements)


def test_an_application_spec_in_plain_words() -> None:
    text, draft = sample(NAMES[3])
    titles = [s.title for s in draft.stories]
    assert {"New todo", "Editing", "Counter", "Persistence", "Routing"} <= set(titles)
    outside = text
    for statement in reversed(draft.statements):
        outside = outside[: statement.span.start] + outside[statement.span.end :]
    assert not re.search(r"\b(?:must|should)\b", outside)
    counter = draft.stories[titles.index("Counter")]
    assert counter.criteria[0].startswith("Counter: displays the number of active todos")


def test_a_product_intent() -> None:
    draft = outline(PRODUCT)
    check(PRODUCT, draft)
    assert quotes(PRODUCT, draft, StatementClass.GOAL) == ["Capture a thought in under two seconds"]
    assert quotes(PRODUCT, draft, StatementClass.NON_GOAL) == ["A graphical interface"]
    assert quotes(PRODUCT, draft, StatementClass.QUESTION) == ["Export (TBD)", "Do we need encryption?"]
    assert len(quotes(PRODUCT, draft, StatementClass.CONSTRAINT)) == 2
    stories = {s.title: s for s in draft.stories}
    assert stories["Search notes by tag and text"].criteria == ("Search notes by tag.", "Search notes by text.")
    assert (
        stories["Import notes from Evernote"].narrative == "As a developer, I want to import notes from Evernote."
    )
    by_title = {r.title: r for r in draft.requirements}
    assert by_title["Import notes from Evernote"].priority == Priority.COULD
    assert by_title["Import notes from Evernote"].text.startswith("FR-10: ")
    assert not by_title["Startup takes less than 100 ms on a laptop"].functional


def test_stories_keep_their_words_and_scenarios() -> None:
    draft = outline(STORIES)
    check(STORIES, draft)
    stories = {s.title: s for s in draft.stories}
    log_in = stories["Log in"]
    assert log_in.narrative == "As a registered user, I want to log in with my e-mail, So that I see my data."
    assert log_in.criteria[-1] == (
        "Given a known e-mail, when the right password is entered, "
        "then the dashboard is shown, and a session starts."
    )
    assert stories["Session expiry"].criteria == (
        "The system SHALL end a session after idle time.",
        "Given a session, when 30 minutes pass, then the session is ended.",
    )
    assert {"Show photos in a tile view", "Let users create albums"} <= set(stories)


def described(draft: Draft) -> list[tuple[object, ...]]:
    return [
        (s.title, s.narrative, s.criteria, [draft.requirements[r].text for r in s.requirements])
        for s in draft.stories
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_line_above_and_a_section_below_change_no_story(name: str) -> None:
    text, draft = sample(name)
    front, mark, rest = text.partition("\n\n") if text.startswith("---") else ("", "", text)
    edited = f"{front}{mark}\n{rest}\n\n## Colophon\n\nThe type is a serif face.\n"
    assert described(outline(edited)) == described(draft)


@pytest.mark.parametrize("name", NAMES)
def test_a_new_section_leaves_the_other_stories_as_they_were(name: str) -> None:
    text, draft = sample(name)
    edited = outline(f"{text}\n\n## Travel\n\nIt MUST also work on a train.\n")
    added = [story for story in described(edited) if story not in described(draft)]
    assert [story[0] for story in added] == ["Travel"]
    assert len(edited.stories) == len(draft.stories) + 1


def test_the_same_draft_in_every_process() -> None:
    code = (
        "import hashlib,sys;from bmad.core.outline import outline;"
        "print(hashlib.sha256(outline(sys.stdin.read()).model_dump_json().encode()).hexdigest())"
    )
    text = PRODUCT + STORIES + (sample(NAMES[0])[0] if (SAMPLES / NAMES[0]).is_file() else "")
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        ).stdout
        for seed in ("1", "2", "77")
    }
    assert len(seen) == 1
