"""`bmad start`: a person begins a story on a branch whose commits carry its trailer."""

from typing import NamedTuple

from bmad.core.graph import Chain, SpecGraph, chain
from bmad.core.prefixes import find_story
from bmad.core.suspicion import suspects
from bmad.errors import UsageError
from bmad.model.reports import StartReport
from bmad.model.settings import Level, Settings
from bmad.model.spec import Story
from bmad.pipeline.branches import BRANCH
from bmad.pipeline.setup.hooks import asked
from bmad.pipeline.spec.work_tree import Loaded, load_sound
from bmad.pipeline.status.landed_records import BEFORE, closed_stories, standing_landings
from bmad.ports.files import Formats, Workspace
from bmad.ports.history import Checkout

_NO_REVIEW = (
    "stories land on {} itself, so what is committed here gets no review, and bmad submit refuses it; "
    "for a branch of its own leave out --here"
)
_BEHIND = "{0} was there already and lacks commits of {1}; before you work, bring it up: git rebase {1}"
_BESIDE = "{0} begins at {1}, another story's branch, with all that was committed there"
_ELSEWHERE = "; to begin at {1}: git rebase --onto {1} {0}"


class StartRequest(NamedTuple):
    """`story` may be a prefix; `here` binds the present branch instead of making one."""

    story: str
    here: bool = False


def start(workspace: Workspace, formats: Formats, checkout: Checkout, request: StartRequest) -> StartReport:
    """Switch to the story's branch, making it from here where it is new.

    Raises: UsageError where the name stands for no story, its chain is broken, or git does not switch.
    """
    checkout.require()
    with workspace.writing("bmad start"):
        return _start(workspace, formats, checkout, request)


def _start(workspace: Workspace, formats: Formats, checkout: Checkout, request: StartRequest) -> StartReport:
    loaded = load_sound(workspace, formats)
    graph = loaded.graph()
    story = find_story(graph, request.story)
    way = chain(graph, story.id)
    if way.problems:
        raise UsageError(f"{story.id} has no whole chain to the intent: {'; '.join(way.problems)}.")
    _see_that_it_is_open(workspace, formats, loaded, story)
    _see_that_code_is_covered(checkout, loaded.settings, story)
    notes = _notes(checkout, loaded, graph, way)
    branch, onto = _switch(checkout, story.id, _target(checkout, loaded.settings), here=request.here)
    return StartReport(
        story=story.id,
        title=story.title,
        branch=branch,
        trailer=f"Story: {story.id}",
        territory=tuple(ref.text for ref in story.territory),
        path=story.path,
        notes=(*notes, *onto),
    )


def _see_that_it_is_open(workspace: Workspace, formats: Formats, loaded: Loaded, story: Story) -> None:
    """Raises: UsageError where it has landed, or was done elsewhere, so that the gate refuses new work."""
    name = story.id
    if closed_stories(workspace, formats, loaded.layout, loaded.spec.lock, name):
        raise UsageError(f"{name} has landed. To let new work begin under it: bmad reopen {name} --why REASON")
    if story.done_elsewhere and name not in standing_landings(workspace, formats, loaded.layout, name):
        raise UsageError(f"{name}: {BEFORE.format(story.done_elsewhere, story.path)}.")


def _see_that_code_is_covered(checkout: Checkout, settings: Settings, story: Story) -> None:
    """Raises: UsageError where the gate would refuse whatever is built on the branch."""
    if story.territory or settings.gate.level is Level.TRACED:
        return
    target = _target(checkout, settings) or "the branch it lands on"
    raise UsageError(
        f"{story.id} has no territory: at level `{settings.gate.level}` it covers no code. Add `- Territory: …` "
        f"to {story.path} (bmad territory proposes paths), and commit that alone on {target} first."
    )


def _notes(checkout: Checkout, loaded: Loaded, graph: SpecGraph, way: Chain) -> list[str]:
    """What stands between the story and commits that the gate passes."""
    node, notes = graph.nodes[way.story], list[str]()
    suspect = suspects(graph, loaded.spec.lock)
    if any(link.key in suspect for link in way.links):
        notes.append(f"its chain is suspect: the gate asks for: bmad confirm {node.id} --why REASON")
    if not asked(checkout):
        notes.append("no hooks here, so write the trailer yourself, or run: bmad hooks install")
    if not checkout.tracked(node.path):
        notes.append(f"{node.path} is not committed yet: a story must stand in the history with its code")
    return notes


def _target(checkout: Checkout, settings: Settings) -> str | None:
    """The branch that stories land on: `act.target`, else the default branch where one is known, else this."""
    if settings.act.target is not None:
        return settings.act.target.removeprefix("refs/heads/")
    if (known := checkout.main()) is not None:
        return known
    present = checkout.branch()
    return None if present is not None and present.startswith(BRANCH) else present


def _switch(checkout: Checkout, story: str, target: str | None, *, here: bool) -> tuple[str, list[str]]:
    """The branch that is checked out then, and what to know of it."""
    present, head = checkout.branch(), checkout.head()
    if here:
        if present is None:
            raise UsageError("The head is detached; switch to a branch, or leave out --here.")
        checkout.bind(present, story)
        return present, [_NO_REVIEW.format(present)] if present == target else []
    branch = f"{BRANCH}{story}"
    if present == branch:
        return branch, []
    known = bool(checkout.branches(branch))
    try:
        checkout.switch(branch, create=not known)
    except UsageError as error:
        if known and f"/{story}'" in str(error):  # git names the worktree that has the branch
            raise UsageError(f"{error}: agents have begun it. To do it yourself: bmad cancel {story}") from None
        raise
    if not known and present is not None and present.startswith(BRANCH):
        way = "" if target is None else _ELSEWHERE.format(present, target)
        return branch, [_BESIDE.format(branch, present) + way]
    if not known or head is None or checkout.holds(head):
        return branch, []
    return branch, [_BEHIND.format(branch, present or head[:12])]
