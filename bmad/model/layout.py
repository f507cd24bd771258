"""Where the documents stand: a value made from the settings, and what never moves.

Patterns are exact and case-sensitive: `specs/conftest.py` and `Specs/prd.md` are code.
"""

import json
import re
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from bmad.model.ids import Kind
from bmad.model.values import value

POLICY = "bmad.yaml"
OWN_FOLDER = ".bmad"
"""What bmad keeps on one machine: ignored by git, and believed only where git does not track it."""
INCLUDE = ".worktreeinclude"
"""Names files that git ignores and that worktrees get a copy of."""
LOCK_SUFFIX = ".lock"
"""What the lock's name ends with, wherever it stands."""
HELD = ".held"
"""What the file of a lock ends with. Not as git's own, which people remove when they stay behind."""
DRIVER = "bmad"
"""The merge driver's name in `.gitattributes` and in git's configuration."""

KEPT = "refs/bmad/kept/"
ARCHIVE = "refs/bmad/archive"
"""Unfinished work: a ref each, by story and step, while a story is under way. When it is done, one ref for all
stories, each commit of which has the kept ones as parents."""

_EPIC = re.compile(r"EPIC-[^/]*\.md")
_STORY = re.compile(r"STORY-[^/]*\.md")
_RECORD = re.compile(r"(STORY-[A-Za-z0-9._-]{1,80}?)(?:\.([0-9]+))?\.json")
"""Story and landing. A number at the end is always the landing, never a part of the id."""
_ANY = re.compile(r".*", re.DOTALL)
_NUMBERED = re.compile(r"\.[0-9]+\Z")


class Place(NamedTuple):
    """An intent and the documents that are made of it; `epics` and `stories` are folders.

    The intent is a Markdown file, or a folder of them (with a slash at its end) or an index of them.
    """

    intent: str = "intent.md"
    register: str = "specs/intent.md"
    prd: str = "specs/prd.md"
    epics: str = "specs/epics"
    stories: str = "stories"
    shards: tuple[str, ...] = ()
    """The files of a folder or an index, as they were found."""

    @property
    def files(self) -> tuple[str, ...]:
        """The files that a person writes."""
        return self.shards if is_sharded(self.intent) else (self.intent,)


_Entry = tuple[re.Pattern[str], Kind, Place]


class RecordName(NamedTuple):
    """The story and landing that the name of a record's file says; 0 where bmad spells the number otherwise."""

    story: str
    number: int


