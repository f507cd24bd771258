"""The records of a step: whether each is right, goes rightly, and whether together they explain what lands."""

from collections.abc import Mapping, Sequence
from itertools import product

from bmad.model.agents import Role
from bmad.model.commits import Change, Commit
from bmad.model.history import Listed
from bmad.model.record import ChangeEntry, Record
from tests.oracle.facts import is_open, truth
from tests.oracle.plain import LINK, inside, is_record, stories_of, story_of_record
from tests.oracle.reverting import Reverting
from tests.oracle.reviewed import Added, Edge, Explained, edges, mismatched, parsed, review_faults, unproven
from tests.oracle.texts import EXEMPT, Policy


def _reviewers(record: Record) -> set[str]:
    return {work.context for work in record.work if work.role is Role.REVIEWER}


def _is_same(record: Record, other: Record) -> bool:
    """Whether two records are of one review: of the same commits, or by nobody whom the other does not know."""
    own = _reviewers(record)
    return (record.base, record.head) == (other.base, other.head) or (bool(own) and own <= _reviewers(other))


def _is_free(entry: ChangeEntry, policy: Policy) -> bool:
    """Whether an exemption names an entry, whoever may use it."""
    return policy.exempt and (
        (entry.path in EXEMPT and entry.new_mode != LINK)
        or is_open(entry.path, (entry.old_mode, entry.new_mode), policy)
    )


def _by_its_author(record: Record, commits: Sequence[Commit], story: str) -> bool:
    """Whether who reviewed wrote it: as the record says, or as the step's commits of the story do.

    That is asked of them where they are what was reviewed.
    """
    wrote = {one.by for one in record.work if one.role in (Role.TESTER, Role.DEVELOPER)} | {*record.authors}
    if record.head in {one.id for one in commits}:
        own = [one for one in commits if story in stories_of(one.message.decode())]
        wrote |= {line.rpartition(b">")[0].decode() + ">" for one in own for line in _people(one)}
    return bool(wrote & {one.by for one in record.work if one.role is Role.REVIEWER} - {""})


def _people(commit: Commit) -> list[bytes]:
    """Who a commit says made it, each as `Name <address>` and more."""
    also = (line for line in commit.message.split(b"\n") if line.startswith(b"Co-authored-by: "))
    return [
        commit.author,
        *(value for key, value in commit.headers if key == b"committer"),
        *(line.removeprefix(b"Co-authored-by: ") for line in also),
    ]


