"""`bmad status`: the board, derived from the specification, from git and from the journal of `bmad act`."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

from bmad.core.act.owners import is_of, owned
from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.core.act.spending import spent
from bmad.core.gate.people import NOBODY, People
from bmad.core.graph import SpecGraph, source_of, story_places
from bmad.core.margin import summed_coverage
from bmad.core.records.chain import is_reworded
from bmad.core.records.followups import follow_ups, in_order
from bmad.core.suspicion import suspects
from bmad.errors import CannotAnswerError
from bmad.model.act import State
from bmad.model.followup import FollowUp
from bmad.model.graph import LinkKind, Node
from bmad.model.ids import Kind
from bmad.model.intent import IntentCoverage
from bmad.model.record import Record
from bmad.model.reports import (
    StatusBy,
    StatusCoverage,
    StatusEpic,
    StatusIntent,
    StatusReport,
    StatusState,
    StatusStory,
)
from bmad.model.settings import Price
from bmad.model.spec import ACTIONABLE, Statement, Story
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.branches import BRANCH
from bmad.pipeline.gate.evidence import Specs
from bmad.pipeline.setup.prices import prices
from bmad.pipeline.spec.intent import Mapper, coverage
from bmad.pipeline.spec.nodes import graph_link
from bmad.pipeline.spec.work_tree import Loaded, load_sound
from bmad.pipeline.status.landed_records import committed_records, latest, standing_records
from bmad.pipeline.status.ready import Ground, ground, missing, sound
from bmad.pipeline.status.reverted_work import reverted_work
from bmad.pipeline.trace.recorded_commits import adopted
from bmad.pipeline.trace.revision import read_at
from bmad.ports.files import Formats, Workspace
from bmad.ports.history import Checkout, History
from bmad.ports.journal import Journal

_Commits = Mapping[str, list[str]]
_STILL = ("backlog", "elsewhere", "done", "blocked", "failed", "cancelled")
"""Where nobody is at work."""
_STATES: dict[str, StatusState] = {name: name for name in get_args(StatusState)}


class Read(NamedTuple):
    """What the board is read from beside the specification; without a history commits are null."""

    history: History | None = None
    checkout: Checkout | None = None
    journal: Journal | None = None
    target: str | None = None
    """The branch that stories land on; None is the one that is checked out."""
    mapper: Mapper | None = None
    """What cuts the intent into blocks; without one it is not looked at."""
    person: Callable[[], str] = str
    """Who asks, as `Name <address>`; it is called where an epic has an owner."""


class _Known(NamedTuple):
    """What is known of the stories beside the specification; `commits` is null without a history."""

    landed: frozenset[str]
    """Those that a record has closed: of the commit that is checked out; without a history, of the work tree."""
    reopened: frozenset[str]
    branches: frozenset[str]
    """The stories that have a branch of their own."""
    commits: _Commits | None
    named: frozenset[str]
    """The stories that commits name, not records alone."""
    ground: Ground
    told: Mapping[str, Run]
    left: tuple[FollowUp, ...]
    """What landed open and still is."""
    prices: Mapping[str, Price]
    """Of models, by which what stories spent is counted."""
    owners: Mapping[str, str]
    """The stories of epics that another person owns than who asks -> that."""
    reviewed: Mapping[str, str]
    """Of stories that landed the fingerprint of the words that the last record is of."""


def status(workspace: Workspace, formats: Formats, read: Read) -> StatusReport:
    """The board of the work tree's specification.

    Raises: UsageError where there is no specification, or it does not parse.
    """
    loaded = load_sound(workspace, formats)
    graph = loaded.graph()
    known = _known(workspace, formats, read, loaded)
    states = {node.id: _stood(node.id, graph, known) for node in graph.of_kind(Kind.STORY)}
    order = story_places(graph)
    stories = _in_order(graph, [_story(graph, story, state, known) for story, state in states.items()], order)
    suspect = suspects(graph, loaded.spec.lock)
    blocks = _blocks(loaded, read.mapper)
    asked = {one.path for one in loaded.spec.documents if one.clarifications}
    free = (one for one in stories if one.state == "backlog" and not one.waits_for and one.owner is None)
    begins = (one.id for one in free if not _is_taken_back(one.id, known))
    first = (story for story in begins if graph.nodes[story].path not in asked)
    return StatusReport(
        stories=tuple(stories),
        epics=tuple(_epics(graph, stories, order)),
        coverage=_coverage(list(graph.of_kind(Kind.STATEMENT)), graph, known.commits, _all_blocks(blocks)),
        intents=tuple(_intents(loaded, stories, known.commits, blocks)),
        suspects=tuple(graph_link(link, suspect) for link in graph.links if link.key in suspect),
        next_up=tuple(sound(first, loaded.spec, graph, suspect)),
        follow_ups=known.left,
    )


def _split(told: Mapping[str, Run]) -> frozenset[str]:
    """The stories that the journal knows and that are to begin, with a branch that was never worked on."""
    return frozenset(run.story for run in told.values() if run.state is State.BACKLOG)


class _Asked(NamedTuple):
    """What git says: the commits since the adoption, which built what, what has landed, and by which records."""

    history: Sequence[str]
    commits: _Commits
    named: frozenset[str]
    ground: Ground | None
    records: Sequence[Record]


def _known(workspace: Workspace, formats: Formats, read: Read, loaded: Loaded) -> _Known:
    lock = loaded.spec.lock
    branches = frozenset(
        name.removeprefix(BRANCH) for name in (read.checkout.branches(f"{BRANCH}*") if read.checkout else ())
    )
    told = runs(read.journal.entries()) if read.journal is not None else {}
    done = frozenset(run.story for run in told.values() if run.state is State.DONE)

    def again(landings: Mapping[str, int]) -> frozenset[str]:
        return frozenset(story for story, last in landings.items() if (story, last) in lock.reopened)

    asked = _asked(
        read, formats, loaded, branches, lambda found: again(found) | (done - found.keys()) | _split(told)
    )
    records = asked.records if asked is not None else list(standing_records(workspace, formats, loaded.layout))
    landings = latest(records)
    landed, reopened = frozenset(landings), again(landings)
    commits = asked.commits if asked is not None else None
    there = asked.ground if asked is not None else None
    taken_back = there.taken_back if there is not None else frozenset[str]()
    order = in_order(records, asked.history if asked is not None else (), taken_back & landings.keys())
    graph = loaded.graph()
    return _Known(
        landed=landed - reopened,
        reopened=reopened,
        branches=branches,
        commits=commits,
        named=asked.named if asked is not None else frozenset(),
        ground=there or Ground(landed, landed - reopened, frozenset(commits or ()), branches),
        told=told,
        left=follow_ups(order, graph.stories, reopened),
        prices=prices(workspace, formats) if read.journal is not None else {},
        owners=_owners(graph, read.person, there.people if there is not None else NOBODY),
        reviewed={one.story: one.spec for one in records if one.landing == landings[one.story]},
    )


def _owners(graph: SpecGraph, asks: Callable[[], str], people: People) -> dict[str, str]:
    told = owned(graph, (node.id for node in graph.of_kind(Kind.STORY)))
    person = asks() if told else ""
    return {story: owner for story, owner in told.items() if not is_of(owner, person, people)}


def _asked(
    read: Read,
    formats: Formats,
    loaded: Loaded,
    branches: Iterable[str],
    anew: Callable[[Mapping[str, int]], Collection[str]],
) -> _Asked | None:
    """None where nobody can be asked. `anew` tells, by the landings, the stories that are to be built again."""
    if read.history is None:
        return None
    try:
        with read.history.read() as objects:
            specs = Specs(objects, formats, beside=loaded.beside)
            reading = read_at(objects, formats, None, specs)
            records = list(committed_records(objects, formats, reading.head.tree, reading.layout))
            there = ground(objects, Grounds(objects, formats, specs), read.target, branches, anew(latest(records)))
            found = adopted(reading)
            named = frozenset(story for claim in found if not claim.recorded for story in claim.stories)
            if there is not None:
                tree, landed = reading.head.tree, latest(records)
                there = there.without(reverted_work(objects, tree, reading.classify, found, landed))
            return _Asked([claim.commit.id for claim in found], reading.worked(found), named, there, records)
    except CannotAnswerError:
        return None


def _stood(story: str, graph: SpecGraph, known: _Known) -> StatusState:
    """The state of a story; where nothing was done here, what its own project says of the time before."""
    state = _state(story, known)
    return "elsewhere" if state in ("backlog", "cancelled") and story in graph.done_elsewhere else state


def _state(story: str, known: _Known) -> StatusState:
    """The journal's state, except that git says what has landed, and what is in nobody's journal."""
    run = known.told.get(story)
    stands = story in known.landed - known.ground.taken_back
    if run is not None and run.state not in (State.BACKLOG, State.DONE) and not stands:
        return _STATES[run.state]
    landed = known.landed if run is None else known.landed | (known.ground.closed - known.reopened)
    if story in landed and story not in known.ground.taken_back:
        return "active" if story in known.ground.gone else "done"
    anew = story in known.reopened | known.ground.taken_back or (run is not None and run.state is State.DONE)
    branches = known.branches & known.ground.begun if anew or run is not None else known.branches
    built = not anew and story in (known.commits or {})
    return "active" if built or story in branches else "backlog"


def _is_taken_back(story: str, known: _Known) -> bool:
    """Whether it landed and does not stand any more: it is built anew where somebody says so, by name."""
    run = known.told.get(story)
    was_done = run is not None and run.state is State.DONE
    return story not in known.reopened and (was_done or story in known.landed & known.ground.taken_back)


def _story(graph: SpecGraph, story: str, state: StatusState, known: _Known) -> StatusStory:
    item, run = graph.nodes[story].item, known.told.get(story)
    waits: tuple[str, ...] = ()
    lost = known.ground.lost.get(story) if state == "done" else None
    total = spent((*run.works, *run.lost), known.prices) if run is not None else None
    if isinstance(item, Story) and state != "done":
        waits = missing(item, graph, known.ground, known.told)
    return StatusStory(
        id=story,
        title=graph.nodes[story].title,
        source=source_of(graph.nodes[story]),
        epic=item.epic.text if isinstance(item, Story) and item.epic else None,
        state=state,
        commits=len(known.commits.get(story, ())) if known.commits is not None else None,
        by=_by(story, known),
        gone=known.ground.gone.get(story, ()),
        lost=lost.lines if lost is not None else 0,
        lines=lost.of if lost is not None else None,
        waits_for=waits,
        owner=known.owners.get(story) if state == "backlog" else None,
        round=run.round if run is not None else None,
        open_findings=run.open_findings if run is not None else None,
        left_open=sum(one.story == story for one in known.left),
        reworded=state == "done" and is_reworded(graph, story, known.reviewed.get(story, "")),
        tokens=total.tokens if total is not None and not total.silent else None,
        usd=total.usd if total is not None and not total.unpriced else None,
    )


def _by(story: str, known: _Known) -> StatusBy | None:
    """What tells of the story's work: a commit that names it, else its record alone."""
    if known.commits is None:
        return None
    if story in known.named:
        return "trailer"
    return "record" if story in known.landed or known.commits.get(story) else None


