"""The review memory: what was a false alarm once, by the records that stand and by the run itself.

A finding is known again by its id alone, which is why a place is looked for by it, too. What a later reviewer is
told comes out of records: a few of them, and of no length that others could choose.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from bmad.core.act.marks import uncommented
from bmad.core.act.review import finding_id
from bmad.model.agents import Severity
from bmad.model.normal import fold
from bmad.model.record import Record, RecordedFinding
from bmad.model.review import Disposition, Finding

MOST = 20
"""False alarms that a reviewer is told of."""

_LONGEST = 160
"""Characters of each text of one."""

_TALLEST = 3
"""Lines; what was quoted over more is told without the place where it stands now."""

_LARGEST = 400_000
"""Characters of a file in which places are looked for."""

Known = Finding | RecordedFinding


class Alarm(NamedTuple):
    """A false alarm as a reviewer is told of it.

    `line` and `quote` are where it stands now: 0 and empty where it was not found. `mark` is the `path:line` of
    what settled it, then; `ruled` says that a person did, not the reviewer who had raised it.
    """

    severity: Severity
    path: str
    line: int
    quote: str
    mark: str
    ruled: bool


def false_alarms(records: Iterable[Record]) -> dict[str, Severity]:
    """The ids of all findings that are recorded as false positives -> the gravest severity that was conceded."""
    found: dict[str, Severity] = {}
    for one in _recorded(records):
        if _is_false(one):
            found[one.id] = min(one.severity, found.get(one.id, one.severity), key=lambda severity: severity.value)
    return found


def alarms(
    records: Iterable[Record],
    own: Iterable[Finding],
    lens: str,
    paths: Collection[str],
    read: Callable[[str], str | None],
    but: Collection[str] = (),
) -> list[Alarm]:
    """What a reviewer is told: their lens's false alarms on these paths, at most `MOST`, what stands first.

    `own` are the findings of the run itself; `read` gives a file's text at the reviewed head. `but` are the ids of
    those that they are to judge: what is asked about is not to be passed over, too.
    """
    every: Iterator[Known] = chain(_recorded(records), own)
    known = {one.id: one for one in every if _is_false(one) and one.lens == lens and one.id not in but}
    told: list[Alarm] = []
    for path in sorted({one.path for one in known.values()}.intersection(paths)):
        here = {name: one for name, one in known.items() if one.path == path}
        places = _places(lens, path, read(path) or "", here)
        told += [_alarm(one, places.get(name, _Standing(0, ""))) for name, one in here.items()]
    return sorted(told, key=lambda one: (not one.line, one.severity.value, one))[:MOST]


class _Standing(NamedTuple):
    line: int
    quote: str


def _recorded(records: Iterable[Record]) -> Iterator[RecordedFinding]:
    return (one for record in records for one in record.findings)


def _is_false(one: Known) -> bool:
    return str(one.disposition) == Disposition.FALSE_POSITIVE.value


def _alarm(one: Known, now: _Standing) -> Alarm:
    return Alarm(one.severity, _short(one.path), now.line, _short(now.quote), _short(one.mark), bool(one.ruled_by))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _places(lens: str, path: str, text: str, wanted: Collection[str]) -> dict[str, _Standing]:
    """Where those of the wanted ids that stand in the file stand first."""
    found: dict[str, _Standing] = {}
    lines = [(number, told) for number, line in enumerate(text.split("\n"), 1) if (told := fold(line))]
    for tall in range(1, _TALLEST + 1) if len(text) <= _LARGEST else ():
        for at in range(len(lines) - tall + 1):
            quote = " ".join(told for _, told in lines[at : at + tall])
            for before in (quote, *uncommented(path, quote)):
                name = finding_id(lens, path, before)
                if name in wanted:
                    found.setdefault(name, _Standing(lines[at][0], quote))
    return found
