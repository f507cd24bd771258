"""An intent mapped again by what an edit reaches, where the last map left nothing to be done.

Units of a draft share nothing that a map goes by, so those that say what they said become what they are. The
others are a draft by themselves, and their documents and lock a specification by itself: that is mapped as any
other, and put back into the whole. Where a piece would come, go or move, the whole is mapped.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple
from unicodedata import is_normalized

from bmad.core.fingerprint import fingerprint
from bmad.core.graph import SpecGraph
from bmad.core.mapping.files import Stood
from bmad.core.mapping.match import Placed, are_in_place, unreferring
from bmad.core.mapping.naming import Ids, placed
from bmad.core.mapping.parts import listed
from bmad.core.mapping.plan import Planner
from bmad.core.mapping.units import Part, part, shape, units, with_waited_for, wording
from bmad.model.bounds import FINDINGS
from bmad.model.draft import Draft
from bmad.model.edits import OrderItems
from bmad.model.excerpts import Excerpt, LockExcerpt, Whole
from bmad.model.findings import Severity
from bmad.model.layout import Layout
from bmad.model.lock import Lock, NodeLock
from bmad.model.mapping import MapPlan
from bmad.model.spec import Document, Epic, Statement
from bmad.model.specification import IntentText, Spec
from bmad.pipeline.map.last_map import (
    KNOWN,
    LastMap,
    are_told_alone,
    digests,
    files,
    is_as_drafted,
    is_settled,
    state,
    suspected,
    told,
)
from bmad.pipeline.map.outcome import Asked, Change, Outcome, applied
from bmad.pipeline.spec.work_tree import Loaded, Texts, texts_of
from bmad.ports.files import Formats

_SHARE = 4
"""At most one in so many units, with what they reach, is mapped by itself; of more the whole is."""


class Here(NamedTuple):
    """What a map goes by beside its draft: the texts, where they stand, the intent, and what has landed."""

    texts: Texts
    layout: Layout
    intent: IntentText
    landed: frozenset[str]


class _Reached(NamedTuple):
    """What a draft says, unit by unit, and those that are mapped by themselves."""

    says: list[str]
    placed: Sequence[Placed]
    part: Part
    touched: frozenset[str]
    """The stories that a hand or an agent wrote to, or that landed, by path."""


class _Excerpts(NamedTuple):
    """The texts of what is mapped by itself, and what they are cut from."""

    loaded: Loaded
    cuts: Mapping[str, Excerpt]
    lock: LockExcerpt
    ids: Ids


@dataclass(frozen=True)
class Again:
    """A map by what an edit reaches: what it plans, and what becomes of the texts."""

    plan: MapPlan
    change: Change
    _last: LastMap
    _here: Here
    _reached: _Reached
    _ids: Ids
    _outcome: Outcome

    @cached_property
    def last(self) -> LastMap | None:
        """What is to be remembered once that is written; None where another map would not leave all as it is."""
        says, new, own, _ = self._reached
        texts, layout, intent, landed = self._here
        outcome, lock = self._outcome, self._outcome.spec.lock
        planner = Planner(
            own.draft, intent.text or "", Stood(outcome.graph, lock, landed, layout, layout.places[0])
        )
        if not (is_settled(planner, planner.plan(), lock) and are_told_alone(outcome)):
            return None
        known, alone, after = self._last, unreferring(new), texts.with_files(self.change.files)
        said = {at: digests(new[at], alone) for at in own.statements}
        return known._replace(
            state=state(after),
            files=files(after),
            landed=sorted(landed),
            units=says,
            said=[said.get(at, names) for at, names in enumerate(known.said)],
            suspects=sorted(own.units[at] for at in suspected(units(own.draft), self._ids, outcome.graph, lock)),
            findings=[told(one) for one in self.change.findings if one.code == KNOWN],
            counts=self.change.counts,
        )


def again(formats: Formats, last: LastMap, here: Here, draft: Draft) -> Again | None:
    """The map of a draft by what it says otherwise than that of the last map; None where all is to be mapped."""
    reached = _reached(last, here, draft)
    cut = _excerpts(formats, last, here, reached.part) if reached is not None else None
    if reached is None or cut is None or not _is_in_place(last, reached, cut):
        return None
    own, text = reached.part.draft, here.intent.text or ""
    stood = Stood(cut.loaded.graph(), cut.loaded.spec.lock, here.landed, here.layout, here.layout.places[0])
    if stood.lost:  # which may stand in a story that the edit does not reach
        return None
    planner = Planner(own, text, stood)
    plan = planner.plan()
    if planner.naming.ids != cut.ids or not _rewords(planner, plan):
        return None
    outcome = applied(formats, cut.loaded, plan, Asked(own, here.intent, here.layout, ""))
    if any(one.severity is Severity.ERROR for one in outcome.findings):
        return None
    if any(one.clarifications for one in outcome.spec.documents):
        return None
    change = _change(formats, last, here, cut, outcome)
    if change is None:
        return None
    return Again(plan, change, last, here, reached, cut.ids, outcome)


def _reached(last: LastMap, here: Here, draft: Draft) -> _Reached | None:
    """What an edit reaches; None where that is too much, or where more than words is another."""
    text = here.intent.text or ""
    if "\r" in text or not is_normalized("NFC", text) or shape(draft) != last.shape:
        return None
    every = units(draft)
    says = [wording(draft, text, unit) for unit in every]
    moved = [at for at, (now, was) in enumerate(zip(says, last.units, strict=True)) if now != was]
    written, settled = files(here.texts), here.landed.symmetric_difference(last.landed)
    touched = {
        at
        for at, name in enumerate(last.stories)
        if name in settled or written.get(last.paths[name]) != last.files.get(last.paths[name])
    }
    reached = [at for at, unit in enumerate(every) if not touched.isdisjoint(unit.stories)]
    chosen = with_waited_for(draft, every, [*moved, *last.suspects, *reached])
    if len(chosen) * _SHARE > len(every):
        return None
    paths = frozenset(last.paths[last.stories[at]] for at in touched)
    return _Reached(says, placed(draft, text), part(draft, every, chosen), paths)


def _excerpts(formats: Formats, last: LastMap, here: Here, own: Part) -> _Excerpts | None:
    """The documents and the lock of a part as a specification by itself; None where they are no plain ones."""
    texts, place, kind = here.texts, here.layout.places[0], here.layout.kind
    ids = Ids(
        [last.statements[at] for at in own.statements],
        [last.requirements[at] for at in own.requirements],
        [last.epics[at] for at in own.epics],
        [(last.stories[at],) for at in own.stories],
    )
    cuts: dict[str, Excerpt] = {}
    for path, names in ((place.register, {*ids.statements}), (place.prd, {*ids.requirements})):
        cut = formats.excerpt(texts.documents.get(path, ""), names)
        if cut is None:
            return None
        cuts[path] = cut
    single = [last.paths[name] for name in (*ids.epics, *(name for (name,) in ids.stories))]
    written = {path: cut.text for path, cut in cuts.items()} | {path: texts.documents[path] for path in single}
    within = frozenset(ids.requirements)
    documents = [_within(formats.document(path, written[path], kind(path)), within) for path in sorted(written)]
    epics = {item.id: item for one in documents for item in one.items if isinstance(item, Epic)}
    covers = {name: [ref.text for ref in epic.covers] for name, epic in epics.items()}
    names = {*ids.statements, *ids.requirements, *ids.epics, *(name for (name,) in ids.stories)}
    lines = formats.lock_excerpt(texts.lock or "", names, covers)
    lock = formats.lock(lines.text)
    lock = replace(lock, nodes=lock.nodes | {name: _covering(lock, epic, within) for name, epic in epics.items()})
    written[here.layout.lock] = formats.render_lock(lock)
    spec = Spec(documents=tuple(documents), intents=(here.intent,), lock=lock, layout=here.layout)
    return _Excerpts(Loaded(spec, written, texts.settings), cuts, lines, ids)


def _within(document: Document, names: frozenset[str]) -> Document:
    """A document, of which an epic covers some requirements alone."""
    items = [
        replace(item, covers=tuple(ref for ref in item.covers if ref.text in names))
        if isinstance(item, Epic)
        else item
        for item in document.items
    ]
    return replace(document, items=tuple(items))


def _covering(lock: Lock, epic: Epic, names: frozenset[str]) -> tuple[NodeLock, ...]:
    """What the lock holds of an epic that covers some requirements alone."""
    return tuple(
        NodeLock(
            fingerprint(epic),
            tuple(
                (part, ",".join(name for name in listed(value) if name in names) if part == "covers" else value)
                for part, value in entry.derived
            ),
        )
        for entry in lock.nodes[epic.id]
    )


def _is_in_place(last: LastMap, reached: _Reached, cut: _Excerpts) -> bool:
    """Whether the part hangs together as it did, and each statement, in it and beside, is the one in its place."""
    new, own, graph = reached.placed, reached.part.statements, cut.loaded.graph()
    aliased = (
        item.aliases for one in cut.loaded.spec.documents if one.path in reached.touched for item in one.items
    )
    if any(aliased) or not is_as_drafted(reached.part.draft, [new[at] for at in own], cut.ids, graph):
        return False
    alone, items = unreferring(new), [graph.nodes[name].item for name in cut.ids.statements]
    old = [Placed(item.quote, item.under, item.source) for item in items if isinstance(item, Statement)]
    within = {*own}
    beside = {name for at, names in enumerate(last.said) if at not in within for name in names}
    return are_in_place(
        old, [new[at] for at in own], lambda one: digests(one, alone), beside, Counter(one.source for one in new)
    )


def _rewords(planner: Planner, plan: MapPlan) -> bool:
    """Whether a plan gives other words to what stands, and does nothing else."""
    does = (plan.new_files, plan.removed_files, plan.created, plan.retired, plan.conflicts, plan.kept, plan.reread)
    epics = {*planner.naming.ids.epics}
    orders = any(isinstance(edit, OrderItems) for edits in plan.edits.values() for edit in edits)
    return not (any(does) or plan.steady or planner.numbering.before or orders) and epics.isdisjoint(plan.changed)


def _change(formats: Formats, last: LastMap, here: Here, cut: _Excerpts, outcome: Outcome) -> Change | None:
    """What becomes of the whole."""
    texts, own, lock = here.texts, cut.loaded.texts, here.layout.lock
    wholes: dict[str, Whole] = {}
    for path, one in cut.cuts.items():
        whole = formats.whole(one, outcome.files.get(path) or one.text)
        if whole is None:
            return None
        wholes[path] = whole
    files: dict[str, str | None] = {
        path: wholes[path].text
        if path in wholes
        else formats.whole_lock(cut.lock, own[lock], text or "")
        if path == lock
        else text
        for path, text in outcome.files.items()
    }
    found = [
        replace(one, line=wholes[one.path].line(one.line)) if one.path in wholes else one
        for one in outcome.findings
    ]
    findings = sorted([*last.found(own), *found], key=lambda one: one.order)
    before = {**texts.documents, lock: texts.lock or "", **texts_of(here.intent)}
    counts = Counter(last.counts) + _kinds(outcome.graph)
    counts.subtract(_kinds(cut.loaded.graph()))
    return Change(before, files, findings, dict(counts)) if len(findings) <= FINDINGS else None


def _kinds(graph: SpecGraph) -> Counter[str]:
    return Counter([node.kind.value for node in graph.nodes.values()])
