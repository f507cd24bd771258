"""What the steps build on: the specification and settings at commits, each read once."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property

from bmad.core.gate.people import People
from bmad.core.gate.state import State
from bmad.core.paths import Classifier
from bmad.core.records.chain import chain_fingerprint
from bmad.core.records.followups import follow_ups, in_order, lands_open
from bmad.core.trailers import parse
from bmad.errors import NewerError, TooLargeError, UndecidableError, UsageError
from bmad.model.bounds import Bound
from bmad.model.commits import ABSENT, Change, Commit
from bmad.model.followup import FollowUp
from bmad.model.history import FileCuts, Tips
from bmad.model.ids import Kind
from bmad.model.layout import POLICY, Layout
from bmad.model.quoting import quoted, unquoted
from bmad.model.record import Record
from bmad.model.settings import Settings
from bmad.model.spec import Statement, Story
from bmad.pipeline.act.commit_files import Shelves
from bmad.pipeline.act.done_by_hand import DoneByHand
from bmad.pipeline.gate.evidence import Specs
from bmad.pipeline.gate.mailmap import Mailmaps
from bmad.pipeline.gate.records import next_landing
from bmad.pipeline.status.gone_landings import Gone, gone
from bmad.pipeline.status.landed_records import newer
from bmad.pipeline.trace.contents import contents
from bmad.ports.files import Formats
from bmad.ports.history import Objects
from bmad.ports.library import Library

_MOST = 24
"""Specifications that are held whole: of the tip, of the stories under way, of what the gate looks at."""

_PLAIN = ("100644", "100755", "100664")


@dataclass(frozen=True)
class Landings:
    """What has landed in a commit: the records that stand in it, each where its story and landing say."""

    records: tuple[Record, ...]

    @cached_property
    def by_number(self) -> Mapping[tuple[str, int], Record]:
        """The record of each landing, by story and number."""
        return {(one.story, one.landing): one for one in reversed(self.records)}

    @cached_property
    def last(self) -> Mapping[str, Record]:
        """Of each story that has landed the record of its last landing."""
        return {one.story: one for one in sorted(self.records, key=lambda one: one.landing)}

    @cached_property
    def leave_open(self) -> bool:
        """Whether anything that could be open still is in a record."""
        return any(map(lands_open, self.records))

    @cached_property
    def times(self) -> Counter[str]:
        """The stories that have landed, and how often each."""
        return Counter(one.story for one in self.records)


@dataclass(frozen=True)
class Basis:
    """A commit that work is built on: its specification, and settings and landings where it lands."""

    commit: str
    tip: str
    """Where it lands: the commit itself, or the one below where the commit is a preparation that is held."""
    state: State
    settings: Settings
    landings_of: Landings
    fits: bool = True
    """Whether the preparation that is held is in it, or stands where it lands; else it fits there no more."""

    @property
    def is_prepared(self) -> bool:
        """Whether it holds a preparation that lands together with the work."""
        return self.commit != self.tip

    @property
    def records(self) -> tuple[Record, ...]:
        """The records that stand in it."""
        return self.landings_of.records

    @property
    def layout(self) -> Layout:
        """Where everything stands."""
        return self.state.layout

    def story(self, name: str) -> Story | None:
        return self.state.story(name)

    def spec(self, story: str) -> str:
        """The fingerprint of the story's chain."""
        return chain_fingerprint(self.state.chain(story)[0], story)

    def record(self, story: str, landing: int) -> Record | None:
        """The record of a landing, where it stands in it."""
        return self.landings_of.by_number.get((story, landing))

    @property
    def last(self) -> Mapping[str, Record]:
        """Of each story that has landed the record of its last landing."""
        return self.landings_of.last

    def landings(self, story: str) -> int:
        """How many records of the story stand in it."""
        return self.landed[story]

    @property
    def landed(self) -> Counter[str]:
        """The stories that records of stand in it, and how many of each."""
        return self.landings_of.times

    @cached_property
    def stories(self) -> Sequence[Story]:
        """The stories of its specification, by id."""
        return sorted(self.state.graph.stories, key=lambda one: one.id)

    @cached_property
    def statements(self) -> Sequence[Statement]:
        """The statements of its registers, by id."""
        found = (node.item for node in self.state.graph.of_kind(Kind.STATEMENT))
        return sorted((item for item in found if isinstance(item, Statement)), key=lambda one: one.id)

    def closed(self, story: str) -> bool:
        """Whether a landing of the story stands in it, and was not taken up again since (`bmad reopen`)."""
        return story in self._closed

    @property
    def closed_landings(self) -> list[Record]:
        """The last landings of the closed stories."""
        return [one for one in self.last.values() if one.change and self.closed(one.story)]

    @cached_property
    def _closed(self) -> Collection[str]:
        reopened = frozenset(self.state.lock.reopened)
        return frozenset(story for story, one in self.last.items() if (story, one.landing) not in reopened)


