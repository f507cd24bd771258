"""What stands for a criterion, as a person is told: proven only by what names it and was seen to pass."""

from collections.abc import Iterable

from bmad.model.desk import Proof
from bmad.model.record import Evidence
from bmad.model.spec import Criterion, Verify


def proof(criterion: Criterion, evidence: Evidence, asks: Iterable[Verify]) -> Proof:
    """A criterion and its evidence; `asks` is how the requirements of its story want to be verified.

    A check that runs all tests says nothing of one criterion: it counts where its name holds the criterion's id.
    """
    name = evidence.criterion
    own = [one for one in evidence.checks if name in one]
    if evidence.passed_after:
        before = "failed before the change and passes now"
        told = f"a test of it {before if evidence.failed_before else 'passes; none was seen to fail before'}"
        return _told(name, criterion, told, proven=True)
    if own and evidence.passed_after is None:
        return _told(name, criterion, f"the check {', '.join(own)} passed", proven=True)
    if evidence.passed_after is False:
        return _told(name, criterion, "a test that names it does not pass")
    by_eye = sorted({one.value for one in asks} - {Verify.TEST.value})
    if by_eye:
        return _told(name, criterion, f"asks for {' and '.join(by_eye)} by you, and no test names it")
    others = ", ".join(evidence.checks)
    passed = f" ({others} passed, and may not be about it)" if others else ""
    return _told(name, criterion, f"no test or check names it{passed}")


def _told(name: str, criterion: Criterion, words: str, *, proven: bool = False) -> Proof:
    return Proof(id=name, text=criterion.text, proven=proven, words=words)
