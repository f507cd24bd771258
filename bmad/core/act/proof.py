"""What stands for a criterion, as a person is told: proven only by what names it and was seen to pass."""

from collections.abc import Iterable, Sequence

from bmad.core.evidence.naming import Names
from bmad.core.gate.words import listed
from bmad.model.desk import Proof
from bmad.model.record import Evidence
from bmad.model.spec import Criterion, Verify

_BEFORE = {"base": "failed on the base", "emptied": "failed with the changed bodies emptied", "": "failed before"}


def proof(criterion: Criterion, evidence: Evidence, asks: Iterable[Verify], named: Sequence[str] = ()) -> Proof:
    """A criterion and its evidence.

    `asks` is how the requirements of its story want to be verified, `named` are tests of the change that name the
    criterion. A check that runs all tests says nothing of one criterion: it counts where its name names the
    criterion, as a test would.
    """
    name = evidence.criterion
    known = Names([name])
    own = [one for one in evidence.checks if known.within(one).criteria]
    tests = listed(evidence.tests or named)
    if evidence.passed_after and evidence.failed_before:
        return _told(name, criterion, f"{tests or 'a test of it'} {_BEFORE[evidence.before]}, passes now", 0)
    if evidence.passed_after and evidence.tests:
        return _told(name, criterion, f"{tests} passed before the change, and passes now", 0)
    if evidence.passed_after:
        return _told(name, criterion, f"{tests or 'a test of it'} passes, and was not seen to fail before", 1)
    if evidence.passed_after is False:
        return _told(name, criterion, "a test that names it does not pass", 2)
    if own:
        return _told(name, criterion, f"the check {listed(own)} passed", 0)
    if named:
        return _told(name, criterion, f"{tests} names it, and nobody looked whether that ran", 1)
    by_eye = sorted({one.value for one in asks} - {Verify.TEST.value})
    if by_eye:
        return _told(name, criterion, f"no test names it; it asks for {' and '.join(by_eye)} by you", 2)
    passed = f" ({listed(evidence.checks)} passed, and may not be about it)" if evidence.checks else ""
    return _told(name, criterion, f"no test or check names it{passed}", 2)


def _told(name: str, criterion: Criterion, words: str, lacks: int) -> Proof:
    return Proof(id=name, text=criterion.text, proven=not lacks, lacks=lacks, words=words)
