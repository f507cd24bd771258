"""`bmad.yaml`: every key has a default; an unknown key is an error that names it."""

from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from bmad.model.base import Value
from bmad.model.layout import Layout
from bmad.model.placing import layout_of

NonEmpty = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
EnvName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*\*?$")]
CommitId = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]


class Level(StrEnum):
    """What the gate asks of a range; each level asks all that stands before it."""

    TRACED = "traced"
    SCOPED = "scoped"
    REVIEWED = "reviewed"
    VERIFIED = "verified"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class Exemption(Value):
    """Paths that commits of the author `by` may change without a story until (and on) the day `until`.

    `by` is the author's name, address, or `Name <address>`. Nobody signs these yet, so whoever may push can write
    them; the report says so at each use. A governed path is granted where a glob names it from its first part on.
    """

    paths: tuple[NonEmpty, ...] = Field(min_length=1)
    by: NonEmpty
    reason: NonEmpty
    owner: NonEmpty
    until: date


class GateSettings(Value):
    level: Level = Level.SCOPED
    attest: Literal["none", "signed"] = "none"
    since: CommitId | Literal["root"] | None = None
    """The adoption commit: what is older is not judged."""
    self_authored: tuple[NonEmpty, ...] = ("**",)
    """What a story minted in the change itself may cover; empty means spec first."""
    max_stories: int = Field(default=3, ge=1, le=20, strict=True)
    governed_change: Literal["alone", "signed", "refuse"] = "alone"
    governed: tuple[NonEmpty, ...] = ()
    """Further governed paths, beside those that always are."""
    exempt: tuple[Exemption, ...] = ()
    grandfathered: tuple[CommitId, ...] = ()
    signers: tuple[NonEmpty, ...] = ()
    assisted_by: Literal["ignore", "require", "forbid"] = "ignore"
    """Whether a commit must, must not or may carry an `Assisted-by:` trailer."""
    repository: NonEmpty | None = None
    """The name that records are made under and held against; where none is set, that of the folder is not held."""
    self_review: bool = Field(default=False, strict=True)
    """Whether who wrote a change may review it; its level then reads `reviewed by its author`."""


