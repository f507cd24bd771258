"""What a request passes with and its squash would not: said before the button is pressed."""

from collections.abc import Iterator, Sequence

from bmad.core.gate.commits import Rules
from bmad.core.gate.parts import Entry, Verdict, sort
from bmad.core.gate.words import listed
from bmad.model.gate import CommitKind


def squash_note(rules: Rules, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """That one commit of the whole range would be refused (G06), where it changes governed files and others."""
    entries = [Entry(change, rules.classify.of(change)) for change in rules.step.net]
    governed = sort(entries, rules.exempt).governed
    apart = any(one.report.kind is CommitKind.POLICY and one.report.verdict == "pass" for one in verdicts)
    if apart and 0 < len(governed) < len(entries):
        named = listed(one.path for one in governed)
        words = f"a squash makes one commit of {named} and of what is not governed, and that is refused (G06)"
        yield f"land this by merge or rebase, or split it: {words}"
