"""Features and scenarios in Gherkin, as they stand in code."""

import re
from itertools import pairwise

from bmad.core.outline.read.lines import LINE_START
from bmad.core.outline.read.stories import story_end
from bmad.model.draft import Span

_GHERKIN = re.compile(
    r"^[ \t>]*(?:Scenario(?: Outline)?|Example|Szenario|Scénario|Escenario|Cenário|Сценарий|シナリオ|场景):",
    re.MULTILINE,
)
_FENCES = frozenset({"gherkin", "feature", "cucumber"})


def is_named(info: str) -> bool:
    """Whether what stands behind a fence says that it is Gherkin."""
    return info.split(" ", maxsplit=1)[0].lower() in _FENCES


def scenarios_in(raw: str, *, named: bool) -> list[Span]:
    """Where the scenarios of some code stand, each to the next one; none where it is no Gherkin."""
    starts = [match.start() for match in _GHERKIN.finditer(raw)]
    if not (named or _GHERKIN.match(raw)):
        return []
    return [Span(begin, end) for begin, end in pairwise([*starts, len(raw)])]


def story_in(raw: str, codes: tuple[str, ...]) -> Span | None:
    """Where the user story stands that a feature begins with; None without one."""
    for match in LINE_START.finditer(raw):
        said = raw[match.end() :].split("Background:", maxsplit=1)[0].rstrip()
        if story_end(said, codes):
            return Span(match.end(), match.end() + len(said))
    return None


def steps_of(raw: str) -> tuple[str, str]:
    """The name of a scenario, and its steps on one line."""
    lines = [line.lstrip(" \t>").rstrip() for line in raw.splitlines()]
    steps = [line for line in lines[1:] if line and not line.startswith(("@", "#"))]
    return lines[0].partition(":")[2].strip() if lines else "", " ".join(" ".join(steps).split())
