"""Sources of packs made of plain values: a story, and a project as a mapping of paths to texts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bmad.core.knowledge.index import Known, Told, arranged
from bmad.core.knowledge.pages import is_page, page
from bmad.core.packs.source import Found, Other, Source
from bmad.core.packs.words import indexed
from bmad.model.spec import Criterion, Epic, Ref, Requirement, Statement, StatementClass, Story

TEXT = """\
# STORY-one111: Parse durations

- Territory: `src/clock.py`, `tests/test_clock.py`

## Acceptance Criteria

- **AC-1** `parse` must refuse a negative duration.
"""


def story(name: str = "STORY-one111", *territory: str, **more: Any) -> Story:
    told = Story(
        id=name,
        title="Parse durations",
        path=f"stories/{name}.md",
        territory=tuple(Ref(glob) for glob in territory),
        criteria=(Criterion(id="AC-1", text="`parse` must refuse a negative duration."),),
    )
    return replace(told, **more)


def statement(quote: str, klass: StatementClass = StatementClass.REQUIREMENT, line: int = 1) -> Statement:
    return Statement(id=f"INT-{line:06}", title="", klass=klass, quote=quote, line=line)


def requirement(text: str) -> Requirement:
    return Requirement(id="FR-one111", title="Parsing", text=text)


def epic(text: str) -> Epic:
    return Epic(id="EPIC-one111", title="Durations", text=text)


def other(number: int, *territory: str) -> Other:
    return Other(story(f"STORY-x{number:05}", *territory, title=f"Story {number}"), "not built yet")


def project(files: Mapping[str, str], told: Story, **more: Any) -> Source:
    """A source over files in memory, searched word by word."""
    words = {path: set(re.findall(r"[a-z0-9]+", indexed(text).lower())) for path, text in files.items()}

    def find(asked: Sequence[str]) -> Found:
        found = {word: frozenset(path for path, held in words.items() if word in held) for word in asked}
        return Found(found, {path: len(text) for path, text in files.items()})

    pages = [page(path, text) for path, text in files.items() if is_page(path)]
    stories = {one.id: Told(one.title) for one in (told, *(each.story for each in more.get("others", ())))}
    known = Known({path: path for path in files}, stories, frozenset(stories), {})
    values: dict[str, object] = {"text": TEXT, "paths": tuple(sorted(files)), "read": files.get, "find": find}
    values["lessons"] = arranged(pages, known)
    return Source(story=told, **(values | more))  # type: ignore[arg-type]
