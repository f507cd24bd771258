"""`bmad report --format html`: one page with all it needs inside, to go from a sentence to a line and back."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from bmad.model.exploring import ChangedFile, Exploration
from bmad.model.reports import GraphNode
from bmad.model.spec import ACTIONABLE
from bmad.model.trace import TracedLine
from bmad.render.gate import confirmed_by, now, standing, tiny, was
from bmad.render.pages import resource, source, written
from bmad.render.report import shown_as, verdict
from bmad.render.spending import spending
from bmad.render.words import plural

_WAYS = ("traces", "implements")
"""The links from a story up to the intent's words."""


class Item(NamedTuple):
    """A sentence, requirement or story, the ids next to it, and the words that the page's filter asks for."""

    node: GraphNode
    up: Sequence[str]
    down: Sequence[str]
    flags: Sequence[str]


class Run(NamedTuple):
    """Lines that stand together and are of the same commit and stories."""

    anchor: str
    place: str
    lines: Sequence[TracedLine]

    @property
    def first(self) -> TracedLine:
        return self.lines[0]


def html(found: Exploration) -> str:
    """The page; its only links are those within it."""
    script = resource("report.js")
    runs = {file.path: list(_runs(number, file)) for number, file in enumerate(found.files)}
    return written(
        "report.html",
        plural=plural,
        says=says,
        verdict=verdict,
        shown_as=shown_as,
        was=was,
        now=now,
        confirmed_by=confirmed_by,
        standing=standing,
        tiny=tiny,
        spending=spending,
        script=script,
        style_hash=source(resource("page.css")),
        script_hash=source(script),
        report=found.report,
        stories={story.id: story for story in found.report.stories},
        titles={node.id: node.title for node in found.graph.nodes},
        items=_items(found),
        files=found.files,
        runs=runs,
        places=_places(run for own in runs.values() for run in own),
    )


def says(message: str, path: str) -> bool:
    """Whether a message names a path, and not only a longer one or a word that holds its letters."""
    return re.search(rf"(?<![\w./-]){re.escape(path)}(?![\w/-]|\.\w)", message) is not None


def _items(found: Exploration) -> Mapping[str, Sequence[Item]]:
    """By kind the sentences, requirements and stories, in the order of the specification."""
    up: defaultdict[str, list[str]] = defaultdict(list)
    down: defaultdict[str, list[str]] = defaultdict(list)
    for link in found.graph.links:
        if link.kind in _WAYS:
            up[link.source].append(link.target)
            down[link.target].append(link.source)
    suspect = {link.source for link in found.graph.links if link.suspect}
    changed = _above((story.id for story in found.report.stories), up)
    items: dict[str, list[Item]] = {"statement": [], "requirement": [], "story": []}
    for node in sorted(found.graph.nodes, key=lambda node: (node.path or "", node.line or 0)):
        if node.kind in items:
            flags = [word for word, holds in (("suspect", suspect), ("changed", changed)) if node.id in holds]
            flags += ["gap"] if not down[node.id] and _is_gap(node, found) else []
            items[node.kind].append(Item(node, up[node.id], down[node.id], flags))
    return items


def _above(starts: Iterable[str], up: Mapping[str, Sequence[str]]) -> set[str]:
    """Nodes with all that is above them."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += up.get(node, ())
    return found


def _is_gap(node: GraphNode, found: Exploration) -> bool:
    """Whether something that nothing hangs below is left open; a story is where no commit built it."""
    match node.kind:
        case "story":
            return node.id not in found.built
        case "requirement":
            return node.id not in found.everywhere
        case _:
            return node.klass in ACTIONABLE


def _runs(number: int, file: ChangedFile) -> Iterator[Run]:
    """The lines of a file of the page, cut where they do not follow each other or are of another commit."""
    numbered = ((line.line - at, line.commit, line.stories) for at, line in enumerate(file.lines))
    for _, pairs in groupby(zip(numbered, file.lines, strict=True), key=lambda pair: pair[0]):
        lines = [line for _, line in pairs]
        first, last = lines[0].line, lines[-1].line
        place = f"{file.path}:{first}" if first == last else f"{file.path}:{first}-{last}"
        yield Run(f"f{number}-{first}", place, lines)


def _places(runs: Iterable[Run]) -> Mapping[str, Sequence[Run]]:
    """By story the runs of lines that are its own, or may be."""
    found: defaultdict[str, list[Run]] = defaultdict(list)
    for run in runs:
        for story in run.first.stories:
            found[story].append(run)
    return found
