"""A record: the evidence of one landing of a story, `stories/records/STORY-….json`. Add-only.

Ids, hashes, verdicts and figures only; what was said stays with the journal, but for what no finding could be made
of (the words of a claim that stands nowhere), for what lands open, for where the work departs from Dev Notes, and
for the reasons of those who accepted or rejected it.
Lists end at their first fault: a record comes from outside, and millions of faults would cost minutes to tell.
"""

from typing import Annotated, Literal

from pydantic import FailFast, Field, field_validator

from bmad.model.agents import Fault, Role, Severity
from bmad.model.base import Value
from bmad.model.quoting import quoted, unquoted
from bmad.model.report import Report
from bmad.model.spending import Spending, Usage
from bmad.model.tested import Deviation

Count = Annotated[int, Field(ge=0, le=999_999)]
_SHA256 = r"^[0-9a-f]{64}$"
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


_HUNK = "[0-9]{1,9}-[0-9]{1,9}:(?:[0-9a-f]{16})*"
LINES = f"^(?:(?:<[0-9]{{1,9}} )?{_HUNK}(?: {_HUNK})*|<[0-9]{{1,9}}|)$"
"""The grammar of what a file's change adds (`ChangeEntry.lines`)."""
_PATH = "As git lists it; one that is not UTF-8, or begins with a double quote, in git's own quotes and escapes."