class AgentSettings(Value):
    """An agent, or for a role which agent it is. Exactly one of `use`, `command` and `replay` says how it works.

    `use` names another entry, else a coding agent (`claude`, `codex`, ...), a model (`anthropic:MODEL`,
    `openai:MODEL`) or `human`. A command gets its prompt on stdin; `replay` names a recording.
    """

    use: NonEmpty | None = None
    command: tuple[NonEmpty, ...] | None = Field(default=None, min_length=1)
    replay: NonEmpty | None = None
    model: NonEmpty | None = None
    """What it is asked to work with, of a command in `BMAD_MODEL`; what did the work, only its answer says."""
    effort: Literal["minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    """How hard the model is asked to think, of a command in `BMAD_EFFORT`; who cannot be told does not begin."""
    fallback: tuple[NonEmpty, ...] = ()
    """Who takes over where it cannot work now, in order: each as in `use`."""
    base_url: NonEmpty | None = None
    """Where the model is reached, if not at its provider: a local server or a router."""
    api: Literal["responses", "chat"] | None = None
    """How an `openai:` model is spoken to; without a word, `chat` where `base_url` is set, else `responses`."""
    sandbox: Literal["bmad", "own", "none"] | None = None
    """What confines it: Landlock by bmad, the program's own sandbox, or nothing; by default what suits it."""
    turns: int = Field(default=80, ge=1, le=1000, strict=True)
    """How often an SDK's model may go on with the results of its tools."""
    timeout: float = Field(default=1800, gt=0, le=86_400, strict=True)
    """Seconds until its process group is ended."""
    writes: tuple[NonEmpty, ...] = ()
    """Folders beside its worktree that it may write to, such as a cache; `~` is the home folder.

    Where its own configuration folder is among them, that is what it works with, shared with others.
    """
    env: tuple[EnvName, ...] = ()
    """Environment variables that it gets beside its own vendor's; a `*` at the end stands for any ending."""


class CheckSettings(Value):
    """One of the `verify` commands: an argument list, no shell."""

    name: NonEmpty
    run: tuple[NonEmpty, ...] = Field(min_length=1)
    timeout: float = Field(default=900, gt=0, le=86_400, strict=True)
    junit: NonEmpty | None = None
    """The JUnit XML that it writes, from the root of the commit; `*` stands for any name in a folder.

    A command that calls pytest need not say so: it is asked for one.
    """
    keeps: bool = Field(default=False, strict=True)
    """Whether what it leaves beside the commit is there for the next check: a build that tests are run on."""


class EvidenceSettings(Value):
    """How `bmad act` and `bmad submit` look for what stands for each criterion; at level `verified` they do."""

    always: bool = Field(default=False, strict=True)
    """Whether they look at lower levels, too."""
    tests: tuple[NonEmpty, ...] = ()
    """Globs of files that belong to tests, beside those that are known by their names and folders."""
    empty: tuple[NonEmpty, ...] | None = Field(default=None, min_length=1)
    """A command that empties the bodies of what is new in files of other languages than Python.

    Their paths are put behind it, and it writes these files anew.
    """
    mutants: int = Field(default=30, ge=0, le=1000, strict=True)
    """How many mutants of the touched lines are tried at most; 0: none."""
    seconds: float = Field(default=600, gt=0, le=86_400, strict=True)
    """How long they may take together."""
    survivors: tuple[NonEmpty, ...] | None = Field(default=None, min_length=1)
    """A command that makes mutants itself, for other languages than Python, and tells of those that lived.

    The touched lines are put behind it, `src/a.ts:12`. It prints a JSON line for each mutant that the tests let
    live: `{"path": "src/a.ts", "line": 12, "mutant": "a < b for a <= b"}`.
    """


class ProbeSettings(Value):
    """What the lens `probe` tries a change in: commands without a shell, in a copy of the change.

    `up` has brought it up when it ends with 0, or goes on and `ready` ends with 0; without `ready`, when something
    listens at the port. `$BMAD_PORT` (a free port of 127.0.0.1) and `$BMAD_SLOT` (a name of its own) stand for
    their values in arguments, and are in the environment of all three and of the probe.
    """

    up: tuple[NonEmpty, ...] | None = Field(default=None, min_length=1)
    ready: tuple[NonEmpty, ...] | None = Field(default=None, min_length=1)
    """Tried again and again until it ends with 0."""
    down: tuple[NonEmpty, ...] | None = Field(default=None, min_length=1)
    """Ends what `up` has begun outside of its own processes, such as containers; these are ended anyway."""
    timeout: float = Field(default=300, gt=0, le=86_400, strict=True)
    """Seconds for `up` with `ready`, and for `down`."""
    env: tuple[EnvName, ...] = ()
    """Environment variables that the commands get beside the usual ones, as for agents."""

    @model_validator(mode="after")
    def _begins_what_it_ends(self) -> Self:
        """Raises: ValueError where there is an end without a beginning."""
        if self.up is None and (self.ready or self.down):
            raise ValueError("`ready` and `down` are of what `up` brings up: name that command, too")
        return self


class Cap(Value):
    """The most that may be spent: tokens read and written, what came from a cache included; and money."""

    tokens: int | None = Field(default=None, gt=0, strict=True)
    usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)


class Budget(Cap):
    """The caps of one call of `bmad act`, and within it of a story, and of a step of a story."""

    story: Cap = Field(default_factory=Cap)
    step: Cap = Field(default_factory=Cap)

    @property
    def caps(self) -> dict[str, Cap]:
        """Each cap by what it is of, the narrowest first."""
        return {"step": self.step, "story": self.story, "run": Cap(tokens=self.tokens, usd=self.usd)}


class Price(Value):
    """What a million tokens of a model cost, in USD; `cached` is for those of `input` that come from a cache."""

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)
    cached: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """None: as much as `input`."""


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class ActSettings(Value):
    target: NonEmpty | None = None
    """The branch that stories land on; by default the one that is checked out."""
    rounds: int = Field(default=8, ge=1, le=50, strict=True)
    plan: Literal["auto", "human"] = "auto"
    accept: Literal["story", "end", "auto"] = "story"
    land: Literal["merge", "squash", "rebase", "branch"] = "merge"
    lenses: tuple[NonEmpty, ...] = Field(default=("correctness", "security", "maintainability"), min_length=1)
    """What the reviewers look through: each lens is a review of its own."""
    reviewers: int = Field(default=3, ge=1, le=8, strict=True)
    """How many reviewers of a story work at once, where the kernel keeps them from disturbing each other."""
    sandbox: Literal["auto", "landlock", "none"] = "auto"
    """`auto`: Landlock where the kernel has it, else a watch over people's files; `landlock`: that or nothing."""
    worktrees: NonEmpty | None = None
    """The folder that worktrees stand in, from the repository; by default in the user's state folder."""
    budget: Budget = Field(default_factory=Budget)
    wait: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}[smhd]$")] = "5h"
    """How long `bmad act` waits for an account that cannot work now: `30m`, `5h`, `2d`; `0s` is not at all."""

    @property
    def patience(self) -> int:
        """`wait` in seconds."""
        return int(self.wait[:-1]) * _UNITS[self.wait[-1]]


