"""What one step of a history holds: its commits' own work, its states, its stories and their territories."""

from collections.abc import Collection, Iterable, Sequence
from itertools import count

from bmad.model.commits import Change, Commit
from bmad.model.history import Listed, Merged
from tests.oracle import reading
from tests.oracle.alphabet import record_at
from tests.oracle.plain import (
    ABSENT,
    LINK,
    Known,
    Own,
    Past,
    Step,
    by_bot,
    classes,
    inside,
    is_record,
    knowledge_of,
    story_of_record,
)
from tests.oracle.reading import State, read
from tests.oracle.reviewed import Added, Edge, parsed
from tests.oracle.texts import EXEMPT, LEVELS, MEANS, OPEN, REGISTERS, TRUTH, Policy, Story
from tests.oracle.world import World


def is_open(path: str, modes: Collection[str], policy: Policy) -> bool:
    """Whether everyone may change a page, by no mode, and not what the base names as truth."""
    plain = {*modes} <= {"000000", "100644"}
    return policy.exempt and path in OPEN and plain and path not in truth(policy)


def truth(policy: Policy) -> Sequence[str]:
    """What a person vouches for."""
    return TRUTH if policy.oracle else ()


class Facts:
    """A step, and what its base and its result say."""

    def __init__(self, world: World, step: Step, known: Known, past: Past, *, whole: bool) -> None:
        self.world, self.step, self.since, self.whole = world, step, known.since, whole
        self.present, self.target, self.audit = known.present, known.target, known.audit
        self.before = read(world, world.commits[step.base].tree if step.base else world.empty)
        self.after = read(world, step.tree, step.joined)
        self.kinds, self.passed, self.exempt = past
        self.pages = self._pages()
        self.head, self.inside = known.head, known.inside
        self.restoring: set[str] = set()
        self.removing: set[str] = set()
        self.back: set[str] = set()
        self.taken: list[Own] = []
        self.level = ""
        self.free: dict[bytes, set[Edge]] = {}
        self.of_tiny: dict[str, set[bytes]] = {}
        """By revert the paths at which it takes back tiny changes, or brings them back."""
        self.reverted: dict[bytes, set[Edge]] = {}
        self.added = self._added()
        self.claimed: dict[str, set[str]] = {}
        self.here: set[str] = set()
        self.linked: set[str] = set()
        """The paths where the commit that is looked at puts a link."""
        self.codes: set[str] = set()
        self.own = [self._own(name) for name in step.commits]
        self.pages = {*self.pages, *self._passed()}
        self.versions: dict[str, list[Story]] = {}
        for own in self.own:
            for path, text in self._brought(own).items():
                one = MEANS.get(text)
                if reading.is_document(path) and isinstance(one, Story):
                    self.versions.setdefault(one.id, []).append(one)

    def classes(self, path: str) -> str:
        """The class of a path, where an intent is of the specification wherever it stands or has to pass by."""
        return "spec" if path in self.pages else classes(path)

    def code_of(self, changes: Iterable[Change]) -> list[Change]:
        return [one for one in changes if self.classes(one.path.decode()) == "code"]

    def gone_intents(self, changes: Iterable[Change]) -> set[bytes]:
        """Where an intent stood that changes move away, as their register said before."""
        known = self.world.blobs
        registers = [one for one in changes if one.path.decode() == reading.REGISTER_AT and one.old_blob in known]
        named = {REGISTERS.get(known[one.old_blob].decode(), "").encode() for one in registers}
        return {one.path for one in changes if one.new_mode == ABSENT and one.path in named}

    def _pages(self) -> set[str]:
        """Where the base has its intent; and the result, where the base has no file there, or no register."""
        before, after = self.before, self.after
        if reading.REGISTER_AT not in before.files:
            return {after.intent}
        moves = reading.REGISTER_AT in after.files and after.intent in after.files.keys() - before.files.keys()
        return {before.intent, after.intent} if moves else {before.intent}

    def _passed(self) -> set[str]:
        """Where commits have it, or what they start from, and neither base nor result has a file."""
        if self.step.base is None or not self.before.stories:
            return set()
        own = {one.commit.id: self._authored(one) for one in self.own}
        named = {REGISTERS.get(texts.get(reading.REGISTER_AT, ""), "") for texts in own.values()}
        parents = {parent for one in self.own for parent in one.commit.parents} - own.keys()
        starts = [read(self.world, self.world.commits[one].tree) for one in parents]
        named |= {one.intent for one in starts if one.intent in one.files}
        named -= {"", self.before.intent, self.after.intent}
        return {path for path in named if path not in {**self.before.files, **self.after.files}}

    def _authored(self, own: Own) -> dict[str, str]:
        """The files that a commit has otherwise than what git computes of its parents, or than each of them."""
        files = self.world.files(own.commit.id)
        parents = [self.world.files(one) for one in own.commit.parents]
        new = {path for path, at in files.items() if all(one.get(path) != at for one in parents)}
        return self._brought(own) | {path.decode(): self.world.blobs[files[path].id].decode() for path in new}

    def _own(self, name: str) -> Own:
        commit = self.world.commits[name]
        if len(commit.parents) != 2:
            before = self.world.commits[commit.parents[0]].tree if commit.parents else self.world.empty
            return Own(commit, self.world.changes(before, commit.tree), merge=len(commit.parents) > 1)
        merged = self.world.merge(*commit.parents)
        assert merged is not None
        told = self.world.changes(merged.tree, commit.tree)
        aside = self._put_aside(commit, merged)
        own = tuple(one for one in told if one.path not in aside)
        left = {aside.get(one.path, one.path) for one in merged.conflicts} - {one.path for one in own}
        return Own(
            commit, (*own, *(Change(path, "100644", "100644", "", "") for path in sorted(left))), merge=True
        )

    def _put_aside(self, commit: Commit, merged: Merged) -> dict[bytes, bytes]:
        """What git puts beside its path by its side's id, and the merge takes out: by that name the path."""
        held = {path for one in (*commit.parents, commit.id) for path in self.world.files(one)}
        ends = tuple(f"~{parent}".encode() for parent in commit.parents)
        named = (one.path for one in merged.conflicts if one.path.endswith(ends))
        return {path: path.rpartition(b"~")[0] for path in named if path not in held}

    def _brought(self, own: Own) -> dict[str, str]:
        files = self.world.files(own.commit.id)
        return {
            one.path.decode(): self.world.blobs[files[one.path].id].decode()
            for one in own.changes
            if one.path in files
        }

    @property
    def policy(self) -> Policy:
        assert isinstance(self.before.policy, Policy)
        return self.before.policy

    @property
    def sides(self) -> tuple[str, str]:
        """The trees of base and result."""
        return (self.world.commits[self.step.base].tree if self.step.base else self.world.empty, self.step.tree)

    @property
    def reviews(self) -> bool:
        return LEVELS.index(self.level) >= LEVELS.index("reviewed")

    def _added(self) -> list[Added]:
        """The records that the result has and the base has not."""
        found = []
        for path, text in self.after.files.items():
            if self.classes(path) == "record" and path not in self.before.files:
                found.append(Added(path, *story_of_record(path), parsed(text)))
        return found

    def landings(self, story: str) -> tuple[int, int, int]:
        """The number of a story's next landing, the latest whose record stands in the base, and the latest at all.

        Whatever ever had a landing's name uses its number up; only what reads as its record, in turn, is one.
        """
        past = self.world.past(self.step.base) if self.step.base else frozenset()
        real: dict[int, bool] = {}
        for path, blob in {(path, at.id) for name in past for path, at in self.world.files(name).items()}:
            if is_record(path.decode()) and story_of_record(path.decode())[0] == story:
                number, record = story_of_record(path.decode())[1], parsed(self.world.blobs[blob].decode())
                right = record is not None and (record.story, record.landing) == (story, number)
                real[number] = real.get(number, False) or right
        due = next(number for number in count(1) if number not in real)
        standing = [story_of_record(path)[1] for path in self.before.files if is_record(path)]
        named = [one for one in standing if record_at(story, one) in self.before.files]
        landed = [one for one in real if one < due and real[one]]
        return due, max({*named} & {*landed}, default=0), max(landed, default=0)

    def _frees(self, own: Own, paths: Collection[bytes]) -> None:
        for one in (one for one in own.changes if one.path in paths):
            edge = (Listed(one.old_mode, one.old_blob), Listed(one.new_mode, one.new_blob))
            self.free.setdefault(one.path, set()).add(edge)

    def _exempted(self, own: Own, by: Sequence[Commit], *, links: bool = False) -> set[bytes]:
        """The paths that the base exempts in a commit for who had a part in it; of links where these count."""
        if not self.policy.exempt:
            return set()
        modes = {one.path: (one.old_mode, one.new_mode) for one in own.changes}
        open_ = {path for path, both in modes.items() if is_open(path.decode(), both, self.policy)}
        free = {path for path in open_ if path.decode() not in self.pages}
        exempt = (
            {one.path for one in own.changes if one.path.decode() in EXEMPT} if all(map(by_bot, by)) else set()
        )
        exempt -= set() if links else {one.path for one in own.changes if one.new_mode == LINK}
        return free | {
            path
            for path in exempt
            if not ((self.policy.signed or self.policy.refuse) and self.classes(path.decode()) == "governed")
        }

    def _stated(self, story: str) -> list[tuple[str, ...]]:
        """The territories that the states of a story give it."""
        states = [state.stories.get(story) for state in (self.before, self.after)]
        known = [one for one in (*states, *self.versions.get(story, ())) if one is not None]
        return [one.territory for one in known if one.territory is not None]

    def _closed(self, story: str) -> bool:
        """Whether the story has landed in the base, and the base's lock does not open it again.

        Or the base calls it done elsewhere.
        """
        _, last, _ = self.landings(story)
        if not last and story in self.before.stories and self.before.stories[story].elsewhere:
            return True
        return (
            bool(last)
            and record_at(story, last) not in self.step.beside
            and not any(line.startswith(f"reopened {story} {last} ") for line in self.before.lock.reopened)
        )

    def _chain(self, story: str) -> bool:
        """Whether the story stands where it has to, the intent says why, and nothing above it is suspect."""
        if story not in self.after.stories:
            self.codes.add("G02")
            return False
        minted = [] if story in self.before.stories else self._states(story)
        broken = any(reading.broken(one, story) for one in (self.after, *minted))
        unsaid = f"INT-{self.after.stories[story].implements}" in reading.unsaid(self.after)
        if broken or unsaid or reading.suspect(self.after, story, self.before.lock):
            self.codes.add("G03")
            return False
        if story in self.before.stories and reading.unsettled(self.before, self.after, story):
            self.codes.add("G03")
            return False
        return True

    def _states(self, story: str) -> list[State]:
        """The states of a story that is minted in the step, from its minting on; where it went, it is broken.

        That of a merge which changes no specification itself counts once somebody works in it, and what it settles
        of conflicts alone is no work.
        """
        kinds = {own.commit.id: {self.classes(one.path.decode()) for one in own.changes} for own in self.own}
        touching = [
            own
            for own in self.own
            if "spec" in kinds[own.commit.id] or ("code" in kinds[own.commit.id] and not self._settles(own))
        ]
        every = {own.commit.id: read(self.world, own.commit.tree) for own in touching}
        minting = {name for name, one in every.items() if story in one.stories}
        return [one for name, one in every.items() if self.world.past(name) & minting]

    def _settles(self, own: Own) -> bool:
        """Whether a merge changes no more than what git could not merge."""
        merged = self.world.merge(*own.commit.parents) if len(own.commit.parents) == 2 else None
        left = {one.path for one in merged.conflicts} if merged is not None else set()
        return own.merge and {one.path for one in own.changes} <= left

    def territory(self, story: str) -> tuple[str, ...]:
        """What every state of the story lets it touch; for one that is minted here inside the cap."""
        stated = self._stated(story)
        first = self.before.stories.get(story)
        at_base = first is not None and first.territory is not None
        paths = ("src/a", "src/b", "lib/x") if stated else ()
        held = [path for path in paths if all(inside(path, globs) for globs in stated)]
        held = held if at_base else [path for path in held if inside(path, self.policy.own)]
        page = knowledge_of(story)
        return (*held, page) if first is not None or inside(page, self.policy.own) else (*held,)

    def _covered(self, code: Sequence[str], stories: Iterable[str]) -> None:
        """A link, too, has to be named where no territory is asked for."""
        held = [glob for story in stories for glob in self.territory(story)]
        asked = code if self.level != "traced" else [path for path in code if path in self.linked]
        if not all(inside(path, held) for path in asked):
            self.codes.add("G04")
