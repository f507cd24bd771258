"""What the second judge asks from level `reviewed` up: records, and the net change that they explain.

Where the pages are silent it decides, and says so:

- a record that is faulty still says what it says: its entries are held against the net change all the same, unless
  it cannot be read;
- what a grandfathered commit changed may be a part of a way, as often as it likes; the entries of records have to
  be used, each once, and so has the way back over a landing that reverts take back;
- records are carried over a base that has moved where no landing is taken back beside them: a reviewed head that
  the result gives up again is none to merge with;
- what grandfathered and exempt commits alone changed may be what git joins with a base that has moved;
- a record is of the story as it reads in the base or in the result, and several landings of a story may come in
  one range, each the next in turn;
- a commit that names a story has at each path that records speak of a record of one of its stories.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from bmad.model.agents import Role
from bmad.model.history import Listed
from bmad.model.record import Record
from tests.oracle import texts
from tests.oracle.plain import LINK
from tests.oracle.reading import State
from tests.oracle.world import ABSENT, World

Edge = tuple[Listed, Listed]


class Added(NamedTuple):
    """A record that the step adds, by its path's story and landing; None where it cannot be read."""

    path: str
    story: str
    landing: int
    record: Record | None


def parsed(text: str) -> Record | None:
    try:
        fields = json.loads(text)
        return Record.model_validate(fields) if fields.pop("schema", None) == "bmad.record/1" else None
    except ValueError:
        return None


def edges(record: Record) -> dict[bytes, list[Edge]]:
    found: dict[bytes, list[Edge]] = {}
    for one in record.change:
        old, new = Listed(one.old_mode, one.old_blob), Listed(one.new_mode, one.new_blob)
        found.setdefault(one.path.encode(), []).append((old, new))
    return found


def trail(start: Listed, end: Listed, must: Sequence[Edge], free: frozenset[Edge]) -> bool:
    """Whether a way leads from start to end that takes each edge of `must` once, and of `free` as it likes."""
    seen = set()
    waiting = [(start, frozenset(range(len(must))))]
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        value, left = at
        if value == end and not left:
            return True
        waiting += [(must[one][1], left - {one}) for one in left if must[one][0] == value]
        waiting += [(new, left) for old, new in free if old == value]
    return False


def ends(must: Sequence[Edge]) -> list[Edge]:
    """From where to where the edges lead, all of them taken once."""
    values = {value for edge in must for value in edge}
    return [(one, two) for one in values for two in values if trail(one, two, must, frozenset())]


def review_faults(added: Added, states: Sequence[State]) -> bool:
    """Whether a record is of no converged review (G08), or of a story that neither base nor result has so."""
    record = added.record
    assert record is not None
    known = {texts.chain(one.files, added.story) for one in states if added.story in one.stories}
    makers = {work.context for work in record.work if work.role in (Role.DEVELOPER, Role.TESTER)}
    reviewers = {work.context for work in record.work if work.role is Role.REVIEWER}
    return (
        not record.converged
        or not record.change
        or not reviewers
        or bool(makers & reviewers)
        or record.spec not in (known or {record.spec})
    )


def unproven(record: Record, story: str) -> bool:
    """Whether its one criterion has no row that says which tests failed before, and passed after (G09)."""
    rows = [one for one in record.evidence if one.criterion == f"{story}/AC-1"]
    passed = {one.name for one in record.checks if one.ok}
    return not (
        len(rows) == 1
        and bool(rows[0].tests)
        and bool(passed.intersection(rows[0].checks))
        and rows[0].failed_before is True
        and rows[0].before in ("base", "emptied")
        and rows[0].passed_after is True
    )


def mismatched(world: World, record: Record, present: frozenset[str], klass: Callable[[str], str]) -> bool:
    """Whether base and head are at hand, and differ in something else than the record says; `klass` of a path."""
    if not {record.base, record.head} <= present:
        return False
    old, new = world.commits[record.base].tree, world.commits[record.head].tree
    real = {
        (one.path, (Listed(one.old_mode, one.old_blob), Listed(one.new_mode, one.new_blob)))
        for one in world.changes(old, new)
        if klass(one.path.decode()) == "code"
    }
    return real != {(path, edge) for path, found in edges(record).items() for edge in found}


class Explained:
    """The net change of a step against the records that it adds."""

    def __init__(
        self,
        world: World,
        sides: tuple[str, str],
        added: Iterable[Added],
        present: frozenset[str],
        klass: Callable[[str], str],
    ) -> None:
        self.world, self.present, self.klass = world, present, klass
        self.records = [one for one in added if one.record is not None]
        self.before, self.after = (world.trees[side] for side in sides)
        self.must: dict[bytes, list[Edge]] = {}
        self.about: dict[bytes, list[Record]] = {}
        self.stories: dict[bytes, set[str]] = {}
        for one in self.records:
            assert one.record is not None
            for path, found in edges(one.record).items():
                self.must.setdefault(path, []).extend(found)
                self.about.setdefault(path, []).append(one.record)
                self.stories.setdefault(path, set()).add(one.story)

    def way(self, path: bytes) -> Edge:
        return self.before.get(path, ABSENT), self.after.get(path, ABSENT)

    def values(self, path: bytes) -> set[Listed]:
        """What base, result and records know of a path."""
        return {*self.way(path), *(value for edge in self.must.get(path, ()) for value in edge)}

    def explained(self, path: bytes, undone: Sequence[Edge], free: frozenset[Edge]) -> bool:
        """Whether records, and landings that are taken back or brought back, explain a path."""
        start, end = self.way(path)
        must = [*self.must.get(path, ()), *undone]
        if trail(start, end, must, free):
            return True
        whole = all(
            {one.base, one.head} <= self.present and not mismatched(self.world, one, self.present, self.klass)
            for one in self.about.get(path, ())
        )
        if not must:
            return end in self._joined(start, free)
        if not whole or (undone and path in self.must):
            return False
        for old, new in ends(must):
            if LINK in (old.mode, start.mode, new.mode):
                continue
            joined = self.world.join(old, start, new)
            if joined.clean and (joined.at or ABSENT) == end:
                return True
        return False

    def _joined(self, start: Listed, free: frozenset[Edge]) -> set[Listed]:
        """What git makes of a value and of changes that need no record, one after the other."""
        found, waiting = {start}, [start]
        while waiting:
            at = waiting.pop()
            merged = [self.world.join(old, at, new) for old, new in free]
            new = {one.at or ABSENT for one in merged if one.clean} - found
            found |= new
            waiting += new
        return found
