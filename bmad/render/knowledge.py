"""The index of the lessons for a person at a terminal: its text, then what is wrong with pages."""

from bmad.model.knowledge import KnowledgeReport
from bmad.render.words import line, plural, visible


def knowledge(report: KnowledgeReport) -> str:
    """The pages by class, then what is wrong, then a count."""
    rows = []
    klass = ""
    for one in report.pages:
        if one.klass != klass:
            klass = one.klass
            rows.append(f"{klass}:")
        rows.append(f"  {visible(one.path)}  {line(one.title, 80)}")
        rows += [f"    stale: {line(why, 160)}" for why in one.stale]
        rows += [f"    changed since by {', '.join(map(visible, one.changed))}"] if one.changed else []
        rows += [f"    too long: {one.bytes:,} bytes"] if one.long else []
    for pair in report.twice:
        rows.append(f"said twice ({pair.share:.0%}): {visible(pair.path)} and {visible(pair.other)}")
        rows.append(f"    {line(pair.words)}")
    rows.append(_count(report))
    if report.in_step is False:
        rows.append(f"{report.index} reads otherwise by now: bmad knowledge --write")
    if report.written:
        rows.append(f"wrote {report.index}")
    return "\n".join(rows)


def _count(report: KnowledgeReport) -> str:
    told = [
        f"{sum(bool(one.stale) for one in report.pages)} stale",
        f"{sum(one.long for one in report.pages)} too long",
        f"{len(report.twice)} said twice",
    ]
    return f"{plural(len(report.pages), 'page')} at {report.commit[:12]}: {', '.join(told)}"
