"""`bmad.yaml`: every key has a default; an unknown key is an error that names it."""

from dataclasses import field
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from bmad.model.constraints import (
    AMOUNT,
    FLAG,
    SOME,
    CommitId,
    Limits,
    NonEmpty,
    OneOrSeveral,
    Settable,
    told,
)
from bmad.model.degrees import Baseline, Exemption, Trivial
from bmad.model.layout import Layout
from bmad.model.placing import layout_of
from bmad.model.values import value

EnvName = Annotated[str, Limits(pattern=r"^[A-Za-z_][A-Za-z0-9_]*\*?$")]


class Level(StrEnum):
    """What the gate asks of a range; each level asks all that stands before it."""

    TRACED = "traced"
    SCOPED = "scoped"
    REVIEWED = "reviewed"
    VERIFIED = "verified"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


@value(frozen=True, kw_only=True, eq=False, repr=False)
class GateSettings(Settable):
    """What the gate asks of a change; it reads this from the base, never from the change itself."""

    level: Level = Level.SCOPED
    """`traced`, `scoped`, `reviewed` or `verified`: each asks all that stands before it."""
    attest: Literal["none", "signed"] = "none"
    """`signed`: records and changes of the specification count under a signature of one of `signers` alone."""
    since: CommitId | Literal["root"] | None = None
    """The adoption commit: what is older is not judged."""
    self_authored: tuple[NonEmpty, ...] = ("**",)
    """What a story minted in the change itself may cover; empty means spec first."""
    max_stories: Annotated[int, Limits(ge=1, le=20, strict=True)] = 3
    """How many stories one commit may name."""
    governed_change: Literal["alone", "signed", "refuse"] = "alone"
    """How governed files change: in a commit alone with `Policy: why`, so and signed, or not at all."""
    governed: tuple[NonEmpty, ...] = ()
    """Further governed paths, beside those that always are."""
    exempt: tuple[Exemption, ...] = ()
    """What needs no story of certain authors, or of anyone, until a day."""
    grandfathered: tuple[CommitId, ...] = ()
    """Commits that are not judged, by their whole ids: of branches that were open when bmad came."""
    trivial: Trivial | None = None
    """The lane for tiny changes; without a word there is none."""
    baseline: Baseline | None = None
    """A day for what is untraced; without a word it stays, untouched, as long as it likes."""
    signers: tuple[NonEmpty, ...] = ()
    """Whose signatures count: lines as in an `allowed_signers` file of ssh-keygen."""
    assisted_by: Literal["ignore", "require", "forbid"] = "ignore"
    """Whether a commit must, must not or may carry an `Assisted-by:` trailer."""
    repository: NonEmpty | None = None
    """The name that records are made under and held against; where none is set, that of the folder is not held."""
    self_review: Annotated[bool, FLAG] = False
    """Whether who wrote a change may review it; its level then reads `reviewed by its author`."""


@value(frozen=True, kw_only=True, eq=False, repr=False)
class AgentSettings(Settable):
    """An agent, or for a role which agent it is. Exactly one of `use`, `command` and `replay` says how it works.

    `use` names another entry, else a coding agent (`claude`, `codex`, ...), a model (`anthropic:MODEL`,
    `openai:MODEL`) or `human`. A command gets its prompt on stdin; `replay` names a recording.
    """

    use: NonEmpty | None = None
    """A coding agent, a model, `human`, or another entry by its name."""
    command: Annotated[tuple[NonEmpty, ...], SOME] | None = None
    """Any program, as an argument list."""
    replay: NonEmpty | None = None
    """A recording, as `bmad act --record FILE` writes it."""
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
    turns: Annotated[int, Limits(ge=1, le=1000, strict=True)] = 80
    """How often an SDK's model may go on with the results of its tools."""
    timeout: Annotated[float, Limits(gt=0, le=86_400, strict=True)] = 1800
    """Seconds until its process group is ended."""
    writes: tuple[NonEmpty, ...] = ()
    """Folders beside its worktree that it may write to, such as a cache; `~` is the home folder.

    Where its own configuration folder is among them, that is what it works with, shared with others.
    """
    env: tuple[EnvName, ...] = ()
    """Environment variables that it gets beside its own vendor's; a `*` at the end stands for any ending."""
    said: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """The keys that were written, no key itself: where an entry uses another one, these come first."""


