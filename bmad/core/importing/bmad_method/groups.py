"""Which files of a project belong together: a PRD with its breakdown is an intent, what stands apart another."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property

from bmad.core.importing.bmad_method.board import Row, key_of
from bmad.core.importing.bmad_method.epics import Breakdown, StoryHead, breakdown
from bmad.core.importing.bmad_method.files import Files, story_title
from bmad.core.importing.text import slug

_INNER = re.compile(r"/?(?:epics|prd|stories|epic-[^/]*)$")
_LEAST = 0.5


@dataclass
class Group:
    """The files of one intent. `told` are the breakdowns by file, `files` the story files by the story's key."""

    base: str
    name: str = ""
    """What tells its files from others beside them: `epics-reports.md`, `prd-reports.md`."""
    prds: list[str] = field(default_factory=list)
    epics: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    told: dict[str, Breakdown] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    """The line of the board by the story's key."""
    alone: list[str] = field(default_factory=list)
    """Files of stories that stand in no breakdown."""
    prefix: str = ""
    """What the board's keys of it begin with."""

    @cached_property
    def stories(self) -> list[StoryHead]:
        """Those of all breakdowns, once these are all told."""
        return [one for told in self.told.values() for one in told.stories if not one.struck]


def groups(files: Files) -> list[Group]:
    """The PRDs and breakdowns by the folder that they stand in; what has no breakdown is none."""
    found: dict[tuple[str, str], Group] = {}
    for path in files.epics:
        name = (base_of(path), _suffix(path, _EPICS))
        group = found.setdefault(name, Group(*name))
        group.epics.append(path)
        group.told[path] = breakdown(files.pages[path])
    for path in files.folders:
        above = path.rpartition("/")[0].rpartition("/")[0]
        base = base_of(f"{above}/x")
        found.setdefault((base, ""), Group(base)).folders.append(path)
    for path in files.prds:
        name = (base_of(path), _suffix(path, _PRD))
        holder = found.get(name) or (next(iter(found.values())) if len(found) == 1 else None)
        if holder is not None:
            holder.prds.append(path)
    return list(found.values())


_EPICS = re.compile(r"epics?-(?![\d])(?P<name>.+)|(?P<other>.+)-epics")
_PRD = re.compile(r"prd-(?P<name>.+)|(?P<other>.+)-prd", re.IGNORECASE)


def _suffix(path: str, pattern: re.Pattern[str]) -> str:
    """What a file's name says of which breakdown or PRD it is; nothing of shards and of those that stand alone."""
    folder, _, name = path.rpartition("/")
    found = pattern.fullmatch(name.removesuffix(".md"))
    if found is None or _INNER.search(folder):
        return ""
    return found["name"] or found["other"] or ""


def base_of(path: str) -> str:
    """The folder that a file of a breakdown or a PRD belongs to: those that only shard it left out."""
    folder = path.rpartition("/")[0]
    while (outer := _INNER.sub("", folder)) != folder:
        folder = outer
    return folder


def place_files(found: list[Group], paths: Iterable[str], files: Files) -> list[str]:
    """Give each story's file to the story that it is of, by number and words; those that are of none are told."""
    loose: list[str] = []
    for path in paths:
        row = key_of(path.rpartition("/")[2].removesuffix(".md"))
        key, title = story_title(files.pages[path])
        number = f"{row.epic}.{row.number}" if row.number else key
        best = _best(found, number, {row.slug, slug(title)}, row.prefix)
        if best is None or best[1].key in best[0].files:
            loose.append(path)
        else:
            best[0].files[best[1].key] = path
    return loose


def place_rows(found: list[Group], rows: Iterable[Row]) -> list[Row]:
    """Give each line of the board to its story; those that are of none are told."""
    loose: list[Row] = []
    for row in rows:
        best = _best(found, f"{row.epic}.{row.number}", {row.slug}, row.prefix) if row.number else None
        if best is None or best[1].key in best[0].rows:
            loose.append(row)
        else:
            best[0].rows[best[1].key] = row
            best[0].prefix = best[0].prefix or row.prefix
    return loose


def _best(found: list[Group], number: str, slugs: set[str], prefix: str) -> tuple[Group, StoryHead] | None:
    """The story of that number whose words are closest; with one breakdown the number is enough."""
    if not number:
        return None
    here = [(group, one) for group in found for one in group.stories if one.key == number]
    if len(found) == 1:
        return here[0] if here else None
    scored = [(max(_alike(slug(one.title), said) for said in slugs), group, one) for group, one in here]
    likely = [one for one in scored if one[0] >= _LEAST or (prefix and one[1].prefix == prefix)]
    best = max(likely, key=lambda one: one[0], default=None)
    return (best[1], best[2]) if best is not None else None


def _alike(one: str, other: str) -> float:
    """How alike two slugs are, of which boards and files cut long ones."""
    if not one or not other:
        return 0.0
    if one.startswith(other) or other.startswith(one):
        return 1.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
