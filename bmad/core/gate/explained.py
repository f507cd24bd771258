"""From level `reviewed` up: the net change of the range, explained path by path by the records it adds (G15).

Left out are spec, records and governed files, and what an exemption of the base grants. A path of which no record
speaks passes where all that touches it is grandfathered, or a revert that takes back a whole landing, the latest
of its story.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.gate.commits import Rules
from bmad.core.gate.facts import Recorded
from bmad.core.gate.net import Trail
from bmad.core.gate.parts import Entry, Verdict, sort
from bmad.core.gate.words import finding, printable, shortened
from bmad.core.paths import PathClass
from bmad.core.records.explain import Edge, Way, in_line, join_for, leads
from bmad.model.commits import Change
from bmad.model.gate import CommitKind, Explanation, GateFinding
from bmad.model.history import Listed
from bmad.model.record import Record

EXACT, CARRIED = "exact", "carried"
_UPDATE = "update the branch, then run bmad submit: it verifies again and keeps the review where it still holds"


class Explained(NamedTuple):
    """What is not explained, and how each record was."""

    findings: tuple[GateFinding, ...]
    records: tuple[Explanation, ...]


def explain_net(rules: Rules, verdicts: Sequence[Verdict]) -> Explained:
    """Hold the net change against the records, both ways: each path by a record, each entry of a record used."""
    recorded = rules.step.recorded
    if recorded is None:
        return Explained((), ())
    free = _Free(rules, recorded, verdicts)
    net = [Entry(change, rules.classify(change.path)) for change in rules.step.net]
    found: list[GateFinding] = []
    how: dict[bytes, str] = {}
    for path, must in sorted(recorded.edges.items()):
        how[path] = _how(recorded, path, must, free.edges.get(path, ()))
        if not how[path]:
            found.append(_unexplained(recorded, path, must))
    found += [
        _unrecorded(entry, rules)
        for entry in sort(net, rules.exempt).code
        if entry.change.path not in recorded.edges and not free.settles(entry.change)
    ]
    return Explained(shortened(found), tuple(_told(recorded, how)))


def _how(recorded: Recorded, path: bytes, must: Sequence[Edge], free: Sequence[Edge]) -> str:
    """How the records explain a path; empty where they do not."""
    way = recorded.way(path)
    if leads(way, must, free):
        return EXACT
    join = join_for(way, must)
    result = recorded.joins.get(join) if join is not None else None
    return CARRIED if result is not None and result == way.end else ""


def _told(recorded: Recorded, how: Mapping[bytes, str]) -> Iterable[Explanation]:
    for one in recorded.counted:
        record = one.record
        paths = [entry.path.encode("utf-8", "surrogatepass") for entry in record.change] if record else []
        ways = {how[path] for path in paths}
        if ways and "" not in ways:
            yield Explanation(
                story=printable(one.story), path=printable(one.path), how="carried" if CARRIED in ways else "exact"
            )


def _unexplained(recorded: Recorded, path: bytes, must: Sequence[Edge]) -> GateFinding:
    shown = path.decode("utf-8", "surrogateescape")
    who = ", ".join(dict.fromkeys(printable(one.path) for one in recorded.about[path]))
    way = recorded.way(path)
    line = in_line(must)
    if line is None:
        words = f"{who} speak of {printable(shown)} side by side, not one after the other"
    elif way.start != line.start:
        words = f"the base holds {printable(shown)} otherwise than {who} began from{_carried(recorded, path, way)}"
    else:
        words = f"{printable(shown)} is not what {who} says was reviewed"
    return finding("G15", words, shown, _UPDATE)


def _carried(recorded: Recorded, path: bytes, way: Way) -> str:
    """Why the review could not be carried over to a base that has moved."""
    join = join_for(way, recorded.edges[path])
    if not all(one.at_hand for one in recorded.about[path]):
        return ", and the reviewed head is not at hand to merge with"
    if join is not None and recorded.joins.get(join) is None:
        return ", and the two do not merge"
    return ", and the result is not what git merges of the two"


def _unrecorded(entry: Entry, rules: Rules) -> GateFinding:
    name = printable(entry.path)
    counted = rules.step.recorded is not None and rules.step.recorded.counted
    which = "no record that the range adds speaks of it" if counted else "the range adds no record"
    message = f"{name} changes, and {which}, so nothing says that it was reviewed"
    return finding("G15", message, entry.path, "run bmad submit (or let bmad act land it), which adds the record")


class _Free:
    """What may lie on a way beside the records: grandfathered commits, and reverts of whole landings."""

    def __init__(self, rules: Rules, recorded: Recorded, verdicts: Sequence[Verdict]) -> None:
        self._trail = Trail(rules.step, verdicts)
        self._bound: set[bytes] = set()
        self.edges: dict[bytes, list[Edge]] = {}
        whole = _Landings(recorded)
        for verdict in verdicts:
            free = verdict.report.kind in (CommitKind.GRANDFATHERED, CommitKind.EXEMPT) or whole.reverted(verdict)
            for entry in verdict.entries:
                if free:
                    self.edges.setdefault(entry.change.path, []).append(_edge(entry.change))
                else:
                    self._bound.add(entry.change.path)

    def settles(self, net: Change) -> bool:
        """Whether nothing but what is free touches a path of which no record speaks."""
        return net.path in self.edges and net.path not in self._bound and self._trail.explains(net)


def _edge(change: Change) -> Edge:
    return Edge(Listed(change.old_mode, change.old_blob), Listed(change.new_mode, change.new_blob))


class _Landings:
    """The latest landing of each story, as its record has it."""

    def __init__(self, recorded: Recorded) -> None:
        self._latest: dict[str, Record] = {}
        counted = [one.record for one in recorded.counted if one.record is not None]
        for record in (*recorded.standing, *counted):
            known = self._latest.get(record.story)
            highest = max(recorded.landed.get(record.story, frozenset()), default=0)
            if record.landing >= max(highest, known.landing if known else 0):
                self._latest[record.story] = record

    def reverted(self, verdict: Verdict) -> bool:
        """Whether a revert takes back, or brings back, a whole landing and the latest."""
        if verdict.report.kind is not CommitKind.REVERT or verdict.report.findings:
            return False
        kept = (PathClass.CODE, PathClass.KNOWLEDGE)
        done = {_value(entry) for entry in verdict.entries if entry.at.klass in kept}
        for record in self._latest.values():
            change = {(one.path, one.old_mode, one.new_mode, one.old_blob, one.new_blob) for one in record.change}
            back = {(path, new, old, blob, was) for path, old, new, was, blob in change}
            if change and done in (change, back):
                return True
        return False


def _value(entry: Entry) -> tuple[str, str, str, str, str]:
    change = entry.change
    return (entry.path, change.old_mode, change.new_mode, change.old_blob, change.new_blob)