@value(frozen=True, kw_only=True, eq=False, repr=False)
class CheckSettings(Settable):
    """One of the `verify` commands: an argument list, no shell."""

    name: NonEmpty
    """What reports and records call it."""
    run: Annotated[tuple[NonEmpty, ...], SOME]
    """The program and its arguments; it passes when it ends with 0."""
    timeout: Annotated[float, Limits(gt=0, le=86_400, strict=True)] = 900
    """Seconds until it is ended, and has failed."""
    junit: NonEmpty | None = None
    """The JUnit XML that it writes, from the root of the commit; `*` stands for any name in a folder.

    A command that calls pytest need not say so: it is asked for one.
    """
    keeps: Annotated[bool, FLAG] = False
    """Whether what it leaves beside the commit is there for the next check: a build that tests are run on."""


@value(frozen=True, kw_only=True, eq=False, repr=False)
class EvidenceSettings(Settable):
    """How `bmad act` and `bmad submit` look for what stands for each criterion; at level `verified` they do."""

    always: Annotated[bool, FLAG] = False
    """Whether they look at lower levels, too."""
    tests: tuple[NonEmpty, ...] = ()
    """Globs of files that belong to tests, beside those that are known by their names and folders."""
    empty: Annotated[tuple[NonEmpty, ...], SOME] | None = None
    """A command that empties the bodies of what is new in files of other languages than Python.

    Their paths are put behind it, and it writes these files anew.
    """
    mutants: Annotated[int, Limits(ge=0, le=1000, strict=True)] = 30
    """How many mutants of the touched lines are tried at most; 0: none."""
    seconds: Annotated[float, Limits(gt=0, le=86_400, strict=True)] = 600
    """How long they may take together."""
    survivors: Annotated[tuple[NonEmpty, ...], SOME] | None = None
    """A command that makes mutants itself, for other languages than Python, and tells of those that lived.

    The touched lines are put behind it, `src/a.ts:12`. It prints a JSON line for each mutant that the tests let
    live: `{"path": "src/a.ts", "line": 12, "mutant": "a < b for a <= b"}`.
    """


@value(frozen=True, kw_only=True, eq=False, repr=False)
class ProbeSettings(Settable):
    """What the lens `probe` tries a change in: commands without a shell, in a copy of the change.

    `up` has brought it up when it ends with 0, or goes on and `ready` ends with 0; without `ready`, when something
    listens at the port. `$BMAD_PORT` (a free port of 127.0.0.1) and `$BMAD_SLOT` (a name of its own) stand for
    their values in arguments, and are in the environment of all three and of the probe.
    """

    up: Annotated[tuple[NonEmpty, ...], SOME] | None = None
    """Brings the change up."""
    ready: Annotated[tuple[NonEmpty, ...], SOME] | None = None
    """Tried again and again until it ends with 0."""
    down: Annotated[tuple[NonEmpty, ...], SOME] | None = None
    """Ends what `up` has begun outside of its own processes, such as containers; these are ended anyway."""
    timeout: Annotated[float, Limits(gt=0, le=86_400, strict=True)] = 300
    """Seconds for `up` with `ready`, and for `down`."""
    env: tuple[EnvName, ...] = ()
    """Environment variables that the commands get beside the usual ones, as for agents."""

    def __post_init__(self) -> None:
        """Raises: ValueError where there is an end without a beginning."""
        if self.up is None and (self.ready or self.down):
            raise ValueError("`ready` and `down` are of what `up` brings up: name that command, too")


@value(frozen=True, kw_only=True, eq=False, repr=False)
class Cap(Settable):
    """The most that may be spent: tokens read and written, what came from a cache included; and money."""

    tokens: Annotated[int, Limits(gt=0, strict=True)] | None = None
    """The most tokens; without a word any number."""
    usd: Annotated[float, Limits(gt=0, allow_inf_nan=False)] | None = None
    """The most money, as agents or their providers report it, or by `prices`."""


