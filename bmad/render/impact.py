"""An impact as text: what changed, what hangs below it, and the code that was written for that."""

from collections.abc import Iterator

from bmad.model.impact import ImpactReport
from bmad.render.words import line, plural, visible

_SHORT = 12


def impacted(report: ImpactReport) -> str:
    """Sections with a blank line between; what is not known is left out."""
    parts = [_changed(report), _suspect(report), _code(report)]
    return "\n\n".join(part for part in parts if part) or "nothing differs"


def _changed(report: ImpactReport) -> str:
    told = (("changed", report.changed), ("added", report.added), ("gone", report.gone))
    return "\n".join(
        f"{word:<8} {node}  {line(report.titles[node], 70)}" for word, nodes in told for node in nodes
    )


def _suspect(report: ImpactReport) -> str:
    if not report.suspect:
        return "nothing hangs below" if report.changed or report.added or report.gone else ""
    rows = [f"{plural(len(report.suspect), 'node')} below:"]
    for node in report.suspect:
        way = f"  by {' -> '.join(node.path[1:-1])}" if len(node.path) > 2 else ""  # noqa: PLR2004 - its ends
        rows.append(f"  {node.kind:<12} {node.id}  {line(node.title, 60)}{way}")
    return "\n".join(rows)


def _code(report: ImpactReport) -> str:
    if report.commits is None or not (report.suspect or report.changed):
        return ""
    return "\n".join(_rows(report))


def _rows(report: ImpactReport) -> Iterator[str]:
    yield f"{plural(len(report.commits or ()), 'commit')} there, by their trailers:"
    for commit in report.commits or ():
        yield f"  {commit.commit[:_SHORT]}  {visible(commit.title)}  ({', '.join(commit.stories)})"
    if report.files:
        yield f"{plural(len(report.files), 'file')} that they change:"
        yield from (f"  {visible(path)}" for path in report.files)
    for run in report.lines or ():
        span = f"{run.first}-{run.last}" if run.last > run.first else f"{run.first}"
        yield f"  {visible(run.path)}:{span}  {run.commit[:_SHORT]}"
