"""`bmad report`: what a change is for, story by story, with the gate's verdict on it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.act.assumptions import assumptions
from bmad.core.gate.people import People
from bmad.core.gate.reviewers import own_reviewers
from bmad.core.gate.words import printable
from bmad.core.graph import SpecGraph
from bmad.core.records.chain import is_reworded
from bmad.core.records.ends import ended
from bmad.core.records.followups import follow_ups, in_order, lands_open
from bmad.core.trace import Claim, Explainer, by_story, title_of
from bmad.core.trailers import ACCEPTED_BY, ACCEPTS, ASSISTED_BY, parse
from bmad.errors import UsageError
from bmad.model.agents import Role
from bmad.model.followup import FollowUp
from bmad.model.gate import CommitKind, CommitReport, GateReport
from bmad.model.history import Tips
from bmad.model.layout import Layout
from bmad.model.quoting import quoted
from bmad.model.range_report import CommitLine, CriterionReport, NewDependency, RangeReport, StoryReport
from bmad.model.record import CheckRun, Record
from bmad.model.spec import Story
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.checks.dependencies import declared
from bmad.pipeline.gate.evidence import Specs
from bmad.pipeline.gate.gate import GateRequest, gate
from bmad.pipeline.gate.mailmap import Mailmaps
from bmad.pipeline.spec.nodes import holding
from bmad.pipeline.status.landed_records import committed_records
from bmad.pipeline.trace.coverage_change import coverage_delta
from bmad.pipeline.trace.revision import Reading, lies_in, paths, read_at, typed
from bmad.ports.files import Formats
from bmad.ports.history import Clock, History, Objects


class ReportRequest(NamedTuple):
    """A range as `bmad gate` has it, with `since` as an audit, step by step."""

    base: str | None = None
    head: str | None = None
    since: str | None = None
    target: str | None = None


def report(history: History, formats: Formats, clock: Clock, request: ReportRequest) -> RangeReport:
    """Explain a range.

    Raises: UsageError on names that are none; CannotAnswerError where there is no repository or commit.
    """
    with history.read() as objects:
        tips = objects.tips(request.base if request.since is None else request.since, request.head)
        judged = GateRequest(tips.target or tips.base, tips.head, target=request.target)
        if request.since is not None:
            judged = GateRequest(None, tips.head, since=tips.base)
        specs = Specs(objects, formats)
        verdict = gate(history, formats, clock, judged, specs)
        specs.begin()
        after = read_at(objects, formats, tips.head, specs)
        found = after.claimed(objects.walk(tips.head, tips.base))
        kinds = {commit.commit: commit for commit in verdict.commits}
        base = objects.commits([tips.base])[tips.base].tree if tips.base else ""
        people = Mailmaps(objects).people(base)
        records = records_at(after)
        last = _last_ones(records, _standing(objects, base, after.layout))
        left = left_open(after, [record for _, record in records])
        late = _at_the_end(found)
        stories = [
            one.model_copy(
                update={
                    "left_open": tuple(each for each in left if each.story == one.id),
                    "accepted_at_end": late.get(one.id, ""),
                }
            )
            for one in _stories(after, found, verdict, last, people)
        ]
        lines = [_line(claim, kinds.get(claim.commit.id)) for claim in found]
        requirements = {name for story in stories for name in story.requirements}
        known = after.explainer.graph.nodes
        delta = coverage_delta(read_at(objects, formats, tips.base, specs), after, found)
        back = {name for line in lines if line.kind == CommitKind.REVERT for name in line.stories}
        named = sorted(requirements | back | {*delta.gained, *delta.lost})
        return RangeReport(
            base=tips.base,
            head=tips.head,
            ok=verdict.ok,
            level=verdict.level_reached if verdict.level is not None else None,
            stories=tuple(stories),
            commits=tuple(lines),
            governed=tuple(line for line in lines if line.commit in verdict.policy_changes),
            untraced=tuple(line for line in lines if line.kind == CommitKind.UNTRACED),
            exempt=tuple(line for line in lines if line.commit in verdict.exempt),
            trivial=verdict.trivial,
            baseline=verdict.baseline,
            refusals=verdict.every_finding,
            reworded=verdict.reworded,
            coverage_delta=delta,
            dependencies=_dependencies(Grounds(objects, formats, specs), tips),
            titles=_titles(after.explainer.graph, named),
            holding=holding(after.explainer.graph, after.layout, [known[one.id].path for one in stories]),
            trailers=(*_of_squash(verdict), *_assisted(found)),
            notes=(*tips.notes, *verdict.notes),
        )


def _dependencies(grounds: Grounds, tips: Tips) -> tuple[NewDependency, ...]:
    found = declared(grounds, tips.base, tips.head) if tips.base else ()
    return tuple(NewDependency(**one._asdict()) for one in found)


def _of_squash(verdict: GateReport) -> Iterable[str]:
    """The stories that a squash names; of tiny changes alone that it is of none, and why."""
    if verdict.lands or not verdict.trivial:
        return [f"Story: {story}" for story in verdict.lands]
    reasons = dict.fromkeys(one.reason for one in verdict.trivial)
    return ["Story: none", *(f"Trivial: {printable(reason)}" for reason in reasons)]


def _assisted(found: Iterable[Claim]) -> Iterable[str]:
    """The `Assisted-by:` lines of the commits, each once: a squash has to say what they said."""
    values = (one.value for claim in found for one in parse(claim.commit.message).values(ASSISTED_BY))
    return (f"Assisted-by: {printable(value)}" for value in dict.fromkeys(filter(None, values)))


def _at_the_end(found: Iterable[Claim]) -> dict[str, str]:
    """Story -> who accepted it together with others (`act.accept: end`), as commits say."""
    said = [parse(claim.commit.message) for claim in found]
    pairs = ((block.values(ACCEPTED_BY), block.values(ACCEPTS)) for block in said)
    return {
        story: printable(by[0].value)
        for by, stories in pairs
        if len(by) == 1
        for one in stories
        for story in one.value.split(", ")
    }


def _titles(graph: SpecGraph, names: Iterable[str]) -> dict[str, str]:
    return {name: graph.nodes[name].title for name in names if name in graph.nodes}


def _line(claim: Claim, verdict: CommitReport | None) -> CommitLine:
    return CommitLine(
        commit=claim.commit.id,
        title=title_of(claim.commit),
        kind=verdict.kind.value if verdict else "unjudged",
        verdict=verdict.verdict if verdict else "unjudged",
        stories=verdict.stories if verdict else (),
    )


def records_at(after: Reading) -> list[tuple[str, Record]]:
    """The records that stand at the head, each with its path; what is none is the gate's to refuse."""
    found = committed_records(after.objects, after.formats, after.head.tree, after.layout)
    return [(after.layout.record_path(one.story, one.landing), one) for one in found]


