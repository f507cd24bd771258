"""The kinds of words that are marked, each with its code, its gravity, and what it says of them.

A warning fails with `--strict`, so it is kept for what each reader would send back: a demand that is not written
yet, a speed without a number, two demands of which one must be wrong. The rest is told as a note.
"""

from typing import NamedTuple

from bmad.model.findings import Severity


class Wording(NamedTuple):
    """`message` has a place for the words that are marked."""

    code: str
    severity: Severity
    message: str
    fix: str


UNTESTABLE = Wording(
    "V09",
    Severity.WARNING,
    "the criterion ends in `{}`, which cannot be tested",
    "give a number, an example, or the exact outcome",
)
UNFINISHED = Wording(
    "V20",
    Severity.WARNING,
    "`{}` stands where words are still missing",
    "write what is asked, or put the question as `[NEEDS CLARIFICATION: …]`",
)
VAGUE = Wording(
    "V21",
    Severity.INFO,
    "`{}` is measured by no two readers alike",
    "say what can be seen, counted or compared: an outcome, an example, a number",
)
ESCAPE = Wording(
    "V22",
    Severity.INFO,
    "`{}` lets whoever builds it decide whether it is done",
    "say in which case it must be done, or take the words away",
)
OPEN_ENDED = Wording(
    "V23",
    Severity.INFO,
    "`{}` leaves the list open",
    "name all that is meant, or the rule by which one knows it",
)
QUICK = Wording(
    "V24",
    Severity.WARNING,
    "`{}` has no number",
    "say how much at most or at least, and for what: a time, a size, a load",
)
DOUBLE = Wording(
    "V25",
    Severity.INFO,
    "a second demand in the sentence begins at `{}`",
    "make it a requirement of its own, so that it is built, tested and traced by itself",
)
PRONOUN = Wording(
    "V26",
    Severity.INFO,
    "`{}` stands for something that this text does not name",
    "name it: a requirement is read alone",
)
CONTRADICTION = Wording(
    "V27",
    Severity.WARNING,
    "{}",
    "take back one of the two, or say in each when it holds",
)
