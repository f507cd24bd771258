"""A person's own look at a criterion that no test names, where its requirement asks for inspection or analysis."""

from collections.abc import Iterator, Sequence

from bmad.core.act.run import Run
from bmad.core.act.ways import accepting
from bmad.core.gate.people import says
from bmad.core.gate.words import listed
from bmad.errors import UsageError
from bmad.model.record import Inspected


def looked_at(run: Run, words: Sequence[str]) -> tuple[Inspected, ...]:
    """What a person says of criteria, `AC-2=REASON` each.

    Raises: UsageError where a criterion waits for such a word and gets none, or gets one and waits for none.
    """
    said = tuple(_said(run, words))
    names = [one.criterion for one in said]
    if twice := [name for name in names if names.count(name) > 1]:
        raise UsageError(f"{twice[0]} is said to be looked at twice; say it once, with all of the reason")
    left = [name for name in run.unvouched if name not in names]
    if left:
        words = f"No test names {listed(left)}, and a requirement asks for a person who looks"
        raise UsageError(f"{words}: {accepting(run)}")
    return said


def _said(run: Run, words: Sequence[str]) -> Iterator[Inspected]:
    for told in words:
        name, equals, why = told.partition("=")
        criterion = name.strip() if "/" in name else f"{run.story}/{name.strip()}"
        if not equals or not says(why):
            raise UsageError(f"`{told}` does not say of which criterion, or for what reason; it goes: AC-2=REASON")
        if criterion not in run.unvouched:
            raise UsageError(f"{criterion} waits for nobody to look at it. See: bmad inbox")
        yield Inspected(criterion=criterion, why=why.strip())
