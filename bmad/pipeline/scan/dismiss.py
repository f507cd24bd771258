"""`bmad scan --dismiss` and `--stands`: a person's word on what a scan found, kept beside it in the notes."""

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from bmad.core.prefixes import one_of
from bmad.errors import UsageError
from bmad.model.followup import FollowUp
from bmad.model.scan import Dismissal, DismissReport
from bmad.pipeline.act.journal import readable
from bmad.pipeline.scan.findings import found
from bmad.ports.acting import Notes

_NOTE = "scan/dismissed.json"
_DISMISSALS = TypeAdapter(dict[str, Dismissal])


def dismissals(notes: Notes) -> dict[str, Dismissal]:
    """What people called false alarms, by id; what does not read is nothing."""
    text = notes.read(_NOTE)
    try:
        return _DISMISSALS.validate_json(text) if text is not None else {}
    except ValidationError:
        return {}


def judge(notes: Notes | None, dismiss: Sequence[str], stands: Sequence[str], why: str) -> DismissReport:
    """Note which claims are false alarms and which are none after all, each by its id or the beginning of it.

    Raises: UsageError where no scan found it, it was not dismissed, it is to be both, or there is no reason.
    """
    before = dismissals(notes) if notes is not None else {}
    known = found(notes)
    names = [
        one_of(known, name, f"`{name}` is nothing that a scan found here. See: bmad scan") for name in dismiss
    ]
    back = [one_of(before, name, f"`{name}` was not dismissed. See: bmad scan") for name in stands]
    words = readable(why, "--why").strip()
    if names and not words:
        raise UsageError("A false alarm needs a reason, for those who read the next scan: --why WORDS")
    if both := sorted(set(names).intersection(back)):
        raise UsageError(f"{both[0]} cannot be dismissed and stand. Name it once.")
    new = {name: _dismissal(known[name], words) for name in names}
    if notes is not None:
        kept = {name: one for name, one in before.items() if name not in back}
        notes.write(_NOTE, _text({**kept, **new}))
    return DismissReport(dismissed=tuple(new.values()), standing=tuple(dict.fromkeys(back)))


def _text(every: Mapping[str, Dismissal]) -> str:
    return _DISMISSALS.dump_json(dict(every)).decode()


def _dismissal(one: FollowUp, why: str) -> Dismissal:
    return Dismissal(id=one.id, path=one.path, line=one.line, severity=one.severity, lens=one.lens, why=why)
