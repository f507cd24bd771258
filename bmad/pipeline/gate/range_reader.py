"""What a range is judged by, read in a number of questions that does not grow with its commits.

It finds the steps (one for a request, first-parent ones for an audit) and all that `core.gate` asks of each.
"""

from collections.abc import Iterable, Mapping, Sequence

from bmad.core.gate.facts import CommitFacts, Landed, Step
from bmad.core.gate.policy import asks_review
from bmad.core.gate.reverts import named
from bmad.core.gate.reworded import locking, rewordings
from bmad.core.gate.state import EMPTY, State
from bmad.core.trailers import parse, stories
from bmad.model.commits import ABSENT, Change, Commit
from bmad.model.history import Conflict, Merged, Tips
from bmad.model.layout import POLICY, Layout
from bmad.model.lock import Lock
from bmad.model.settings import Level
from bmad.model.spec import Document
from bmad.pipeline.gate.attributes import Attributes
from bmad.pipeline.gate.audit_steps import Span, landed_together
from bmad.pipeline.gate.evidence import (
    Specs,
    Version,
    authored_by_merge,
    spec_versions,
    touches_state,
    union_lock,
)
from bmad.pipeline.gate.first_parents import first_parents
from bmad.pipeline.gate.intent_moves import Between, moved_away, pages_added
from bmad.pipeline.gate.lanes import with_lanes
from bmad.pipeline.gate.put_aside import settled
from bmad.pipeline.gate.records import Known, stories_of_records, with_records
from bmad.pipeline.gate.reverts import Runs, Told, landed_before, look_for_reverts
from bmad.pipeline.gate.signatures import with_signatures
from bmad.pipeline.gate.symlinks import Links, governed_links
from bmad.ports.files import Formats
from bmad.ports.history import Objects

_TWO = 2


