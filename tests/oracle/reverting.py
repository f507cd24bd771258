"""Reverts of a step: the stories that they inherit, and whole landings that they take back."""

from bmad.model.commits import Change
from bmad.model.history import Listed
from tests.oracle.facts import Facts
from tests.oracle.plain import (
    ABSENT,
    Own,
    classes,
    code_of,
    is_record,
    story_of_record,
    trailers,
)
from tests.oracle.reviewed import Added, Edge, edges, parsed, trail
from tests.oracle.texts import LOCK


class Reverting(Facts):
    """Beside the facts what reverts have made of them."""

    def _targets(self, own: Own) -> list[Own]:
        """What a commit may be a revert of: the one that its message names, and the one that its content shows."""
        _, found, rest = own.commit.message.decode().partition("This reverts commit ")
        names = [rest[:40] if found else None, self._alike(own)]
        known = self.world.past(self.step.base) if self.step.base else frozenset[str]()
        return [self._done(name) for name in names if name in known | self.kinds.keys()]

    def _alike(self, own: Own) -> str | None:
        """The last commit on the first-parent line that touched a commit's paths, where all of that is undone.

        Only for a commit that names neither story nor reason, and for no merge of the range: in silence that lost
        one of its sides. The lock does not count. A change of the
        specification alone has to remove something.
        """
        named = trailers(own.commit.message.decode())
        changes = {one.path: one for one in own.changes if one.path != LOCK.encode() and one.new_blob}
        spec = all(classes(path.decode()) == "spec" for path in changes)
        removes = any(one.new_mode == ABSENT for one in changes.values())
        line = [self.head]
        while parents := self.world.commits[line[-1]].parents:
            line.append(parents[0])
        name = own.commit.id
        elsewhere = name not in line and name not in self.inside
        if own.merge and name in self.inside:
            return None
        if "Story" in named or "Policy" in named or not changes or (spec and not removes) or elsewhere:
            return None
        below = line[line.index(name) + 1 :] if name in line else [one for one in line if one not in self.inside]
        for one in below:
            did = {c.path: c for c in self._done(one).changes if c.path in changes}
            if did:
                undone = {path: (c.new_blob, c.new_mode, c.old_blob, c.old_mode) for path, c in did.items()}
                does = {path: (c.old_blob, c.old_mode, c.new_blob, c.new_mode) for path, c in changes.items()}
                return one if undone == does else None
        return None

    def _whole(self, own: Own) -> Own | None:
        """The commit that a commit takes back in all that it did, the lock apart; records may stay."""
        past = self.world.past(self.step.base) if self.step.base else frozenset[str]()
        if "Story" in trailers(own.commit.message.decode()):
            return None
        every = [one for one in own.changes if one.path != LOCK.encode()]
        back = {Change(c.path, c.new_mode, c.old_mode, c.new_blob, c.old_blob) for c in every}
        for other in self._targets(own):
            done = {one for one in other.changes if one.path != LOCK.encode()}
            stays = all(is_record(path.decode()) for path in {one.path for one in done - back})
            name = other.commit.id
            stood = name in self.passed if name in self.kinds else name in past
            traced = bool(self._inherited(other)) or not code_of(own.changes)
            if back and back <= done and stays and stood and traced:
                return other
        return None

    def _target(self, own: Own) -> Own | None:
        """What a commit is a revert of; by its content alone only where it names no story."""
        return next(iter(self._targets(own)), None)

    def _done(self, name: str) -> Own:
        """What a commit did; of a merge, what it brought to its first parent."""
        other = self._own(name)
        if other.merge:
            first = self.world.commits[other.commit.parents[0]].tree
            return other._replace(changes=self.world.changes(first, other.commit.tree))
        return other

    def _undone(self, own: Own) -> Own | None:
        """The traced commit whose changes of code these are the exact inverse of."""
        back = {(c.path, c.new_mode, c.old_mode, c.new_blob, c.old_blob) for c in code_of(own.changes)}
        for other in self._targets(own):
            if self._inherited(other) and back and back == {tuple(one) for one in code_of(other.changes)}:
                return other
        return None

    def _inherited(self, own: Own) -> set[str]:
        """The stories of a commit that something reverts: in the range what it passed for, else what it names."""
        name = own.commit.id
        if own.merge:
            first, *_ = own.commit.parents
            brought = self.world.past(name) - self.world.past(first) - {name}
            if not all(one in self.passed for one in {name, *brought} if one in self.kinds):
                return set()
            below = {story for one in brought for story in self._inherited(self._own(one))}
            other = self._target(own)
            again = self._inherited(other) if other is not None and name not in self.kinds else set()
            return below | self._own_stories(own) | self.passed.get(name, set()) | again
        if name in self.kinds:
            return self.passed.get(name, set())
        other = self._target(own)
        if other is not None:
            return self._inherited(other)
        return self._own_stories(own)

    def _own_stories(self, own: Own) -> set[str]:
        """The stories that a commit names, of those that there are."""
        named = trailers(own.commit.message.decode()).get("Story", [])
        return {*named} & {*self.before.stories, *self.after.stories}

    def _reverts(self, own: Own, undone: Own) -> None:
        """A revert inherits the story of what it undoes; one of a revert brings content back, and is asked."""
        stories = sorted(self._inherited(undone))
        self.here |= set(stories)
        if self._restores(undone):
            self.restoring.add(own.commit.id)
            standing = [story for story in stories if self._chain(story)]
            if len(standing) == len(stories):
                self._covered([one.path.decode() for one in code_of(own.changes)], stories)
        for one in code_of(own.changes):
            edge = (Listed(one.old_mode, one.old_blob), Listed(one.new_mode, one.new_blob))
            self.reverted.setdefault(one.path, set()).add(edge)

    def _restores(self, undone: Own) -> bool:
        """Whether taking a commit back brings something back, since it is itself a revert."""
        name = undone.commit.id
        if name in self.kinds and not undone.merge:
            return self.kinds[name] == "revert" and name not in self.restoring
        return self._target(undone) is not None and not self._own_stories(undone)

    def _units(self) -> list[list[dict[bytes, Edge]]]:
        """For the latest landing of each story what may have become of it: nothing, taken back, or brought back.

        Either for all of its paths, as far as reverts of the step lead there.
        """
        latest: dict[str, Added] = {}
        standing = [Added(p, *story_of_record(p), parsed(t)) for p, t in self.before.files.items() if is_record(p)]
        for one in sorted([*standing, *self.added], key=lambda one: one.landing):
            due, last, _ = self.landings(one.story)
            if one.record is not None and last <= one.landing <= due:
                latest[one.story] = one
        found = []
        for one in latest.values():
            assert one.record is not None
            forth = {path: edge for path, (edge, *_) in edges(one.record).items()}
            back = {path: (new, old) for path, (old, new) in forth.items()}
            led = [unit for unit in (back, forth) if unit and all(self._led(*way) for way in unit.items())]
            found.append([{}, *led])
        return found

    def _led(self, path: bytes, edge: Edge) -> bool:
        """Whether reverts lead from one value of a path to another."""
        edges = self.reverted.get(path, set())
        return any(one == edge[0] for one, _ in edges) and trail(*edge, [], frozenset(edges))
