"""What `bmad backfill` has proposed, where a report tells of something older than the adoption."""

from bmad.model.trace import BlameReport, TraceReport
from bmad.wiring import App


def proposals(app: App, report: TraceReport | BlameReport) -> list[str]:
    """Sentences on what older lines and commits may have been a part of; none where nothing was proposed."""
    chains = report.chains if isinstance(report, TraceReport) else ()
    if not any(one.older for one in report.lines) and not any(one.story is None for one in chains):
        return []
    from bmad.needs import backfills  # noqa: PLC0415 - where something is older
    from bmad.pipeline.trace.proposals import with_proposals  # noqa: PLC0415

    return with_proposals(app.told_history(), app.formats, backfills(app.environ, app.root), report)