class RangeReader:
    """Collects the questions of all steps and asks each kind once; `pipeline.evidence` has the specifications."""

    def __init__(self, objects: Objects, formats: Formats, tips: Tips, specs: Specs | None) -> None:
        self._objects = objects
        self._formats = formats
        self._tips = tips
        self._specs = specs or Specs(objects, formats)
        self._specs.begin()
        self._walked = objects.walk(tips.head, tips.base or None)
        self._commits = {commit.id: commit for commit in self._walked}
        self._walked_ids = frozenset(self._commits)
        outside = {tips.base, tips.head} - {""}
        outside.update(parent for commit in self._walked for parent in commit.parents)
        self._commits |= objects.commits(sorted(outside - self._commits.keys()))
        self._attributes = Attributes(objects)
        self._merged: dict[str, Merged] = {}
        self._changes: dict[tuple[str, str], tuple[Change, ...]] = {}
        self._own: dict[str, tuple[Change, ...]] = {}
        """By commit of the range its own work: against its parent, or of a merge against the computed one."""
        self._sides: dict[tuple[str, str], tuple[Change, ...]] = {}
        self._versions: dict[str, list[Version]] = {}
        self._lock_faults: dict[str, str] = {}
        self._adopted: frozenset[str] | None = None
        self._reached: dict[str, frozenset[str]] = {}
        self.landed: dict[str, Landed] = {}
        self.alike: Runs = {}
        self.full: dict[str, str] = {}
        self._links: Mapping[str, Links] = {}
        self._layout = Layout()
        """By the policy that the last step is judged by: what has documents never changes its place."""

    def range(self) -> list[Span]:
        """One step, from the base to the computed merge of base and head."""
        base, head = self._commits[self._tips.base], self._commits[self._tips.head]
        if not self._walked:
            return [Span(base, head, base.tree, ())]
        self._layout = self._judged_by(base, head.tree)
        *_, merged = self._compute(self._merges(), self._unions(base), [(base.id, head.id)])
        conflicts = [one for one in merged.conflicts if not self._layout.is_lock(one.path)]
        if conflicts:
            paths = tuple(sorted({one.path for one in conflicts}))
            return [Span(base, head, head.tree, tuple(self._walked), paths)]
        lock = None
        if merged.conflicts:
            stages = merged.conflicts[0]
            blobs = self._objects.blobs(filter(None, (stages.base, stages.ours, stages.theirs)))
            lock = union_lock(*(blobs.get(blob or "", b"") for blob in (stages.base, stages.ours, stages.theirs)))
        return [Span(base, head, merged.tree, tuple(self._walked), (), lock)]

    def steps(self, wanted: Level | None) -> list[Span]:
        """Each first-parent step, oldest first, with what it brings; a landing of several commits is one."""
        spans = first_parents(self._walked, self._commits, self._tips)
        self._compute_by_step(spans)
        found = []
        self._layout = self._judged_by(spans[-1].base, spans[-1].tree) if spans else Layout()
        for span in landed_together(self._objects, self._formats, spans, self._layout):
            one = [span]
            if len(span.commits) > 1 and len(span.head.parents) == 1:
                settings = self._specs.state(span.base.tree).settings if span.base else None
                one = [span] if asks_review(settings, wanted) else [s for s in spans if s.head in span.commits]
            found += one
        return found

    def _judged_by(self, base: Commit | None, tree: str) -> Layout:
        """Where everything stands by a base's policy; by that of the result, where the base has none."""
        before = self._specs.state(base.tree) if base is not None else EMPTY
        return before.layout if before.has_policy else self._specs.state(tree).layout

    def _merges(self) -> list[Commit]:
        return [commit for commit in self._walked if len(commit.parents) == _TWO]

    def _compute_by_step(self, spans: Sequence[Span]) -> None:
        """The computed merges of an audit: each as the base of its own step has files joined."""
        alike: dict[tuple[str, ...], list[Commit]] = {}
        for span in spans:
            merges = [commit for commit in span.commits if len(commit.parents) == _TWO]
            if merges:
                alike.setdefault(self._unions(span.base), []).extend(merges)
        for union, merges in alike.items():
            self._compute(merges, union)

    def _compute(
        self, merges: Sequence[Commit], union: Sequence[str], more: Sequence[tuple[str, str]] = ()
    ) -> list[Merged]:
        """The computed merges of two-parent commits, and of some pairs more, in one go."""
        pairs = [(commit.parents[0], commit.parents[1]) for commit in merges]
        found = self._objects.merges([*pairs, *more], union)
        self._merged |= {commit.id: merged for commit, merged in zip(merges, found, strict=False)}
        return found

    def _unions(self, base: Commit | None) -> tuple[str, ...]:
        """What a base has joined line by line, as lines of attributes."""
        if base is None:
            return ()
        before = self._specs.state(base.tree)
        governed = before.settings.gate.governed if before.settings is not None else ()
        return self._attributes.unions(base.tree, before.layout, governed).lines

    def brought(self, spans: Sequence[Span]) -> dict[str, int]:
        """By commit of the range, the index of the step that brings it."""
        return {commit.id: index for index, span in enumerate(spans) for commit in span.commits}

    def _older(self, before: State) -> frozenset[str]:
        """The commits that a step with this base does not judge, being older than its adoption.

        They are up to `gate.since` of the base's policy, and also of the first policy that the range is judged
        by: within a range the adoption never moves on.
        """
        if before.settings is None:
            return frozenset()
        since = self._up_to(before.settings.gate.since or "")
        self._adopted = since if self._adopted is None else self._adopted
        return self._adopted & since

    def left(self, steps: Sequence[Step]) -> frozenset[str]:
        """What `gate.since` of the range's first policy leaves to be judged, where it says anything."""
        known = (one.settings for step in steps for one in (step.before, step.after) if one.settings is not None)
        first = next(known, None)
        if first is None or first.gate.since is None:
            return frozenset()
        return self._walked_ids - self._up_to(first.gate.since)

    def lost(self, steps: Sequence[Step]) -> bool:
        """Whether the base has no policy, and the line that it ends had one: what comes then is no adoption."""
        base = self._tips.base
        if not base or not steps or steps[0].before.has_policy:
            return False
        return bool(self._objects.touching(base, [POLICY.encode()]))

    def _up_to(self, tip: str) -> frozenset[str]:
        """A commit of the range and those of the range that it reaches."""
        if tip in self._reached:
            return self._reached[tip]
        found: set[str] = set()
        queue = [tip]
        while queue:
            name = queue.pop()
            if name in self._walked_ids and name not in found:
                found.add(name)
                queue.extend(self._commits[name].parents)
        self._reached[tip] = frozenset(found)
        return self._reached[tip]

    def read(self, spans: Sequence[Span], wanted: Level | None) -> list[Step]:
        """The steps with all that they are judged by."""
        steps = list(self._steps(spans))
        trees = [(span.base.tree if span.base else "", span.tree) for span in spans]
        known = Known(trees, self.landed, self._tips.target, wanted, self.alike)
        steps = with_records(self._objects, self._formats, steps, known)
        steps = with_lanes(self._objects, steps)
        return with_signatures(self._objects, steps, self.landed)

    def _steps(self, spans: Sequence[Span]) -> Iterable[Step]:
        self._read_changes(spans)
        own = [(commit, self._own[commit.id]) for commit in self._walked]
        told = Told(self._objects, self._walked)
        self.alike = look_for_reverts(told, own, self._tips.head, self.brought(spans), self._layout)
        self.landed, self.full = landed_before(told, self._tips.base, self.alike)
        parents = {parent for one in self.landed.values() for parent in one.commit.parents}
        self._commits |= self._objects.commits(sorted(parents - self._commits.keys()))
        self._read_landed()
        self._read_versions()
        landing = ((one, span.tree) for span in spans for one in span.commits)
        self._links = governed_links(self._objects, landing, self._own)
        before: State | None = None
        rewritten = False
        for index, span in enumerate(spans):
            net = self._changes[span.base.tree if span.base else "", span.tree]
            if before is None:
                before = self._specs.state(span.base.tree) if span.base else EMPTY
            same = span.lock is None and not touches_state(net, before.layout)
            after = before if same else self._specs.state(span.tree, span.lock)
            facts = self._facts(span, before, after)
            whole = index == len(spans) - 1
            rewritten = rewritten or bool(rewordings(before, after))
            starts = self._starts(span)
            yield Step(
                span.base.id if span.base else None,
                span.head.id,
                span.tree,
                before,
                after,
                facts,
                net,
                span.conflicts,
                whole,
                self._absent(span, starts),
                len(starts) <= 1,
                older=self._older(before),
                locked=self._locked(facts) if rewritten else (),
                passed=self._passed(span, starts, before, after),
            )
            before = after

    def _locked(self, facts: Sequence[CommitFacts]) -> tuple[tuple[Commit, Lock], ...]:
        return tuple(
            (commit, self._specs.locks.new_lines(old, new)) for commit, old, new in locking(facts, self._layout)
        )

    def _starts(self, span: Span) -> list[Commit | None]:
        """The commits that the span's commits start from; None stands for nothing at all."""
        own = {commit.id for commit in span.commits}
        starts: dict[str, Commit | None] = {}
        for commit in span.commits:
            if not commit.parents:
                starts[""] = None
            for parent in commit.parents:
                if parent not in own:
                    starts[parent] = self._commits[parent]
        return list(starts.values())

    def _absent(self, span: Span, starts: Sequence[Commit | None]) -> frozenset[bytes]:
        """The base's paths that some of the starts lack."""
        tree = span.base.tree if span.base else ""
        return frozenset(
            change.path
            for start in starts
            for change in self._changes[tree, start.tree if start else ""]
            if change.new_mode == ABSENT
        )

    def _passed(self, span: Span, starts: Sequence[Commit | None], before: State, after: State) -> frozenset[str]:
        if span.base is None or not before.documents:
            return frozenset()
        base = span.base.tree
        brought = [one for commit in span.commits for one in self._versions.get(commit.id, ())]
        others = {one.tree: pages_added(self._changes[base, one.tree]) for one in starts if one is not None}
        looked_up = Between(self._objects, self._specs, base, span.tree)
        return looked_up.passed((before.layout, after.layout), brought, others)

    def _parent_tree(self, commit: Commit) -> str:
        """The tree that a commit's own work is measured against."""
        if commit.id in self._merged:
            return self._merged[commit.id].tree
        return self._commits[commit.parents[0]].tree if commit.parents else ""

    def _read_changes(self, spans: Sequence[Span]) -> None:
        work = {commit.id: (self._parent_tree(commit), commit.tree) for commit in self._walked}
        pairs = dict.fromkeys(work.values())
        pairs |= {(span.base.tree if span.base else "", span.tree): None for span in spans}
        pairs |= {
            (span.base.tree if span.base else "", start.tree if start else ""): None
            for span in spans
            for start in self._starts(span)
        }
        found = self._objects.changes(list(pairs))
        landing = {
            (span.base.tree if span.base else "", tree) for span in spans for tree in (span.tree, span.head.tree)
        }
        self._objects.check_trees(sorted(landing))
        self._changes = dict(zip(pairs, found, strict=True))
        self._own = {name: self._changes[pair] for name, pair in work.items()}
        self._read_sides()

    def _read_sides(self) -> None:
        """What merges hold of documents otherwise than their parents; the second matters where the first does."""
        only = tuple(path.encode() for path in self._layout.standing)
        merges = [self._commits[name] for name in self._merged]
        for number in range(_TWO):
            pairs = {one.id: (self._commits[one.parents[number]].tree, one.tree) for one in merges}
            asked = list(dict.fromkeys(pairs.values()))
            self._sides |= zip(asked, self._objects.changes_within(asked, only) if asked else (), strict=True)
            merges = [one for one in merges if self._sides[pairs[one.id]]]

    def _sides_of(self, merge: Commit) -> list[tuple[Change, ...]]:
        """What a merge holds of documents otherwise than its parents, as far as it is as none of them."""
        return [self._sides.get((self._commits[parent].tree, merge.tree), ()) for parent in merge.parents]

    def _read_landed(self) -> None:
        """Of what reverts take back the changes, and the locks before and after them."""
        landed = {name: self._landed_pair(one.commit) for name, one in self.landed.items()}
        brought = {one.id: one for each in self.landed.values() for one in each.brought}
        above = {parent for one in brought.values() for parent in one.parents}
        self._commits |= self._objects.commits(sorted(above - self._commits.keys()))
        own = {name: self._landed_pair(one) for name, one in brought.items()}
        every = dict.fromkeys([*landed.values(), *own.values()])
        new = [pair for pair in every if pair not in self._changes]
        self._changes |= dict(zip(new, self._objects.changes(new), strict=True)) if new else {}
        for name, one in self.landed.items():
            changes = self._changes[landed[name]]
            lock = next((change for change in changes if self._layout.is_lock(change.path)), None)
            locks = (
                (self._specs.locks.found(lock.old_blob), self._specs.locks.found(lock.new_blob)) if lock else None
            )
            did = tuple((each, self._changes[own[each.id]]) for each in one.brought)
            intents = moved_away(self._specs, self._layout, changes)
            self.landed[name] = one._replace(changes=changes, locks=locks, did=did, intents=intents)

    def _landed_pair(self, landed: Commit) -> tuple[str, str]:
        parents = landed.parents
        return (self._commits[parents[0]].tree if parents else "", landed.tree)

    def _read_versions(self) -> None:
        """Parse every version of a spec file that a commit brings."""
        for commit in self._walked:
            own = self._own[commit.id]
            versions = spec_versions(own, self._layout) if own else []
            if commit.id in self._merged:
                sides = self._sides_of(commit)
                versions += spec_versions(authored_by_merge(sides), self._layout) if all(sides) else []
            if versions:
                self._versions[commit.id] = list(dict.fromkeys(versions))
        every = [version for versions in self._versions.values() for version in versions]
        self._specs.parse(version for version in every if version.kind is not None)
        locks = [version.blob for version in every if version.kind is None]
        faults = ((blob, self._specs.locks.fault(blob)) for blob in dict.fromkeys(locks))
        self._lock_faults = {blob: fault for blob, fault in faults if fault}

    def _facts(self, span: Span, before: State, after: State) -> tuple[CommitFacts, ...]:
        claimed = {story for commit in span.commits for story in stories(parse(commit.message)).ids}
        claimed |= stories_of_records((self._own[commit.id] for commit in span.commits), self._layout)
        if any(commit.id in self.alike or named(commit.message) for commit in span.commits):
            claimed |= after.stories
        minted = any(before.story(story) is None for story in claimed)
        wanted = self._judged_in(span.commits) if minted else frozenset()
        return tuple(self._fact(commit, has_state=commit.id in wanted) for commit in span.commits)

    def _judged_in(self, commits: Sequence[Commit]) -> frozenset[str]:
        """The commits whose specification minted stories are held to: that bring one, or work under a joined one.

        A merge may join two without a change of its own. That counts once somebody works on top of it, or in it
        beyond its conflicts: who updates a branch mends the story next.
        """
        found: set[str] = set()
        joined: set[str] = set()
        for commit in commits:
            changes = self._own[commit.id]
            if touches_state(changes, self._layout):
                found.add(commit.id)
            elif commit.id in self._merged:
                if all(self._sides_of(commit)) or joined.intersection(commit.parents):
                    joined.add(commit.id)
                    settled = {one.path for one in self._merged[commit.id].conflicts}
                    found |= {commit.id} if any(one.path not in settled for one in changes) else set()
            elif joined.intersection(commit.parents):
                joined.add(commit.id)
                found |= {commit.id} if changes else set()
        return frozenset(found)

    def _fact(self, commit: Commit, *, has_state: bool) -> CommitFacts:
        changes, conflicts = self._settled(commit)
        authored, faults = self._authored(self._versions.get(commit.id, ()))
        state = self._specs.state(commit.tree) if has_state else None
        return CommitFacts(commit, changes, conflicts, authored, faults, state, self._links.get(commit.id, {}))

    def _authored(self, versions: Sequence[Version]) -> tuple[tuple[Document, ...], tuple[tuple[str, str], ...]]:
        """The documents of some versions, and what is wrong with those or with a lock among them, by path."""
        if not versions:
            return (), ()
        parsed = [
            (version.path, self._specs.document(version)) for version in versions if version.kind is not None
        ]
        faults = [(path, fault) for path, one in parsed for fault in one.faults]
        faults += [
            (version.path, self._lock_faults[version.blob])
            for version in versions
            if version.blob in self._lock_faults
        ]
        return tuple(one.document for _, one in parsed), tuple(faults)

    def _settled(self, commit: Commit) -> tuple[tuple[Change, ...], tuple[Conflict, ...]]:
        """A commit's own changes, and of a merge what git could not merge of it."""
        merged, changes = self._merged.get(commit.id), self._own[commit.id]
        if merged is None or not merged.conflicts:
            return changes, ()
        trees = [self._commits[parent].tree for parent in commit.parents]
        return settled(self._objects, commit, trees, (changes, merged.conflicts))
