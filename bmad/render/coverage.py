"""Trace coverage as text: the shares, folder by folder, and what is missing on both sides."""

from collections.abc import Iterator, Sequence

from bmad.model.coverage import BareCommit, CoverageReport, Gap, PathCoverage, Share
from bmad.render.words import line, plural, visible

_SHORT = 12
_MOST = 20
_SURE = {"exact": "exactly", "trailer": "by trailer", "record": "by record", "one-of": "as one of several"}


def covered(report: CoverageReport) -> str:
    return "\n".join(_rows(report))


def _rows(report: CoverageReport) -> Iterator[str]:
    since = f" since the adoption ({report.since[:_SHORT]})" if report.since else ""
    yield f"lines    {_share(report.lines)} of {plural(report.lines.all, 'line')}{since}{_but(report.lines)}"
    yield f"commits  {_share(report.commits)} of {plural(report.commits.all, 'commit')}{_but(report.commits)}"
    if told := _apart(report):
        yield f"apart    {told}; no requirement is asked for these"
    if report.sure:
        yield f"told     {', '.join(f'{number} {_SURE[sure]}' for sure, number in report.sure.items())}"
    shown = [*report.folders, *(one for one in report.files if one.lines.reached < one.lines.all)]
    yield from _table(shown)
    if report.without_lines is not None:
        yield from _needs(report)
    yield from _gaps([one for one in report.without_requirement if one.apart is None])
    bare = [one for one in report.bare_commits if one.apart is None]
    if bare:
        yield ""
        yield f"{plural(len(bare), 'commit')} without a requirement:"
        yield from _cut([f"  {one.commit[:_SHORT]}  {line(one.title, 70)}{_tiny(one)}" for one in bare])
    apart = [one for one in report.bare_commits if one.apart is not None]
    if apart:
        yield ""
        yield f"{plural(len(apart), 'commit')} apart, of which no requirement is asked:"
        wide = max(len(one.apart or "") for one in apart)
        yield from _cut(
            [f"  {one.commit[:_SHORT]}  {one.apart:<{wide}}  {line(one.title, 70)}{_tiny(one)}" for one in apart]
        )
    if not report.ok:
        yield ""
        yield f"below --fail-under {report.fail_under:g}"


_KINDS = {
    "adoption": "of the adoption",
    "grandfathered": "grandfathered",
    "revert": "of reverts",
    "tiny": "of tiny changes",
    "exempt": "of exemptions",
}


def _apart(report: CoverageReport) -> str:
    """How many lines and commits stand apart, by their kind."""
    told = []
    for kind, words in _KINDS.items():
        lines, commits = getattr(report.lines, kind), getattr(report.commits, kind)
        if lines or commits:
            told.append(f"{plural(lines, 'line')} and {plural(commits, 'commit')} {words}")
    return ", ".join(told)


def _tiny(one: BareCommit) -> str:
    return f"  (tiny change: {line(one.trivial, 60)})" if one.trivial else ""


def _share(share: Share) -> str:
    """Never rounded up: 100 % is all of them."""
    if share.percent is None:
        return "-"
    return f"{share.percent:.1f} %" if share.reached < share.all else "100 %"


def _but(share: Share) -> str:
    """What is in neither number."""
    told = [f"{plural(share.older, 'older line')} apart"] * bool(share.older)
    told += [f"{share.apart} apart"] * bool(share.apart)
    return "".join(f", {one}" for one in told)


def _table(paths: Sequence[PathCoverage]) -> Iterator[str]:
    if not paths:
        return
    yield ""
    rows = [("path", "share", "reached", "lines", "older")]
    for one in paths:
        own = one.lines
        rows.append((visible(one.path), _share(own), str(own.reached), str(own.all), str(own.older)))
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for path, *numbers in rows:
        cells = "  ".join(f"{cell:>{width}}" for cell, width in zip(numbers, wide[1:], strict=True))
        yield f"  {path:<{wide[0]}}  {cells}"


def _needs(report: CoverageReport) -> Iterator[str]:
    names = report.without_lines or ()
    yield ""
    if not names:
        yield f"every requirement has lines{' since the adoption' if report.since else ''}"
        return
    yield f"{plural(len(names), 'requirement')} without lines{' since the adoption' if report.since else ''}:"
    yield from _cut([f"  {name}  {line(report.titles.get(name, ''), 80)}" for name in names])


def _gaps(gaps: Sequence[Gap]) -> Iterator[str]:
    if not gaps:
        return
    lines = sum(one.last - one.first + 1 for one in gaps)
    files = len({one.path for one in gaps})
    yield ""
    yield f"{plural(lines, 'line')} in {plural(files, 'file')} without a requirement:"
    rows = []
    for one in gaps:
        span = f"{one.first}" if one.first == one.last else f"{one.first}-{one.last}"
        why = f"{one.why}: {', '.join(one.stories)}" if one.stories else one.why
        rows.append(f"  {visible(one.path)}:{span}  {one.commit[:_SHORT]}  {why}  {line(one.title, 60)}")
    yield from _cut(rows)


def _cut(rows: Sequence[str]) -> Iterator[str]:
    yield from rows[:_MOST]
    if len(rows) > _MOST:
        yield f"  and {len(rows) - _MOST} more: --json"
