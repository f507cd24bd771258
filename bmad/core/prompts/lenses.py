"""What reviewers look through, and what a severity means there."""

from typing import NamedTuple

from bmad.core.gate.words import printable


class Lens(NamedTuple):
    """What to look for; `grave` says what a P0, a P1 and a P2 are, where the common scale does not fit."""

    look: str
    scale: str = ""


_SCALE = "P0 data loss, a hole that lets others in, or a crash; P1 wrong; P2 worth mending."

LENSES = {
    "correctness": Lens(
        "Look for what is wrong: a criterion that is not met, a wrong result, an unhandled case or error, a race, "
        "and tests that cannot fail.",
    ),
    "security": Lens(
        "Look for what an attacker could use: input that is trusted, injection, paths that lead outside, secrets "
        "that leak, rights that are not checked, resources without bounds.",
    ),
    "maintainability": Lens(
        "Look for what will hurt the next reader: doubled or dead code, misleading names, needless complexity, a "
        "break with the habits of the code around it, interfaces that invite misuse.",
        "P1 where the next change will most likely go wrong by it (a name or an interface that says the opposite "
        "of what it does, one rule in two places that differ already); P2 what costs the next reader time. There "
        "is no P0.",
    ),
    "tests": Lens(
        "Look at the tests as those who must warn the next developer. Break the code by hand, one place at a "
        "time, in your copy: a condition turned round, a bound moved by one, a line left out. What no test "
        "notices is a finding, and so is a test that repeats the code, that depends on time, order or network, "
        "or that was deleted, skipped or loosened.",
        "P0 a test that damages what is not its own; P1 a criterion for which no test can fail; P2 any other gap.",
    ),
    "performance": Lens(
        "Look for work that grows faster than its input, for the same work done twice, for files, calls or "
        "queries within loops, and for memory that holds what could be read piece by piece. Measure in your "
        "copy, with inputs of the sizes that the story speaks of, and ten times these; name sizes and times.",
        "P0 what input from outside can make hang or exhaust memory; P1 what breaks a demand of the story, or is "
        "felt at ordinary sizes; P2 what costs more than it has to.",
    ),
    "probe": Lens(
        "Try the change as it runs: integration first, then what this round's angle makes you doubt. Read to find "
        "out what to run.",
    ),
    "debt": Lens(
        "Look for what has been put off: one rule written twice, code that nothing calls, drawers in which "
        "things lie that belong elsewhere, names that say something else than what is done, comments and "
        "documents that were true once, and structure that no longer fits what it carries. Search the other "
        "files before you call something dead or doubled, and name in `claim` what you found there.",
        "P1 where two places that should say the same differ already, or a name says the opposite of what is "
        "done; P2 anything else that makes the next change dearer. There is no P0.",
    ),
}
"""The lenses that bmad has words for; any other is looked through by its name."""


def through(lens: str, *, story: bool = True) -> str:
    """What a reviewer looks for, and how grave what is; `story` where it is a change that a story waits for."""
    known = LENSES.get(lens, Lens(f"Look through: {printable(lens)}."))
    told = f"Your lens is {printable(lens)}. {known.look}\nSeverity: {known.scale or _SCALE}"
    return f"{told} {_WHAT_FOLLOWS}" if story else told


_WHAT_FOLLOWS = (
    "A P0 or P1 holds the story up until it is settled; a P2 is mended where a fix is made anyway, and else stays "
    "open in the record."
)
