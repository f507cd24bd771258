"""`bmad export`: the specification for other tools; all files are written, or none."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from bmad.core.exporting.bmad_method import export
from bmad.core.exporting.items import items
from bmad.errors import UsageError
from bmad.model.exporting import Exported
from bmad.model.graph import Node
from bmad.model.layout import Place
from bmad.pipeline.spec.work_tree import load_sound
from bmad.ports.files import Formats, Workspace

BMAD, REQIF, CSV = "bmad", "reqif", "csv"
FORMATS = (BMAD, REQIF, CSV)


class Outgoing(NamedTuple):
    """What goes out: items for one file, or the texts of several by path below the target."""

    items: list[Exported]
    texts: dict[str, str]
    counts: dict[str, int]
    left: list[str]


def format_of(target: str, name: str | None) -> str:
    """The format that is asked for, or that the target's name says. Raises: UsageError where neither does."""
    ending = target.rpartition(".")[2].lower()
    told = name or (ending if ending in (REQIF, CSV) else BMAD if "." not in target.rpartition("/")[2] else "")
    if told not in FORMATS:
        raise UsageError(f"Say in which format: bmad export {target} --format {'|'.join(FORMATS)}")
    return told


def export_project(workspace: Workspace, formats: Formats, states: Mapping[str, str], kind: str) -> Outgoing:
    """What goes out of the work tree's specification. Raises: UsageError where there is none, or it is broken."""
    loaded = load_sound(workspace, formats)
    graph, layout = loaded.graph(), loaded.layout
    counts = dict(Counter(node.kind.value for node in graph.nodes.values()))
    if kind != BMAD:
        return Outgoing(items(graph, layout, states), {}, counts, [])
    parts: list[tuple[Place, str, list[Node]]] = []
    for place in layout.places:
        here = [node for node in graph.nodes.values() if layout.register_of(node.path) == place.register]
        folder = place.register.rpartition("/")[0].rpartition("/")[2] if len(layout.places) > 1 else ""
        if here:
            parts.append((place, folder, here))
    found = export(graph, parts, states)
    return Outgoing([], found.texts, counts, found.left)
