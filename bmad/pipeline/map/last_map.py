"""What is remembered of a map that left nothing to be done: enough to map a reworded intent by what it changes.

Read again the documents would say the same of all that stands as it did, so only a digest of them is kept.
"""

import json
import zlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any, NamedTuple

from bmad.core.fingerprint import digest_of
from bmad.core.graph import SpecGraph
from bmad.core.mapping.files import Stood
from bmad.core.mapping.match import Placed, known_by, unreferring
from bmad.core.mapping.naming import Ids, placed
from bmad.core.mapping.plan import Planner
from bmad.core.mapping.units import Unit, shape, units, wording
from bmad.core.suspicion import suspects
from bmad.model.draft import Draft
from bmad.model.findings import Finding, Severity
from bmad.model.ids import Kind
from bmad.model.lock import Lock
from bmad.model.mapping import MapPlan
from bmad.model.spec import AnyItem, Criterion, Epic, Ref, Requirement, Statement, Story
from bmad.pipeline.map.outcome import Outcome
from bmad.pipeline.spec.work_tree import Texts

_MOST_BYTES = 1 << 26
KNOWN, _SUSPECT = "V18", "V11"
"""What may be found where a map is remembered: stories without a territory, each in its own file, and suspects."""
_TOLD = ("code", "severity", "path", "line", "column", "message", "fix")


class LastMap(NamedTuple):
    """What is remembered, in plain values; pieces of the draft stand in its order."""

    state: str
    """A digest of the settings, the lock, and all documents but the stories."""
    files: dict[str, str]
    """A digest of each story."""
    landed: list[str]
    intent: str
    """Its path."""
    shape: str
    units: list[str]
    """A digest of what each says."""
    statements: list[str]
    requirements: list[str]
    epics: list[str]
    stories: list[str]
    paths: dict[str, str]
    """Where each epic and story stands."""
    said: list[list[str]]
    """Digests of what each statement is known by."""
    suspects: list[int]
    """The units that hang on something which changed since somebody confirmed it."""
    findings: list[list[Any]]
    counts: dict[str, int]

    def content(self) -> bytes:
        """All of it, to be read again."""
        told = json.dumps(self, separators=(",", ":")).encode()
        return sha256(told).digest() + zlib.compress(told, 1)

    def found(self, away_from: Collection[str]) -> list[Finding]:
        """What was found, but in some documents."""
        return [
            Finding(**{**named, "severity": Severity(named["severity"])})
            for named in (dict(zip(_TOLD, one, strict=True)) for one in self.findings)
            if named["path"] not in away_from
        ]


def last_map(content: bytes | None) -> LastMap | None:
    """What was kept; None where it is not what this bmad writes."""
    with suppress(ValueError, TypeError, zlib.error):
        told = zlib.decompressobj().decompress((content or b"")[32:], _MOST_BYTES)
        if content and sha256(told).digest() == content[:32]:
            return LastMap(*json.loads(told))
    return None


def files(here: Texts) -> dict[str, str]:
    """A digest of each story, which hands and agents write to between two maps."""
    kind = here.settings.layout.kind
    return {path: digest_of(text) for path, text in here.documents.items() if kind(path) is Kind.STORY}


def state(here: Texts) -> str:
    """A digest of all else that a map goes by beside its intent, and of where stories stand."""
    told, kind = sha256(), here.settings.layout.kind
    documents = here.documents.items()
    texts = [(path, None if kind(path) is Kind.STORY else text) for path, text in documents]
    texts += [("", here.policy), (" ", here.lock)]
    for words in (word for one in texts for word in one):
        content = b"" if words is None else words.encode("utf-8", "surrogatepass")
        told.update(b"%d " % (-1 if words is None else len(content)))
        told.update(content)
    return told.hexdigest()