class Grounds:
    """Commits and what stands in them, each specification read once; lasts as long as the objects are open."""

    def __init__(self, objects: Objects, formats: Formats, specs: Specs | None = None) -> None:
        self._objects = objects
        self._formats = formats
        self.specs = specs or Specs(objects, formats, _MOST)
        """Every specification that was read, for the gate too."""
        self._known: dict[str, Basis] = {}
        self._records: dict[str, Record] = {}
        self._gone: tuple[str, Mapping[str, Gone]] = ("", {})
        self._files: tuple[str, dict[bytes, tuple[str, str]], list[tuple[str, str]]] = ("", {}, [])
        """The tree that was listed last, and its files, also in their order."""
        self._by_hand = DoneByHand(objects)
        self._comes_after = (("", ""), False)
        """The commits of which was asked last whether one comes after the other, and whether it does."""
        self._mailmaps = Mailmaps(objects)
        self._is_own: tuple[Layout, Callable[[str], bool]] = (Layout(), cache(Layout().is_own))
        self._shelves: tuple[tuple[str, Layout], Shelves | None] = (("", Layout()), None)
        self.put_again: dict[str, tuple[str, str, tuple[str, ...]]] = {}
        """Of preparations that are held: the tip that one was last put on, as which commit, and what conflicts."""

    def renew(self) -> None:
        """Let what is read next take as much as if nothing had been read."""
        self._objects.renew()

    @contextmanager
    def read(self) -> Iterator[Objects]:
        """The objects that are open already (`ports.history.History`), for what looks at the same repository."""
        yield self._objects

    def diff(self, base: str, head: str) -> str:
        """The change between two commits as a reviewer reads it; a line that says so where it is too much."""
        try:
            return self.whole_diff(base, head)
        except TooLargeError as error:
            return f"[The difference is more than is read: {error}]\n"

    def whole_diff(self, base: str, head: str) -> str:
        """The same, as the gate computes it again. Raises: TooLargeError where it is more than anybody reads.

        No configuration and no attributes of the repository have a say in it.
        """
        [text] = self._objects.texts([(self.tree(base), self.tree(head))])
        return text.decode("utf-8", "surrogateescape")

    def next_landing(self, commit: str, story: str) -> int:
        """The number of the story's next landing; one that was taken back keeps its own."""
        return next_landing(self._objects, self._formats, commit, story, self.state(commit).layout)

    def tree(self, commit: str) -> str:
        return self._objects.commits([commit])[commit].tree

    def lacks(self, *commits: str) -> str:
        """The first of some commits that is in git no more, by its full id; empty where all are, or are none."""
        return next((one for one in commits if one and self._objects.commit(one) is None), "")

    def at(self, commit: str) -> Basis:
        """The basis at a commit. Raises: UsageError where its policy or specification cannot be read."""
        known = self._known.pop(commit, None)
        if known is None or known.is_prepared:
            state = self.specs.state(self.tree(commit))
            if state.policy.fault:
                raise UsageError(f"{POLICY} of {commit[:12]} cannot be read: {state.policy.fault}")
            if state.settings is None:
                raise UsageError(
                    f"There is no {POLICY} in {commit[:12]}. Run `bmad init`, and commit what it writes."
                )
            if state.faults:
                path, fault = state.faults[0]
                raise UsageError(f"{path} of {commit[:12]} cannot be read: {fault}. See: bmad validate")
            known = Basis(commit, commit, state, state.settings, Landings(tuple(self._recorded(commit))))
        return self._kept(commit, known)

    def prepared(self, tip: str, commit: str) -> Basis:
        """The basis of a story whose preparation, a commit, is held and lands with its work on a tip.

        Raises: UsageError as `at` the tip.
        """
        known = self._known.pop(commit, None)
        if known is None or known.tip != tip:
            known = replace(self.at(tip), commit=commit, state=self.state(commit))
        return self._kept(commit, known)

    def without(self, tip: str) -> Basis:
        """The basis at a tip on which a preparation that is held fits no more."""
        return replace(self.at(tip), fits=False)

    def _kept(self, commit: str, known: Basis) -> Basis:
        self._known[commit] = known
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return known

    def people(self, commit: str) -> People:
        """Which identities are one person by the mailmap that stands at a commit."""
        return self._mailmaps.people(self.tree(commit))

    def state(self, commit: str) -> State:
        """The specification at a commit, whether or not it can be read as a whole."""
        return self.specs.state(self.tree(commit))

    def tips(self, base: str | None, head: str | None) -> Tips:
        """Both ends of a range by name; by default the upstream's tip and HEAD."""
        return self._objects.tips(base, head)

    def between(self, base: str, head: str) -> list[Commit]:
        """The commits that head reaches and base does not."""
        return self._objects.walk(head, base)

    def touching(self, tip: str, path: str) -> list[Commit]:
        """The commits of a tip's first-parent line that change a file, newest first."""
        ids = [one.commit for one in self._objects.touching(tip, [unquoted(path)])]
        known = self._objects.commits(ids)
        return [known[one] for one in ids]

    def by_people(self, base: str, head: str) -> list[Commit]:
        """Those of them that people made; the commits of bmad act bear a `Step:`."""
        return [one for one in self.between(base, head) if not parse(one.message).values("step")]

    def fork(self, base: str, head: str) -> str:
        """Where head left base: base itself, or its latest ancestor on head's first-parent line."""
        reached = {commit.id for commit in self._objects.walk(head, base)}
        at = head
        while at in reached:
            parents = self._objects.commits([at])[at].parents
            if not parents:
                return base
            at = parents[0]
        return at

    def joined(self, tip: str, onto: str) -> str | None:
        """The latest commit of `onto` that tip holds; None where several are, none after the others."""
        own = self._objects.walk(tip, onto)
        ids = {one.id for one in own}
        edge = {parent for one in own for parent in one.parents} - ids or {tip}
        return next((one for one in edge if all(self.reaches(one, other) for other in edge)), None)

    def paths(self, commit: str) -> list[str]:
        """All files of a commit, as documents spell them (`model.quoting`)."""
        found = self._objects.changes([("", self.tree(commit))])[0]
        return [quoted(change.path) for change in found]

    def files(self, commit: str) -> list[tuple[str, str]]:
        """All files of a commit, path and blob; read by what it holds otherwise than the one before."""
        at, known, _ = self._files
        tree = self.tree(commit)
        if tree != at:
            files = dict(known)
            for change in self._objects.changes([(at, tree)])[0]:
                files.pop(change.path, None)
                if change.new_mode != ABSENT:
                    files[change.path] = (quoted(change.path), change.new_blob)
            self._files = (tree, files, [files[path] for path in sorted(files)])
        return list(self._files[2])

    def names(self, commit: str) -> list[bytes]:
        """The paths of all files of a commit, as git has them; read as `files` are."""
        self.files(commit)
        return sorted(self._files[1])

    def entries(self, commit: str) -> list[tuple[str, str, str]]:
        """All that a commit holds, links and submodules too: path, mode and object."""
        found = self._objects.changes([("", self.tree(commit))])[0]
        return [(quoted(change.path), change.new_mode, change.new_blob) for change in found]

    def taken_back(self, basis: Basis) -> frozenset[str]:
        """The closed stories whose code is gone: every path of the last landing is as it was before it.

        A record is add-only, so it may stand where a revert has taken away all that it speaks of.
        """
        return frozenset(story for story, gone in self.gone(basis).items() if gone.is_all)

    def gone(self, basis: Basis) -> Mapping[str, Gone]:
        """Of each closed story what of its last landing does not stand any more."""
        if self._gone[0] != basis.commit:
            self._gone = (basis.commit, gone(self._objects, basis.commit, basis.closed_landings, basis.records))
        return self._gone[1]

    def by_hand(self, basis: Basis) -> frozenset[str]:
        """The stories whose work by people since the adoption stands."""
        classify = Classifier(basis.layout, basis.settings.gate.governed)
        return self._by_hand.at(basis.commit, self._adopted(basis), classify, basis.landed)

    def left_open(self, basis: Basis) -> tuple[FollowUp, ...]:
        """What landed open and still is, the latest last; what stands only as a record is no landing."""
        if not basis.landings_of.leave_open:
            return ()
        gone = self.taken_back(basis)
        commits = (one.id for one in self._objects.walk(basis.commit, self._adopted(basis)))
        stories = basis.state.graph.stories
        reopened = {one.id for one in stories if not basis.closed(one.id)}
        return follow_ups(in_order(basis.records, commits, gone), stories, reopened)

    def _adopted(self, basis: Basis) -> str | None:
        """The commit of the adoption, where it is named and the basis comes after it."""
        since = basis.settings.gate.since
        if since is None or since == "root" or self._objects.commit(since) is None:
            return None
        if self._comes_after[0] != (basis.commit, since):
            self._comes_after = ((basis.commit, since), self.reaches(basis.commit, since))
        return since if self._comes_after[1] else None

    def reaches(self, tip: str, commit: str) -> bool:
        """Whether tip has the commit in its history."""
        return bool(self._objects.reached([commit], tip))

    def commit(self, name: str) -> Commit:
        """A commit by its full id."""
        return self._objects.commits([name])[name]

    def text(self, commit: str, path: str) -> str | None:
        """A file's text at a commit, what is not UTF-8 replaced; None where there is no file that can be read."""
        try:
            name = unquoted(path)
        except ValueError:  # a reviewer named it
            return None
        at = self._objects.files(self.tree(commit), [name.rpartition(b"/")[0]]).get(name)
        if at is None or at.mode not in _PLAIN:
            return None
        try:
            return self._objects.blobs([at.id])[at.id].decode("utf-8", "replace")
        except UndecidableError:  # larger than anybody reads
            return None

    def shelves(self, library: Library, basis: Basis, commit: str) -> Shelves:
        """The files of a commit to read and search, the same for all that ask about it in turn."""
        at, known = self._shelves
        if known is None or at != (commit, basis.layout):
            if self._is_own[0] != basis.layout:
                self._is_own = (basis.layout, cache(basis.layout.is_own))
            known = Shelves(self, library, commit, self._is_own[1], known)
            self._shelves = ((commit, basis.layout), known)
        return known

    def contents(self, blobs: Sequence[str], bound: Bound) -> dict[str, bytes]:
        """The contents of blobs; those that are too large, or no files, are left out."""
        return contents(self._objects, blobs, bound)

    def changes(self, old: str, new: str) -> tuple[Change, ...]:
        """The changed paths between two commits."""
        return self._objects.changes([(self.tree(old), self.tree(new))])[0]

    def cuts(self, old: str, new: str) -> tuple[FileCuts, ...]:
        """What two commits differ in, hunk by hunk; nothing where that is more than anybody reads."""
        try:
            return self._objects.hunks([(self.tree(old), self.tree(new))])[0]
        except UndecidableError:
            return ()

    def changes_from(self, tree: str, commit: str) -> tuple[Change, ...]:
        """The paths that a commit holds otherwise than a tree."""
        return self._objects.changes([(tree, self.tree(commit))])[0]

    def _recorded(self, commit: str) -> Iterable[Record]:
        """The records that stand at a commit; one that cannot be read or stands elsewhere is left to the gate."""
        layout = self.state(commit).layout
        files = self._objects.files(self.tree(commit), [layout.records.encode()])
        new = [at.id for at in files.values() if at.id not in self._records]
        for name, content in self._objects.blobs(new).items():
            try:
                self._records[name] = self._formats.record(content.decode())
            except NewerError as error:
                path = next(path for path, at in files.items() if at.id == name)
                raise newer(path.decode("utf-8", "surrogateescape"), error) from None
            except (UsageError, UnicodeDecodeError):
                continue
        named = ((path, self._records[at.id]) for path, at in files.items() if at.id in self._records)
        return [one for path, one in named if path == layout.record_path(one.story, one.landing).encode()]