def _in_order(graph: SpecGraph, stories: list[StatusStory], order: Mapping[str, int]) -> list[StatusStory]:
    """Dependencies first, else in the order of the intent; a cycle keeps the order it has."""
    rank = {story.id: order.get(story.id, len(order)) for story in stories}
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


def _epics(graph: SpecGraph, stories: list[StatusStory], order: Mapping[str, int]) -> list[StatusEpic]:
    epics: list[StatusEpic] = []
    first: dict[str, int] = {}
    for story in stories:
        place = order.get(story.id, len(order))
        first[story.epic or ""] = min(first.get(story.epic or "", place), place)
    for node in sorted(graph.of_kind(Kind.EPIC), key=lambda node: first.get(node.id, len(order))):
        own = [story for story in stories if story.epic == node.id]
        epics.append(
            StatusEpic(
                id=node.id,
                title=node.title,
                stories=len(own),
                done=sum(story.state == "done" for story in own),
                active=sum(story.state not in _STILL for story in own),
                elsewhere=sum(story.state == "elsewhere" for story in own),
            )
        )
    return epics


_LONGEST = 200_000
"""Characters of an intent that is looked at in passing, about half a second of work."""


def _blocks(loaded: Loaded, mapper: Mapper | None) -> dict[str, IntentCoverage]:
    """Of each intent by its path; of none where they are very long, or nobody cuts them."""
    there = [one for one in loaded.spec.intents if one.text is not None]
    if mapper is None or sum(len(one.text or "") for one in there) > _LONGEST:
        return {}
    return {one.path: coverage(loaded, mapper, one) for one in there}