def remembered(draft: Draft, text: str, outcome: Outcome, landed: frozenset[str], here: Texts) -> LastMap | None:
    """What is to be remembered of a map; None where another one of the same draft would not leave all as it is.

    `here` are the texts once all is written.
    """
    graph, lock, layout = outcome.graph, outcome.spec.lock, outcome.spec.layout
    if "\r" in text or len(layout.places) > 1 or lock.blocks or not are_told_alone(outcome):
        return None
    planner = Planner(draft, text, Stood(graph, lock, landed, layout, layout.places[0]))
    plan, ids = planner.plan(), planner.naming.ids
    new, every = placed(draft, text), units(draft)
    if not is_settled(planner, plan, lock) or not is_as_drafted(draft, new, ids, graph):
        return None
    alone = unreferring(new)
    single = [own[0] for own in ids.stories]
    return LastMap(
        state=state(here),
        files=files(here),
        landed=sorted(landed),
        intent=layout.places[0].intent,
        shape=shape(draft),
        units=[wording(draft, text, unit) for unit in every],
        statements=ids.statements,
        requirements=ids.requirements,
        epics=ids.epics,
        stories=single,
        paths={name: graph.nodes[name].path for name in (*ids.epics, *single)},
        said=[digests(one, alone) for one in new],
        suspects=suspected(every, ids, graph, lock),
        findings=[told(one) for one in outcome.findings if one.code == KNOWN],
        counts=outcome.counts(layout.places[0].register),
    )


def is_settled(planner: Planner, plan: MapPlan, lock: Lock) -> bool:
    """Whether a map leaves all as it is."""
    does = (plan.edits, plan.new_files, plan.removed_files, plan.created, plan.changed, plan.retired)
    keeps = (plan.conflicts, plan.kept, plan.reread, plan.steady, planner.numbering.before)
    known = lock.nodes
    return not (any(does) or any(keeps)) and all(
        len(entries := known.get(name, ())) == 1 and entries[0].derived == written
        for name, written in plan.derived.items()
    )


def are_told_alone(outcome: Outcome) -> bool:
    """Whether nothing is found, or asked, but what hangs on one unit of a draft."""
    return not any(one.clarifications or one.imported for one in outcome.spec.documents) and all(
        one.code in (KNOWN, _SUSPECT) for one in outcome.findings
    )


def is_as_drafted(draft: Draft, said: Sequence[Placed], ids: Ids, graph: SpecGraph) -> bool:
    """Whether the documents hold a draft's pieces and no other ones, and these hang on what it hangs them on."""
    names = [*ids.statements, *ids.requirements, *ids.epics, *(name for own in ids.stories for name in own)]
    items = {name for name in graph.nodes if "/" not in name}
    if graph.duplicates or len(names) != len(set(names)) or items != set(names):
        return False
    if not all(len(own) == 1 for own in ids.stories) or not all(ids.epics):
        return False
    if not all(one.statements for one in draft.requirements) or not all(one.requirements for one in draft.epics):
        return False
    stands: dict[str, object] = {name: _hung(graph.nodes[name].item) for name in names}
    statements = zip(ids.statements, said, strict=True)
    asked: dict[str, object] = {name: (one.under, one.source) for name, one in statements}
    needs, single = ids.requirements, [own[0] for own in ids.stories]
    for name, need in zip(needs, draft.requirements, strict=True):
        asked[name] = {ids.statements[at] for at in need.statements}
    for name, epic in zip(ids.epics, draft.epics, strict=True):
        asked[name] = {needs[at] for at in epic.requirements}
    for name, story in zip(single, draft.stories, strict=True):
        above = {needs[at] for at in story.requirements}
        asked[name] = (ids.epics[story.epic], above, {single[at] for at in story.depends_on}) if above else None
    return stands == asked


def _hung(item: AnyItem | Criterion) -> object:
    """What an item hangs on; of a statement, where it stands and what its author calls it."""
    match item:
        case Statement():
            return (item.under, item.source)
        case Requirement():
            return _names(item.traces)
        case Epic():
            return _names(item.covers)
        case Story():
            return (item.epic.text if item.epic else "", _names(item.implements), _names(item.depends_on))
        case Criterion():
            return None


def _names(refs: Iterable[Ref]) -> set[str]:
    return {ref.text for ref in refs}


def digests(one: Placed, alone: Any) -> list[str]:
    """What a statement is known by, as short digests."""
    return [digest_of(name)[:16] for name in sorted(known_by(one, alone))]


def suspected(every: Sequence[Unit], ids: Ids, graph: SpecGraph, lock: Lock) -> list[int]:
    """The units of what hangs on something that changed since somebody confirmed it."""
    found = suspects(graph, lock)
    if not found:
        return []
    unit_of = {ids.requirements[at]: number for number, unit in enumerate(every) for at in unit.requirements}
    unit_of |= {ids.stories[at][0]: number for number, unit in enumerate(every) for at in unit.stories}
    return sorted({unit_of[source if source in unit_of else target] for source, _, target in found})


def told(one: Finding) -> list[Any]:
    """A finding in plain values."""
    return [getattr(one, name) for name in _TOLD]