class SpecSettings(Value):
    """What `bmad validate` holds a specification to; a story beyond a limit is too large for one run (V14)."""

    criteria: int = Field(default=15, ge=1, le=2000, strict=True)
    territory: int = Field(default=20, ge=1, le=5000, strict=True)
    """Globs of a territory."""
    context: int = Field(default=12_000, ge=1000, le=1_000_000, strict=True)
    """Characters of the story's document and of the requirements and statements that it serves; what a reviewer is
    given has 12,000 bytes in all, and of these parts nothing gives way."""
    silent: tuple[Literal["V15", "V21", "V22", "V23", "V25", "V26"], ...] = ()
    """Notes that are not told: those that are a matter of taste or of the way a team works."""


class IntentSettings(Value):
    """One of several intents, and where its documents stand: by default in folders that are named as it is."""

    path: NonEmpty
    specs: NonEmpty | None = None
    stories: NonEmpty | None = None
    register_: NonEmpty | None = Field(default=None, alias="register")
    prd: NonEmpty | None = None
    epics: NonEmpty | None = None


_PATH, _LIST, _ENTRY = "a path", "a list", "an entry"
"""The shapes of `intent` and of what it lists: what is wrong is told of the one that is meant."""

_Path = Annotated[NonEmpty, Tag(_PATH)]
_Entry = Annotated[
    _Path | Annotated[IntentSettings, Tag(_ENTRY)],
    Discriminator(lambda one: _PATH if isinstance(one, str) else _ENTRY),
]
_Several = Annotated[tuple[_Entry, ...], Field(min_length=1), Tag(_LIST)]
Intents = Annotated[_Path | _Several, Discriminator(lambda one: _LIST if isinstance(one, list | tuple) else _PATH)]


class Paths(Value):
    """Where the specification stands; set before the first map, since the gate lets no document wander.

    What is not named stands in `specs` and `stories`, as it does without any of this.
    """

    specs: NonEmpty | None = None
    """The folder of the register (`intent.md`), the PRD (`prd.md`), the `epics` and the `trace.lock`."""
    stories: NonEmpty | None = None
    """The folder of the stories and their `records`."""
    register_: NonEmpty | None = Field(default=None, alias="register")
    prd: NonEmpty | None = None
    epics: NonEmpty | None = None
    lock: NonEmpty | None = None
    records: NonEmpty | None = None


class Settings(Value):
    version: Literal[1] = 1
    intent: Intents = "intent.md"
    """The document that a person writes, or all of them where there are several."""
    paths: Paths = Field(default_factory=Paths)
    agents: dict[NonEmpty, AgentSettings] = Field(default_factory=dict)
    """By role (creator, tester, developer, reviewer) or by a name of one's own."""
    setup: tuple[tuple[NonEmpty, ...], ...] = ()
    """Commands that run once in each new worktree."""
    verify: tuple[CheckSettings, ...] = ()
    evidence: EvidenceSettings = Field(default_factory=EvidenceSettings)
    oracle: tuple[NonEmpty, ...] = ()
    """Globs of tests and truth files that a person vouches for, and no agent may write."""
    licences: tuple[NonEmpty, ...] | None = None
    """The licences that a new dependency may have, by their SPDX names; without a word any."""
    probe: ProbeSettings = Field(default_factory=ProbeSettings)
    try_: tuple[NonEmpty, ...] | None = Field(default=None, alias="try", min_length=1)
    """What `bmad try STORY` runs in a worktree of the work, at the person's terminal: an argument list, no shell.

    `$BMAD_STORY` and `$BMAD_PORT` (a free port of 127.0.0.1) stand for their values.
    """
    act: ActSettings = Field(default_factory=ActSettings)
    prices: dict[NonEmpty, Price] = Field(default_factory=dict)
    """By the name of a model, as its provider reports it, or the beginning of that name up to a `-`."""
    spec: SpecSettings = Field(default_factory=SpecSettings)
    gate: GateSettings = Field(default_factory=GateSettings)

    @model_validator(mode="after")
    def _has_a_place_for_all(self) -> Self:
        """Raises: ValueError where the documents cannot stand where they should."""
        _ = self.layout
        return self

    @cached_property
    def layout(self) -> Layout:
        """Where everything stands."""
        told = self.model_dump(mode="json", by_alias=True, exclude_none=True, include={"intent", "paths"})
        return layout_of(told["intent"], told["paths"])