@value(frozen=True)
class Layout:
    """The paths of everything that bmad reads and writes in a repository."""

    places: tuple[Place, ...] = (Place(),)
    lock: str = "specs/trace.lock"
    records: str = "stories/records"
    elsewhere: tuple[str, ...] = ()
    """Where an intent that moves stood before, or will stand."""

    @cached_property
    def _index(self) -> tuple[dict[str, _Entry], dict[str, _Entry]]:
        """By path of a file, and by folder: how the names in it read, the kind, and the place."""
        files: dict[str, _Entry] = {}
        folders: dict[str, _Entry] = {}
        for place in self.places:
            files[place.register] = _ANY, Kind.STATEMENT, place
            files[place.prd] = _ANY, Kind.REQUIREMENT, place
            folders[place.epics] = _EPIC, Kind.EPIC, place
            folders[place.stories] = _STORY, Kind.STORY, place
        return files, folders

    @cached_property
    def _intents(self) -> frozenset[str]:
        return frozenset((*self.intents, *self.elsewhere))

    @property
    def intents(self) -> tuple[str, ...]:
        """The files of all intents."""
        return tuple(path for place in self.places for path in place.files)

    def kind(self, path: str) -> Kind | None:
        """The kind of item that the document at path holds, or None where path is no spec document."""
        found = self.owner(path)
        return found[0] if found is not None else None

    def owner(self, path: str) -> tuple[Kind, Place] | None:
        """The kind of item that the document at path holds, and the place it is part of."""
        files, folders = self._index
        folder, _, name = path.rpartition("/")
        found = files.get(path) or folders.get(folder)
        return found[1:] if found is not None and found[0].fullmatch(name) else None

    def register_of(self, path: str) -> str:
        """The register of the intent that the document at path is part of; empty where path is none."""
        found = self.owner(path)
        return found[1].register if found is not None else ""

    def naming(self, intent: str) -> "Layout":
        """The layout with the intent that the register of the only one names; of several, the settings say it."""
        return replace(self, places=(self.places[0]._replace(intent=intent),)) if len(self.places) == 1 else self

    def is_spec(self, path: str) -> bool:
        """Whether path is a spec file: a document, the lock, or an intent itself, which must be Markdown."""
        return self.is_state(path) or (is_markdown(path) and path in self._intents)

    def is_state(self, path: str) -> bool:
        """Whether path is a document or the lock, which must parse in each commit."""
        return path == self.lock or self.kind(path) is not None

    def is_lock(self, path: bytes) -> bool:
        return path == self.lock.encode()

    def record(self, path: str) -> RecordName | None:
        """What the name of the record at path says; None where path is that of no record."""
        folder, _, name = path.rpartition("/")
        match = _RECORD.fullmatch(name) if folder == self.records else None
        if match is None or match[2] is None:
            return RecordName(match[1], 1) if match else None
        number = int(match[2][:6])
        return RecordName(match[1], number if self.record_path(match[1], number) == path else 0)

    def record_path(self, story: str, landing: int) -> str:
        """The one name of a landing's record: the first goes without a number, unless the id ends in one.

        So `STORY-1.2.json` is the second landing of STORY-1, and `STORY-1.2.1.json` the first of STORY-1.2.
        """
        numbered = landing > 1 or _NUMBERED.search(story) is not None
        return f"{self.records}/{story}{f'.{landing}' if numbered else ''}.json"

    def with_place(self, place: Place) -> "Layout":
        """The layout with another version of one of its places."""
        places = (place if one.register == place.register else one for one in self.places)
        return replace(self, places=tuple(places))

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that hold documents, the lock or records, each once; the root is an empty name."""
        every = ((_parent(one.register), _parent(one.prd), one.epics, one.stories) for one in self.places)
        own = (path for one in every for path in one)
        return tuple(dict.fromkeys((*own, _parent(self.lock), self.records)))

    @property
    def standing(self) -> tuple[str, ...]:
        """The folders in which documents, the lock or records stand, and those of them that stand in the root."""
        files = (path for one in self.places for path in (one.register, one.prd))
        rooted = (path for path in (*files, self.lock) if not _parent(path))
        return (*filter(None, self.folders), *rooted)

    def is_own(self, path: str) -> bool:
        """Whether path is no work of the project: a spec file, a record, or bmad's own."""
        return path.startswith(f"{OWN_FOLDER}/") or self.is_spec(path) or self.record(path) is not None

    @property
    def samples(self) -> tuple[str, ...]:
        """A path of each kind: an intent, a document, the lock, a record."""
        own = (
            path
            for one in self.places
            for path in (*one.files, one.register, one.prd, f"{one.epics}/EPIC-x.md", f"{one.stories}/STORY-x.md")
        )
        new = (f"{one.intent}x.md" for one in self.places if one.intent.endswith("/"))
        return (*own, *new, self.lock, f"{self.records}/STORY-x.json")

    @property
    def patterns(self) -> tuple[str, ...]:
        """Intents and documents as git attributes name them."""
        intents = (pattern for one in self.places for pattern in _patterns(one.intent))
        documents = ((one.register, one.prd, f"{one.epics}/*.md", f"{one.stories}/*.md") for one in self.places)
        return (*intents, *(pattern for one in documents for pattern in one))


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def names_item(path: str, item: str) -> bool:
    """Whether the name of an epic's or story's file agrees with the item's id."""
    stem = path.rpartition("/")[2].removesuffix(".md")
    return stem == item or stem.startswith(f"{item}-")


def may_be_named(item: str, kind: Kind) -> bool:
    """Whether a file of that kind can have the item's id as its name."""
    pattern = {Kind.EPIC: _EPIC, Kind.STORY: _STORY}.get(kind)
    return pattern is not None and pattern.fullmatch(f"{item}.md") is not None


def is_markdown(path: str) -> bool:
    return path.endswith((".md", ".markdown"))


INDEX = "index.md"


def is_sharded(intent: str) -> bool:
    """Whether an intent is a folder of Markdown files, or an index in one that links to them.

    In the root an index is a file like any other: what it linked to could be every page of the project.
    """
    return intent.endswith(("/", f"/{INDEX}"))


def folder_of(path: str) -> str:
    """The folder that a path names or stands in, with a slash at its end; empty for the root."""
    return path[: path.rfind("/") + 1]


def may_be_intent(path: str) -> bool:
    """Whether path is one that an intent may have."""
    return is_markdown(path) or path.endswith("/")


def _patterns(intent: str) -> tuple[str, ...]:
    """An intent for git attributes, where a pattern's signs are escaped, and quotes stand around a blank."""
    plain = re.sub(r"[*?\[\]\\]", r"\\\g<0>", folder_of(intent) if is_sharded(intent) else intent)
    path = f"{plain}*.md" if is_sharded(intent) else plain
    return (json.dumps(path, ensure_ascii=False) if re.search(r"[\s\"]", path) else path,)
