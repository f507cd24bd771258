"""What a story's log holds below an event: the words of those who worked in it, a line each."""

from collections.abc import Iterator, Mapping
from typing import Any

from bmad.render.words import bare, line, plural

_ALL = 1 << 20
"""Characters of a line: nothing is cut."""


def entries(content: Mapping[str, Any]) -> Iterator[str]:
    """Every line below an event with this content."""
    yield from _said(content)
    yield from _examined(content)
    yield from _departed(content)
    yield from _probed(content)
    yield from _argued(content)


def _said(content: Mapping[str, Any]) -> Iterator[str]:
    """What whoever did the step says they did."""
    if summary := line(content.get("summary", ""), _ALL):
        yield f"    says: {summary}"


def _examined(content: Mapping[str, Any]) -> Iterator[str]:
    """What was suspected, as a table: verdict, hypothesis, what was run to decide it, what was seen."""
    rows = [
        [line(str(one.get(name) or _DEFAULTS.get(name, "-")), _ALL) for name in _COLUMNS]
        for one in content.get("hypotheses", ())
    ]
    if not rows:
        return
    widths = [min(max(map(len, column)), _WIDEST) for column in zip(_COLUMNS, *rows, strict=True)]
    for row in [list(_COLUMNS), *rows]:
        yield "    " + " | ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()


_COLUMNS = ("verdict", "hypothesis", "test", "evidence")
_DEFAULTS = {"verdict": "open"}
_WIDEST = 40
"""Characters to which the columns of a table are filled up; what is longer stands as it is."""


def _departed(content: Mapping[str, Any]) -> Iterator[str]:
    """Where work departs from Dev Notes or assumptions, a line each."""
    for one in content.get("deviations", ()):
        yield f"    departs from {bare(line(one['rule'], _ALL))}: {line(one['reason'], _ALL)}"


def _probed(content: Mapping[str, Any]) -> Iterator[str]:
    """What a probe says it ran: its own word, and nobody else's."""
    for one in content.get("probed", ()):
        tried = one.get("tried", ())
        yield f"    probe, {line(one['angle'], _ALL)}: it says it ran {plural(len(tried), 'thing')}:"
        for each in tried:
            result = f" -> {line(each['result'], _ALL)}" if each.get("result") else ""
            yield f"      {line(each['ran'], _ALL)}{result}"


def _argued(content: Mapping[str, Any]) -> Iterator[str]:
    """What developer and reviewer said of findings in triage."""
    for one in content.get("settlements", ()):
        for key, who in (("argument", "developer"), ("answer", "reviewer")):
            if one.get(key):
                yield f"    {one['finding']} {who}: {line(one[key], _ALL)}"
