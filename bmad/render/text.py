"""Reports as plain text for a person at a terminal."""

from bmad.model.reports import (
    ConfirmReport,
    FmtReport,
    GraphLink,
    InitReport,
    ShowReport,
    StartReport,
)
from bmad.render.words import line, visible


def formatted(report: FmtReport, *, check: bool) -> str:
    if not report.changed:
        return "all documents are in canonical form"
    verb = "would be rewritten" if check else "rewritten"
    return "\n".join(f"{visible(path)} {verb}" for path in report.changed)


def confirmation(report: ConfirmReport) -> str:
    if not report.settled and not report.agreed:
        return "nothing was suspect here; the lock stays as it is"
    rows = [f"{link.source} -> {link.target} confirmed" for link in report.settled]
    rows += [f"{node} may stand as it was worded" for node in report.agreed]
    return "\n".join([*rows, f"by {visible(report.by)}: {visible(report.why)}"])


def initialised(report: InitReport) -> str:
    rows = [f"wrote {path}" for path in report.written] or ["nothing to write: all is there"]
    return "\n".join([*rows, *(visible(note) for note in report.notes)])


def started(report: StartReport) -> str:
    rows = [
        f"{report.story}: {line(report.title)}",
        f"  branch     {report.branch}",
        f"  territory  {', '.join(report.territory) or '(none)'}",
        f"  trailer    {report.trailer}",
        f"  story      {report.path}",
    ]
    return "\n".join([*rows, *(f"note: {note}" for note in report.notes)])


def shown(report: ShowReport) -> str:
    """A node: its text, its links by direction, and why it is suspect."""
    node = report.node
    rows = [f"{node.id} ({node.kind}): {line(node.title)}", f"  {visible(node.path or '')}:{node.line}"]
    if node.lines:
        rows.append(f"  intent, lines {node.lines[0]}-{node.lines[1]}, under: {line(node.heading or '')}")
    rows += [f"  the author's {visible(report.source)}"] if report.source else []
    rows += ["  holds for all work"] if report.everywhere else []
    rows += [f"  done elsewhere: {line(report.done_elsewhere)}"] if report.done_elsewhere else []
    rows += [f"  no story: {line(report.no_story)}"] if report.no_story else []
    if report.proposed_by:
        by = visible(report.proposed_by)
        rows.append(f"  proposed by {by}, not confirmed: bmad confirm {node.id} --why REASON")
    if report.text:
        rows += ["", *(f"  {visible(row)}" for row in report.text.split("\n")), ""]
    rows += [f"  up    {_end(link, link.target, report)}" for link in report.up]
    rows += [f"  down  {_end(link, link.source, report)}" for link in report.down]
    rows += [f"  holds {'':<10}  {end}  {line(title, 70)}" for end, title in report.holding.items()]
    if report.suspect:
        rows.append(f"suspect: {' -> '.join(report.suspect)}; settle: bmad confirm {node.id} --why REASON")
    return "\n".join(rows)


def _end(link: GraphLink, end: str, report: ShowReport) -> str:
    mark = "  (suspect)" if link.suspect else ""
    return f"{link.kind:<10}  {end}  {line(report.titles.get(end, 'not defined'), 70)}{mark}"
