"""`bmad dismiss`: a person's word on what a scan found, kept beside it in the notes."""

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from bmad.core.prefixes import one_of
from bmad.errors import UsageError
from bmad.model.followup import FollowUp
from bmad.model.scan import Dismissal, DismissReport
from bmad.pipeline.act.journal import readable
from bmad.pipeline.scan.findings import found
from bmad.ports.journal import Notes

_NOTE = "scan/dismissed.json"
_DISMISSALS = TypeAdapter(dict[str, Dismissal])


def dismissals(notes: Notes) -> dict[str, Dismissal]:
    """What people called false alarms, by id; what does not read is nothing."""
    text = notes.read(_NOTE)
    try:
        return _DISMISSALS.validate_json(text) if text is not None else {}
    except ValidationError:
        return {}


def dismiss(notes: Notes | None, names: Sequence[str], why: str) -> DismissReport:
    """Note which claims are false alarms, each by its id or the beginning of it.

    Raises: UsageError where no scan found it, or there is no reason.
    """
    known = found(notes)
    told = [one_of(known, name, f"`{name}` is nothing that a scan found here. See: bmad scan") for name in names]
    words = readable(why, "--why").strip()
    if not words:
        raise UsageError("A false alarm needs a reason, for those who read the next scan: --why WORDS")
    new = {name: _dismissal(known[name], words) for name in told}
    if notes is not None:
        notes.write(_NOTE, _text({**dismissals(notes), **new}))
    return DismissReport(dismissed=tuple(new.values()))


def undo(notes: Notes | None, names: Sequence[str], why: str) -> DismissReport:
    """Take that back. Raises: UsageError where one was not dismissed, or a reason is given."""
    before = dismissals(notes) if notes is not None else {}
    back = [one_of(before, name, f"`{name}` was not dismissed. See: bmad scan") for name in names]
    if why:
        raise UsageError("--why is the reason why a claim is a false alarm; leave it out with --undo.")
    if notes is not None:
        notes.write(_NOTE, _text({name: one for name, one in before.items() if name not in back}))
    return DismissReport(standing=tuple(dict.fromkeys(back)))


def _text(every: Mapping[str, Dismissal]) -> str:
    return _DISMISSALS.dump_json(dict(every)).decode()


def _dismissal(one: FollowUp, why: str) -> Dismissal:
    return Dismissal(id=one.id, path=one.path, line=one.line, severity=one.severity, lens=one.lens, why=why)