class ChangeEntry(Value):
    """One path of the net change: octal modes and full blob ids (zeros where absent)."""

    path: str = Field(description=_PATH)
    old_mode: str = Field(pattern=r"^[0-7]{6}$")
    new_mode: str = Field(pattern=r"^[0-7]{6}$")
    old_blob: str = Field(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")
    new_blob: str = Field(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")
    lines: str | None = Field(default=None, pattern=LINES)
    """What it adds, line by line, as hunks `AT-GONE:MARKS` joined by blanks: how many lines of the new file stand
    before the hunk, how many of the old one it takes away, 16 hex digits for each line that it adds. `<N` before
    them: the file has moved, and they are against what the entry N (from 0) of the change took away. Null where
    nothing is told: of a file that is gone or no text, and in records of an older bmad.
    """

    @field_validator("path")
    @classmethod
    def _normal(cls, path: str) -> str:
        """Raises: ValueError where git would spell the path otherwise: two spellings would be two entries."""
        raw = unquoted(path)
        if any(part in (b"", b".", b"..") for part in raw.split(b"/")):
            raise ValueError("a path is spelt as git lists it, without empty, `.` or `..` parts")
        if quoted(raw) != path:
            raise ValueError("a path is quoted as git quotes it, and only where text cannot hold it")
        return path

    @property
    def raw(self) -> bytes:
        """The path as git has it."""
        return unquoted(self.path)


UNKNOWN = "unknown"
"""The model of whom no backend said which one it was: what settings ask for is not what answered."""


def agent_of(backend: str, model: str, asked: str) -> str:
    """An agent by its backend and the model that answered; else by the one that was asked for, if any."""
    if model != UNKNOWN:
        return ":".join(filter(None, (backend, model)))
    return f"{backend} (asked for {asked})" if asked else f"{backend} (model not told)"


class Work(Value):
    """One agent's (or person's) part of a step; `context` is one context, never shared between two works."""

    step: str
    """`1/dev`, `2/review/security`."""
    role: Role
    backend: str
    model: str
    context: str
    prompt: str
    """SHA-256 of the prompt, 64 hex digits; empty for a person."""
    files: Annotated[tuple[str, ...], FailFast()] = ()
    """The paths that the prompt named or held; only records of an older bmad list them."""
    seconds: Seconds = 0.0
    usage: Usage | None = None
    shared: bool = False
    """Whether the agent's configuration was not its own: what another one wrote there may have been told it."""
    lens: str = ""
    """What a reviewer looked through."""
    part: str = ""
    """What of the change a reviewer was shown: the hash of a part (see `Shown`)."""
    by: str = ""
    """The person who did it, `Name <address>` as git has it; empty for an agent."""
    exit: int | None = None
    """The exit code of the agent's program, negative for a signal; None where there was no program."""
    fault: Fault | None = None
    """Why the call came to nothing; None where it counts."""
    session: str = ""
    """The id that the agent's own program, or its provider, gave the conversation: for people, to find it."""
    asked: str = ""
    """The model that was asked for, where nobody said which one answered."""

    @property
    def who(self) -> str:
        """The person, else the agent with the model that answered, as far as it was told."""
        return self.by or agent_of(self.backend, self.model, self.asked)


class CheckRun(Value):
    """A check that ran in `verify` and how it ended."""

    round: Count
    name: str
    ok: bool
    exit: int | None = None
    seconds: Seconds = 0.0


class RecordedFinding(Value):
    """A finding. `id` is the fingerprint over lens, path and folded quoted line.

    Only an open one keeps what was said of it, so that whoever works on the file next can mend it.
    """

    id: str
    round: Count
    severity: Severity
    lens: str
    path: str
    line: int = Field(ge=0)
    criterion: str = ""
    disposition: Literal["fixed", "false-positive", "open"]
    """`open` may only be a P2."""
    ruled_by: str = ""
    """The person who ruled where developer and reviewer did not agree."""
    mark: str = ""
    """`path:line` of what a false positive left behind."""
    told_as: Severity | None = None
    """The severity that it was raised with, where it ended with another one."""
    same_as: str = ""
    """The id of the finding that it repeats, and was settled with."""
    quote: str = ""
    claim: str = ""
    fix: str = ""


class RecordedClaim(Value):
    """A claim that has no place in the files, or a change that no reviewer was shown, with what was said of it."""

    id: str
    kind: Literal["claim", "unshown"]
    round: Count
    severity: Severity
    lens: str
    path: str
    line: int = Field(ge=0)
    quote: str = ""
    claim: str
    why: str
    """Why it has no place, or was not shown."""
    disposition: Literal["fixed", "dismissed", "withdrawn", "kept"]
    """`kept` may only be a P2; `dismissed` is ruled by a person."""
    ruled_by: str = ""
    ruling: str = ""
    """The words of the person who ruled, or of the reviewer who took it back."""


class Departure(Deviation):
    """A deviation, and the step that it came with: `1/dev`."""

    step: str


class Logged(Value):
    """An entry of a story's log: what a role says of its step, `1/dev`. It is its word, and proves nothing."""

    step: str
    by: Literal["creator", "tester", "developer", "probe"]
    kind: Literal["summary", "hypothesis", "probe"] = "summary"
    words: str = Field(max_length=600)


class ShownPart(Value):
    """A part of a diff: SHA-256 and number of its bytes, and whether reviewers were shown it."""

    hash: str = Field(pattern=_SHA256)
    bytes: int = Field(ge=0)
    shown: bool = True


class Shown(Value):
    """What the reviewers of some lenses were shown in a review: parts that together are a whole diff.

    `whole` and `bytes` are SHA-256 and number of the bytes of `git diff-tree -r -p` between base and head (at most
    the first 4 MiB). `change` is the hash of the story's net change as it was then, `hunks` that of how it read.
    """

    step: str
    """`1/review`, `2/review.2`."""
    lenses: Annotated[tuple[str, ...], FailFast()]
    base: str
    head: str
    whole: str = Field(pattern=_SHA256)
    bytes: int = Field(ge=0)
    parts: Annotated[tuple[ShownPart, ...], FailFast()]
    paths: Annotated[tuple[str, ...], FailFast()]
    """The files that the parts hold, sorted."""
    unshown: Annotated[tuple[str, ...], FailFast()] = ()
    """The ids of the claims that say what was not shown."""
    change: str = Field(pattern=_SHA256)
    hunks: str
    after: str = ""
    """The `change` of the review before, where only what came since was shown; empty where all of it was."""


class Evidence(Value):
    """What stands for a criterion. `failed_before` and `passed_after` are null where nobody looked.

    A test fails before where it fails by what the code does: on the base with only the tests of the change
    applied, or, where it needs what is new, on the head with the bodies emptied of the functions that the change
    touches.
    """

    criterion: str
    checks: Annotated[tuple[str, ...], FailFast()] = ()
    tests: Annotated[tuple[str, ...], FailFast()] = ()
    """The tests that name it and failed before, as far as that was asked for, and passed after."""
    failed_before: bool | None = None
    before: Literal["", "base", "emptied"] = ""
    """What they failed on."""
    passed_after: bool | None = None
    by: str = ""
    """The person who vouches for it by inspection or analysis, where its requirement asks for that."""
    why: str = ""
    """What that person says of it."""


class Inspected(Value):
    """What a person says of a criterion that they looked at, in place of a test."""

    criterion: str
    why: str


class Mutants(Value):
    """The last mutants of the lines that the change touched: those that were tried, and those that lived."""

    tried: Count = 0
    survived: Count = 0
    left: Count = 0
    """Those that were not tried, beyond what the policy allows in number and time."""


class Grant(Value):
    """Rounds beyond those of the policy: a person's, or for what nobody could know before (`by` is empty)."""

    by: str = ""
    rounds: Count
    why: Literal["person", "conflict", "specification"]


class Accepted(Value):
    by: str
    how: Literal["person", "policy"]


class Verdict(Value):
    """What a person said of the work as it stood in a round, in their own words; `why` may be empty."""

    round: Count
    by: str
    said: Literal["accepted", "rejected"]
    why: str = ""


class Record(Report):
    """`base` and `head` are the commits it was reviewed at; `change` is the net change between their trees.

    `change` is sorted by path and leaves out the specification, records and governed files. `spec` is the
    fingerprint of the story's chain that was worked against.
    """

    NAME = "record"

    namespace: Literal["bmad.record"] = "bmad.record"
    story: str
    landing: int = Field(ge=1, le=999_999)
    """1, or the number in the file's name for a later landing of the story."""
    repository: str
    target: str
    """The full ref it was made for."""
    base: str
    head: str
    spec: str
    change: Annotated[tuple[ChangeEntry, ...], FailFast()]
    rounds: int = Field(ge=1, le=999_999)
    granted: Annotated[tuple[Grant, ...], FailFast()] = ()
    """The rounds that were allowed beyond `act.rounds`."""
    converged: bool
    work: Annotated[tuple[Work, ...], FailFast()]
    lost: Annotated[tuple[Work, ...], FailFast()] = ()
    """The calls that came to nothing, each with its exit and fault."""
    checks: Annotated[tuple[CheckRun, ...], FailFast()]
    findings: Annotated[tuple[RecordedFinding, ...], FailFast()]
    dropped: int = Field(default=0, ge=0)
    """How many claims' quotes stood nowhere, also after their reviewer was asked once more."""
    claims: Annotated[tuple[RecordedClaim, ...], FailFast()] = ()
    """These claims with their words, and what no reviewer was shown."""
    shown: Annotated[tuple[Shown, ...], FailFast()] = ()
    """What each review showed its reviewers, in order."""
    hunks: str = ""
    """A hash of how the change reads, on whatever base."""
    evidence: Annotated[tuple[Evidence, ...], FailFast()] = ()
    mutants: Mutants | None = None
    """Null where none were made."""
    deviations: Annotated[tuple[Departure, ...], FailFast()] = ()
    """Where the work departs from Dev Notes or assumptions, as those who did it say."""
    log: Annotated[tuple[Logged, ...], FailFast()] = ()
    """What those who worked on it said of their steps, in order."""
    accepted: Accepted
    verdicts: Annotated[tuple[Verdict, ...], FailFast()] = ()
    """What people said of the work before it landed, in order; the reasons that they gave."""
    authors: Annotated[tuple[str, ...], FailFast()] = ()
    """Who wrote commits that were made by hand, committed or co-authored them: `Name <address>`, sorted."""
    spent: Spending | None = None
    """What all calls on the way have spent together, those that came to nothing as well."""
    signature: str = Field(default="", max_length=16_384)
    """Of whoever attests all the rest (`model.signing`), as `ssh-keygen -Y sign` makes it; empty: nobody does."""
