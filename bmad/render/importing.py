"""What an import took and left, as text for a person at a terminal."""

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator

from bmad.model.exporting import ExportReport
from bmad.model.importing import Conflict, Edge, ImportReport, Left, Origin
from bmad.render.mapping import conflicts, mapping
from bmad.render.words import line, plural

_MOST = 12
"""Lines of a list, before it is only counted."""
_ORIGINS: tuple[Origin, ...] = ("declared", "derived", "missing")


def exported(report: ExportReport) -> str:
    """What went out, where to, and what the format has no place for."""
    counts = ", ".join(plural(count, kind) for kind, count in report.counts.items())
    rows = [f"{line(report.target)}: {report.format}, {plural(len(report.files), 'file')} written", f"  {counts}"]
    rows += [f"  {line(one, 160)}" for one in report.left[:_MOST]]
    more = len(report.left) - _MOST
    return "\n".join([*rows, *([f"  and {more} more; see: --json"] if more > 0 else [])])


def imported(report: ImportReport, *, verbose: bool = False) -> str:
    """Counts, edges, conflicts with both sides, what was left and why, and what was written."""
    rows = [f"{line(report.source)}: {report.format}"]
    rows += [f"  {plural(one.found, one.kind):<28} {one.taken} taken" for one in report.taken]
    rows.append(f"  {plural(report.criteria, 'criterion'):<28} {plural(report.done, 'story')} done elsewhere")
    rows += _edges(report.edges, verbose=verbose)
    rows += _conflicts(report.conflicts, verbose=verbose)
    rows += _left(report, verbose=verbose)
    for one in report.maps:
        rows += ["", mapping(one, verbose=True)] if verbose and not one.conflicts else conflicts(one)
    rows += ["", _written(report)]
    return "\n".join(rows)


def _written(report: ImportReport) -> str:
    if not report.ok:
        again = f"bmad import {shlex.quote(report.source)} --from {report.format} --keep"
        return (
            "nothing was written. Settle each conflict by hand (take over what the source says, or remove the "
            f"item), or keep what stands here: {again}"
        )
    if not report.files:
        return "no change"
    return f"{plural(len(report.files), 'file')} {'written' if report.written else 'would be written'}"


def _edges(edges: Iterable[Edge], *, verbose: bool) -> Iterator[str]:
    every = list(edges)
    counts = Counter((one.kind, one.origin) for one in every)
    yield f"edges{'':<18}{'  '.join(f'{origin:>9}' for origin in _ORIGINS)}"
    for kind in dict.fromkeys(one.kind for one in every):
        numbers = "  ".join(f"{counts[kind, origin]:>9}" for origin in _ORIGINS)
        yield f"  {kind:<21}{numbers}"
    for one in every if verbose else ():
        lower, upper = line(one.lower) or "?", line(one.upper) or "?"
        part = f"{line(one.part)} " if one.part else ""
        yield f"    {part}{lower} {one.kind} {upper}: {one.origin}, {line(one.evidence)}"


def _conflicts(conflicts: Iterable[Conflict], *, verbose: bool) -> Iterator[str]:
    every = list(conflicts)
    if not every:
        return
    yield f"{plural(len(every), 'place')} that {'does' if len(every) == 1 else 'do'} not agree, both told:"
    for one in every if verbose else every[:_MOST]:
        part = f"{line(one.part)} " if one.part else ""
        yield f"  {part}{line(one.key)}: {one.about}; {line(one.so, 160)}"
        yield from (f"    {line(said.path)}:{said.line}  {line(said.words, 140)}" for said in one.says)
    if len(every) > _MOST and not verbose:
        yield f"  and {len(every) - _MOST} more; see them all: bmad -v import …, or --json"


def _left(report: ImportReport, *, verbose: bool) -> Iterator[str]:
    every = report.left
    if not every:
        return
    where = "" if verbose else " (where each stands: bmad -v import …)"
    yield f"{plural(len(every), 'block')} not taken, {report.kept} kept in notes and texts{where}:"
    reasons: dict[str, list[Left]] = {}
    for one in every:
        reasons.setdefault(one.why, []).append(one)
    for why, found in sorted(reasons.items(), key=lambda entry: -len(entry[1])):
        yield f"  {len(found):>5}  {line(why, 110)}"
        for one in found if verbose else ():
            yield f"           {line(one.path)}:{one.line}  {line(one.words, 100)}"
