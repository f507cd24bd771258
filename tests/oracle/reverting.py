"""Reverts of a step: the stories that they inherit, and whole landings that they take back."""

from bmad.model.history import Listed
from tests.oracle.facts import Facts
from tests.oracle.plain import (
    Own,
    code_of,
    is_record,
    story_of_record,
    trailers,
)
from tests.oracle.reviewed import Added, Edge, edges, parsed, trail


class Reverting(Facts):
    """Beside the facts what reverts have made of them."""

    def _target(self, own: Own) -> Own | None:
        """The commit that a message says it reverts; of a merge, what it brought to its first parent."""
        _, found, rest = own.commit.message.decode().partition("This reverts commit ")
        name = rest[:40]
        known = self.world.past(self.step.base) if self.step.base else frozenset()
        if not found or name not in known | self.kinds.keys():
            return None
        other = self._own(name)
        if other.merge:
            first = self.world.commits[other.commit.parents[0]].tree
            return other._replace(changes=self.world.changes(first, other.commit.tree))
        return other

    def _undone(self, own: Own) -> Own | None:
        """The traced commit whose changes these are the exact inverse of."""
        other = self._target(own)
        if other is None or not self._inherited(other):
            return None
        back = {(c.path, c.new_mode, c.old_mode, c.new_blob, c.old_blob) for c in code_of(own.changes)}
        return other if back and back == {tuple(one) for one in code_of(other.changes)} else None

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
        if self._target(undone) is not None and self.kinds.get(undone.commit.id) != "story":
            standing = [story for story in stories if self._chain(story)]
            if len(standing) == len(stories):
                self._covered([one.path.decode() for one in code_of(own.changes)], stories)
        for one in code_of(own.changes):
            edge = (Listed(one.old_mode, one.old_blob), Listed(one.new_mode, one.new_blob))
            self.reverted.setdefault(one.path, set()).add(edge)

    def _units(self) -> list[list[dict[bytes, Edge]]]:
        """For the latest landing of each story what may have become of it: nothing, taken back, or brought back.

        Either for all of its paths, as far as reverts of the step lead there.
        """
        latest: dict[str, Added] = {}
        standing = [Added(p, *story_of_record(p), parsed(t)) for p, t in self.before.files.items() if is_record(p)]
        for one in sorted([*standing, *self.added], key=lambda one: one.landing):
            due, last = self.landings(one.story)
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
