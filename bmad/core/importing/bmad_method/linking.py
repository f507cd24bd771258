"""Which requirement stands in which epic and story, and what waits for what: as it is written, with where."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bmad.core.importing.bmad_method.epics import EpicHead, Row, StoryHead, covering, naming, waiting
from bmad.core.importing.bmad_method.files import Files
from bmad.core.importing.bmad_method.groups import Group
from bmad.core.importing.bmad_method.requirements import Definition
from bmad.core.importing.source import Anchor
from bmad.core.importing.text import same_key
from bmad.model.importing import Edge, Origin

Pair = tuple[str, str]


@dataclass
class Links:
    """`covers` epic and requirement, `serves` story and requirement, with how one knows; by comparable key."""

    covers: dict[Pair, Edge] = field(default_factory=dict)
    serves: dict[Pair, Edge] = field(default_factory=dict)
    waits: dict[Pair, Edge] = field(default_factory=dict)
    told: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    """What a line of the coverage map says of a requirement that it puts in no epic: path, line, words."""
    used: list[tuple[Anchor, str]] = field(default_factory=list)

    def epics_of(self, need: str) -> list[str]:
        return [epic for epic, other in self.covers if other == need]

    def stories_of(self, need: str) -> list[str]:
        return [story for story, other in self.serves if other == need]

    def of_story(self, story: str) -> list[str]:
        return [need for other, need in self.serves if other == story]

    def of_epic(self, epic: str) -> list[str]:
        return [need for other, need in self.covers if other == epic]

    def add(self, which: dict[Pair, Edge], pair: Pair, edge: Edge) -> None:
        """Note an edge; what is declared stays so, wherever else it is said less clearly."""
        if pair not in which or (which[pair].origin != "declared" and edge.origin == "declared"):
            which[pair] = edge


def linked(group: Group, wanted: dict[str, Definition], files: Files) -> Links:
    """All that the files of a group say of what belongs to what."""
    links = Links()
    for told in group.told.values():
        _map(links, told.rows, wanted)
        for epic in told.epics:
            if not epic.struck:
                _of_epic(links, epic, wanted)
        for path, lower, line in told.waits:
            _wait(links, lower, line.keys, f"{path}:{line.line}")
    for story in group.stories:
        _of_story(links, story, group.files.get(story.key), files, wanted)
    _alone(links, group)
    return links


def _of_epic(links: Links, epic: EpicHead, wanted: dict[str, Definition]) -> None:
    """What the own words of an epic say."""
    for line in covering(epic.page, epic.section.start, epic.section.own):
        _cover(links, epic.key, line.keys, f"{epic.page.path}:{line.line}", wanted)
    for line in waiting(epic.page, epic.section.start, epic.section.own):
        _wait(links, f"Epic {epic.key}", line.keys, f"{epic.page.path}:{line.line}")


def _of_story(
    links: Links, story: StoryHead, path: str | None, files: Files, wanted: dict[str, Definition]
) -> None:
    """What a story says, and of its own file the lines that say what it covers."""
    for line in naming(story.page, story.section.start, story.section.end):
        _serve(links, story.key, line.keys, (f"{story.page.path}:{line.line}", line.says), wanted)
    for line in waiting(story.page, story.section.start, story.section.end):
        _wait(links, story.key, line.keys, f"{story.page.path}:{line.line}")
    page = files.pages[path] if path is not None else None
    for line in naming(page, 0, len(page.text)) if page is not None else ():
        if line.says:
            _serve(links, story.key, line.keys, (f"{path}:{line.line}", True), wanted)


def _map(links: Links, rows: Iterable[Row], wanted: dict[str, Definition]) -> None:
    for row in rows:
        links.used.append((row.anchor, "it says which epic covers what"))
        where = f"{row.path}:{row.line}"
        struck = "~~" in row.words
        for key in row.keys:
            if same_key(key) not in wanted:
                continue
            for epic in row.epics if not struck else ():
                _cover(links, epic, [key], where, wanted)
            for story in row.stories:
                _serve(links, story, [key], (where, True), wanted)
            if struck or not (row.epics or row.stories):
                links.told[same_key(key)] = (row.path, row.line, row.words.strip("|-* "))


def _cover(links: Links, epic: str, keys: Iterable[str], where: str, wanted: dict[str, Definition]) -> None:
    for key in keys:
        if (need := wanted.get(same_key(key))) is not None:
            edge = Edge(kind="covers", lower=f"Epic {epic}", upper=need.key, origin="declared", evidence=where)
            links.add(links.covers, (epic, same_key(key)), edge)


def _serve(
    links: Links, story: str, keys: Iterable[str], told: tuple[str, bool], wanted: dict[str, Definition]
) -> None:
    where, says = told
    for key in keys:
        if (need := wanted.get(same_key(key))) is not None:
            evidence = where if says else f"{where}: the story names it"
            origin: Origin = "declared" if says else "derived"
            edge = Edge(kind="implements", lower=story, upper=need.key, origin=origin, evidence=evidence)
            links.add(links.serves, (story, same_key(key)), edge)


def _wait(links: Links, lower: str, uppers: Iterable[str], where: str) -> None:
    for upper in uppers:
        if upper != lower:
            edge = Edge(kind="depends-on", lower=lower, upper=upper, origin="declared", evidence=where)
            links.add(links.waits, (lower, upper), edge)


def _alone(links: Links, group: Group) -> None:
    """What an epic of a single story covers is that story's."""
    stories: dict[str, list[str]] = {}
    for one in group.stories:
        stories.setdefault(one.epic, []).append(one.key)
    for (epic, need), edge in links.covers.items():
        own = stories.get(epic, [])
        if len(own) == 1:
            evidence = f"{edge.evidence}: it is the only story of Epic {epic}"
            derived = Edge(kind="implements", lower=own[0], upper=edge.upper, origin="derived", evidence=evidence)
            links.add(links.serves, (own[0], need), derived)
