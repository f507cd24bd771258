"""The adoption, and what is proposed for the time before it, as text."""

from collections import Counter

from bmad.model.backfill import AdoptReport, BackfillReport, Proposal
from bmad.render.words import line, plural

_MOST = 20


def adopted(report: AdoptReport, *, is_new: bool = False) -> str:
    """Where tracing begins; `is_new`: the settings were set up just now, which has been told already."""
    where = report.since if report.since == "root" else report.since[:12]
    said = f"tracing begins at {where}" if report.written or is_new else f"tracing begins at {where}, as before"
    return "\n".join([said, *report.notes])


def backfilled(report: BackfillReport, *, verbose: bool = False) -> str:
    """How many of each kind, then the latest; verbose: all."""
    many = plural(len(report.proposals), "story")
    rows = [f"{plural(report.commits, 'commit')} before {report.since[:12]}: {many} proposed, none of them traced"]
    rows += [
        f"  {count:>6}  by {grounds}" for grounds, count in Counter(o.grounds for o in report.proposals).items()
    ]
    every = list(reversed(report.proposals))
    rows += [_row(one) for one in (every if verbose else every[:_MOST])]
    if len(every) > _MOST and not verbose:
        rows.append(f"  and {len(every) - _MOST} more; see: bmad -v backfill, or --json")
    if report.left_out:
        rows.append(
            f"{plural(report.left_out, 'older commit')} not looked at: --most {report.commits + report.left_out}"
        )
    kept = "kept: bmad trace and bmad blame tell of them" if report.kept else "not kept: there is no cache folder"
    return "\n".join([*rows, kept])


def _row(one: Proposal) -> str:
    where = f"  {', '.join(map(line, one.paths))}" if one.paths else ""
    key = f"{one.grounds} {line(one.key)}".strip()
    return f"  {one.id}  {key}  {plural(len(one.commits), 'commit')}  {line(one.title, 70)}{where}"
