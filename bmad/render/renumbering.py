"""What `bmad renumber` did, id by id."""

from bmad.model.renumbering import KeptReference, Renamed, Renumbered, RenumberReport
from bmad.render.diffs import of_documents
from bmad.render.findings import finding_text
from bmad.render.words import visible


def renumbered(report: RenumberReport, *, verbose: bool = False) -> str:
    """The report as text; its last line is the next command, where there is one; verbose: the lock, too."""
    diff = report.diff if verbose else of_documents(report.diff)
    rows = [diff.rstrip("\n")] if diff else []
    rows += [*map(_given, report.renumbered), *map(_renamed, report.renamed)]
    rows += [f"{visible(one.path)}:{one.line}: names {one.id}, {_meant(one)}" for one in report.kept]
    rows += [finding_text(finding) for finding in report.left]
    if report.written:
        rows.append("written; next: bmad validate")
    elif report.diff:
        rows.append("nothing written; next: bmad renumber")
    elif not report.left:
        rows.append("each id is defined once, and each file has the name of what is in it; nothing to do")
    return "\n".join(rows)


def _given(one: Renumbered) -> str:
    place = f"{visible(one.path)}:{one.line}"
    if one.new is None:
        return f"{place}: {one.id} says the same as another {one.id}: dropped"
    return f"{place}: {one.id} is {one.new} now"


def _renamed(one: Renamed) -> str:
    return f"{visible(one.path)} -> {visible(one.to)}" if one.to else f"{visible(one.path)} removed"


def _meant(one: KeptReference) -> str:
    return "which is retired: name what is meant" if one.retired else "and still means the first"
