"""What a map did, as text for a person at a terminal."""

import shlex

from bmad.model.map_reports import MapReport
from bmad.model.mapping import UNSOUND, WHOLE
from bmad.render.diffs import of_documents
from bmad.render.findings import by_rule, finding_text, tally
from bmad.render.margin import counted, silence, unsure
from bmad.render.spending import called
from bmad.render.words import plural, visible


def mapping(report: MapReport, *, verbose: bool = False) -> str:
    """What a map did, or would do, and how all of the intent was taken; verbose: each finding, the lock."""
    rows: list[str] = []
    if report.diff:
        rows.append((report.diff if verbose else of_documents(report.diff)).rstrip("\n"))
    rows += conflicts(report)
    if report.conflicts and not report.ok:
        rows.append(f"{plural(len(report.conflicts), 'conflict')}; nothing was written. {_settling(report)}")
    kinds = ("statement", "requirement", "epic", "story", "criterion")
    counts = [plural(report.counts.get(kind, 0), kind) for kind in kinds]
    rows.append(f"{visible(report.intent)}: {', '.join(counts)}")
    rows += _told(report)
    took = report.coverage
    rows.append(
        f"{took.characters} characters: {took.in_statements} in statements, {took.structure} structure, "
        f"{took.context} context"
    )
    changes = [f"{len(ids)} {what}" for what, ids in _changes(report) if ids]
    verb = "written" if report.written else "nothing written"
    if not changes and (report.written or report.diff):
        changes = ["no item changed, but their order, the lock or the path of the intent"]
    rows.append(f"{', '.join(changes)}; {verb}" if changes else "no change")
    if report.reread:
        made = "sentences that stand as they did and are now read otherwise"
        rows.append(f"{len(report.reread)} created of {made}: {', '.join(report.reread)}")
    if report.steady:
        rows.append(
            f"{', '.join(report.steady)}: kept as a hand wrote it, though its sentences are now read otherwise"
        )
    if report.spent is not None:
        rows.append(called(report.mapper, report.spent))
    if report.left_out:
        rows.append(f"{plural(report.left_out, 'proposal')} left out: the intent does not bear them out")
    if verbose:
        rows += [finding_text(finding) for finding in report.findings]
    if report.findings:
        rows.append(f"{tally(report.findings)} ({by_rule(report.findings)}); see: bmad validate")
    return "\n".join(rows)


def conflicts(report: MapReport) -> list[str]:
    """Each conflict with its place."""
    rows: list[str] = []
    for conflict in report.conflicts:
        where = f"{conflict.path}:{conflict.line}"
        part = "" if conflict.part in (WHOLE, UNSOUND) else f" `{conflict.part}`"
        rows.append(f"{where}: conflict: {conflict.id}{part} {visible(conflict.reason)}")
    return rows


def _told(report: MapReport) -> list[str]:
    """What was taken of the intent and what was left, and where to see it."""
    left = report.blocks.left
    where = f"; see: bmad show {shlex.quote(report.intent)}" if left is None or left else ""
    rows = [f"{counted(report.blocks)}{where}"]
    rows += [unsure(report.reads_as, report.blocks, report.intent)] if report.reads_as else []
    return [*rows, *map(silence, report.silent)]


def _settling(report: MapReport) -> str:
    hand = "Settle each by hand (take over what the intent says, or remove the item)"
    if any(conflict.part == UNSOUND for conflict in report.conflicts):
        return f"{hand}: what stands cannot be kept as it is, the specification would not be sound."
    return f"{hand}, or keep what stands: bmad map {shlex.quote(report.intent)} --keep"


def _changes(report: MapReport) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (("created", report.created), ("changed", report.changed), ("retired", report.retired))
