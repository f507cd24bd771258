"""`bmad report`: what a change is for, story by story, with the gate's verdict on it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.trace import Claim, Explainer, by_story, claims, title_of
from bmad.errors import UsageError
from bmad.model.commits import Change
from bmad.model.gate import CommitKind, CommitReport, GateReport
from bmad.model.graph import LinkKind
from bmad.model.ids import Kind
from bmad.model.settings import Level
from bmad.model.spec import Story
from bmad.model.trace import CommitLine, CoverageDelta, CriterionReport, RangeReport, StoryReport
from bmad.pipeline.gate import GateRequest, gate
from bmad.pipeline.trace import Reading, paths, read_at
from bmad.ports import Clock, Formats, History, Objects


class ReportRequest(NamedTuple):
    base: str | None = None
    head: str | None = None
    actor: str | None = None


def report(history: History, formats: Formats, clock: Clock, request: ReportRequest) -> RangeReport:
    """Explain a range.

    Raises: UsageError on names that are none; CannotAnswerError where there is no repository or commit.
    """
    with history.read() as objects:
        tips = objects.tips(request.base, request.head)
        verdict = gate(history, formats, clock, GateRequest(tips.base, tips.head, actor=request.actor))
        after = read_at(objects, formats, tips.head)
        found = claims(objects.walk(tips.head, tips.base))
        kinds = {commit.commit: commit for commit in verdict.commits}
        stories = _stories(after, found, verdict)
        lines = [_line(claim, kinds.get(claim.commit.id)) for claim in found]
        requirements = {name for story in stories for name in story.requirements}
        delta = _delta(objects, formats, tips.base, after)
        named = sorted(requirements | {*delta.gained, *delta.lost})
        return RangeReport(
            base=tips.base,
            head=tips.head,
            ok=verdict.ok,
            level=verdict.level.value if isinstance(verdict.level, Level) else None,
            stories=tuple(stories),
            commits=tuple(lines),
            governed=tuple(line for line in lines if line.kind == CommitKind.POLICY),
            untraced=tuple(line for line in lines if line.kind == CommitKind.UNTRACED),
            refusals=verdict.every_finding,
            coverage_delta=delta,
            titles=_titles(after.explainer.graph, named),
            trailers=tuple(f"Story: {story.id}" for story in stories),
            notes=verdict.notes,
        )


def _titles(graph: SpecGraph, names: Iterable[str]) -> dict[str, str]:
    return {name: graph.nodes[name].title for name in names if name in graph.nodes}


def _line(claim: Claim, verdict: CommitReport | None) -> CommitLine:
    return CommitLine(
        commit=claim.commit.id,
        title=title_of(claim.commit),
        kind=verdict.kind.value if verdict else "untraced",
        verdict=verdict.verdict if verdict else "refused",
    )


def _stories(after: Reading, found: list[Claim], verdict: GateReport) -> list[StoryReport]:
    """The stories that commits of the range name and the specification holds, in the order of their commits."""
    changes = after.changes([claim.commit for claim in found])
    index = by_story(found)
    return [
        _story(after.explainer, story, commits, changes, self_authored=story in verdict.self_authored)
        for story, commits in index.items()
        if after.explainer.chain(story) is not None
    ]


def _story(
    explainer: Explainer,
    story: str,
    commits: list[str],
    changes: Mapping[str, tuple[Change, ...]],
    *,
    self_authored: bool,
) -> StoryReport:
    way = explainer.chain(story)
    item = explainer.graph.nodes[story].item
    if way is None or not isinstance(item, Story):
        raise UsageError(f"{story} is no story.")
    files = dict.fromkeys(path for commit in commits for path in paths(changes[commit]))
    return StoryReport(
        id=story,
        title=item.title,
        statements=tuple(explainer.statement(node) for node in way.statements),
        requirements=way.requirements,
        criteria=tuple(CriterionReport(id=f"{story}/{one.id}", text=one.text) for one in item.criteria),
        commits=tuple(commits),
        files=tuple(sorted(files)),
        self_authored=self_authored,
        suspect=explainer.suspect(story),
    )


def _delta(objects: Objects, formats: Formats, base: str, after: Reading) -> CoverageDelta:
    """Which requirements have commits now and had none at the base, and the other way about."""
    before = read_at(objects, formats, base)
    had, has = _covered(before), _covered(after)
    return CoverageDelta(gained=tuple(sorted(has - had)), lost=tuple(sorted(had - has)))


def _covered(reading: Reading) -> set[str]:
    """The requirements of which a story has commits."""
    index = by_story(reading.adopted())
    graph = reading.explainer.graph
    return {
        node.id
        for node in graph.of_kind(Kind.REQUIREMENT)
        if any(link.kind is LinkKind.IMPLEMENTS and link.source in index for link in graph.down(node.id))
    }
