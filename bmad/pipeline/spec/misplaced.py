"""Documents that are not where they are read: moved, given another name, or deleted in the work tree only."""

import re
from collections.abc import Iterable, Iterator
from os.path import commonpath
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.errors import UsageError
from bmad.model.findings import Finding, Severity
from bmad.model.ids import ID, PREFIX, Kind
from bmad.model.layout import Layout, Place, is_markdown
from bmad.pipeline.spec.work_tree import Loaded
from bmad.ports.files import Workspace

_HEADING = re.compile(rf"^# ((?:STORY|EPIC)-{ID}?):", re.MULTILINE)


class Astray(NamedTuple):
    """A file that holds an item by its heading, and lies where none of its kind is read."""

    path: str
    id: str
    line: int
    place: str
    """Where it would be read."""


def astray(workspace: Workspace, layout: Layout) -> Iterator[Astray]:
    """The files below the specification's folders that git holds and that hold a story or epic nobody reads."""
    folders = tuple(f"{folder}/" for folder in layout.folders if folder)
    for path in sorted(workspace.standing().held):
        if not path.startswith(folders) or layout.kind(path) is not None or not is_markdown(path):
            continue
        text = workspace.read(path) or ""
        heading = _HEADING.search(text)
        if heading is not None:
            line = text.count("\n", 0, heading.start()) + 1
            place = _nearest(path, layout)
            folder = place.stories if heading[1].startswith("STORY") else place.epics
            yield Astray(path, heading[1], line, f"{folder}/{heading[1]}-….md")


def _nearest(path: str, layout: Layout) -> Place:
    """The place that shares most of its folders' names with a path."""
    return max(
        layout.places,
        key=lambda one: max(
            len(commonpath([path, way])) for way in (one.register, one.prd, one.epics, one.stories)
        ),
    )


def misplaced(workspace: Workspace, graph: SpecGraph, layout: Layout) -> Iterator[Finding]:
    """V02: a second file of one id, or the only one, where it is not read."""
    for one in astray(workspace, layout):
        node = graph.nodes.get(one.id)
        if node is not None:
            message = f"{one.id} is defined twice, first at {node.path}:{node.line}"
        else:
            message = f"{one.id} stands where it is not read"
        yield Finding(
            code="V02",
            severity=Severity.ERROR,
            path=one.path,
            line=one.line,
            column=1,
            message=message,
            fix=f"move it to {one.place}, or take it away",
        )


def refuse_lost(workspace: Workspace, loaded: Loaded, created: Iterable[str]) -> None:
    """What git still has is not written anew, without what was edited in it by hand.

    Nothing is in the way of who deletes a document of which a map then makes no other.

    Raises: UsageError naming the first document that is not where it is read, and what to do.
    """
    made = {_KIND.get(one.partition("-")[0]) for one in created}
    graph = loaded.graph()
    for one in astray(workspace, loaded.layout) if made & {Kind.STORY, Kind.EPIC} else ():
        if one.id not in graph.nodes:
            raise UsageError(f"{one.id} stands in {one.path}, where it is not read. Move it to {one.place}.")
    names = tuple(f"{id_}{end}" for id_ in graph.nodes for end in ("-", ".md"))
    for path in sorted(workspace.standing().held):
        if path in loaded.texts or loaded.layout.kind(path) not in made - {None}:
            continue
        if not path.rpartition("/")[2].startswith(names):
            raise UsageError(
                f"{path} is not in the work tree, and git still has it: what was edited in it would be lost. "
                f"Bring it back (git restore {path}), or take it out of git, too (git rm {path})."
            )


_KIND = {"NFR": Kind.REQUIREMENT} | {prefix: kind for kind, prefix in PREFIX.items()}
