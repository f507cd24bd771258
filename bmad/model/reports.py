"""What the commands report: one document each, `schema` first; the keys are a contract."""

from typing import Any, Literal

from pydantic import Field, model_serializer

from bmad.model.base import Value
from bmad.model.followup import FollowUp
from bmad.model.intent import IntentCoverage
from bmad.model.report import Report


class GraphNode(Value):
    """A node of the specification, or of the work on it: a commit, a file, a record, a finding.

    `path` and `line` are where it stands; what stands in no file of the revision has none, and no fingerprint.
    """

    id: str
    kind: str
    title: str
    path: str | None = None
    line: int | None = None
    fingerprint: str | None = None
    quote: str | None = None
    heading: str | None = None
    lines: tuple[int, int] | None = None
    """First and last line of a statement's quote, from 1, in the file that `intent` names."""
    intent: str | None = None
    klass: str | None = Field(default=None, alias="class")
    """The class of a statement, the kind of a commit, or the severity of a finding."""

    @model_serializer(mode="wrap")
    def _without_what_it_has_not(self, handler: Any) -> dict[str, Any]:
        """Only statements carry a quote and its place; only nodes of the specification a fingerprint."""
        return {key: value for key, value in handler(self).items() if value is not None}


class GraphLink(Value):
    """`source` is the lower end: `STORY` -> `FR` -> `INT`."""

    source: str
    target: str
    kind: str
    suspect: bool


class GraphReport(Report):
    NAME = "graph"

    nodes: tuple[GraphNode, ...]
    links: tuple[GraphLink, ...]


class ShowReport(Report):
    """One node with its text, the links at both its ends, and why it is suspect (ids from the change down)."""

    NAME = "show"

    node: GraphNode
    text: str
    up: tuple[GraphLink, ...]
    down: tuple[GraphLink, ...]
    suspect: tuple[str, ...]
    titles: dict[str, str]
    """Titles of the nodes at the other ends, by id."""
    source: str = ""
    """The id that the author's document has for it."""
    proposed_by: str = ""
    """The model that worded it, until a person confirms."""
    everywhere: bool = False
    """It holds for all work."""
    done_elsewhere: str = ""
    """What says that a story was done before bmad came."""
    no_story: str = ""
    """Why no story implements a requirement yet."""
    holding: dict[str, str] = Field(default_factory=dict)
    """Of a story: titles of the requirements that hold for all work, by id."""


class ConfirmReport(Report):
    NAME = "confirm"

    settled: tuple[GraphLink, ...]
    agreed: tuple[str, ...] = ()
    """What a model worded and may stand now."""
    by: str
    why: str


class NewReport(Report):
    NAME = "new"

    id: str
    kind: str
    path: str


StatusState = Literal[
    "backlog",
    "elsewhere",
    "active",
    "done",
    "create",
    "plan",
    "dev",
    "verify",
    "review",
    "triage",
    "fix",
    "arbitrate",
    "accept",
    "land",
    "blocked",
    "failed",
    "cancelled",
]
"""A state of the journal; `active` is what git says of a story that no journal holds.

`elsewhere` is what the project that a story was imported from says is done: no record bears it out.
"""


StatusBy = Literal["trailer", "record"]
"""What tells of a story's work: a commit that names it; its record alone, where the trailers are lost."""


class StatusStory(Value):
    """`waits_for` holds ids of stories; what no journal tells is null."""

    id: str
    title: str
    epic: str | None
    state: StatusState
    commits: int | None
    waits_for: tuple[str, ...]
    owner: str | None = None
    """Who is to begin it, the `Owner` of its epic, where that is another person than who asks."""
    round: int | None = None
    open_findings: int | None = None
    left_open: int = 0
    """What it landed with that nobody has mended yet."""
    reworded: bool = False
    """Whether a story that is done by a record, or what it comes from, reads otherwise than when it landed."""
    by: StatusBy | None = None
    gone: tuple[str, ...] = ()
    """The paths of its last landing that are again as they were before it: with any of them it is not done.

    Of work without a record, those of its commits that a revert took back.
    """
    lost: int = 0
    """Of the lines that its last landing added, those that are gone, and no other story worked on their file."""
    lines: int | None = None
    """How many it added; null where none of them is known to be gone."""
    usd: float | None = None
    tokens: int | None = None
    source: str = ""
    """The key that its author's document has for it; empty where it has none."""


class StatusEpic(Value):
    id: str
    title: str
    stories: int
    done: int
    active: int
    elsewhere: int = 0
    """Those that were done before bmad came, as their own project says."""


class StatusCoverage(Value):
    """How much of the intent the register holds, and how much of what it holds is asked for and built.

    All but `blocks` count statements of the register: a share of them says nothing of what was left in the intent.
    """

    blocks: IntentCoverage | None = None
    """Of the intent as it is now; null where it was not looked at, since it is not there or very long."""
    statements: int
    actionable: int
    in_requirements: int
    in_stories: int
    everywhere: int = 0
    """Those that hold for all work and so have no story."""
    with_commits: int | None


class StatusIntent(Value):
    """One of several intents, with what stands of it."""

    path: str
    epics: tuple[str, ...]
    stories: int
    done: int
    active: int
    elsewhere: int = 0
    coverage: StatusCoverage


class StatusReport(Report):
    NAME = "status"

    stories: tuple[StatusStory, ...]
    epics: tuple[StatusEpic, ...]
    coverage: StatusCoverage
    intents: tuple[StatusIntent, ...] = ()
    """Where there are several."""
    suspects: tuple[GraphLink, ...]
    next_up: tuple[str, ...]
    """Stories that could begin now: nothing started, nothing waited for."""
    follow_ups: tuple[FollowUp, ...] = ()
    """What stories landed with that nobody has mended yet, by the records of the work tree, the latest last."""


class FmtReport(Report):
    """The paths that were rewritten, or with `--check` would be; `ok` is false where a check found any."""

    NAME = "fmt"

    ok: bool
    changed: tuple[str, ...]


class InitReport(Report):
    """The files that were written, and what a person should know or do next."""

    NAME = "init"

    root: str
    written: tuple[str, ...]
    since: str | None
    notes: tuple[str, ...]


class StartReport(Report):
    """Where a person's work on a story goes: the branch, the trailer of its commits, its territory."""

    NAME = "start"

    story: str
    title: str
    branch: str
    trailer: str
    territory: tuple[str, ...]
    path: str
    notes: tuple[str, ...]
