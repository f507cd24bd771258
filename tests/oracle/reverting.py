"""Reverts of a step: what they take back, the stories that they inherit, and whole landings that go or return.

Of a commit that takes something back the pages say that its content decides, and the second judge reads them so:

- its message may name what it takes back, one or more commits; beside that, of a commit that names neither story
  nor reason, the first-parent history of its paths is gone back over until all of them are as it leaves them;
- per path the inverses of what those commits did lead from the old value to the new, each taken once. So for the
  code alone it inherits their stories; for all but the lock it is whole, and whatever it changes goes with it.
  Where they changed the lock alone, and the message names them, that counts.
  Of a whole one records may stay where they are;
- each of those commits has passed, if it lies in the range, and where it changes code it has a story: one that it
  names, or whose record it adds, or that it inherits as a revert. A merge has those of what it brought;
- a revert of a revert brings back, so what it brings is held against the stories again; one of that takes away;
  of several commits at once it may do both, and then so does a revert of it. So does one of a merge that brought
  code without a word, which only a revert may do.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from bmad.model.commits import Change
from bmad.model.history import Listed
from tests.oracle.facts import Facts, truth
from tests.oracle.plain import (
    ABSENT,
    LINK,
    Own,
    is_record,
    says_none,
    stories_of,
    story_of_record,
    trailers,
)
from tests.oracle.reviewed import Added, Edge, edges, parsed, trail
from tests.oracle.texts import LANE, LOCK


class Taken(NamedTuple):
    """What a commit takes back: of these commits all that they did (`whole`) or all of their code."""

    targets: Sequence[Own]
    stories: frozenset[str]
    restores: bool
    removes: bool
    whole: bool
    free: set[bytes]
    """The paths of a whole one that need no story, since what it takes back there was exempt."""


def undoes(changes: Iterable[Change], done: Sequence[Own], *, records_stay: bool) -> bool:
    """Whether changes lead back over all that commits did, path by path and to the byte."""
    must: dict[bytes, list[Edge]] = {}
    for one in (one for own in done for one in own.changes):
        edge = (Listed(one.new_mode, one.new_blob), Listed(one.old_mode, one.old_blob))
        must.setdefault(one.path, []).append(edge)
    net = {one.path: (Listed(one.old_mode, one.old_blob), Listed(one.new_mode, one.new_blob)) for one in changes}
    stays = {path for path in must.keys() - net.keys() if records_stay and is_record(path.decode())}
    return all(
        path in must and trail(*net[path], must[path], frozenset())
        if path in net
        else any(trail(start, start, must[path], frozenset()) for start, _ in must[path])
        for path in (must.keys() | net.keys()) - stays
    ) and bool(net)


def _at(path: bytes, changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(one for one in changes if one.path == path)


class Reverting(Facts):
    """Beside the facts what reverts have made of them."""

    def _taken_back(self, own: Own) -> Taken | None:
        """What a commit takes back as a whole, else what it inherits stories from; None where it does neither.

        A commit that names stories takes back what is whole and has these. A merge takes back nothing in silence:
        that lost one of its sides.
        """
        if says_none(own.commit.message.decode()):
            return None
        shown = self._shown(own) if not own.merge else ()
        ways = dict.fromkeys(filter(None, (self._named(own), shown)))
        found = [one for way in ways if (one := self._back(own, way)) is not None]
        best = next((one for one in found if one.whole), next((one for one in found if one.stories), None))
        claimed = stories_of(own.commit.message.decode())
        if best is None or (claimed and not (best.whole and {*claimed} <= best.stories)):
            return None
        return best

    def _back(self, own: Own, way: Sequence[str]) -> Taken | None:
        """What a commit inherits by taking these back; None where it takes back nothing of theirs."""
        done = [self._done(name) for name in way if self._known(name)]
        stories = self._lent(own, done, set())
        apart, net = done, [*own.changes]
        if any(change.path != LOCK.encode() for one in done for change in one.changes):
            bare = [tuple(c for c in one.changes if c.path != LOCK.encode()) for one in done]
            apart = [one._replace(changes=changes) for one, changes in zip(done, bare, strict=True)]
            net = [one for one in net if one.path != LOCK.encode()]
        stood = len(done) == len(way) and all(map(self._stood, done))
        whole = stood and undoes(net, apart, records_stay=True)
        free = self._free(done) if whole else set[bytes]()
        owed = {one.path for one in self.code_of(net)} - free
        if owed and free:
            stories, free = (lent, free) if (lent := self._lent(own, done, free)) else (stories, set[bytes]())
        whole = whole and (bool(stories) or not owed)
        if not stories and not whole:
            return None
        spared = free if owed else set[bytes]()
        coded = [one for one in done if any(change.path not in spared for change in self.code_of(one.changes))]
        at = {one.path for one in own.changes}
        undone = [self._undone(one, at) for one in coded if stories]
        restores, removes = any(back for back, _ in undone), any(away for _, away in undone)
        return Taken(done, stories, restores, removes, whole, free)

    def _lent(
        self, own: Own, done: Sequence[Own], free: set[bytes], within: Collection[bytes] | None = None
    ) -> frozenset[str]:
        """The stories of the commits whose code a commit takes back, but for paths that need none.

        What those took back in turn is looked for at the paths of both, and `within`. An intent that a landed one
        moved away was no code of its, wherever one stands now.
        """
        at = {one.path for one in own.changes} if within is None else within
        code = []
        for one in done:
            spared = free if self._judged(one) else free | self.gone_intents(one.changes)
            left = tuple(change for change in self.code_of(one.changes) if change.path not in spared)
            code.append(one._replace(changes=left))
        below = [self._inherited(one, free, at) for one, own in zip(done, code, strict=True) if own.changes]
        net = [one for one in self.code_of(own.changes) if one.path not in free]
        if not below or not all(below) or not undoes(net, code, records_stay=False):
            return frozenset()
        return frozenset().union(*below)

    def _free(self, done: Sequence[Own], *, lane: bool = True) -> set[bytes]:
        """The paths at which the base exempts all that commits did; with the lane also tiny changes."""
        granted = [(one, self._granted(one, lane=lane)) for one in done]
        bound = {change.path for one, own in granted for change in one.changes if change.path not in own}
        return {path for _, own in granted for path in own} - bound

    def _granted(self, own: Own, *, lane: bool) -> set[bytes]:
        """The paths of a commit that the base exempts; a revert has what it takes back has."""
        if self._judged(own):
            exempt = self.exempt.get(own.commit.id, set())
            return exempt | self._of_lane(own) if lane else exempt - self.of_tiny.get(own.commit.id, set())
        spared, bound = set[bytes](), set[bytes]()
        for one in self._makers(own):
            code = one._replace(changes=tuple(self.code_of(one.changes)))
            links = {change.path for change in code.changes if LINK in (change.old_mode, change.new_mode)}
            exempt = self._exempted(code, [one.commit]) - links
            free = exempt | self._given_back(one, lane=lane) | (self._of_lane(one) if lane else set())
            spared |= free
            bound |= {change.path for change in one.changes} - free
        return ({one.path for one in own.changes} & spared - bound) | self._given_back(own, lane=lane)

    def _of_lane(self, own: Own) -> set[bytes]:
        """The paths that the base's lane has, of a commit that says it is of no story and names none."""
        message = own.commit.message.decode()
        if not self.policy.lane or not says_none(message) or stories_of(message):
            return set()
        name = own.commit.id
        if name in self.kinds and not self._below(name):
            quiet = self.kinds[name] == "merge" and name in self.passed
            if not quiet and self.kinds[name] != "trivial":
                return set()
        return {one.path for one in own.changes if self._in_lane(one)}

    def _in_lane(self, one: Change) -> bool:
        """Whether the base's lane is of a file, which stands before and after as it is."""
        path = one.path.decode()
        stays = one.old_mode == one.new_mode not in (ABSENT, LINK)
        return stays and path in LANE and path not in truth(self.policy)

    def _given_back(self, own: Own, *, lane: bool) -> set[bytes]:
        """The paths at which a commit takes back what was exempt, to the byte."""
        done = [self._done(one) for one in self._named(own) or self._shown(own) if self._known(one)]
        free = self._free(done, lane=lane)
        at = {path: [one._replace(changes=_at(path, one.changes)) for one in done] for path in free}
        return {
            one.path
            for one in self.code_of(own.changes)
            if one.path in free and undoes([one], at[one.path], records_stay=False)
        }

    def _makers(self, own: Own) -> list[Own]:
        """A commit; of a merge what it brought, and itself, but for merges that say nothing.

        So whoever updates a branch makes them.
        """
        every = [self._done(one) for one in self._with_brought(own)]
        told = ((one, {"Story", "Policy"} & {*trailers(one.commit.message.decode())}) for one in every)
        return [one for one, named in told if not one.merge or named or len(every) == 1]

    def _named(self, own: Own) -> tuple[str, ...]:
        """The commits that a message says it reverts."""
        return tuple(re.findall("^This reverts commit ([0-9a-f]{40})", own.commit.message.decode(), re.MULTILINE))

    def _known(self, name: str) -> bool:
        """Whether a commit lies in the base's history, or has been judged."""
        return name in self.kinds or self._below(name)

    def _below(self, name: str) -> bool:
        """Whether a commit lies in the base's history, as what earlier steps brought does."""
        return self.step.base is not None and name in self.world.past(self.step.base)

    def _judged(self, own: Own) -> bool:
        """Whether a commit was judged in this very step, for its own work."""
        return own.commit.id in self.kinds and not own.merge and not self._below(own.commit.id)

    def _shown(self, own: Own, within: Collection[bytes] | None = None) -> tuple[str, ...]:
        """The commits that the history of a commit's paths shows it to take back, the latest first.

        Of a commit that is itself taken back only the paths `within` that count, unless it is judged, too.
        Only for a commit that names neither story nor reason. The lock does not count. A change of the
        specification alone, where it is not the intent's, has to remove something, or to touch the lock. A commit
        that the line does not hold has come with one of the range, or lies behind one on its own line.
        """
        named, name = trailers(own.commit.message.decode()), own.commit.id
        every = {one.path: one for one in own.changes if one.path != LOCK.encode()}
        whole = within is None or (name in self.inside and not own.merge)
        changes = {path: one for path, one in every.items() if whole or path in (within or ())}
        spec = all(
            self.classes(one.path.decode()) == "spec" and one.path.decode() not in self.pages
            for one in own.changes
        )
        removes = any(one.new_mode == ABSENT or one.path == LOCK.encode() for one in own.changes)
        line = self._line
        behind = name not in line and name not in self.step.commits
        elsewhere = behind and not any(name in self._first_parents(one) for one in self.step.commits)
        if "Story" in named or "Policy" in named or (spec and not removes) or elsewhere:
            return ()
        below = line[line.index(name) + 1 :] if name in line else self._first_parents(name)[1:]
        at = {path: Listed(one.old_mode, one.old_blob) for path, one in changes.items()}
        goal = {path: Listed(one.new_mode, one.new_blob) for path, one in changes.items()}
        found = []
        for one in below:
            did = [change for change in self._done(one).changes if change.path in at]
            if any(Listed(change.new_mode, change.new_blob) != at[change.path] for change in did):
                return ()
            at |= {change.path: Listed(change.old_mode, change.old_blob) for change in did}
            found += [one] if did else []
            if found and at == goal:
                return tuple(found)
        return ()

    @property
    def _line(self) -> list[str]:
        """The head's first-parent line, newest first."""
        return self._first_parents(self.head)

    def _first_parents(self, name: str) -> list[str]:
        line = [name]
        while parents := self.world.commits[line[-1]].parents:
            line.append(parents[0])
        return line

    def _done(self, name: str) -> Own:
        """What a commit did; of a merge, what it brought to its first parent."""
        other = self._own(name)
        if other.merge:
            first = self.world.commits[other.commit.parents[0]].tree
            return other._replace(changes=self.world.changes(first, other.commit.tree))
        return other

    def _with_brought(self, own: Own) -> list[str]:
        """A commit, and for a merge of two those that it brought to its first parent."""
        name = own.commit.id
        if len(own.commit.parents) != 2:
            return [name]
        return [name, *(self.world.past(name) - self.world.past(own.commit.parents[0]) - {name})]

    def _stood(self, own: Own) -> bool:
        """Whether a commit, and what it brought, lies below the range or has passed in it."""
        return all(one in self.passed for one in self._with_brought(own) if one in self.kinds)

    def _inherited(self, own: Own, free: set[bytes], within: Collection[bytes]) -> frozenset[str]:
        """The stories of what a commit takes back: in the range what passed, else what a commit has as its own."""
        name = own.commit.id
        if self._judged(own):
            return frozenset(self.passed.get(name, ()))
        if not self._stood(own):
            return frozenset()
        every = [*self._with_brought(own)]
        stories = {story for one in every for story in self._own_stories(one)} | self._recorded(own)
        known = frozenset(stories) & {*self.before.stories, *self.after.stories}
        named = dict.fromkeys(one for name in every for one in self._named(self._own(name)))
        shown = () if known else self._shown(own, within)
        inside = {one.path for one in own.changes if one.path in within}
        for way in filter(None, dict.fromkeys((tuple(named), shown))):
            below = [self._done(one) for one in way if self._known(one)]
            if lent := self._lent(own, below, free, inside):
                return known | lent
        return frozenset(known)

    def _recorded(self, own: Own) -> set[str]:
        """The stories whose records a commit adds; a squash may have lost its trailers."""
        new = (one.path.decode() for one in own.changes if one.old_mode == ABSENT)
        return {story_of_record(path)[0] for path in new if is_record(path)}

    def _own_stories(self, name: str) -> set[str]:
        """What a commit was judged for as its own work (one that is not judged, for none), else what it names."""
        if self.kinds.get(name) in ("story", "empty", "grandfathered") and not self._below(name):
            return self.passed.get(name, set())
        return {*stories_of(self.world.commits[name].message.decode())}

    def _undone(self, own: Own, within: Collection[bytes]) -> tuple[bool, bool]:
        """Whether taking a commit back brings work back, and whether it takes work away."""
        name = own.commit.id
        if self._judged(own):
            reverts = self.kinds[name] == "revert"
            return reverts and name in self.removing, not reverts or name in self.restoring
        named = tuple(
            dict.fromkeys(one for each in self._with_brought(own) for one in self._named(self._own(each)))
        )
        ways = [way for way in dict.fromkeys((named, self._shown(own, within))) if way]
        if not ways:
            return own.merge and self._brought_silence(own), True
        leads = (
            way
            for way in ways
            if self._lent(own, [self._done(one) for one in way if self._known(one)], set(), within)
        )
        below = [self._done(one) for one in next(leads, ()) if self._known(one)]
        own_ones = {story for one in self._with_brought(own) for story in self._own_stories(one)}
        if own_ones or not below:
            return True, True
        undone = [self._undone(one, within) for one in below if self.code_of(one.changes)]
        return any(away for _, away in undone), any(back for back, _ in undone)

    def _brought_silence(self, own: Own) -> bool:
        """Whether a merge brought code without a word, as a commit does that takes something back."""
        at = {one.path for one in own.changes}
        every = [self._own(name) for name in self._with_brought(own)[1:]]
        silent = (
            one
            for one in every
            if not one.merge and not {"Story", "Policy"} & {*trailers(one.commit.message.decode())}
        )
        left = (
            {change.path for change in self.code_of(one.changes)}
            & at - self._exempted(one, [one.commit], links=True)
            for one in silent
            if not self._recorded(one)
        )
        return any(left)

    def _reverts(self, own: Own, taken: Taken) -> None:
        """A revert inherits the story of what it undoes; one of a revert brings content back, and is asked."""
        stories = sorted(taken.stories)
        self.here |= set(stories)
        if taken.removes:
            self.removing.add(own.commit.id)
        if taken.restores:
            self.restoring.add(own.commit.id)
            standing = [story for story in stories if self._chain(story)]
            if len(standing) == len(stories):
                exempt = self._exempted(own, [own.commit]) | taken.free
                self._covered(
                    [one.path.decode() for one in self.code_of(own.changes) if one.path not in exempt], stories
                )

    def _leads_back(self, own: Own) -> None:
        """What a revert does that is sound, but for the record that goes with it."""
        for one in own.changes:
            edge = (Listed(one.old_mode, one.old_blob), Listed(one.new_mode, one.new_blob))
            if one.path not in self._exempted(own, [own.commit]):
                self.reverted.setdefault(one.path, set()).add(edge)

    def _units(self) -> list[list[dict[bytes, Edge]]]:
        """For the latest landing of each story what may have become of it: nothing, taken back, or brought back.

        Either for all of its paths, as far as reverts of the step lead there.
        """
        latest: dict[str, Added] = {}
        about = self._spoken_of()
        standing = [Added(p, *story_of_record(p), parsed(t)) for p, t in self.before.files.items() if is_record(p)]
        told = [one for one in standing if one.story in about]
        for one in sorted([*told, *self.added], key=lambda one: one.landing):
            if one.record is not None and one.landing >= self.landings(one.story)[1]:
                latest[one.story] = one
        found = []
        for one in latest.values():
            assert one.record is not None
            forth = {path: edge for path, (edge, *_) in edges(one.record).items()}
            back = {path: (new, old) for path, (old, new) in forth.items()}
            led = [unit for unit in (back, forth) if unit and all(self._led(*way) for way in unit.items())]
            found.append([{}, *led])
        return found

    def _spoken_of(self) -> set[str]:
        """The stories that the range, or what it takes back, names or touches records of."""
        done = {one: self._own(one) for one in self.inside}
        waiting = list(done.values())
        while waiting:
            own = waiting.pop()
            names = {*self._named(own), *self._shown(own)} | {*self._with_brought(own)}
            new = {name: self._done(name) for name in names - done.keys() if name in self.world.past(self.head)}
            done |= new
            waiting += new.values()
        records = (one.path.decode() for own in done.values() for one in own.changes)
        named = (stories_of(own.commit.message.decode()) for own in done.values())
        return {story_of_record(path)[0] for path in records if is_record(path)}.union(*named)

    def _led(self, path: bytes, edge: Edge) -> bool:
        """Whether reverts lead from one value of a path to another."""
        edges = self.reverted.get(path, set())
        return any(one == edge[0] for one, _ in edges) and trail(*edge, [], frozenset(edges))