@value(frozen=True, kw_only=True, eq=False, repr=False)
class Budget(Cap):
    """The caps of one call of `bmad act`, and within it of a story, and of a step of a story."""

    tokens: Annotated[int, Limits(gt=0, strict=True)] | None = None
    """The most tokens of the call."""
    usd: Annotated[float, Limits(gt=0, allow_inf_nan=False)] | None = None
    """The most money of the call."""
    story: Cap = field(default_factory=Cap)
    """The caps of one story."""
    step: Cap = field(default_factory=Cap)
    """The caps of one step of a story."""

    @property
    def caps(self) -> dict[str, Cap]:
        """Each cap by what it is of, the narrowest first."""
        return {"step": self.step, "story": self.story, "run": Cap(tokens=self.tokens, usd=self.usd)}


@value(frozen=True, kw_only=True, eq=False, repr=False)
class Price(Settable):
    """What a million tokens of a model cost, in USD; `cached` is for those of `input` that come from a cache."""

    input: Annotated[float, AMOUNT]
    """A million tokens that the model reads."""
    output: Annotated[float, AMOUNT]
    """A million tokens that it writes."""
    cached: Annotated[float, AMOUNT] | None = None
    """None: as much as `input`."""


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@value(frozen=True, kw_only=True, eq=False, repr=False)
class ActSettings(Settable):
    """How `bmad act` and `bmad submit` carry stories."""

    target: NonEmpty | None = None
    """The branch that stories land on; by default the one that is checked out."""
    rounds: Annotated[int, Limits(ge=1, le=50, strict=True)] = 8
    """How often a story may be fixed and reviewed before it waits for a person."""
    plan: Literal["auto", "human"] = "auto"
    """`human`: each plan waits for you before anything is built."""
    accept: Literal["story", "end", "auto"] = "story"
    """`story`: each waits for you. `end`: all land on `bmad/next` first. `auto`: checks and reviewers decide."""
    land: Literal["merge", "squash", "rebase", "branch"] = "merge"
    """How a story lands; `branch`: its branch is left for the code host."""
    lenses: Annotated[tuple[NonEmpty, ...], SOME] = ("correctness", "security", "maintainability")
    """What the reviewers look through: each lens is a review of its own."""
    workers: Annotated[int, Limits(ge=1, le=64, strict=True)] = 1
    """How many stories are carried at once, none beside one whose territory it shares."""
    hubs: tuple[NonEmpty, ...] = ()
    """Globs of files that any number of stories may append to at once, such as a changelog."""
    reviewers: Annotated[int, Limits(ge=1, le=8, strict=True)] = 3
    """How many reviewers of a story work at once, where the kernel keeps them from disturbing each other."""
    sandbox: Literal["auto", "landlock", "none"] = "auto"
    """`auto`: Landlock where the kernel has it, else a watch over people's files; `landlock`: that or nothing."""
    worktrees: NonEmpty | None = None
    """The folder that worktrees stand in, from the repository; by default in the user's state folder."""
    budget: Budget = field(default_factory=Budget)
    """What may be spent."""
    server: NonEmpty | None = None
    """The PostgreSQL that several machines work on, `postgresql://USER@HOST/DATABASE`; without a password."""
    wait: Annotated[str, Limits(pattern=r"^[0-9]{1,4}[smhd]$")] = "5h"
    """How long `bmad act` waits for an account that cannot work now: `30m`, `5h`, `2d`; `0s` is not at all."""

    @property
    def patience(self) -> int:
        """`wait` in seconds."""
        return int(self.wait[:-1]) * _UNITS[self.wait[-1]]


@value(frozen=True, kw_only=True, eq=False, repr=False)
class SpecSettings(Settable):
    """What `bmad validate` holds a specification to; a story beyond a limit is too large for one run (V14)."""

    criteria: Annotated[int, Limits(ge=1, le=2000, strict=True)] = 15
    """Acceptance criteria of a story."""
    territory: Annotated[int, Limits(ge=1, le=5000, strict=True)] = 20
    """Globs of a territory."""
    context: Annotated[int, Limits(ge=1000, le=1_000_000, strict=True)] = 12_000
    """Characters of the story's document and of the requirements and statements that it serves; what a reviewer is
    given has 12,000 bytes in all, and of these parts nothing gives way."""
    silent: tuple[Literal["V15", "V21", "V22", "V23", "V25", "V26"], ...] = ()
    """Notes that are not told: those that are a matter of taste or of the way a team works."""


