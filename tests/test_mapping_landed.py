"""What the intent says of a story that has landed: its document stays, and what is otherwise amends it."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bmad.model.draft import Draft, DraftEpic
from bmad.pipeline.spec.reopen import reopen
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.mapping import INTENT, bullets, documents, errors, landed, prepare, run, tree


def test_a_landed_story_takes_up_what_the_intent_says_once_it_is_reopened(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    story = landed(tmp_path, "borrows")
    reopen(FileWorkspace(tmp_path), TextFormats(), story, "Ada", "More is asked for.")
    assert run(tmp_path, INTENT.replace("three books", "three books at once")).ok
    assert "at once" in documents(tmp_path, story)


def test_what_the_intent_says_otherwise_of_a_landed_story_is_a_story_that_amends_it(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    story = landed(tmp_path, "borrows")
    before = documents(tmp_path, story)
    changed = INTENT.replace("three books", "three books at once")
    report = run(tmp_path, changed)
    assert report.ok
    [new] = [name for name in report.created if name.startswith("STORY-")]
    assert documents(tmp_path, story) == before
    assert f"Amends {story}." in documents(tmp_path, new)
    assert "at once" in documents(tmp_path, new)
    assert not run(tmp_path, changed).written, "mapped again it says the same"
    landed(tmp_path, new)
    assert not run(tmp_path, changed).written, "and so it does once that has landed"
    assert errors(tmp_path) == []


def test_a_landed_story_holds_up_no_edit_of_what_stands_beside_it(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    story = landed(tmp_path, "listed")
    before = documents(tmp_path, story)
    for text in (
        INTENT.replace("## Books", "## All books"),
        INTENT.replace("- A book has a title and a year.\n", ""),
        INTENT.replace("- Books", "- A book is blue.\n- Books"),
    ):
        report = run(tmp_path, text)
        assert report.ok, report.conflicts
        assert documents(tmp_path, story) == before
        assert errors(tmp_path) == []


def joined(text: str) -> Draft:
    """A mapper of another version: it makes one story of all, whose criterion is the last one's."""
    draft = bullets(text)
    every = tuple(range(len(draft.requirements)))
    last = dataclasses.replace(draft.stories[-1], title="All", epic=0, requirements=every, narrative="All.")
    return dataclasses.replace(
        draft, epics=(DraftEpic(title="All", text="All.", requirements=every),), stories=(last,)
    )


def test_what_is_grouped_anew_beside_a_landed_story_that_has_its_criteria_stays_a_story(tmp_path: Path) -> None:
    run(tmp_path, INTENT)
    story = landed(tmp_path, "borrows")
    before = documents(tmp_path, story)
    report = run(tmp_path, INTENT, mapper=joined)
    assert report.ok, report.conflicts
    [rest] = [text for path, text in tree(tmp_path).items() if "Amends" in text]
    assert "Shall: Books are listed by year." in rest.partition("## Acceptance")[2]
    assert documents(tmp_path, story) == before
    assert errors(tmp_path) == []
    assert not run(tmp_path, INTENT, mapper=joined).written, "mapped again it says the same"


def chapters(text: str) -> Draft:
    """A mapper of another version: a heading is a story, and one epic holds all."""
    draft = bullets(text)
    every = tuple(range(len(draft.requirements)))
    return dataclasses.replace(
        draft,
        epics=(DraftEpic(title="All", text="All.", requirements=every),),
        stories=tuple(
            dataclasses.replace(
                draft.stories[-1],
                title=epic.title,
                epic=0,
                requirements=epic.requirements,
                criteria=tuple(draft.stories[one].criteria[0] for one in epic.requirements),
            )
            for epic in draft.epics
        ),
    )


@pytest.mark.parametrize("held", [landed, prepare])
def test_what_is_new_beside_stories_that_stay_stands_in_their_epic(
    tmp_path: Path, held: Callable[[Path, str], str]
) -> None:
    text = INTENT.replace("by year.", "by year.\n- A book is read.") + "- A reader has a name.\n"
    run(tmp_path, text)
    stories = [held(tmp_path, words) for words in ("borrows", "a-reader-has")]
    more = text + "- A reader returns each book.\n"
    report = run(tmp_path, more, mapper=chapters)
    [new] = [name for name in report.created if name.startswith("STORY-")]
    assert f"Amends {', '.join(stories)}." in documents(tmp_path, new)
    [epic] = {line for one in stories for line in re.findall("- Epic: .*", documents(tmp_path, one))}
    assert epic in documents(tmp_path, new)
    assert errors(tmp_path) == []
    assert not run(tmp_path, more, mapper=chapters).written, "mapped again it says the same"
