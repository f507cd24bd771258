"""The v7 preview: a folder for each epic, with `epic.md` and a file a story; their front matter says what is what.

States and dependencies stand in the front matter alone, and each criterion says in `## Coverage` what it serves.
"""

from typing import NamedTuple

from bmad.core.importing.bmad_method.agreeing import Agreed
from bmad.core.importing.bmad_method.board import is_done
from bmad.core.importing.bmad_method.epics import naming
from bmad.core.importing.bmad_method.files import Files
from bmad.core.importing.bmad_method.linking import Links
from bmad.core.importing.bmad_method.requirements import Definition
from bmad.core.importing.bmad_method.stories import Body, body, sections_called, status_of, tasks_of
from bmad.core.importing.data import front_matter, word, words
from bmad.core.importing.source import GROUPED, NOTED, Anchor, SourceEpic
from bmad.core.importing.text import Page, same_key
from bmad.model.importing import Edge, EdgeKind


class PreviewStory(NamedTuple):
    """`key` is the path from the folder of the epics, without its ending; `needs` are keys as compared."""

    key: str
    title: str
    epic: str
    page: Page
    told: Body
    agreed: Agreed
    needs: tuple[str, ...]
    after: tuple[str, ...]


class Preview(NamedTuple):
    epics: tuple[SourceEpic, ...]
    stories: tuple[PreviewStory, ...]
    edges: tuple[Edge, ...]
    used: tuple[tuple[Anchor, str], ...]


def preview(heads: list[str], files: Files, wanted: dict[str, Definition], links: Links) -> Preview:
    """The epics and stories of the folders that these files head; what serves what is noted in the links."""
    epics: list[SourceEpic] = []
    stories: list[PreviewStory] = []
    edges: list[Edge] = []
    used: list[tuple[Anchor, str]] = []
    waits: dict[str, list[str]] = {}
    for head in heads:
        page = files.pages[head]
        folder = head.rpartition("/")[0]
        name = folder.rpartition("/")[2]
        data, begins = front_matter(page.text, head)
        kept = [one for one in page.paragraphs(begins, len(page.text)) if not page.said(one).startswith("# ")]
        used += [(one, GROUPED) for one in kept]
        text = "\n\n".join(page.said(one) for one in kept if not page.said(one).startswith("#"))
        for number in words(data.get("depends_on")):
            waits.setdefault(name, []).append(number)
            edges.append(_edge("depends-on", name, number, f"{head}: depends_on"))
        own = [
            _story(files.pages[path], folder, _Known(wanted, links, edges))
            for path in files.stories
            if in_folder(path, head)
        ]
        stories += own
        used += [(one, NOTED) for story in own for one in story.told.rest]
        epics.append(SourceEpic(key=name, title=word(data.get("title")) or name, text=text, covers=_covers(own)))
    return Preview(tuple(epics), tuple(_ordered(stories, waits)), tuple(edges), tuple(used))


def in_folder(path: str, head: str) -> bool:
    """Whether a file stands in the folder that another one heads."""
    return path.rpartition("/")[0] == head.rpartition("/")[0]


def _covers(stories: list[PreviewStory]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(need for story in stories for need in story.needs))


class _Known(NamedTuple):
    wanted: dict[str, Definition]
    links: Links
    edges: list[Edge]


def _story(page: Page, folder: str, known: _Known) -> PreviewStory:
    data, begins = front_matter(page.text, page.path)
    epic = folder.rpartition("/")[2]
    key = f"{epic}/{page.path.rpartition('/')[2].removesuffix('.md')}"
    known.edges.append(_edge("in-epic", key, epic, f"{page.path}: its folder and `epic`"))
    after: list[str] = []
    for name in words(data.get("depends_on")):
        after.append(name if "/" in name else f"{epic}/{name}")
        known.edges.append(_edge("depends-on", key, after[-1], f"{page.path}: depends_on"))
    coverage = next(sections_called(page, "coverage"), None)
    for line in naming(page, coverage.start, coverage.own) if coverage is not None else ():
        for name in line.keys:
            if (need := known.wanted.get(same_key(name))) is not None:
                edge = _edge("implements", key, need.key, f"{page.path}:{line.line}")
                known.links.add(known.links.serves, (key, same_key(name)), edge)
    status = status_of(page)
    agreed = Agreed(state=status.word)
    if is_done(status.word):
        agreed.done = f"`{status.word}` in {page.path}"
    agreed.tasks, agreed.boxes, agreed.ticked = tasks_of(page)
    end = coverage.heading.start if coverage is not None else len(page.text)
    told = body(page, begins, end)
    title = word(data.get("title")) or key
    return PreviewStory(key, title, epic, page, told, agreed, tuple(known.links.of_story(key)), tuple(after))


def _ordered(stories: list[PreviewStory], waits: dict[str, list[str]]) -> list[PreviewStory]:
    """The stories with what their epics wait for: an epic is named by the number of its folder."""
    found: list[PreviewStory] = []
    for one in stories:
        before = set(waits.get(one.epic, ()))
        others = [other.key for other in stories if other.epic.partition("-")[0] in before]
        found.append(one._replace(after=(*one.after, *(() if one.agreed.done else others))))
    return found


def _edge(kind: EdgeKind, lower: str, upper: str, evidence: str) -> Edge:
    return Edge(kind=kind, lower=lower, upper=upper, origin="declared", evidence=evidence)
