"""From level `reviewed` up: the net change of the range, explained path by path by the records it adds (G15).

Left out are spec, records and governed files. Entries of records have all to be used, also where an exemption of
the base grants what lands: one of other content is of other work. A path of which no record speaks passes where
all that touches it is grandfathered, exempt or a tiny change (which adds to no reviewed work of its range, and no
more does what takes one back, or brings it back), or where the latest landing of a story is taken back (or brought
back) as a whole, all of its paths together.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.gate.facts import Recorded
from bmad.core.gate.net import Trail
from bmad.core.gate.parts import Entry, Verdict, sort
from bmad.core.gate.removed import judge_kept
from bmad.core.gate.rules import Rules
from bmad.core.gate.undone import Unit, choices, is_revert, reverting, together, undoable
from bmad.core.gate.words import finding, listed, printable, shortened
from bmad.core.records.explain import Edge, Way, edge_of, in_line, leads
from bmad.model.commits import Change
from bmad.model.gate import CommitKind, Explanation, GateFinding

EXACT, CARRIED = "exact", "carried"
_UPDATE = "update the branch, then run bmad submit: it verifies again and keeps the review where it still holds"

_ONE_BY_ONE = (
    "land one after the other, each verified again by bmad submit; what has landed is judged one by one "
    "with bmad gate --since"
)


class Explained(NamedTuple):
    """What is not explained, and how each record was."""

    findings: tuple[GateFinding, ...]
    records: tuple[Explanation, ...]


def explain_net(rules: Rules, verdicts: Sequence[Verdict]) -> Explained:
    """Hold the net change against the records, both ways: each path by a record, each entry of a record used."""
    recorded = rules.step.recorded
    if recorded is None:
        return Explained((), ())
    paths = _Paths(rules, recorded, verdicts)
    undone = _undone(paths, undoable(recorded, verdicts))
    found: list[GateFinding] = [*judge_kept(rules.step, undone)]
    how: dict[bytes, str] = {}
    for path in sorted(recorded.edges):
        how[path] = paths.how(path, undone.get(path, ()))
        if not how[path]:
            found.append(_unexplained(recorded, path))
    net, claims = [Entry(change, rules.classify.of(change)) for change in rules.step.net], _claims(verdicts)
    found += [
        _unrecorded(entry, rules, claims.get(entry.change.path, ()))
        for entry in sort(net, rules.exempt).code
        if entry.change.path not in recorded.edges
        and entry.change.path not in undone
        and not paths.settles(entry.change)
    ]
    return Explained(shortened(found), tuple(_told(recorded, how, rules.step.attested.records)))


def _undone(paths: "_Paths", landings: Sequence[list[Unit]]) -> Mapping[bytes, Sequence[Edge]]:
    """The edges of the landings that the range takes back or brings back, each as a whole, by path."""
    taken: dict[bytes, list[Edge]] = {}
    for group in together(landings):
        touched = {path for options in group for unit in options for path in unit}
        for choice in choices(group):
            by_path: dict[bytes, list[Edge]] = {}
            for path, edge in (item for unit in choice for item in unit.items()):
                by_path.setdefault(path, []).append(edge)
            if all(paths.how(path, by_path.get(path, ())) for path in touched):
                taken |= by_path
                break
    return taken


def _told(recorded: Recorded, how: Mapping[bytes, str], signed: Mapping[str, str]) -> Iterable[Explanation]:
    for one in recorded.counted:
        record = one.record
        paths = [entry.raw for entry in record.change] if record else []
        ways = {how[path] for path in paths}
        if ways and "" not in ways:
            yield Explanation(
                story=printable(one.story),
                path=printable(one.path),
                how="carried" if CARRIED in ways else "exact",
                signer=signed.get(one.path, ""),
            )


def _unexplained(recorded: Recorded, path: bytes) -> GateFinding:
    shown = path.decode("utf-8", "surrogateescape")
    who = listed(one.path for one in recorded.about[path])
    way = recorded.way(path)
    line = in_line(recorded.edges[path])
    if line is None:
        words = f"{who} speak of {printable(shown)} side by side, not one after the other"
        return finding("G15", words, shown, _ONE_BY_ONE)
    if way.start != line.start:
        words = f"the base holds {printable(shown)} otherwise than {who} began from{_carried(recorded, path)}"
    else:
        words = f"{printable(shown)} is not what {who} says was reviewed"
    return finding("G15", words, shown, _UPDATE)


def _carried(recorded: Recorded, path: bytes) -> str:
    """Why the review could not be carried over to a base that has moved."""
    joins = recorded.joins_of(path, recorded.edges[path])
    if not all(one.at_hand for one in recorded.about[path]):
        return ", and the reviewed head is not at hand to merge with"
    if joins and all(recorded.joins.get(join) is None for join in joins):
        return ", and the two do not merge"
    return ", and the result is not what git merges of the two"


def _unrecorded(entry: Entry, rules: Rules, claimed: Iterable[str]) -> GateFinding:
    name = printable(entry.path)
    counted = rules.step.recorded is not None and rules.step.recorded.counted
    which = "no record that the range adds speaks of it" if counted else "the range adds no record"
    message = f"{name} changes, and {which}, so nothing says that it was reviewed"
    fix = "run bmad submit (or let bmad act land it), which adds the record"
    closed = next(filter(None, map(rules.closed, claimed)), None)
    return finding("G15", message, entry.path, fix if closed is None else f"{closed.fix}; then {fix}")


def _claims(verdicts: Sequence[Verdict]) -> Mapping[bytes, Mapping[str, None]]:
    """The stories that commits name, by the paths that they change."""
    found: dict[bytes, dict[str, None]] = {}
    for verdict in verdicts:
        for entry in verdict.entries if verdict.claims else ():
            found.setdefault(entry.change.path, {}).update(dict.fromkeys(verdict.claims))
    return found


class _Paths:
    """What the base, the result and the commits of a range have at each path."""

    def __init__(self, rules: Rules, recorded: Recorded, verdicts: Sequence[Verdict]) -> None:
        self._rules = rules
        self._recorded = recorded
        self._trail = Trail(rules.step, verdicts)
        self._net = {change.path: change for change in rules.step.net}
        self._reverts = reverting(verdicts)
        self._free: dict[bytes, list[Edge]] = {}
        self._of_tiny: dict[bytes, list[Edge]] = {}
        """What reverts of tiny changes do."""
        self._bound: set[bytes] = set()
        self._tiny: set[bytes] = set()
        self._others: set[bytes] = set()
        for verdict in verdicts:
            for entry in verdict.entries:
                granted = verdict.exempt.get(entry.change.path)
                if verdict.report.kind is CommitKind.GRANDFATHERED or granted is not None:
                    self._free.setdefault(entry.change.path, []).append(edge_of(entry.change))
                elif entry.change.path in verdict.exempt:
                    self._of_tiny.setdefault(entry.change.path, []).append(edge_of(entry.change))
                elif verdict.tiny is not None:
                    self._tiny.add(entry.change.path)
                    self._others.add(entry.change.path)
                else:
                    self._bound.add(entry.change.path)
                    self._others |= set() if is_revert(verdict) else {entry.change.path}

    def how(self, path: bytes, undone: Sequence[Edge]) -> str:
        """How records, and landings that are taken back, explain a path; empty where they do not."""
        recorded, way = self._recorded, self._recorded.way(path)
        must = [*recorded.edges.get(path, ()), *undone]
        free = [*self._free.get(path, ()), *(() if path in recorded.edges else self._of_tiny.get(path, ()))]
        if leads(way, must, free) or self._by_reverts(path, way, must):
            return EXACT
        carried = any(recorded.joins.get(join) == way.end for join in recorded.joins_of(path, must))
        return CARRIED if carried else ""

    def _by_reverts(self, path: bytes, way: Way, undone: Sequence[Edge]) -> bool:
        """Whether reverts alone touch a path that the base has moved, and all that they do is take it back."""
        if path in self._recorded.edges or path in self._others or len(undone) != 1:
            return False
        net = self._net.get(path)
        done = leads(Way(undone[0].old, undone[0].new), self._reverts.get(path, ()))
        return done and (way.end == undone[0].new or (net is not None and self._trail.explains(net)))

    def settles(self, net: Change) -> bool:
        """Whether nothing but what is free touches a path of which no record speaks."""
        free = net.path in self._free or net.path in self._of_tiny or net.path in self._tiny
        return free and net.path not in self._bound and self._trail.explains(net)
