"""One step of a history, judged by the policy of its base; the second judge's, see `judge.py`."""

from collections import Counter
from collections.abc import Mapping, Sequence

from bmad.model.commits import Change
from bmad.model.history import Listed
from tests.oracle import reading, texts
from tests.oracle.facts import is_open, truth
from tests.oracle.plain import (
    ABSENT,
    LINK,
    MOST_STORIES,
    Own,
    inside,
    is_record,
    says_none,
    stories_of,
    story_of_record,
    trailers,
)
from tests.oracle.reading import read
from tests.oracle.recording import Recording
from tests.oracle.reverting import Taken
from tests.oracle.reviewed import Edge, Explained, trail
from tests.oracle.signatures import is_signed, is_signed_record
from tests.oracle.texts import EXEMPT, LINES, LOCK, OPEN, Policy
from tests.oracle.world import ABSENT as NOTHING


class Range(Recording):
    """One step, judged by the policy of its base."""

    def judge(self, level: str) -> None:
        self.level = level
        self.due: dict[str, int] = {}
        self.tiny: dict[str, tuple[int, frozenset[bytes]]] = {}
        self.net = self.world.changes(*self.sides)
        self.explained = (
            Explained(self.world, self.sides, self.added, self.present, self.classes) if self.reviews else None
        )
        for own in self.own:
            found, self.codes, self.here = self.codes, set(), set()
            self._commit(own)
            if self.kinds[own.commit.id] == "revert" and self.codes <= {"G14"}:
                self._leads_back(own)
            if self.kinds[own.commit.id] in ("story", "revert"):
                self.claimed[own.commit.id] = set() if self._is_spared(own) else self.here
            if not self.codes:
                self.passed[own.commit.id] = self.here
            self.codes |= found
        if self.step.conflicts:
            self.codes.add("G15")
            return
        for own in self.own:
            self._others(own)
        self._degrees()
        self._spec()
        self._attested()
        self._net()
        self._records()

    def adoption(self) -> dict[str, str]:
        """Where the base has no policy: governed and spec files alone, none a link, and valid in the end."""
        kinds = {}
        for own in self.own:
            if len(own.commit.parents) > 2:
                self.codes.add("G12")
            real = any(one.new_blob for one in own.changes)
            kinds[own.commit.id] = "adoption" if real else "merge" if own.merge else "empty"
            linked = any(one.new_mode == LINK for one in own.changes)
            if linked or {self.classes(one.path.decode()) for one in own.changes} & {"code", "record"}:
                self.codes.add("G12")
        if self.after.policy is None or self.after.policy == "bad":
            self.codes.add("G12")
        if self.step.conflicts:
            self.codes.add("G15")
            return kinds
        net = self.world.changes(*self.sides)
        if any(self.classes(one.path.decode()) == "spec" and one.old_mode != ABSENT for one in net):
            self.codes.add("G12")
        if self.after.unreadable or self.after.policy == "bad" or reading.unfinished(self.after):
            self.codes.add("G12")
        elif reading.faults(self.after) or reading.ahead(self.before, self.after, self.before.lock, self._had()):
            self.codes.add("G13")
        return kinds

    def _commit(self, own: Own) -> None:  # noqa: C901, PLR0912, PLR0915 - the kinds of commit, one after the other
        name = own.commit.id
        paths = {one.path.decode(): self.classes(one.path.decode()) for one in own.changes}
        named = trailers(own.commit.message.decode())
        self.echo = self._echoes(own)
        self.linked = {one.path.decode() for one in own.changes if one.new_mode == LINK}
        stories = stories_of(own.commit.message.decode())
        none = says_none(own.commit.message.decode())
        if name in self.policy.grandfathered or name in self.since:
            self.kinds[name] = "grandfathered"
            self._frees(own, {one.path for one in own.changes})
            return
        if any(not reading.readable(path, text) for path, text in self._brought(own).items()):
            self.codes.add("G12")
        if len(own.commit.parents) > 2:
            self.kinds[name] = "merge"
            self.codes.add("G05")
            return
        taken = self._taken_back(own)
        exempt = self._exempted(own, [own.commit]) if own.changes else set()
        every, paths = paths, {path: klass for path, klass in paths.items() if path.encode() not in exempt}
        unsigned = self.policy.signed and not self._signed(own)
        governed = {path for path, klass in paths.items() if klass == "governed"}
        if governed and (self.policy.refuse or unsigned or governed & self.linked):
            self.codes.add("G06")
        if any(path in self.linked and klass == "spec" for path, klass in paths.items()):
            self.codes.add("G13")
        if exempt:
            self.exempt[name] = exempt
            self._frees(own, exempt)
        if not own.changes or (own.merge and every.keys() == {LOCK}):
            self.kinds[name] = "merge" if own.merge else "empty"
        elif taken is not None and taken.whole:
            self.kinds[name] = "revert"
            self._takes_back(own, taken, works=bool({"code", "record"} & set(paths.values())))
            if not set(stories) <= self.after.stories.keys() and not {"code", "record"} & set(paths.values()):
                self.codes.add("G02")
            self._denied(paths)
            return
        elif not {"code", "record"} & set(paths.values()):
            self.kinds[name] = "policy" if "governed" in paths.values() else "exempt" if exempt else "spec"
            if "governed" in paths.values() and "Policy" not in named:
                self.codes.add("G06")
            if not set(stories) <= self.after.stories.keys():
                self.codes.add("G02")
        elif taken is not None:
            self.kinds[name] = "revert"
            self._reverts(own, taken)
            if "record" in paths.values():
                self.codes.add("G14")
        elif none and not stories:
            self._lane(own, paths)
        elif stories:
            self.kinds[name] = "story"
            self.codes |= {"G02"} if none else set()
            self._claims(stories, paths)
            self._strays(own, set(stories))
        elif known := self._known_work(own):
            self.kinds[name] = "story"
            self._claims(sorted(known), paths, named=False)
            self._strays(own, known)
        else:
            self.kinds[name] = "untraced"
            self._unclaimed(own, paths)
            code = [path for path, klass in paths.items() if klass == "code"]
            if self._exempts and any(path in EXEMPT or path.startswith("docs/") for path in code):
                self.codes.add("G07")
        if own.merge and self.kinds[name] in ("merge", "spec", "policy", "exempt"):
            self.here |= {*stories}
        if self._beside_others(own, paths, every) or ("governed" in paths.values() and "Policy" not in named):
            self.codes.add("G06")
        self._denied(paths)
        if self.kinds[name] == "story" and self._overwrites(own):
            self.codes.add("G14")

    def _denied(self, paths: Mapping[str, str]) -> None:
        """Where a governed path is refused that an exemption names, that does not hold either."""
        named = any(path in EXEMPT for path, klass in paths.items() if klass == "governed")
        if "G06" in self.codes and self._exempts and named:
            self.codes.add("G07")

    def _beside_others(self, own: Own, paths: Mapping[str, str], every: Mapping[str, str]) -> bool:
        """Whether governed files change beside others; a merge settles those that git could not merge anyway."""
        merged = self.world.merge(*own.commit.parents) if own.merge else None
        settled = {one.path.decode() for one in merged.conflicts} if merged is not None else set()
        governed = {path for path, klass in paths.items() if klass == "governed"}
        return bool(governed - settled) and set(every.values()) != {"governed"}

    @property
    def _exempts(self) -> bool:
        """Whether the base, or only the result, has an exemption."""
        return any(isinstance(one, Policy) and one.exempt for one in (self.before.policy, self.after.policy))

    def _overwrites(self, own: Own) -> bool:
        """Whether a commit touches a record that stands in the base, but for one that brought it there."""
        standing = {path.encode() for path in self.before.files if is_record(path)}
        records = [one for one in own.changes if one.path in standing]
        return any(not (self.echo and one.old_mode == ABSENT) for one in records)

    def _takes_back(self, own: Own, whole: Taken, *, works: bool) -> None:
        """A revert of all that commits did, whatever the class of the path; their records go with it.

        Where it has no work that is not exempt, no story is asked for.
        """
        if whole.free:
            exempt = self.exempt.get(own.commit.id, set())
            tiny = whole.free - exempt - self._free(whole.targets, lane=False)
            self.exempt[own.commit.id], self.of_tiny[own.commit.id] = exempt | whole.free, tiny
            self._frees(own, whole.free - tiny)
        self.taken += whole.targets
        if works:
            self._reverts(own, whole)
        added = {path for one in own.changes if is_record(path := one.path.decode()) and one.new_mode != ABSENT}
        own_ones = {path for path in added if story_of_record(path)[0] in self.here}
        allowed = own_ones if own.commit.id in self.restoring else set[str]()
        self.back |= allowed
        if added - allowed:
            self.codes.add("G14")

    def _is_spared(self, own: Own) -> bool:
        """Whether it takes back nothing but what the base exempts, so that it is no story's work."""
        paths = {one.path for one in own.changes if self.classes(one.path.decode()) in ("code", "record")}
        return self.kinds[own.commit.id] == "revert" and paths <= self.exempt.get(own.commit.id, set())

    def _lane(self, own: Own, paths: Mapping[str, str]) -> None:
        """A commit that says it is of no story: a tiny change, or untraced."""
        self.kinds[own.commit.id] = "untraced"
        changes = [one for one in own.changes if one.path.decode() in paths]
        code = [one for one in changes if self.classes(one.path.decode()) == "code"]
        tiny = (
            self.policy.lane
            and len(code) == len(changes) == 1
            and "Trivial" in trailers(own.commit.message.decode())
            and all(self._in_lane(one) for one in code)
        )
        lines = sum(self._lines(one) for one in code) if tiny and not own.merge else LINES + 1
        if "record" in paths.values():
            self.codes.add("G14")
        if own.merge and self.policy.lane:
            self.codes.add("G05")
        elif lines > LINES:
            self.codes.add("G01")
        else:
            self.kinds[own.commit.id] = "trivial"
            self.tiny[own.commit.id] = (lines, frozenset(one.path for one in code))
        self._strays(own, set())

    def _lines(self, change: Change) -> int:
        """The lines that a change adds and removes: all but those that both sides have in one order."""
        one, two = (self.world.blobs[name].decode().split("\n") for name in (change.old_blob, change.new_blob))
        common = [[0] * (len(two) + 1) for _ in range(len(one) + 1)]
        for i, left in enumerate(one):
            for j, right in enumerate(two):
                longest = max(common[i][j + 1], common[i + 1][j])
                common[i + 1][j + 1] = common[i][j] + 1 if left == right else longest
        return len(one) + len(two) - 2 * common[-1][-1]

    def _degrees(self) -> None:
        """What tiny changes are together, and what should no longer be untraced."""
        own = [one for name, one in self.tiny.items() if name in self.passed]
        if sum(lines for lines, _ in own) > LINES or len(frozenset[bytes]().union(*(at for _, at in own))) > 1:
            self.codes.add("G01")
        works = any(self.classes(one.path.decode()) == "code" for one in self.net)
        if self.policy.baseline and self.whole and works and self._owed():
            self.codes.add("G01")

    def _owed(self) -> set[bytes]:
        """The files of the baseline, which were of no story there, that no story has changed since."""
        start = self.policy.baseline
        free = {*EXEMPT, *OPEN} - {*truth(self.policy)} if self.policy.exempt else set()
        held = {path for path in self.world.files(start) if self.classes(path.decode()) == "code"}
        since = self.world.past(self.step.head) | self.world.past(self.step.base or start)
        for name in since - self.world.past(start):
            words = self.world.commits[name].message.decode()
            if stories_of(words) or "This reverts commit" in words:
                held -= self._authored_paths(name)
        return {path for path in held if path in self.world.trees[self.step.tree] and path.decode() not in free}

    def _authored_paths(self, name: str) -> set[bytes]:
        """What a commit holds otherwise than each of its parents."""
        commit = self.world.commits[name]
        befores = [self.world.commits[one].tree for one in commit.parents] or [self.world.empty]
        return set.intersection(*({one.path for one in self.world.changes(at, commit.tree)} for at in befores))

    def _strays(self, own: Own, stories: set[str]) -> None:
        """A line that reads like a trailer, stands where none counts, and names another story that there is."""
        lines = {line for line in own.commit.message.decode().split("\n") if line.startswith("Story: ")}
        told = {line.removeprefix("Story: ") for line in lines} - stories
        if told & {*self.before.stories, *self.after.stories}:
            self.codes.add("G01")

    def _others(self, own: Own) -> None:
        """Work that records have as another story's: of each story a path, and of each path a story stands there.

        A story claims the paths of its territory, but for what it takes back within the step. What is refused
        already is not told, nor what does not land.
        """
        stories = stories_of(own.commit.message.decode())
        if self.explained is None or own.commit.id not in self.passed or self.kinds[own.commit.id] != "story":
            return
        landing = {one.path for one in self.net} & {one.path for one in self.code_of(own.changes)}
        landing -= self.exempt.get(own.commit.id, set())
        about = {path: self.explained.stories.get(path, set()) for path in landing}
        claims = {
            story: {path for path, known in about.items() if known and self._claims_path(path, story)}
            for story in stories
        }
        backed = {
            story: {path for path in held if story in about[path] or self._balanced(story, path)}
            for story, held in claims.items()
        }
        every = {path for held in backed.values() for path in held}
        if any(held - every or (held and not backed[story]) for story, held in claims.items()):
            self.codes.add("G15")

    def _claims_path(self, path: bytes, story: str) -> bool:
        return inside(path.decode(), self.territory(story))

    def _balanced(self, story: str, path: bytes) -> bool:
        """Whether the commits of a story leave nothing at a path."""
        left = Counter[tuple[str, str]]()
        for own in self.own:
            if story in self.claimed.get(own.commit.id, ()):
                for one in own.changes:
                    if one.path == path:
                        left[one.old_mode, one.old_blob] += 1
                        left[one.new_mode, one.new_blob] -= 1
        return not any(left.values())

    def _known_work(self, own: Own) -> set[str]:
        """The stories that records of the step know each of a commit's changes for; none where one is unknown."""
        stories: set[str] = set()
        for change in own.changes:
            path = change.path.decode()
            if self.explained is None:
                return set()
            if change.path in self.exempt.get(own.commit.id, ()):
                continue
            if self.classes(path) == "record":
                added = [one for one in self.added if one.path == path and one.record is not None]
                if not added:
                    return set()
                stories |= {one.story for one in added}
            if self.classes(path) == "code":
                old, new = Listed(change.old_mode, change.old_blob), Listed(change.new_mode, change.new_blob)
                if not {old, new} <= self.explained.values(change.path):
                    return set()
                if change.path not in self.explained.stories:
                    return set()
                stories |= self.explained.stories[change.path]
        return stories

    def _unclaimed(self, own: Own, paths: Mapping[str, str]) -> None:
        if "code" in paths.values():
            self.codes.add("G05" if own.merge else "G01")
        if "record" in paths.values():
            self.codes.add("G14")

    def _echoes(self, own: Own) -> bool:
        """Whether nothing of a commit lands, as of one whose squash stands in the base already."""
        landing = {one.path for one in self.net} - self._exempted(own, [own.commit])
        return self.reviews and not landing & {
            one.path for one in own.changes if self.classes(one.path.decode()) in ("code", "record")
        }

    def _claims(self, stories: Sequence[str], paths: Mapping[str, str], *, named: bool = True) -> None:
        """Stories that a commit names, each for a path of its own, or that records know it for."""
        if len(stories) > MOST_STORIES:
            self.codes.add("G01")
        code = [path for path, klass in paths.items() if klass == "code"]
        records = {story_of_record(path)[0] for path, klass in paths.items() if klass == "record"}
        self.here |= set(stories)
        standing = [story for story in stories if self._chain(story)]
        if self.reviews and (code or records) and not self.echo and any(map(self._closed, stories)):
            self.codes.add("G11")
        if len(standing) == len(stories):
            self._covered(code, stories)
            if named and len(stories) > 1 and not all(one in records or self._owns(one, code) for one in stories):
                self.codes.add("G04")
        if any(
            path for path, klass in paths.items() if klass == "record" and story_of_record(path)[0] not in stories
        ):
            self.codes.add("G14")

    def _owns(self, story: str, code: Sequence[str]) -> bool:
        territory = self.territory(story)
        if self.level == "traced" and not self._stated(story):
            return True
        return any(inside(path, territory) for path in code)

    def _spec(self) -> None:
        if self.after.policy is None and self.before.intent != self.after.intent:
            return  # nothing says where the documents stand, and that is refused
        if self.after.unreadable or self.after.policy == "bad":
            self.codes.add("G12")
            return
        touched = {self.classes(one.path.decode()) for one in self.net if one.path != b"CODEOWNERS"}
        asked = self.whole and (self.audit or bool(touched & {"spec", "governed"}))
        if asked and reading.unfinished(self.after):
            self.codes.add("G12")
            return
        wrong = reading.faults(self.after) or reading.unlocked(self.after)
        if asked and (wrong or reading.unwritten(self.before, self.after)):
            self.codes.add("G13")
        if reading.astray(self.before, self.after):
            self.codes.add("G13")
        locks = [self._locks(one) for one in self.taken if one.commit.id not in self.step.commits]
        if reading.lost(self.before, self.after, self._had(), locks):
            self.codes.add("G13")

    def _had(self) -> set[tuple[str, str]]:
        """The items of base, result and what commits brought, each with the fingerprints that it has or had."""
        brought = [(path, text) for own in self.own for path, text in self._authored(own).items()]
        real = {*self.before.nodes.items(), *self.after.nodes.items()}
        for path, text in brought:
            if reading.is_document(path) and reading.readable(path, text):
                real |= {*texts.fingerprints(path, text).items()}
        return real

    def _attested(self) -> None:
        """What has to be signed and is not: records, and commits that change the specification."""
        if not self.policy.signed:
            return
        for own in self.own:
            spec = any(self._is_document(one) for one in own.changes)
            if spec and self.kinds[own.commit.id] != "grandfathered" and not self._signed(own):
                self.codes.add("G10")
        records = [one.record for one in self.added if one.record is not None and self._right(one)]
        carried = (one for one in self.net if self._is_document(one) and self._carried(one))
        touched = {one.path for own in self.own for one in own.changes}
        unseen = any(one.path != LOCK.encode() or one.path not in touched for one in carried)
        if unseen or not all(map(is_signed_record, records)):
            self.codes.add("G10")

    def _is_document(self, one: Change) -> bool:
        path = one.path.decode()
        return self.classes(path) == "spec" or path == self.after.intent

    def _signed(self, own: Own) -> bool:
        return is_signed(own.commit.headers, own.commit.message)

    def _net(self) -> None:
        if self.after.policy is None:
            self.codes.add("G06")
        refused = {one.path for own in self.own if own.commit.id not in self.passed for one in own.changes}
        done = {one.path for own in self.own for one in own.changes}
        for one in self.net:
            path = one.path.decode()
            stood = is_record(path) and one.old_mode != ABSENT
            if stood and (one.path not in refused if one.new_mode != ABSENT else not self._gone_rightly(path)):
                self.codes.add("G14")
            if self.classes(path) == "governed" and one.path not in refused and self._carried(one):
                self.codes.add("G06")
            modes = (one.old_mode, one.new_mode)
            if self.classes(path) == "code" and not is_open(path, modes, self.policy) and one.path not in done:
                self._carried_code(path)

    def _carried_code(self, path: str) -> None:
        """Code that no commit changes, and a merge does: by a folder that one side has moved."""
        passed = [own for own in self.own if own.commit.id in self.passed and self.kinds[own.commit.id] == "story"]
        stories = {story for own in passed for story in self.passed[own.commit.id]}
        if not stories:
            self.codes.add("G01")
        elif not inside(path, [glob for story in stories for glob in self.territory(story)]):
            self.codes.add("G15" if self.level == "traced" else "G04")

    def _carried(self, net: Change) -> bool:
        """Whether a merge may have carried a governed file there, by a rename on one side.

        It cannot where the commits lead from the base's to the result's, with what they settled of conflicts,
        where nothing was removed and all starts from one commit, or where the file stood in every start and stays.
        """
        done = [one for own in self.own for one in own.changes if one.path == net.path]
        edges = {(Listed(one.old_mode, one.old_blob), Listed(one.new_mode, one.new_blob)) for one in done}
        edges |= {edge for own in self.own for edge in self._settled(own, net.path)}
        old, new = Listed(net.old_mode, net.old_blob), Listed(net.new_mode, net.new_blob)
        if done and trail(old, new, [], frozenset(edges)):
            return False
        own = {one.commit.id for one in self.own}
        starts = {parent for one in self.own for parent in one.commit.parents} - own
        removes = any(one.new_mode == ABSENT for each in self.own for one in each.changes)
        stays = all(ABSENT not in (one.old_mode, one.new_mode) for one in (net, *done))
        stays = stays and all(net.path in self.world.files(one) for one in starts)
        return not done or ((removes or len(starts) > 1) and not stays)

    def _settled(self, own: Own, path: bytes) -> set[Edge]:
        """What a merge makes of a path that git could not merge, from what either side held there."""
        merged = self.world.merge(*own.commit.parents) if len(own.commit.parents) == 2 else None
        if merged is None or path not in {one.path for one in merged.conflicts}:
            return set()
        sides = [self.world.files(one).get(path, NOTHING) for one in own.commit.parents]
        new = [Listed(one.new_mode, one.new_blob) for one in own.changes if one.path == path]
        return {(side, one) for side in sides for one in new}

    def _locks(self, own: Own) -> tuple[reading.LockText, reading.LockText]:
        """The lock before and after a commit."""
        parents = own.commit.parents
        before = (
            read(self.world, self.world.commits[parents[0]].tree)
            if parents
            else read(self.world, self.world.empty)
        )
        return before.lock, read(self.world, own.commit.tree).lock
