"""OpenSpec: what holds in `openspec/specs/*/spec.md`, and what is to change in `openspec/changes/*`, as deltas.

Each requirement is a story with its scenarios: one that stands in `specs` is built, as its project says, and one
of a change is open until all tasks of the change are ticked. What was archived has gone into `specs`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from bmad.core.importing.data import words, yaml_of
from bmad.core.importing.gathering import DECLARED, Gathering, ticked
from bmad.core.importing.source import GROUPED, Anchor, Part, Project, SourceEpic, SourceStory, Texts, Told
from bmad.core.importing.text import Page, Section, one_line, slug
from bmad.errors import UsageError

_ROOT = re.compile(r"(?:.*/)?openspec/")
_SPEC = re.compile(r"(?:.*/)?openspec/specs/(?P<name>[^/]+)/spec\.md")
_DELTA = re.compile(
    r"(?P<folder>(?:.*/)?openspec/changes/(?P<change>(?!archive/)[^/]+))/specs/(?P<name>[^/]+)/spec\.md"
)
_ARCHIVED = re.compile(r"(?:.*/)?openspec/changes/archive/(?P<name>[^/]+)/")
_REQUIREMENT = re.compile(r"Requirement:\s*(?P<name>.+)", re.IGNORECASE)
_SCENARIO = re.compile(r"Scenario:\s*(?P<name>.+)", re.IGNORECASE)
_KIND = re.compile(r"(?P<kind>ADDED|MODIFIED|REMOVED|RENAMED) Requirements", re.IGNORECASE)


class _Found(NamedTuple):
    """A requirement where it stands; `kind` is that of a delta, empty of what holds."""

    name: str
    section: Section
    kind: str


class OpenSpec:
    """Reads specifications and changes."""

    name = "openspec"

    def wanted(self, paths: Sequence[str]) -> tuple[str, ...]:
        own = [path for path in paths if _SPEC.fullmatch(path) or _DELTA.fullmatch(path)]
        return tuple(path for path in paths if own and _ROOT.match(path) and path.endswith((".md", ".yaml")))

    def read(self, texts: Texts) -> Project:
        found = Gathering()
        epics: dict[str, SourceEpic] = {}
        stories: list[SourceStory] = []
        used: list[tuple[Anchor, str]] = []
        files: list[str] = []
        for path in texts:
            if (match := _SPEC.fullmatch(path)) is not None:
                page = Page(path, texts[path])
                files.append(path)
                epics[match["name"]] = _capability(page, match["name"], used)
                done = f"it stands in {path}"
                stories += [_story(page, one, match["name"], done, found) for one in _requirements(page)]
        changes = _changes(texts)
        for name, deltas in changes.items():
            own = _change(name, deltas, texts, found)
            files += deltas
            epics[name] = own[0]
            stories += own[1]
        stories = _waiting(stories, changes, texts, found)
        if not stories:
            raise UsageError("There is no requirement of OpenSpec here: openspec/specs/NAME/spec.md.")
        found.count("epic", len(epics))
        found.count("story", len(stories))
        _rest(texts, files, found)
        named = {one.epic for one in stories}
        kept = tuple(one for one in epics.values() if one.key in named)
        for one in epics.values():
            if one.key not in named:
                found.leave(files[0], 1, one.title, "it has no requirement")
        return found.project(
            Part(name="", files=tuple(files), epics=kept, stories=tuple(stories), used=tuple(used))
        )


def _capability(page: Page, name: str, used: list[tuple[Anchor, str]]) -> SourceEpic:
    purpose = next((one for one in page.sections if one.title.lower() in ("purpose", "overview")), None)
    kept = page.paragraphs(purpose.start, purpose.own) if purpose is not None else []
    used += [(one, GROUPED) for one in kept]
    text = "\n\n".join(page.said(one) for one in kept)
    return SourceEpic(key=name, title=re.sub(r"\s+Specification$", "", page.title) or name, text=text)


def _requirements(page: Page) -> Iterator[_Found]:
    kind = ""
    for section in page.sections:
        if section.heading.level <= 2:  # noqa: PLR2004 - where deltas are told apart
            match = _KIND.match(section.title)
            kind = match["kind"].upper() if match is not None else ""
        if (match := _REQUIREMENT.fullmatch(section.title)) is not None:
            yield _Found(match["name"].strip(), section, kind)


def _story(page: Page, one: _Found, epic: str, done: str, found: Gathering, head: str = "") -> SourceStory:
    section = one.section
    key = f"{head or epic}/{one.name}"
    found.edge("in-epic", key, head or epic, DECLARED, f"{page.path}:{section.heading.line}")
    own = [p for p in page.paragraphs(section.start, section.own) if page.said(p).strip("- \n")]
    criteria = [_scenario(page, inner) for inner in page.below(section) if _SCENARIO.fullmatch(inner.title)]
    narrative = "\n\n".join(page.said(p) for p in own)
    return SourceStory(
        key=key,
        source=one.name,
        title=one.name,
        epic=head or epic,
        narrative=narrative or one.name,
        anchors=(*own, *(told.anchor for told in criteria))
        or (page.anchor(section.heading.start, section.heading.end),),
        criteria=tuple(told.text for told in criteria),
        notes=f"{one.kind} Requirements" if one.kind else "",
        done=done,
    )


def _scenario(page: Page, section: Section) -> Told:
    """A scenario, with its name, which is what its author calls it."""
    anchor = page.anchor(section.start, section.own)
    said = re.sub(r"^[ \t]*[-*+][ \t]+", "", page.said(anchor), flags=re.MULTILINE)
    name = _SCENARIO.fullmatch(section.title)
    text = one_line(f"{name['name'] if name else section.title}: {said}")
    if anchor.start >= anchor.end:
        anchor = page.anchor(section.heading.start, section.heading.end)
    return Told(text, anchor)


# -- changes ---------------------------------------------------------------------------------------------------


def _changes(texts: Texts) -> dict[str, list[str]]:
    """The deltas of each change that is not archived."""
    found: dict[str, list[str]] = {}
    for path in texts:
        if (match := _DELTA.fullmatch(path)) is not None:
            found.setdefault(match["change"], []).append(path)
    return found


def _change(name: str, deltas: list[str], texts: Texts, found: Gathering) -> tuple[SourceEpic, list[SourceStory]]:
    match = _DELTA.fullmatch(deltas[0])
    folder = match["folder"] if match is not None else ""
    tasks = texts.get(f"{folder}/tasks.md", "")
    page = Page(f"{folder}/tasks.md", tasks)
    boxes = [one for one in page.items(0, len(tasks)) if one.ticked is not None]
    done = ticked(sum(bool(one.ticked) for one in boxes), len(boxes), "tasks", page.path)
    proposal = Page(f"{folder}/proposal.md", texts.get(f"{folder}/proposal.md", ""))
    stories: list[SourceStory] = []
    for path in deltas:
        delta = Page(path, texts[path])
        for one in _requirements(delta):
            story = _story(delta, one, name, done, found, name)
            where = f"From “{folder}/proposal.md”." if proposal.text else ""
            stories.append(replace(story, notes="\n\n".join(filter(None, (where, story.notes)))))
    if stories and boxes:
        said = tuple(one_line(tasks[box.start : box.end]) for box in boxes)
        stories[0] = replace(stories[0], tasks=said)
    why = next((one for one in proposal.sections if slug(one.title) in ("why", "motivation", "problem")), None)
    text = proposal.text[why.start : why.own].strip() if why is not None else ""
    title = re.sub(r"^(?:Change|Proposal):\s*", "", proposal.title) or name
    return SourceEpic(key=name, title=title, text=text), stories


def _waiting(
    stories: list[SourceStory], changes: dict[str, list[str]], texts: Texts, found: Gathering
) -> list[SourceStory]:
    """What the data of changes say of changes that they wait for: each story of the one for each of the other."""
    waits: dict[str, list[str]] = {}
    for name, deltas in changes.items():
        match = _DELTA.fullmatch(deltas[0])
        path = f"{match['folder']}/.openspec.yaml" if match is not None else ""
        data = yaml_of(texts[path], path) if path in texts else None
        for upper in words(data.get("dependsOn")) if isinstance(data, dict) else ():
            if found.waits(name, upper, upper in changes, f"{path}: dependsOn"):
                waits.setdefault(name, []).append(upper)
    after = {name: tuple(one.key for one in stories if one.epic in uppers) for name, uppers in waits.items()}
    return [replace(one, after=after[one.epic]) if one.epic in after and not one.done else one for one in stories]


def _rest(texts: Texts, files: list[str], found: Gathering) -> None:
    """What was archived, and what only explains."""
    archived: dict[str, str] = {}
    for path in texts:
        if (match := _ARCHIVED.match(path)) is not None:
            archived.setdefault(match["name"], path)
        elif path not in files:
            found.leave(path, 1, path.rpartition("/")[2], "it proposes, plans or explains what the deltas ask for")
    for name, path in archived.items():
        found.count("archived change")
        found.leave(path, 1, name, "it is archived: what it brought stands in openspec/specs")
