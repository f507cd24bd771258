"""The check of what a story does to the tests that were there before it, and who may ask for it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from bmad.core.act.checks import KEPT_TESTS, Check
from bmad.core.act.run import PERSON
from bmad.core.gate.words import printable, told
from bmad.core.suites.weakened import Loss
from bmad.model.review import Disposition, Finding, Kind

_ASKS = (Disposition.CONFIRMED, Disposition.FIXED)
_MOST, _SHOWN, _LINES = 5, 3, 12
"""Tests that are named, tests that are shown as they were, and lines of each."""


def unasked(losses: Iterable[Loss], findings: Iterable[Finding], said: Sequence[str]) -> list[Loss]:
    """The losses that no confirmed finding about the test, and no person who names it, has asked for."""
    asked = [one for one in findings if one.kind is Kind.FINDING and one.disposition in _ASKS]
    words = [*said, *(one.claim for one in asked if one.lens == PERSON)]
    about = [one for one in asked if one.lens != PERSON]
    return [
        loss
        for loss in losses
        if not any(_names(loss, text) for text in words) and not any(_is_about(one, loss) for one in about)
    ]


def _names(loss: Loss, text: str) -> bool:
    """Whether words name a test, or its file, as it is spelled."""
    told = {loss.path, loss.place, loss.name, loss.name.rpartition("::")[2]} - {""}
    return any(re.search(rf"(?<![\w/.]){re.escape(one)}(?![\w/])", text) for one in told)


def _is_about(finding: Finding, loss: Loss) -> bool:
    """Whether a finding stands in the test as it was, or at its file and names it."""
    if finding.path != loss.path:
        return False
    quote = finding.quote.strip()
    stands = bool(quote) and any(quote == line.strip() for line in loss.was.split("\n"))
    return stands or _names(loss._replace(path=""), f"{finding.claim} {finding.fix or ''}")


def kept(losses: Sequence[Loss]) -> Check:
    """The check, by what was lost that nobody asked for; below the sentence stands how it was before."""
    if not losses:
        words = "No test that was there is gone, is switched off or asks for less, unless that was asked for."
        return Check(KEPT_TESTS, ok=True, sentence=words)
    named = [f"{printable(one.place)} (line {one.line}) {told(one.words, 300)}" for one in losses]
    rest = len(named) - _MOST
    few = "; ".join(named[:_MOST]) + (f"; and {rest} more" if rest > 0 else "")
    words = f"Tests that were there ask for less: {few}. {_WAY}"
    return Check(KEPT_TESTS, ok=False, sentence="\n".join([words, *_before(losses)]))


_WAY = "Put them back; a confirmed finding may ask for it, or a person who names the test."


def _before(losses: Sequence[Loss]) -> Iterator[str]:
    for one in [each for each in losses if each.was][:_SHOWN]:
        lines = one.was.split("\n")
        yield f"{printable(one.place)} was:"
        yield from (told(line) for line in lines[:_LINES])
        if len(lines) > _LINES:
            yield f"… ({len(lines) - _LINES} lines more)"