def _standing(objects: Objects, tree: str, layout: Layout) -> frozenset[str]:
    """The paths of the records that a base has already."""
    return frozenset(map(quoted, objects.files(tree, [layout.records.encode()]))) if tree else frozenset()


def _last_ones(records: Sequence[tuple[str, Record]], before: frozenset[str]) -> dict[str, tuple[str, Record]]:
    """The last record of each story that the range adds, with its path: an older one tells of another change."""
    ordered = sorted(records, key=lambda one: one[1].landing)
    return {record.story: (path, record) for path, record in ordered if path not in before}


def left_open(after: Reading, records: Sequence[Record]) -> tuple[FollowUp, ...]:
    """What landed open and still is at the head."""
    if not any(map(lands_open, records)):
        return ()
    commits = (commit.id for commit in after.objects.walk(after.head.id, after.since))
    return follow_ups(in_order(records, commits), after.explainer.graph.stories)


def _stories(
    after: Reading,
    found: list[Claim],
    verdict: GateReport,
    records: Mapping[str, tuple[str, Record]],
    people: People,
) -> list[StoryReport]:
    """The stories that the range's commits work on or its records explain, and that the specification holds."""
    kinds = {one.commit: one.kind for one in verdict.commits}
    working = [claim for claim in found if kinds.get(claim.commit.id) not in _NO_WORK]
    index = by_story(working)
    index |= {one.story: [] for one in verdict.records if one.story not in index}
    files = _files(after, working, verdict)
    signers = {one.path: one.signer for one in verdict.records}
    return [
        with_record(
            after.explainer,
            of_story(after.explainer, story, commits, files, self_authored=story in verdict.self_authored),
            records.get(story),
            people,
            signers,
        )
        for story, commits in index.items()
        if after.explainer.chain(story) is not None
    ]


