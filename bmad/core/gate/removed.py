"""Records that a range takes away: only with all the work that they are of, the latest landing first (G14)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bmad.core.gate.facts import Added, RecordFile, Step
from bmad.core.gate.parts import Verdict
from bmad.core.gate.undone import Unit, back_of, led, reverting
from bmad.core.gate.words import finding, printable
from bmad.core.records.explain import Edge, edge_of
from bmad.model.commits import Change
from bmad.model.gate import GateFinding

_WHOLE = "revert the whole landing, or restore the record"


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
        elif file.record is not None and not _gone(back_of(file.record), by_path, step.net):
            message = f"{name} is taken away, and not all of the work that it is of"
            yield finding("G14", message, file.path, _WHOLE)


def judge_kept(step: Step, undone: Mapping[bytes, Sequence[Edge]]) -> Iterator[GateFinding]:
    """From `reviewed` up: a record goes only where the net change, explained, takes its landing back.

    Reverts may lead back and the work be there again, by a revert of the revert or as another story's.
    """
    for file in step.added.removed if step.added is not None else ():
        back = back_of(file.record) if file.record is not None else {}
        if any(edge not in undone.get(path, ()) for path, edge in back.items()):
            message = f"{printable(file.path)} is taken away, and the result does not take back its landing"
            yield finding("G14", message, file.path, _WHOLE)


def _gone(back: Unit, by_path: Mapping[bytes, Sequence[Edge]], net: Iterable[Change]) -> bool:
    """Whether reverts take a landing back, and the result holds none of its files as it left them."""
    left = {change.path: edge_of(change).new for change in net}
    return led(back, by_path) and all(left.get(path, edge.old) != edge.old for path, edge in back.items())


def _later(file: RecordFile, step: Step, added: Added) -> int:
    """A landing of the same story after this one, whose record stands in the result."""
    numbers = {*added.of(file.story).landed, *(one.number for one in added.files if one.story == file.story)}
    standing = step.after.records
    return max(
        (
            one
            for one in numbers
            if one > file.number and step.before.layout.record_path(file.story, one) in standing
        ),
        default=0,
    )
