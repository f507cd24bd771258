"""What may be changed where a story is prepared, and when it can be built."""

import pytest

from bmad.core.act.creating import judge_creation, ready
from bmad.core.rules import Validated, validated
from bmad.model.lock import Lock
from bmad.model.spec import Story
from bmad.model.specification import IntentText, Spec
from tests.layout import LAYOUT, parse
from tests.specs import SMALL

STORY, PATH = "STORY-find01", "stories/STORY-find01-find-notes.md"


def text(**changes: str) -> str:
    """The story's file of the small specification, with words replaced."""
    told = SMALL[PATH]
    for old, new in changes.items():
        told = told.replace(WORDS[old], new)
    return told


def spec(**changes: str) -> Validated:
    return whole(SMALL | {PATH: text(**changes)})


WORDS = {
    "heading": "# STORY-find01: Find notes by tag",
    "epic": "EPIC-notes1",
    "implements": "- Implements: FR-find01",
    "depends": "- Depends on: STORY-store1\n",
    "territory": "- Territory: `src/find.py`, `tests/find/**`\n",
    "narrative": "so that I can read them again",
    "given": "Given a note tagged `red`",
    "second": "- **AC-2**",
    "tasks": "- Search (AC-1)",
    "notes": "Kept as they are:",
}


def whole(files: dict[str, str]) -> Validated:
    documents = [parse(path, files[path]) for path in sorted(files) if path != "intent.md"]
    intents = (IntentText(text=files["intent.md"]),)
    return validated(Spec(documents=tuple(documents), intents=intents, lock=Lock()))


def judge(after: Validated, *changed: str) -> list[str]:
    return judge_creation(spec(), after, [PATH, *changed], STORY)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"territory": "- Territory: `src/other/**`\n"},
        {"depends": ""},
        {"tasks": "- Search (AC-1)\n- Sort (AC-2)\n\n## Test plan\n\nAll of it."},
        {"tasks": "- [ ] Search (AC-1)\n- [ ] Show it:\n  - [ ] sorted, as AC-2 says\n\nIn this order."},
        {"notes": "Use sqlite3 of Python 3.11.\n- [ ] Look at the index"},
        {"narrative": "so that I can\nread them again"},
    ],
)
def test_how_it_is_built_may_change(change: dict[str, str]) -> None:
    assert judge(spec(**change)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"heading": "# STORY-find01: Find all notes"}, "another title"),
        ({"heading": "# STORY-find02: Find notes by tag"}, "does not hold STORY-find01"),
        ({"heading": "Nothing"}, "does not hold STORY-find01"),
        ({"epic": "EPIC-notes2"}, "another Epic"),
        ({"implements": "- Implements: FR-store1"}, "another Implements"),
        ({"implements": "- Kind: refactor\n- Implements: FR-find01"}, "another Kind"),
        ({"implements": "- Aliases: STORY-old\n- Implements: FR-find01"}, "another Aliases"),
        ({"narrative": "so that I can sell them"}, "another narrative"),
        ({"given": "Given a note tagged `green`"}, "another set of acceptance criteria"),
        ({"second": "- **AC-3**"}, "another set of acceptance criteria"),
        ({"territory": ""}, "has no territory"),
        ({"territory": "- Territory: `**`\n"}, "V17"),
        ({"territory": "- Territory: `../x`\n"}, "V17"),
        ({"depends": "- Depends on: STORY-none00\n"}, "V03"),
        ({"depends": "- Depends on: STORY-find01\n"}, "V04"),
        ({"depends": "- Depends upon: STORY-store1\n"}, "V01"),
    ],
)
def test_what_it_means_may_not(change: dict[str, str], words: str) -> None:
    after = spec(**change)
    assert text(**change) != text()
    assert any(words in fault for fault in judge(after))


def test_a_task_names_criteria_that_there_are() -> None:
    [none] = judge(spec(tasks="- [ ] Search (AC-1)\n- [x] Tidy up"))
    assert none == 'The task "Tidy up" names no criterion that it serves: end it with one, as in (AC-1).'
    [strange] = judge(spec(tasks="- [ ] Search (AC-1, AC-12)"))
    assert strange == f'The task "Search (AC-1, AC-12)" names AC-12, which {STORY} does not have.'


def test_no_other_file_may_change() -> None:
    assert len(judge(spec(), "src/find.py", "specs/prd.md")) == 1
    assert "specs/prd.md, src/find.py" in judge(spec(), "src/find.py", "specs/prd.md")[0]


def test_an_error_that_was_there_before_is_not_held_against_it() -> None:
    bad = SMALL | {"specs/prd.md": SMALL["specs/prd.md"].replace("INT-req002", "INT-none00")}
    after = bad | {PATH: SMALL[PATH].replace(WORDS["tasks"], "- Other")}
    assert judge_creation(whole(bad), whole(after), [PATH], STORY) == []
    assert judge_creation(spec(), whole(bad), [PATH], STORY)


def test_a_story_that_is_not_there_cannot_be_prepared() -> None:
    assert "is no story" in judge_creation(spec(), spec(), [], "STORY-none00")[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"territory": ""}, "no territory"),
        ({"territory": "- Territory: `/abs`\n"}, "absolute"),
        ({"notes": "[NEEDS CLARIFICATION: which order?]"}, "which order?"),
    ],
)
def test_when_it_can_be_built(change: dict[str, str], words: str | None) -> None:
    document = parse(PATH, text(**change))
    story = document.items[0]
    assert isinstance(story, Story)
    told = ready(story, document, LAYOUT)
    assert told is None if words is None else told is not None and words in told
