"""The graph in the formats of other tools: GraphML, DOT, Mermaid, and a matrix as CSV."""

import csv
import io
import json

from bmad.model.reports import GraphReport
from bmad.render.words import line, xml

_SHAPES = {
    "statement": "note",
    "requirement": "box",
    "epic": "folder",
    "story": "component",
    "criterion": "plain",
    "commit": "ellipse",
    "file": "tab",
    "test": "invhouse",
    "record": "cds",
    "finding": "octagon",
}


def graphml(report: GraphReport) -> str:
    """GraphML as networkx reads and writes it; the ids of nodes and the kinds of links are theirs."""
    import networkx as nx  # noqa: PLC0415 - loaded by whoever asks for it

    whole: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in report.nodes:
        fields = node.model_dump(mode="json", by_alias=True, exclude={"id"})
        whole.add_node(node.id, **{key: _told(value) for key, value in fields.items()})
    for link in report.links:
        whole.add_edge(link.source, link.target, key=link.kind, kind=link.kind, suspect=link.suspect)
    return "\n".join([_XML, *nx.generate_graphml(whole), ""])


_XML = '<?xml version="1.0" encoding="utf-8"?>'


def _told(value: object) -> str | int:
    """A value of a node as GraphML can hold it: no list, and no sign that XML has not."""
    if isinstance(value, int):
        return value
    text = "-".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return xml(text)


def dot(report: GraphReport) -> str:
    """Graphviz; suspect links are dashed."""
    rows = ["digraph bmad {", "  rankdir=BT;"]
    for node in report.nodes:
        label = json.dumps(f"{node.id}\n{line(node.title, 60)}", ensure_ascii=False)
        rows.append(f"  {json.dumps(node.id)} [shape={_SHAPES[node.kind]}, label={label}];")
    for link in report.links:
        style = ", style=dashed" if link.suspect else ""
        rows.append(
            f"  {json.dumps(link.source)} -> {json.dumps(link.target)} [label={json.dumps(link.kind)}{style}];"
        )
    return "\n".join([*rows, "}", ""])


def mermaid(report: GraphReport) -> str:
    """A Mermaid flowchart; suspect links are dotted."""
    names = {node.id: f"n{number}" for number, node in enumerate(report.nodes)}
    rows = ["flowchart BT"]
    for node in report.nodes:
        title = line(node.title, 60).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        rows.append(f'  {names[node.id]}["{node.id}<br/>{title}"]')
    for link in report.links:
        if link.target in names:
            arrow = "-.->" if link.suspect else "-->"
            rows.append(f"  {names[link.source]} {arrow}|{link.kind}| {names[link.target]}")
    return "\n".join([*rows, ""])


def matrix(report: GraphReport, *, history: bool = False) -> str:
    """One row for each way from a statement to a story: the traceability matrix. Empty cells are gaps.

    With history also the story's commits and records, joined by blanks.
    """
    down: dict[tuple[str, str], list[str]] = {}
    for link in report.links:
        down.setdefault((link.target, link.kind), []).append(link.source)
    titles = {node.id: node.title for node in report.nodes}
    paths = {node.id: node.path or "" for node in report.nodes}
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(
        ["statement", "class", "requirement", "story", "statement title", "requirement title", "story title"]
        + (["commits", "records"] if history else [])
    )
    for node in report.nodes:
        if node.kind != "statement":
            continue
        for requirement in down.get((node.id, "traces"), [""]):
            for story in down.get((requirement, "implements"), [""]):
                ids = [node.id, node.klass or "", requirement, story]
                records = " ".join(paths[one] for one in down.get((story, "evidences"), []))
                work = [" ".join(down.get((story, "belongs-to"), [])), _inert(records)]
                told = (_cell(titles.get(name, "")) for name in (node.id, requirement, story))
                rows.writerow([*ids, *told, *(work if history else ())])
    return out.getvalue()


def _cell(text: str) -> str:
    """A spreadsheet must not take a title for a formula."""
    return _inert(line(text, 200))


def _inert(shown: str) -> str:
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@")) else shown