def _all_blocks(blocks: Mapping[str, IntentCoverage]) -> IntentCoverage | None:
    return summed_coverage(blocks.values()) if blocks else None


def _intents(
    loaded: Loaded, stories: Sequence[StatusStory], commits: _Commits | None, blocks: Mapping[str, IntentCoverage]
) -> Iterator[StatusIntent]:
    """Each of several intents, with what hangs on it."""
    graph, register_of = loaded.graph(), loaded.layout.register_of
    for place in loaded.layout.places if len(loaded.layout.places) > 1 else ():
        here = [node for node in graph.nodes.values() if register_of(node.path) == place.register]
        own = {node.id for node in here}
        mine = [story for story in stories if story.id in own]
        statements = [node for node in here if node.kind is Kind.STATEMENT]
        yield StatusIntent(
            path=place.intent,
            epics=tuple(node.id for node in here if node.kind is Kind.EPIC),
            stories=len(mine),
            done=sum(story.state == "done" for story in mine),
            active=sum(story.state not in _STILL for story in mine),
            elsewhere=sum(story.state == "elsewhere" for story in mine),
            coverage=_coverage(statements, graph, commits, blocks.get(place.intent)),
        )


def _coverage(
    statements: Sequence[Node], graph: SpecGraph, commits: _Commits | None, blocks: IntentCoverage | None
) -> StatusCoverage:
    actionable = [
        node.id for node in statements if isinstance(node.item, Statement) and node.item.klass in ACTIONABLE
    ]
    stories = {node: _stories_of(graph, node) for node in actionable}
    held = {one.id for one in graph.everywhere}
    return StatusCoverage(
        blocks=blocks,
        statements=len(statements),
        actionable=len(actionable),
        in_requirements=sum(bool(graph.down(node)) for node in actionable),
        in_stories=sum(bool(found) for found in stories.values()),
        everywhere=sum(
            not found and any(link.source in held for link in graph.down(node)) for node, found in stories.items()
        ),
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