class Recording(Reverting):
    """Beside what reverts have made of a step, what its records say of it."""

    net: Sequence[Change]
    explained: Explained | None
    """From level `reviewed` up."""
    due: dict[str, int]
    """By story, the number of the landing that comes next."""

    def _gone_rightly(self, path: str) -> bool:
        """Whether a record goes with all the work that it is of, and no later landing of its story stays."""
        story, number = story_of_record(path)
        if any(one > number for one in self._standing(story)):
            return False
        record = parsed(self.before.files[path])
        ways = edges(record).items() if record is not None else ()
        back = {path: (found[0][1], found[0][0]) for path, found in ways}
        left = {one.path: (one.new_mode, one.new_blob) for one in self.net}
        gone = all(self._led(*way) and left.get(way[0], way[1][0]) != way[1][0] for way in back.items())
        return gone and (self.explained is None or self._taken(back))

    def _standing(self, story: str) -> list[int]:
        """The landings of a story whose records stand in the result; what is out of turn is none."""
        _, _, highest = self.landings(story)
        found = [
            story_of_record(path) for path, text in self.after.files.items() if is_record(path) and parsed(text)
        ]
        new = {one.landing for one in self.added if one.story == story}
        return [number for name, number in found if name == story and (number <= highest or number in new)]

    def _taken(self, back: Mapping[bytes, Edge]) -> bool:
        """Whether the first of what may have become of landings that explains these paths takes this one back."""
        units = [options for options in self._units() if any(back.keys() & one.keys() for one in options)]
        touched = {path for options in units for one in options for path in one}
        ways = (chosen for chosen in product(*units) if self._explains(touched, chosen))
        chosen = next(ways, ())
        return all(any(one.get(path) == edge for one in chosen) for path, edge in back.items())

    def _records(self) -> None:
        for one in sorted(self.added, key=lambda one: (one.story, one.landing)):
            self._record(one)
        if self.explained is None:
            return
        open_ = {one.path for one in self.net if self._opens(one)}
        code = {one.path for one in self.net if self.classes(one.path.decode()) == "code"} - open_
        paths = code | self.explained.must.keys()
        if not any(self._explains(paths, chosen) for chosen in product(*self._units())):
            self.codes.add("G15")

    def _opens(self, change: Change) -> bool:
        """Whether everyone may bring what lands at a path, however it came there."""
        return is_open(change.path.decode(), (change.old_mode, change.new_mode), self.policy)

    def _explains(self, paths: set[bytes], chosen: Sequence[Mapping[bytes, Edge]]) -> bool:
        assert self.explained is not None
        undone: dict[bytes, list[Edge]] = {}
        for unit in chosen:
            for path, edge in unit.items():
                undone.setdefault(path, []).append(edge)
        return all(
            self.explained.explained(path, undone.get(path, ()), self._free_at(path, undone))
            and (path in self.explained.must or path in undone or path not in self._bound())
            for path in paths | undone.keys()
        )

    def _free_at(self, path: bytes, undone: Mapping[bytes, Sequence[Edge]]) -> frozenset[Edge]:
        """What needs no record at a path; tiny changes, and reverts of them, need none where no record speaks."""
        found = {*self.free.get(path, ())}
        if self.explained is not None and path not in self.explained.must:
            names = [own.commit.id for own in self.own]
            tiny = {name for name in names if self.kinds[name] == "trivial" and path not in undone}
            tiny |= {name for name in names if path in self.of_tiny.get(name, ())}
            own = (one for own in self.own if own.commit.id in tiny for one in own.changes)
            at = [one for one in own if one.path == path]
            found |= {(Listed(one.old_mode, one.old_blob), Listed(one.new_mode, one.new_blob)) for one in at}
        return frozenset(found)

    def _bound(self) -> set[bytes]:
        """The paths that commits of the step change which are neither exempt nor grandfathered."""
        return {
            one.path
            for own in self.own
            for one in own.changes
            if self.kinds[own.commit.id] not in ("grandfathered", "trivial")
            and one.path not in self.exempt.get(own.commit.id, ())
        }

    def _again(self, one: Added) -> bool:
        """Whether it tells of the very review of an earlier landing of its story, in the step or ever before."""
        past = self.world.past(self.step.base) if self.step.base else ()
        blobs = {(path.decode(), at.id) for name in past for path, at in self.world.files(name).items()}
        told = [parsed(self.world.blobs[blob].decode()) for path, blob in blobs if self._is_of(path, one.story)]
        told += [other.record for other in self.added if other.story == one.story and self._right(other)]
        before = [other for other in told if other is not None and other.landing < one.landing]
        return one.record is not None and any(_is_same(one.record, other) for other in before)

    def _is_of(self, path: str, story: str) -> bool:
        return is_record(path) and story_of_record(path)[0] == story

    def _right(self, one: Added) -> bool:
        return one.record is not None and (one.record.story, one.record.landing) == (one.story, one.landing)

    def _record(self, one: Added) -> None:
        record = one.record
        if record is None:
            self.codes.add("G14")
            return
        due, _, highest = self.landings(one.story)
        due = self.due.setdefault(one.story, due)
        if one.path in self.back and one.landing == highest:
            due = highest
        if (record.story, record.landing) != (one.story, one.landing) or one.landing != due:
            self.codes.add("G14")
            return
        self.due[one.story] = max(self.due[one.story], due + 1)
        if not self.reviews:
            return
        if self.target is not None and record.target != self.target:
            self.codes.add("G14")
        if mismatched(self.world, record, self.present, self.classes) or self._again(one):
            self.codes.add("G14")
        if self._closed(one.story):
            self.codes.add("G11")
        if review_faults(one, (self.before, self.after)):
            self.codes.add("G08")
        stands = one.story in self.before.stories or one.story in self.after.stories
        if self.level == "verified" and ((stands and unproven(record, one.story)) or self._wrote_truth(record)):
            self.codes.add("G09")
        commits = [own.commit for own in self.own]
        if not self.policy.self_review and _by_its_author(record, commits, one.story):
            self.codes.add("G08")
        if self._chain(one.story) and not all(
            inside(entry.path, self.territory(one.story)) or _is_free(entry, self.policy)
            for entry in record.change
            if self.classes(entry.path) != "spec"
        ):
            self.codes.add("G04")

    def _wrote_truth(self, record: Record) -> bool:
        """Whether agents may have written what a person vouches for."""
        agents = [one for one in record.work if one.role in (Role.TESTER, Role.DEVELOPER) and not one.by]
        return bool(agents) and any(entry.path in truth(self.policy) for entry in record.change)
