"""`bmad status`: the board, derived from the specification, from git and from the journal of `bmad act`."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, get_args

from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.core.graph import SpecGraph
from bmad.core.suspicion import suspects
from bmad.core.trace import by_story
from bmad.errors import CannotAnswerError
from bmad.model.act import State
from bmad.model.graph import LinkKind
from bmad.model.ids import Kind
from bmad.model.layout import RECORD_RE
from bmad.model.reports import StatusCoverage, StatusEpic, StatusReport, StatusState, StatusStory
from bmad.model.spec import ACTIONABLE, Statement, Story
from bmad.pipeline.graph import graph_link
from bmad.pipeline.hooks import BRANCH
from bmad.pipeline.spec import load_sound
from bmad.pipeline.trace import read_at
from bmad.ports.acting import Journal
from bmad.ports.files import Formats, Workspace
from bmad.ports.history import Checkout, History

_STATES: dict[str, StatusState] = {name: name for name in get_args(StatusState)}


class Read(NamedTuple):
    """What the board is read from beside the specification; without a history commits are null."""

    history: History | None = None
    checkout: Checkout | None = None
    journal: Journal | None = None


def status(workspace: Workspace, formats: Formats, read: Read) -> StatusReport:
    """The board of the work tree's specification.

    Raises: UsageError where there is no specification, or it does not parse.
    """
    history, checkout = read.history, read.checkout
    loaded = load_sound(workspace, formats)
    graph = loaded.graph()
    commits = _commits(history, formats)
    landed = {match[1] for path in workspace.record_paths() if (match := RECORD_RE.fullmatch(path))}
    branches = set(checkout.branches(f"{BRANCH}*")) if checkout else set()
    told = runs(read.journal.entries()) if read.journal is not None else {}
    states = {
        node.id: _told(told.get(node.id), _state(node.id, landed, branches, commits or {}))
        for node in graph.of_kind(Kind.STORY)
    }
    places = {node.id: at for at, node in enumerate(graph.of_kind(Kind.REQUIREMENT))}
    stories = _in_order(graph, [_story(graph, story, states, commits, told) for story in states], places)
    suspect = suspects(graph, loaded.spec.lock)
    return StatusReport(
        stories=tuple(stories),
        epics=tuple(_epics(graph, stories, places)),
        coverage=_coverage(graph, commits),
        suspects=tuple(graph_link(link, suspect) for link in graph.links if link.key in suspect),
        next_up=tuple(story.id for story in stories if story.state == "backlog" and not story.waits_for),
    )


def _commits(history: History | None, formats: Formats) -> Mapping[str, list[str]] | None:
    """The commits of each story since the adoption; None where there is no history to ask."""
    if history is None:
        return None
    try:
        with history.read() as objects:
            return by_story(read_at(objects, formats, None).adopted())
    except CannotAnswerError:
        return None


def _state(story: str, landed: set[str], branches: set[str], commits: Mapping[str, list[str]]) -> StatusState:
    if story in landed:
        return "done"
    return "active" if story in commits or f"{BRANCH}{story}" in branches else "backlog"


def _told(run: Run | None, derived: StatusState) -> StatusState:
    """The journal's state of a story that it holds under way or at rest; what has landed is for git to say."""
    if run is None or derived == "done" or run.state in (State.BACKLOG, State.DONE):
        return derived
    return _STATES[run.state]


def _story(
    graph: SpecGraph,
    story: str,
    states: Mapping[str, StatusState],
    commits: Mapping[str, list[str]] | None,
    told: Mapping[str, Run],
) -> StatusStory:
    item, run = graph.nodes[story].item, told.get(story)
    waits: tuple[str, ...] = ()
    if isinstance(item, Story):
        # Below level `reviewed` no record closes a story: one with commits no longer holds others up.
        waits = tuple(ref.text for ref in item.depends_on if states.get(ref.text) == "backlog")
    return StatusStory(
        id=story,
        title=graph.nodes[story].title,
        epic=item.epic.text if isinstance(item, Story) and item.epic else None,
        state=states[story],
        commits=len(commits.get(story, ())) if commits is not None else None,
        waits_for=waits,
        round=run.round if run is not None else None,
        open_findings=run.open_findings if run is not None else None,
    )


def _in_order(graph: SpecGraph, stories: list[StatusStory], places: Mapping[str, int]) -> list[StatusStory]:
    """Dependencies first, else in the order of the PRD; a cycle keeps the order it has."""
    rank = {story.id: _first(places, (link.target for link in graph.up(story.id))) for story in stories}
    by_id = {story.id: story for story in sorted(stories, key=lambda story: (rank[story.id], story.id))}
    depths: dict[str, int] = {}
    for start in by_id:
        stack = [start]
        opened = {start}
        while stack:
            node = stack[-1]
            above = [
                link.target for link in graph.up(node) if link.kind is LinkKind.DEPENDS_ON and link.target in by_id
            ]
            todo = [target for target in above if target not in depths and target not in opened]
            if todo:
                stack.append(todo[0])
                opened.add(todo[0])
            else:
                depths[node] = 1 + max((depths.get(target, 0) for target in above), default=0)
                stack.pop()
    return sorted(by_id.values(), key=lambda story: depths[story.id])


def _first(places: Mapping[str, int], names: Iterable[str]) -> int:
    return min((places[name] for name in names if name in places), default=len(places))


def _epics(graph: SpecGraph, stories: list[StatusStory], places: Mapping[str, int]) -> list[StatusEpic]:
    epics: list[StatusEpic] = []
    nodes = sorted(
        graph.of_kind(Kind.EPIC), key=lambda node: _first(places, (link.target for link in graph.up(node.id)))
    )
    for node in nodes:
        own = [story for story in stories if story.epic == node.id]
        epics.append(
            StatusEpic(
                id=node.id,
                title=node.title,
                stories=len(own),
                done=sum(story.state == "done" for story in own),
                active=sum(story.state not in ("backlog", "done") for story in own),
            )
        )
    return epics


def _coverage(graph: SpecGraph, commits: Mapping[str, list[str]] | None) -> StatusCoverage:
    actionable = [
        node.id
        for node in graph.of_kind(Kind.STATEMENT)
        if isinstance(node.item, Statement) and node.item.klass in ACTIONABLE
    ]
    stories = {node: _stories_of(graph, node) for node in actionable}
    return StatusCoverage(
        statements=sum(1 for _ in graph.of_kind(Kind.STATEMENT)),
        actionable=len(actionable),
        in_requirements=sum(bool(graph.down(node)) for node in actionable),
        in_stories=sum(bool(found) for found in stories.values()),
        with_commits=(
            sum(any(story in commits for story in found) for found in stories.values())
            if commits is not None
            else None
        ),
    )


def _stories_of(graph: SpecGraph, statement: str) -> set[str]:
    return {
        link.source
        for traced in graph.down(statement)
        for link in graph.down(traced.source)
        if link.kind is LinkKind.IMPLEMENTS
    }