@value(frozen=True, kw_only=True, eq=False, repr=False)
class IntentSettings(Settable):
    """One of several intents, and where its documents stand: by default in folders that are named as it is."""

    path: NonEmpty
    """The document that a person writes."""
    specs: NonEmpty | None = None
    """The folder of its register, PRD and epics."""
    stories: NonEmpty | None = None
    """The folder of its stories and records."""
    register: NonEmpty | None = None
    """The statements of the intent."""
    prd: NonEmpty | None = None
    """Its requirements."""
    epics: NonEmpty | None = None
    """The folder of its epics."""


Intents = Annotated[str | tuple[str | IntentSettings, ...], OneOrSeveral(NonEmpty, IntentSettings)]


@value(frozen=True, kw_only=True, eq=False, repr=False)
class Paths(Settable):
    """Where the specification stands; set before the first map, since the gate lets no document wander.

    What is not named stands in `specs` and `stories`, as it does without any of this.
    """

    specs: NonEmpty | None = None
    """The folder of the register (`intent.md`), the PRD (`prd.md`), the `epics` and the `trace.lock`."""
    stories: NonEmpty | None = None
    """The folder of the stories and their `records`."""
    register: NonEmpty | None = None
    """The statements of the intent."""
    prd: NonEmpty | None = None
    """The requirements."""
    epics: NonEmpty | None = None
    """The folder of the epics."""
    lock: NonEmpty | None = None
    """What each link was confirmed against."""
    records: NonEmpty | None = None
    """The folder of the records of landings."""


@value(frozen=True, kw_only=True, eq=False, repr=False)
class Settings(Settable):
    """All of `bmad.yaml`."""

    version: Literal[1] = 1
    """The form of this file."""
    intent: Intents = "intent.md"
    """The document that a person writes, or all of them where there are several."""
    paths: Paths = field(default_factory=Paths)
    """Where the documents of a single intent stand."""
    agents: dict[NonEmpty, AgentSettings] = field(default_factory=dict)
    """By role (creator, tester, developer, reviewer) or by a name of one's own."""
    setup: tuple[tuple[NonEmpty, ...], ...] = ()
    """Commands that run once in each new worktree."""
    verify: tuple[CheckSettings, ...] = ()
    """What decides whether work may land, in order; each on a clean copy of the commit."""
    evidence: EvidenceSettings = field(default_factory=EvidenceSettings)
    """How it is seen that a test stands for a criterion."""
    oracle: tuple[NonEmpty, ...] = ()
    """Globs of tests and truth files that a person vouches for, and no agent may write."""
    licences: tuple[NonEmpty, ...] | None = None
    """The licences that a new dependency may have, by their SPDX names; without a word any."""
    probe: ProbeSettings = field(default_factory=ProbeSettings)
    """Where the lens `probe` tries a change."""
    try_: Annotated[tuple[NonEmpty, ...], SOME] | None = None
    """What `bmad try STORY` runs in a worktree of the work, at the person's terminal: an argument list, no shell.

    `$BMAD_STORY` and `$BMAD_PORT` (a free port of 127.0.0.1) stand for their values.
    """
    act: ActSettings = field(default_factory=ActSettings)
    """How stories are carried."""
    prices: dict[NonEmpty, Price] = field(default_factory=dict)
    """By the name of a model, as its provider reports it, or the beginning of that name up to a `-`."""
    spec: SpecSettings = field(default_factory=SpecSettings)
    """What a specification is held to."""
    gate: GateSettings = field(default_factory=GateSettings)
    """What the gate asks."""

    def __post_init__(self) -> None:
        """Raises: ValueError where the documents cannot stand where they should."""
        _ = self.layout

    @cached_property
    def layout(self) -> Layout:
        """Where everything stands."""
        several = self.intent if isinstance(self.intent, str) else [_entry(one) for one in self.intent]
        return layout_of(several, told(self.paths))


def _entry(one: str | IntentSettings) -> str | dict[str, str]:
    return one if isinstance(one, str) else told(one)