_NO_WORK = frozenset(CommitKind) - {CommitKind.STORY, CommitKind.REVERT, CommitKind.UNTRACED}
"""What may name a story and is none of its work: nobody holds it against that story's territory."""


def _files(after: Reading, working: Sequence[Claim], verdict: GateReport) -> dict[str, list[str]]:
    """By story the files that its commits change and that land.

    Of several stories that a commit names each has its own; what a merge brings from the base is nobody's.
    """
    trees = {name: one.tree for name, one in after.objects.commits([verdict.base] if verdict.base else []).items()}
    between = [(trees.get(verdict.base or "", ""), verdict.merge)] if verdict.merge else []
    landing = {path for own in after.objects.changes(between) for path in paths(own)}
    changes = after.changes([claim.commit for claim in working])
    files: dict[str, dict[str, None]] = {}
    for claim in working:
        for path in (one for one in paths(changes[claim.commit.id]) if one in landing or not between):
            held = [story for story in claim.stories if lies_in(after, story, typed(path))]
            for story in held or claim.stories:
                files.setdefault(story, {})[path] = None
    return {story: sorted(own) for story, own in files.items()}


def of_story(
    explainer: Explainer,
    story: str,
    commits: list[str],
    files: Mapping[str, Sequence[str]],
    *,
    self_authored: bool,
) -> StoryReport:
    way = explainer.chain(story)
    item = explainer.graph.nodes[story].item
    if way is None or not isinstance(item, Story):
        raise UsageError(f"{story} is no story.")
    return StoryReport(
        id=story,
        title=item.title,
        statements=tuple(explainer.statement(node) for node in way.statements),
        requirements=way.requirements,
        assumptions=assumptions(item),
        criteria=tuple(CriterionReport(id=f"{story}/{one.id}", text=one.text) for one in item.criteria),
        commits=tuple(commits),
        files=tuple(files.get(story, ())),
        self_authored=self_authored,
        suspect=explainer.suspect(story),
    )


def with_record(
    explainer: Explainer,
    story: StoryReport,
    known: tuple[str, Record] | None,
    people: People,
    signers: Mapping[str, str],
) -> StoryReport:
    """The story with what its record says of rounds, findings and evidence; `signers` by the path of a record."""
    if known is None:
        return story
    path, record = known
    rows = {one.criterion: one for one in record.evidence}
    criteria = tuple(
        one.model_copy(
            update={"evidence": rows[one.id].checks if one.id in rows else (), "stated": rows.get(one.id)}
        )
        for one in story.criteria
    )
    told = {
        "record": path,
        "reworded": is_reworded(explainer.graph, story.id, record.spec),
        "signer": signers.get(path, ""),
        "rounds": record.rounds,
        "findings": record.findings,
        "accepted": record.accepted,
        "verdicts": record.verdicts,
        "claims": record.claims,
        "checks": tuple(name for name, one in _last(record).items() if one.ok and one.exit is not None),
        "reviewers": _reviewers(record, people),
        "spent": record.spent,
        "mutants": record.mutants,
        "deviations": record.deviations,
        "log": record.log,
        "lost": tuple(f"{one.step} by {one.by or one.backend} {ended(one)}" for one in record.lost),
    }
    files = story.files or tuple(one.path for one in record.change)
    return story.model_copy(update={**told, "criteria": criteria, "files": files})


def _last(record: Record) -> dict[str, CheckRun]:
    return {one.name: one for one in sorted(record.checks, key=lambda one: one.round)}


def _reviewers(record: Record, people: People) -> tuple[str, ...]:
    """Who reviewed, each once: a person by name, an agent by what ran it; of an author it is said."""
    own = own_reviewers(record, (), people)
    works = [one for one in record.work if one.role is Role.REVIEWER]
    return tuple(dict.fromkeys(f"{one.who} (its author)" if one.who in own else one.who for one in works))
