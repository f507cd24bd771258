"""Where the documents stand: the one place that knows the paths of the spec.

Patterns are exact and case-sensitive: `specs/conftest.py` and `Specs/prd.md` are code.
"""

import re

from bmad.model.ids import ID, Kind

REGISTER = "specs/intent.md"
PRD = "specs/prd.md"
LOCK = "specs/trace.lock"
POLICY = "bmad.yaml"
EPICS = "specs/epics"
STORIES = "stories"
DRIVER = "bmad"
"""The merge driver's name in `.gitattributes` and in git's configuration."""
DRIVEN = (f"{EPICS}/*.md", f"{STORIES}/*.md")
"""The patterns that it is asked for by, beside single files."""
RECORDS = "stories/records"
OWN_FOLDER = ".bmad"
HELD = ".held"
"""What the file of a lock ends with. Not as git's own, which people remove when they stay behind."""
"""What bmad keeps on one machine: ignored by git, and believed only where git does not track it."""

KEPT = "refs/bmad/kept/"
ARCHIVE = "refs/bmad/archive"
"""Unfinished work: a ref each, by story and step, while a story is under way. When it is done, one ref for all
stories, each commit of which has the kept ones as parents."""

EPIC_RE = re.compile(r"specs/epics/EPIC-[^/]*\.md")
STORY_RE = re.compile(r"stories/STORY-[^/]*\.md")
RECORD_RE = re.compile(rf"stories/records/(STORY-{ID}?)(?:\.([0-9]+))?\.json")
"""Story and landing. A number at the end is always the landing, never a part of the id."""

_NUMBERED = re.compile(r"\.[0-9]+\Z")


def record_path(story: str, landing: int) -> str:
    """The one name of a landing's record: the first landing goes without a number, unless the id ends in one.

    So `STORY-1.2.json` is the second landing of STORY-1, and `STORY-1.2.1.json` the first of STORY-1.2.
    """
    numbered = landing > 1 or _NUMBERED.search(story) is not None
    return f"{RECORDS}/{story}{f'.{landing}' if numbered else ''}.json"


def document_kind(path: str) -> Kind | None:
    """The kind of item that the document at path holds, or None where path is no spec document."""
    if path == REGISTER:
        return Kind.STATEMENT
    if path == PRD:
        return Kind.REQUIREMENT
    if EPIC_RE.fullmatch(path):
        return Kind.EPIC
    if STORY_RE.fullmatch(path):
        return Kind.STORY
    return None


def names_item(path: str, item: str) -> bool:
    """Whether the name of an epic's or story's file agrees with the item's id."""
    stem = path.rpartition("/")[2].removesuffix(".md")
    return stem == item or stem.startswith(f"{item}-")


def is_markdown(path: str) -> bool:
    """Whether path is one that an intent may have."""
    return path.endswith((".md", ".markdown"))


def is_spec(path: str, intent: str) -> bool:
    """Whether path is a spec file: a document, the lock, or the intent itself, which must be Markdown."""
    return path == LOCK or (path == intent and is_markdown(path)) or document_kind(path) is not None
