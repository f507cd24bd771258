"""A finding as text: its place, what was said of it, and who settled it."""

from collections.abc import Iterator

from bmad.model.explained_finding import FindingReport, FindingStand
from bmad.model.followup import FollowUp
from bmad.render.acting import place
from bmad.render.words import line

_ALL = 1 << 20


def finding(report: FindingReport) -> str:
    """One finding, story by story where it came up in several."""
    rows = [row for one in report.stands for row in _stand(report.id, one)]
    return "\n".join([*rows, *(_scanned(report, report.scanned) if report.scanned is not None else ())])


def _scanned(report: FindingReport, one: FollowUp) -> Iterator[str]:
    stand = "dismissed as a false alarm" if report.dismissed else "nobody has confirmed it"
    yield f"{one.severity} {line(report.id)}  {place(one.path, one.line)}  ({line(one.lens)}): {stand}"
    yield "  came up    in a scan"
    yield from _said(
        ("quote", one.quote),
        ("claim", one.claim),
        ("no place", one.why),
        ("fix", one.fix),
        ("dismissed", report.dismissed),
        ("mended by", one.mended_by),
    )


def _stand(name: str, one: FindingStand) -> Iterator[str]:
    told = f" (told as {one.told_as})" if one.told_as else ""
    yield f"{one.severity}{told} {line(name)}  {place(one.path, one.line)}  ({line(one.lens)}): {one.disposition}"
    yield f"  story      {one.story}  {line(one.title, 80)}"
    yield f"  came up    in round {one.round} of landing {one.landing}"
    yield from _said(
        ("of", one.criterion),
        ("quote", one.quote),
        ("claim", one.claim),
        ("no place", one.why),
        ("fix", one.fix),
        ("developer", one.argument),
        ("reviewer", one.answer),
        ("ruled by", f"{one.ruled_by}: {one.ruling}" if one.ruling else one.ruled_by),
        ("repeats", one.same_as),
        ("mark", one.mark),
        ("record", one.record),
    )
    if not one.claim:
        yield "  words      not kept: a record has those of what landed open, the rest the journal that made it"


def _said(*told: tuple[str, str]) -> Iterator[str]:
    for label, words in told:
        if words:
            yield f"  {label:<9}  {line(words, _ALL)}"
