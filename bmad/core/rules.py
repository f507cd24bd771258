"""The rules V01-V13, V17, V18 and V28, that a specification is sound by: each from a specification to findings.

Rules see the whole specification and say all that they find; nothing is printed here. What only advises is asked
for by `bmad validate` alone: V14-V16 in `core.planning`, V19 in `core.unmatched`, V20-V27 in `core.wording`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from bmad.core.clarifying import Questions
from bmad.core.graph import TARGET, SpecGraph, build, proposed_by
from bmad.core.places import Stands, standing_quotes
from bmad.core.suspicion import reached, unsettled
from bmad.core.territory import territory_fault
from bmad.core.unserved import unserved
from bmad.model.bounds import FINDINGS
from bmad.model.findings import RENUMBER, Finding, Severity
from bmad.model.graph import Link, LinkKind, Node
from bmad.model.ids import Kind
from bmad.model.layout import POLICY
from bmad.model.spec import ACTIONABLE, Criterion, Statement, StatementClass, Story, way_in
from bmad.model.specification import Spec
from bmad.model.unmerged import SETTLE, WORDS, first_mark

ERROR, WARNING = Severity.ERROR, Severity.WARNING

_PLACE = re.compile(r":\d+|\bline \d+")


class Context:
    """A specification with its graph and suspects, built once for all the rules."""

    def __init__(self, spec: Spec, graph: SpecGraph | None = None) -> None:
        self.spec = spec
        self.graph = graph or build(spec.documents)

    @cached_property
    def quotes(self) -> dict[str, Stands | None]:
        """Where each statement's quote stands in its intent."""
        items = [node.item for node in self.graph.of_kind(Kind.STATEMENT)]
        return standing_quotes(self.spec.intents, [item for item in items if isinstance(item, Statement)])

    def at(self, place: Node | Link, code: str, severity: Severity, message: str, fix: str) -> Finding:
        """A finding at a node's heading, or at a link's reference."""
        if isinstance(place, Link):
            node = self.graph.nodes[place.source]
            line, column, path = place.line, place.column, node.path
        else:
            line, column, path = place.line, 1, place.path
        return Finding(code=code, severity=severity, path=path, line=line, column=column, message=message, fix=fix)


Rule = Callable[[Context], Iterable[Finding]]


def v01_grammar(context: Context) -> Iterator[Finding]:
    for document in context.spec.documents:
        yield from document.findings
    yield from unmerged_intent(context.spec)


def unmerged_intent(spec: Spec) -> Iterator[Finding]:
    """V01 of an intent that holds the marks of a merge; of documents their grammar says it."""
    for intent in spec.intents:
        mark = first_mark(intent.text or "")
        if mark is not None:
            path, line = intent.at(mark[0])
            yield Finding(
                code="V01",
                severity=ERROR,
                path=path,
                line=line,
                column=1,
                message=f"{WORDS}: `{mark[1][:40]}`",
                fix=SETTLE,
            )


def v02_defined_twice(context: Context) -> Iterator[Finding]:
    for item, first in context.graph.duplicates:
        yield Finding(
            code="V02",
            severity=ERROR,
            path=item.path,
            line=item.line,
            column=1,
            message=f"{item.id} is defined twice, first at {first.path}:{first.line}",
            fix=f"give one of the two an id of its own ({RENUMBER})",
        )
    yield from _read_as_one(context)


def _read_as_one(context: Context) -> Iterator[Finding]:
    """V02 of two items whose files, records and branches are one where a file system folds case."""
    known: dict[str, Node] = {}
    has_file = {kind for kind in Kind if kind.has_file}
    for node in context.graph.nodes.values():
        if node.kind in has_file:
            called, stands = node.id.casefold(), node.path.casefold()
            first, other = known.setdefault(called, node), known.setdefault(stands, node)
            first = other if first is node else first
            if first is not node:
                message = f"{node.id} and {first.id} ({first.path}), or their files, differ in case alone"
                yield context.at(node, "V02", ERROR, message, "give one of the two another id")


def v03_references(context: Context) -> Iterator[Finding]:
    retired, nodes = context.spec.lock.retired, context.graph.nodes
    for link in context.graph.links:
        source, kind, end, _, _ = link
        node = nodes.get(end)
        wanted, target = TARGET[nodes[source].kind, kind], node.kind if node is not None else None
        if target is wanted:
            continue
        if target is None:
            gone = link.target in retired
            message = f"{link.source} names {link.target}, which {'is retired' if gone else 'is not defined'}"
            yield context.at(
                link, "V03", ERROR, message, f"name {_a(wanted)} that exists, or remove the reference"
            )
        else:
            message = f"{link.source} {link.kind} {link.target}, which is {_a(target)} and no {wanted}"
            yield context.at(link, "V03", ERROR, message, f"name {_a(wanted)}")


