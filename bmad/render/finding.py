"""A finding as text: its place, what was said of it, and who settled it."""

from collections.abc import Iterator

from bmad.model.explained_finding import FindingReport, FindingStand
from bmad.render.acting import place
from bmad.render.words import line

_ALL = 1 << 20


def finding(report: FindingReport) -> str:
    """One finding, story by story where it came up in several."""
    return "\n".join("\n".join(_stand(report.id, one)) for one in report.stands)


def _stand(name: str, one: FindingStand) -> Iterator[str]:
    told = f" (told as {one.told_as})" if one.told_as else ""
    yield f"{one.severity}{told} {line(name)}  {place(one.path, one.line)}  ({line(one.lens)}): {one.disposition}"
    yield f"  story      {one.story}  {line(one.title, 80)}"
    yield f"  came up    in round {one.round} of landing {one.landing}"
    for label, words in (
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
    ):
        if words:
            yield f"  {label:<9}  {line(words, _ALL)}"
    if not one.claim:
        yield "  words      not kept: a record has those of what landed open, the rest the journal that made it"
