"""What is known of a story that waits for acceptance, and what speaks against it: by journal, record and git."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from bmad.core.act.assumptions import assumptions
from bmad.core.act.checks import evidence
from bmad.core.act.diffs import counted
from bmad.core.act.proof import proof
from bmad.core.act.risk import MANY, of_findings, of_kin, of_size
from bmad.core.act.run import Run
from bmad.core.act.spending import spent
from bmad.core.act.splitting import summary
from bmad.core.act.ways import ways
from bmad.core.evidence.naming import Names
from bmad.core.evidence.sources import holds_tests, read
from bmad.core.gate.reviewers import writes
from bmad.core.gate.words import listed
from bmad.core.trace import Explainer
from bmad.errors import BmadError
from bmad.model.act import State
from bmad.model.agents import Role
from bmad.model.bounds import Bound
from bmad.model.desk import Asked, DeskFile, DeskFinding, DeskItem, Proof, Risk, Sign, Worker
from bmad.model.graph import LinkKind
from bmad.model.normal import fold
from bmad.model.quoting import quoted
from bmad.model.record import CheckRun, Evidence, Work
from bmad.model.review import Disposition
from bmad.model.spec import Requirement, Story, Verify
from bmad.pipeline.act import integration
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.pipeline.act.checks.dependencies import declared
from bmad.pipeline.act.checks.evidence import wanted
from bmad.pipeline.act.prepared import read_on, shown
from bmad.pipeline.act.reports.stand import left_open
from bmad.pipeline.act.reviewers.authors import authors_of
from bmad.pipeline.act.steps.land import stray
from bmad.pipeline.act.upstream import sent_back, unsaid
from bmad.pipeline.branches import short
from bmad.ports.acting import Desk

_MIB = 1 << 20
_TESTS = Bound("files of tests", 2 * _MIB, 16 * _MIB)

_MIB = 1 << 20
_TESTS = Bound("files of tests", 2 * _MIB, 16 * _MIB)


class Reader:
    """Reads items; each specification once."""

    def __init__(self, desk: Desk, grounds: Grounds) -> None:
        self._desk = desk
        self._grounds = grounds
        self._explainers: dict[str, Explainer] = {}
        self.looks_for_none = False
        """Whether no evidence was looked for in one of them, by the policy of where it lands."""

    def item(self, run: Run) -> DeskItem:
        """What is known of a run; where git or the specification cannot be read, what the journal says alone."""
        told: dict[str, Any] = _of_journal(run)
        signs = [*_of_journal_signs(run)]
        for part in (self._of_specification, self._of_change):
            try:
                more, found = part(run)
            except BmadError as error:
                told["unread"] = " ".join(filter(None, (told.get("unread", ""), str(error))))
                signs.append(Sign(risk=Risk.UNSEEN, weight=1, words=f"cannot be shown whole: {error}"))
            else:
                told |= more
                signs += found
        order = list(Risk)
        signs.sort(key=lambda one: order.index(one.risk))
        return DeskItem.model_validate({**told, "signs": tuple(signs)})

    def _basis(self, run: Run) -> Basis:
        return read_on(self._desk, self._grounds, run)

    def _explainer(self, basis: Basis) -> Explainer:
        if basis.commit not in self._explainers:
            self._explainers[basis.commit] = Explainer(basis.state.spec(), basis.state.graph)
        return self._explainers[basis.commit]

    def _of_specification(self, run: Run) -> tuple[dict[str, Any], list[Sign]]:
        basis = self._basis(run)
        explainer, story = self._explainer(basis), basis.story(run.story)
        if story is None:
            words = f"it does not stand in {short(run.onto)} any more"
            return {"unread": words}, [Sign(risk=Risk.MOVED, weight=2, words=words)]
        asked, asks = _asked(explainer, story)
        planned = run.state is State.PLAN
        self.looks_for_none |= not planned and not wanted(basis.settings)
        criteria = () if planned else tuple(self._proofs(run, story, asks))
        told = {
            "title": story.title,
            "asked": asked,
            "criteria": criteria,
            "planned": tuple(f"{one.id}: {one.text}" for one in story.criteria) if planned else (),
            "territory": tuple(ref.text for ref in story.territory),
            "assumptions": assumptions(story),
            "spent": spent((*run.works, *run.lost), basis.settings.prices),
        }
        if waits := sent_back(basis, run):
            told["commands"] = waits.commands
        elif planned:
            told["commands"] = (shown(run, story.path), *ways(run))
        return told, [*_of_chain(explainer, basis, run), *(unproven(criteria) if not planned else ())]

    def _proofs(self, run: Run, story: Story, asks: Collection[Verify]) -> Iterator[Proof]:
        """What stands for each criterion, as it would stand in the record."""
        known = {one.criterion: one for one in run.evidence or evidence(story, run.checks)}
        named = self._naming(run, story)
        for one in story.criteria:
            name = f"{story.id}/{one.id}"
            yield proof(one, known.get(name) or Evidence(criterion=name), asks, named.get(name, ()))

    def _naming(self, run: Run, story: Story) -> Mapping[str, list[str]]:
        """The tests in the changed files that name a criterion of the story, whether or not anything ran them."""
        names = Names(f"{story.id}/{one.id}" for one in story.criteria)
        changes = self._grounds.changes(run.base, run.head)
        blobs = {quoted(one.path): one.new_blob for one in changes if holds_tests(quoted(one.path))}
        there = [blob for blob in dict.fromkeys(blobs.values()) if blob.strip("0")]
        held = self._grounds.contents(there, _TESTS)
        found: dict[str, list[str]] = {}
        for path, blob in blobs.items():
            for test in read(path, held.get(blob, b"").decode("utf-8", "replace"), names).tests:
                for name in test.criteria:
                    found.setdefault(name, []).append(test.id)
        return found

    def _of_change(self, run: Run) -> tuple[dict[str, Any], list[Sign]]:
        """What git says of the change, and of who has been at it."""
        if run.state is State.PLAN:
            return {}, []
        grounds = self._grounds
        changes = grounds.changes(run.base, run.head)
        lines = counted(grounds.diff(run.base, run.head))
        paths = [quoted(one.path) for one in changes]
        files = tuple(DeskFile(path=path, **_lines(lines.get(path))) for path in paths)
        changed = sum((one.added or 0) + (one.removed or 0) for one in files)
        people, authors = grounds.people(run.base), authors_of(grounds, run)
        signs = [
            *of_size(changed),
            *self._shared(run, paths),
            *of_kin(run.works, people, authors),
        ]
        if words := stray(self._desk, grounds, run):
            signs.append(Sign(risk=Risk.UNSEEN, weight=1, words=words.partition(". ")[0]))
        if run.has_landed and integration.is_lost(self._desk, grounds, run):
            words = f"{short(run.onto)} does not hold it any more"
            signs.append(Sign(risk=Risk.UNSEEN, weight=1, words=words))
        findings = tuple(self._looked_for(run.head, one) for one in _findings(run))
        return {"files": files, "findings": findings, "wrote": _workers(run, authors)}, signs

    def _looked_for(self, head: str, one: DeskFinding) -> DeskFinding:
        """A finding, with whether what it quotes is gone from the work."""
        if not one.quote or one.disposition is Disposition.FIXED:
            return one
        text = self._grounds.text(head, one.path) or ""
        return one.model_copy(update={"gone": fold(one.quote) not in fold(text)})

    def _shared(self, run: Run, paths: Sequence[str]) -> Iterator[Sign]:
        others: dict[str, set[str]] = defaultdict(set)
        for record in self._basis(run).records:
            for entry in record.change:
                others[entry.path].add(record.story)
        for path in paths:
            count = len(others[path] - {run.story})
            if count >= MANY:
                yield Sign(risk=Risk.SHARED, weight=1, words=f"{path} was changed by {count} other stories")
        for one in declared(self._grounds, run.base, run.head):
            what = "adds to" if one.held else "declares in"
            like = f", one letter from {one.like}" if one.like else ""
            yield Sign(risk=Risk.SHARED, weight=1, words=f"{what} {one.path} the new dependency {one.name}{like}")


def _of_journal(run: Run) -> dict[str, Any]:
    """What the run itself says."""
    last = [one for one in run.shown if one.step == run.shown[-1].step]
    kind = "plan" if run.state is State.PLAN else "landed" if run.has_landed else "work"
    return {
        "story": run.story,
        "title": "",
        "kind": kind,
        "since": run.since,
        "base": run.base,
        "head": run.head,
        "onto": short(run.onto),
        "wrote": _workers(run),
        "reviewed": _reviewers(run.works),
        "parts": max((len(one.parts) for one in last), default=0),
        "partial": any(one.after for one in last),
        "checks": last_checks(run),
        "rebased": bool(run.reviewed_head) and run.reviewed_head != run.head,
        "mutants": run.mutants,
        "to_inspect": run.unvouched if run.state is State.ACCEPT else (),
        "rounds": run.round,
        "allowed": run.allowed,
        "findings": tuple(_findings(run)),
        "deviations": run.deviations,
        "log": run.log,
        "verdicts": run.verdicts,
        "spent": spent((*run.works, *run.lost), {}),
        "seconds": _seconds(run),
        "commands": ways(run),
    }


def last_checks(run: Run) -> tuple[CheckRun, ...]:
    """The checks of the last round that had any, each as it last ended."""
    now = max((one.round for one in run.checks), default=0)
    return tuple({one.name: one for one in run.checks if one.round == now}.values())


def _seconds(run: Run) -> float:
    calls = sum(one.seconds for one in (*run.works, *run.lost))
    return round(calls + sum(one.seconds for one in run.checks), 1)


def _of_journal_signs(run: Run) -> Iterator[Sign]:
    if run.state is State.PLAN:
        if run.wider is not None:
            words = f"asks to change more than a person stated: {listed(run.wider.beyond)}"
            yield Sign(risk=Risk.SHARED, weight=len(run.wider.beyond), words=words)
        if run.split:
            yield Sign(risk=Risk.SIZE, weight=1, words=summary(run.story, run.split))
        return
    yield from of_findings(tuple(run.findings.values()))
    if not any(one.role is Role.REVIEWER for one in run.works):
        yield Sign(risk=Risk.UNSEEN, weight=1, words="nobody reviewed it")
    last = last_checks(run)
    for one in last:
        if not one.ok:
            yield Sign(risk=Risk.UNCHECKED, weight=1, words=f"the check {one.name} did not pass")
    if not any(one.exit is not None for one in last):
        yield Sign(risk=Risk.UNCHECKED, weight=1, words="no `verify` command ran")
    if run.asked_again:
        yield Sign(risk=Risk.ROUNDS, weight=1, words=run.asked_again)
    if run.round > 1:
        words = f"{run.round} rounds of {run.allowed}"
        yield Sign(risk=Risk.ROUNDS, weight=run.round - 1, words=words)


def unproven(criteria: Sequence[Proof]) -> Iterator[Sign]:
    """That nothing proves some criteria, or that there are none."""
    bare = sum(not one.proven for one in criteria)
    if bare:
        unnamed = sum(one.lacks > 1 for one in criteria)
        words = _not_proven(bare, len(criteria), unnamed)
        yield Sign(risk=Risk.UNPROVEN, weight=sum(one.lacks for one in criteria), words=words)
    elif not criteria:
        yield Sign(risk=Risk.UNPROVEN, weight=1, words="it has no criterion")


def _not_proven(bare: int, every: int, unnamed: int) -> str:
    """How many criteria nothing proves, and how many of these no test names."""
    if every == 1:
        return (
            f"its one criterion is not proven, {'and no test names it' if unnamed else 'though a test names it'}"
        )
    named = f"though a test names {'it' if bare == 1 else 'each'}"
    return f"{bare} of {every} criteria not proven, {f'{unnamed} named by no test' if unnamed else named}"


def _of_chain(explainer: Explainer, basis: Basis, run: Run) -> Iterator[Sign]:
    chain = explainer.chain(run.story)
    for problem in chain.problems if chain is not None else ():
        yield Sign(risk=Risk.MOVED, weight=1, words=problem)
    if words := unsaid(basis, run.story):
        yield Sign(risk=Risk.MOVED, weight=1, words=words)
    if explainer.suspect(run.story):
        yield Sign(risk=Risk.MOVED, weight=1, words="something above it has changed and nobody has confirmed it")
    if run.spec and run.state is State.ACCEPT and basis.spec(run.story) != run.spec:
        yield Sign(risk=Risk.MOVED, weight=1, words="its specification has changed since it was prepared")


def _asked(explainer: Explainer, story: Story) -> tuple[tuple[Asked, ...], frozenset[Verify]]:
    """The requirements of a story with the sentences that they go back to, and how they are to be verified."""
    graph = explainer.graph
    chain = explainer.chain(story.id)
    found: list[Asked] = []
    asks: set[Verify] = set()
    for name in chain.requirements if chain is not None else ():
        node = graph.nodes[name]
        if isinstance(node.item, Requirement):
            asks.add(node.item.verify)
        ends = [link.target for link in graph.up(name) if link.kind is LinkKind.TRACES]
        statements = tuple(explainer.statement(end) for end in ends if end in graph.nodes)
        found.append(Asked(id=name, title=node.title, statements=statements))
    return tuple(found), frozenset(asks)


def _lines(counts: tuple[int, int] | None) -> dict[str, int | None]:
    added, removed = counts if counts is not None else (None, None)
    return {"added": added, "removed": removed}


def _workers(run: Run, authors: Sequence[str] = ()) -> tuple[Worker, ...]:
    """Who wrote: testers, developers, and the authors of commits that were made by hand."""
    found: dict[str, dict[str, None]] = {}
    for one in run.works:
        if writes(one):
            found.setdefault(one.who, {})[one.role.value] = None
    for name in authors:
        found.setdefault(name, {})["author"] = None
    return tuple(Worker(who=who, roles=tuple(roles)) for who, roles in found.items())


def _reviewers(works: Sequence[Work]) -> tuple[Worker, ...]:
    found: dict[str, dict[str, None]] = {}
    for one in works:
        if one.role is Role.REVIEWER:
            lenses = found.setdefault(one.who, {})
            if one.lens:
                lenses[one.lens] = None
    return tuple(Worker(who=who, roles=tuple(lenses)) for who, lenses in found.items())


def _findings(run: Run) -> Iterator[DeskFinding]:
    """Every finding of the run, the gravest first, with what was said of it."""
    for one in sorted(run.findings.values(), key=lambda one: (one.severity, one.round, one.id)):
        known = one.model_dump(include=set(DeskFinding.model_fields))
        yield DeskFinding.model_validate({**known, "left_open": left_open(one)})