def v03_intents(context: Context) -> Iterator[Finding]:
    """Of several intents each has its register, so none can be mapped into another's documents."""
    places = context.spec.layout.places
    wanted = {place.register: place.intent for place in places} if len(places) > 1 else {}
    for document in context.spec.documents:
        intent = wanted.get(document.path)
        if intent is not None and document.intent not in (None, intent):
            yield Finding(
                code="V03",
                severity=ERROR,
                path=document.path,
                line=1,
                column=1,
                message=f"the register names {document.intent} as its intent, and {POLICY} gives it {intent}",
                fix=f"name {intent} there, or list {document.intent} with its documents in {POLICY}",
            )


def _a(kind: Kind) -> str:
    return f"{'an' if kind is Kind.EPIC else 'a'} {kind}"


def v04_cycles(context: Context) -> Iterator[Finding]:
    for cycle in context.graph.cycles:
        link = next(link for link in context.graph.up(cycle[0]) if link.target == cycle[1])
        message = f"a cycle: {' -> '.join(cycle)}"
        yield context.at(link, "V04", ERROR, message, "remove one of these references")


def v05_unreached(context: Context) -> Iterator[Finding]:
    traces = LinkKind.TRACES
    traced = {link.target for link in context.graph.links if link.kind is traces}
    for node in context.graph.of_kind(Kind.STATEMENT):
        if node.id not in traced and _is_actionable(node):
            message = f"{node.id} ({_klass(node)}) reaches no requirement"
            yield context.at(node, "V05", ERROR, message, f"name it in a requirement's `Traces`: {node.id}")


def _is_actionable(node: Node) -> bool:
    return isinstance(node.item, Statement) and node.item.klass in ACTIONABLE


def _klass(node: Node) -> StatementClass | None:
    return node.item.klass if isinstance(node.item, Statement) else None


def v06_gold_plating(context: Context) -> Iterator[Finding]:
    graph = context.graph
    for node in graph.of_kind(Kind.REQUIREMENT):
        links = graph.up(node.id)
        traced = [graph.nodes[link.target] for link in links if link.target in graph.nodes]
        if not links:
            yield context.at(
                node, "V06", ERROR, f"{node.id} traces to no statement of the intent", "add `- Traces: INT-…`"
            )
        elif traced and not any(_is_actionable(target) for target in traced):
            classes = " and ".join(sorted({f"{_klass(target)}" for target in traced}))
            message = f"{node.id} traces only to a {classes}"
            yield context.at(node, "V06", ERROR, message, "trace it to what the intent asks for, or remove it")


def v07_unserved(context: Context) -> Iterator[Finding]:
    return unserved(context.graph)


def v08_orphan_stories(context: Context) -> Iterator[Finding]:
    for node, story in _stories(context):
        if not story.implements:
            yield context.at(
                node, "V08", ERROR, f"{node.id} implements no requirement", "add `- Implements: FR-…`"
            )
        if story.epic is None:
            yield context.at(node, "V08", ERROR, f"{node.id} has no epic", "add `- Epic: EPIC-…`")


def _stories(context: Context) -> Iterator[tuple[Node, Story]]:
    for node in context.graph.of_kind(Kind.STORY):
        if isinstance(node.item, Story):
            yield node, node.item


def v09_criteria(context: Context) -> Iterator[Finding]:
    for node, story in _stories(context):
        if not story.criteria:
            yield context.at(
                node,
                "V09",
                ERROR,
                f"{node.id} has no acceptance criteria",
                "add under `## Acceptance Criteria`: `- **AC-1** Given …, when …, then …`",
            )
        for criterion in story.criteria:
            yield from _criterion_faults(node, criterion)


def _criterion_faults(node: Node, criterion: Criterion) -> Iterator[Finding]:
    if not criterion.text.strip():
        yield Finding(
            code="V09",
            severity=ERROR,
            path=node.path,
            line=criterion.line,
            column=criterion.column,
            message=f"{node.id}/{criterion.id} is empty",
            fix="say what is given, what is done, what then holds",
        )


def v10_quotes(context: Context) -> Iterator[Finding]:
    absent: set[str] = set()
    lines = context.quotes
    origins = {one.path: one.imported for one in context.spec.documents if one.imported}
    for node in context.graph.of_kind(Kind.STATEMENT):
        intent = context.spec.intent_of(node.path)
        if intent is None or lines.get(node.id) is not None:
            continue
        if intent.text is not None:
            message = f"the quote of {node.id} does not stand in {intent.path}"
            origin = origins.get(node.path)
            fix = f"run: {way_in(origin) if origin else f'bmad map {intent.path}'}"
            yield context.at(node, "V10", ERROR, message, fix)
        elif node.path not in absent:
            absent.add(node.path)
            yield Finding(
                code="V10",
                severity=ERROR,
                path=node.path,
                message=f"the intent {intent.path} is not there, so no quote can be checked",
                fix="restore it; if it has moved: bmad map PATH",
            )


