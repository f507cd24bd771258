"""Proposed territories for a person: story by story the paths, and the words that each follows from."""

from collections.abc import Iterator

from bmad.model.territories import Evidence, StoryTerritory, TerritoryReport
from bmad.render.words import line, plural, visible

_MOST = 2
"""Pieces of evidence that are shown of a path, without --verbose."""
_WORDS = 90
_STORIES = 8
_GROUNDS = {"files": "list of files", "tree": "source tree", "requirement-kin": "kin", "epic-kin": "kin"}
"""Words for what a path follows from, where they are others than its own."""


def territories(report: TerritoryReport, *, verbose: bool = False) -> str:
    return "\n".join(_rows(report, verbose=verbose))


def _rows(report: TerritoryReport, *, verbose: bool) -> Iterator[str]:
    for one in (each for each in report.stories if each.proposed):
        yield from _story(one, verbose=verbose)
        yield ""
    bare = [one for one in report.stories if not one.proposed]
    if bare:
        yield f"nothing is proposed to {plural(len(bare), 'story')}: {bare[0].why}"
        for one in bare:
            yield f"  {_named(one)}"
            yield from _left(one) if verbose else ()
        yield ""
    if report.shared:
        yield "paths that open stories share, which take turns there:"
        for glob in report.shared:
            more = f" and {len(glob.stories) - _STORIES} more" if len(glob.stories) > _STORIES else ""
            yield f"  {visible(glob.glob)}  {', '.join(glob.stories[:_STORIES])}{more}"
        yield ""
    found = sum(bool(one.proposed) for one in report.stories)
    written = sum(one.written for one in report.stories)
    told = f"{plural(len(report.stories), 'open story')} without a territory: {found} with a proposal"
    yield f"{told}{f', {written} written' if report.files else ''}; {len(report.stated)} have one already"


def _named(one: StoryTerritory) -> str:
    key = f"{visible(one.source)}  " if one.source else ""
    return f"{one.id}  {key}{line(one.title, 70)}"


def _story(one: StoryTerritory, *, verbose: bool) -> Iterator[str]:
    yield _named(one)
    for path in one.proposed:
        yield f"  {visible(path.glob)}{'  (new)' if path.new else ''}"
        shown = path.evidence if verbose else path.evidence[:_MOST]
        yield from (f"    {_said(each)}" for each in shown)
    if one.why:
        yield f"  not written: {one.why}"
    yield from _left(one) if verbose else ()


def _said(one: Evidence) -> str:
    ground = _GROUNDS.get(one.ground, one.ground)
    if one.path is None:
        return f"{ground}: {line(one.words, _WORDS)}"
    at = f"{visible(one.path)}:{one.line}" if one.line else visible(one.path)
    return f"{ground}: “{line(one.words, _WORDS)}”  {at}"


def _left(one: StoryTerritory) -> Iterator[str]:
    for each in one.left:
        yield f"    left {visible(each.name)}: {visible(each.why)}  {visible(each.path)}:{each.line}"
