"""Records that a range takes away: only with all the work that they are of, the latest landing first (G14)."""

from collections.abc import Iterator, Sequence

from bmad.core.gate.facts import Added, RecordFile, Step
from bmad.core.gate.parts import Verdict
from bmad.core.gate.undone import back_of, led, reverting
from bmad.core.gate.words import finding, printable
from bmad.model.gate import GateFinding
from bmad.model.layout import record_path


def judge_removed(step: Step, verdicts: Sequence[Verdict]) -> Iterator[GateFinding]:
    """What reverts take away of records, held against what they take back of the work."""
    if step.added is None or not step.added.removed:
        return
    by_path = reverting(verdicts)
    for file in step.added.removed:
        name = printable(file.path)
        later = _later(file, step, step.added)
        if later:
            message = f"{name} is taken away, and the record of landing {later} stands, which came after it"
            yield finding("G14", message, file.path, "take back the later landing first")
        elif file.record is not None and not led(back_of(file.record), by_path):
            message = f"{name} is taken away, and not all of the work that it is of"
            yield finding("G14", message, file.path, "revert the whole landing, or restore the record")


def _later(file: RecordFile, step: Step, added: Added) -> int:
    """A landing of the same story after this one, whose record stands in the result."""
    numbers = {*added.of(file.story).landed, *(one.number for one in added.files if one.story == file.story)}
    standing = step.after.records
    return max(
        (one for one in numbers if one > file.number and record_path(file.story, one) in standing), default=0
    )