def v11_suspects(context: Context) -> Iterator[Finding]:
    graph, lock = context.graph, context.spec.lock
    found = list(unsettled(graph, lock, graph.links))
    suspect = frozenset([link.key for link, entries in found if entries])
    ways = reached(graph, suspect)
    below: dict[str, int] = {}
    for way in ways.values():
        below[way[1]] = below.get(way[1], 0) + 1
    for link, entries in found:
        if entries:
            count = below.get(link.source, 1)
            message = (
                f"{link.source} is suspect: {link.target} has changed since the link was confirmed"
                f" ({count} node{'' if count == 1 else 's'} from here down)"
            )
            fix = f"see that it still holds, then: bmad confirm {link.source} --why REASON"
            yield context.at(link, "V11", WARNING, message, fix)
        else:
            where = context.spec.layout.lock
            message = f"the link {link.source} -> {link.target} is not in {where}, so no change would be noticed"
            yield context.at(link, "V11", WARNING, message, "run: bmad fmt")


def v12_reused(context: Context) -> Iterator[Finding]:
    for retired, fingerprint in context.spec.lock.retired.items():
        node = context.graph.nodes.get(retired)
        if node is not None and node.fingerprint != fingerprint:
            message = f"{node.id} was retired and now names something else"
            yield context.at(node, "V12", ERROR, message, "give the new item an id of its own; run: bmad renumber")


def v13_clarifications(context: Context) -> Iterator[Finding]:
    if any(document.clarifications for document in context.spec.documents):
        yield from Questions(context.spec, context.graph, context.quotes).findings()


def v17_v18_territory(context: Context) -> Iterator[Finding]:
    for node, story in _stories(context):
        if not story.territory and not story.done_elsewhere:
            yield context.at(
                node,
                "V18",
                WARNING,
                f"{node.id} has no territory; at level `scoped` it covers no code",
                "add `- Territory: `src/…`, `tests/…``; bmad territory proposes what is said of it",
            )
        for glob in story.territory:
            fault = territory_fault(glob.text, context.spec.layout)
            if fault is not None:
                yield Finding(
                    code="V17",
                    severity=ERROR,
                    path=node.path,
                    line=glob.line,
                    column=glob.column,
                    message=f"the territory `{glob.text}` {fault}",
                    fix="name paths below the repository's root that hold code, tests or documents",
                )


def v28_proposed(context: Context) -> Iterator[Finding]:
    for node in context.graph.nodes.values():
        if by := proposed_by(node):
            message = f"{node.id} was worded by {by}, and nobody has confirmed that it may stand"
            yield context.at(node, "V28", WARNING, message, f"read it, then: bmad confirm {node.id} --why REASON")


RULES: tuple[Rule, ...] = (
    v01_grammar,
    v02_defined_twice,
    v03_references,
    v03_intents,
    v04_cycles,
    v05_unreached,
    v06_gold_plating,
    v07_unserved,
    v08_orphan_stories,
    v09_criteria,
    v10_quotes,
    v11_suspects,
    v12_reused,
    v13_clarifications,
    v17_v18_territory,
    v28_proposed,
)


def validate(spec: Spec, graph: SpecGraph | None = None) -> list[Finding]:
    """The findings of all rules, sorted by place. A graph that was built from spec already may be given.

    Of a flood the first `FINDINGS` are told, with an error that says so: what is not told might be one.
    """
    context = Context(spec, graph)
    found = list(islice((finding for rule in RULES for finding in rule(context)), FINDINGS + 1))
    if len(found) > FINDINGS:
        found[-1] = Finding(
            code="V01",
            severity=ERROR,
            path=found[0].path,
            message=f"there are more than {FINDINGS} findings; the rest is not told",
            fix="mend those that are told first",
        )
    return sorted(found, key=lambda finding: finding.order)


class Validated(NamedTuple):
    """The graph of a specification, and what is found in it."""

    graph: SpecGraph
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)


def validated(spec: Spec, graph: SpecGraph | None = None) -> Validated:
    """The graph of a specification, which may be given, and all findings of all rules."""
    graph = graph or build(spec.documents)
    return Validated(graph, tuple(validate(spec, graph)))


def placeless(finding: Finding) -> tuple[str, str, str]:
    """What makes two findings the same wherever their lines have gone."""
    return (finding.code, finding.path, _PLACE.sub("", finding.message))


def is_fatal(finding: Finding) -> bool:
    """Whether the specification cannot even be read: what hangs on it must not be judged."""
    return finding.code in ("V01", "V02")
