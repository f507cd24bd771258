"""One run of a story as its events add up to it: what the machine's conditions ask, and its steps' names."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from bmad.core.act.accounts import LASTING
from bmad.core.act.checks import CONFLICTS
from bmad.core.act.machine import RESTING
from bmad.model.act import AcceptedBy, Content, Event, State, WideningProposed
from bmad.model.agents import Fault, Severity
from bmad.model.answers import SplitPart
from bmad.model.journal import Entry
from bmad.model.policy import Policy
from bmad.model.record import CheckRun, Departure, Evidence, Grant, Logged, Mutants, Shown, Verdict, Work
from bmad.model.review import Disposition, Finding, Kind, Probed
from bmad.model.tested import Hypothesis

PERSON = "person"
"""The lens of what a person rejects; they judge the fix themselves when they accept."""

CLOSED = (Disposition.FIXED, Disposition.FALSE_POSITIVE, Disposition.KEPT, Disposition.WITHDRAWN)
_GRAVE = frozenset({Severity.P0, Severity.P1})


class Run(NamedTuple):
    """What the events of one story add up to. `seq` is the number of the last one."""

    story: str
    seq: int = 0
    state: State = State.BACKLOG
    rested: State = State.BACKLOG
    """The state that it goes on in after a rest."""
    round: int = 0
    visits: Mapping[State, int] = {}
    """How often each state was entered in this round."""
    policy: Policy = Policy()
    allowed: int = 0
    """The rounds it may take."""
    target: str = ""
    onto: str = ""
    landing: int = 1
    begun: int = 1
    """The number of the event that it was last begun anew with; what was split only goes on."""
    submitted: str = ""
    """The full ref of a person's own branch, where a person does the developer's part."""
    base: str = ""
    """The commit that it is built on."""
    held: bool = False
    """Whether the base is a preparation on top of the target's commit, which lands together with the work."""
    head: str = ""
    spec: str = ""
    research: bool = False
    """Whether something is to be found out first; `researched` whether it was."""
    researched: bool = False
    split: tuple[SplitPart, ...] = ()
    """What is to be taken out of it; `agreed` says whether whoever decides on that has agreed."""
    wider: WideningProposed | None = None
    """A preparation that goes beyond the territory that a person stated; `agreed` as above."""
    agreed: bool = False
    tester: bool = False
    tested: bool = False
    tests: tuple[str, ...] = ()
    """The commits before and after the tester's work, where there is a tester."""
    worked: str = ""
    """The commit of the last work as it was made, before any rebase."""
    trees: tuple[str, ...] = ()
    """The states of the files after each round's work, in order, from a person's last word on."""
    verified: str = ""
    """The commit that the checks last saw."""
    proven: str = ""
    """The commit that they last passed on with what `setup` made of its own files."""
    unproven: str = ""
    """The commit that was to land, and is to be proven first."""
    hunks: str = ""
    reviewed: str = ""
    """The hunks that the last review saw; `reviewed_head` the commit, `reviewed_work` the work in it."""
    reviewed_head: str = ""
    reviewed_work: str = ""
    lenses: tuple[str, ...] = ()
    """What has to be looked through."""
    shown: tuple[Shown, ...] = ()
    """What reviewers were shown, review by review."""
    log: tuple[Logged, ...] = ()
    """What those who worked on it said of their steps; nothing is ever taken out."""
    hypotheses: tuple[Hypothesis, ...] = ()
    """What was suspected so far, and how it was decided."""
    probed: tuple[Probed, ...] = ()
    """What probes say they ran, review by review."""
    accepted_hunks: str = ""
    accepted_work: str = ""
    accepted: AcceptedBy | None = None
    verdicts: tuple[Verdict, ...] = ()
    """What people have said of the work as a whole, in order."""
    green: bool = False
    failing: tuple[str, ...] = ()
    weakened: tuple[str, ...] = ()
    """The tests that ask less than they did when the checks last ran; nobody asked for it."""
    stays_weakened: bool = False
    """Whether a fix was told of one of these, and left it so."""
    evidence: tuple[Evidence, ...] = ()
    """What stood for each criterion when the checks last passed, where it was looked for."""
    mutants: Mutants | None = None
    """How the mutants of the change fared when it was last reviewed."""
    conflicts: tuple[str, ...] = ()
    findings: Mapping[str, Finding] = {}
    deviations: tuple[Departure, ...] = ()
    """Where the work departs from Dev Notes or assumptions."""
    granted: tuple[Grant, ...] = ()
    """The rounds that it may take beyond those of its policy."""
    words: tuple[str, ...] = ()
    """What people have said to the developer since the last fix."""
    spoken: tuple[str, ...] = ()
    """What people have said of its work since it was begun; a test that they name there may go."""
    waits_for: str = ""
    """What it waits for, where it does: a sentence."""
    settling: tuple[str, ...] = ()
    """The commands that settle it, where commands do."""
    fault: Fault | None = None
    """Why it failed last, where it did; or what keeps every agent from it, where it waits for that."""
    until: datetime | None = None
    """When the first account that it waits for may be asked again."""
    capped: str = ""
    """The cap that stopped it: `step`, `story` or `run`."""
    landed: str = ""
    """The commit that it landed as."""
    works: tuple[Work, ...] = ()
    lost: tuple[Work, ...] = ()
    """Calls that came to nothing."""
    checks: tuple[CheckRun, ...] = ()
    since: datetime | None = None
    """When it came into its state."""

    @property
    def plan_is_a_persons(self) -> bool:
        return self.policy.plan == "human"

    @property
    def split_is_proposed(self) -> bool:
        return bool(self.split)

    @property
    def widening_is_proposed(self) -> bool:
        return self.wider is not None

    @property
    def work(self) -> str:
        """The state of the files after the last work on them, before any rebase."""
        return self.trees[-1] if self.trees else ""

    @property
    def review_stands(self) -> bool:
        """A rebase keeps how a change reads, and so what was said of it; work that puts it elsewhere does not."""
        seen = bool(self.reviewed) and (self.reviewed, self.reviewed_work) == (self.hunks, self.work)
        return seen and self.looked_through.issuperset(self.lenses) and not self._open()

    @property
    def is_to_land(self) -> bool:
        """Whether nothing but its checks stands between the commit that it is at and its landing."""
        return self.review_stands or self.unproven == self.head

    @property
    def looked_through(self) -> frozenset[str]:
        """The lenses of the last review, which together with those before it saw the whole change."""
        step = self.shown[-1].step if self.shown and self.reviewed else ""
        return frozenset(lens for one in self.shown if one.step == step for lens in one.lenses if step)

    @property
    def acceptance_stands(self) -> bool:
        same = (self.accepted_hunks, self.accepted_work) == (self.hunks, self.work)
        return self.policy_accepts or (self.accepted is not None and same)

    @property
    def asked_again(self) -> str:
        """Why a person's acceptance does not stand, as a sentence; empty where nobody accepted it, or it does."""
        if self.accepted is None or self.acceptance_stands or not self.verdicts:
            return ""
        what = "it changes something else" if self.accepted_hunks != self.hunks else "its document was edited"
        return f"{self.accepted.by} accepted it in round {self.verdicts[-1].round}, and {what} since"

    @property
    def dispute_is_open(self) -> bool:
        return bool(self.disputes)

    @property
    def disputes(self) -> tuple[Finding, ...]:
        """What waits for a person's ruling."""
        return tuple(one for one in self.findings.values() if one.disposition is Disposition.UPHELD)

    @property
    def held_up_by(self) -> tuple[Finding, ...]:
        """What is confirmed and too grave to land, which a person may still rule to be none, or lesser."""
        return tuple(
            one for one in self._open() if one.disposition is Disposition.CONFIRMED and one.lens != PERSON
        )

    @property
    def work_is_left(self) -> bool:
        return not self.green or bool(self._open())

    def _open(self) -> list[Finding]:
        return [one for one in self.findings.values() if holds_up(one)]

    @property
    def rounds_are_left(self) -> bool:
        return self.round < self.allowed

    @property
    def policy_accepts(self) -> bool:
        """`act.accept: end` puts an acceptance off only where the story is not built on its target itself.

        What only a person can vouch for, no policy accepts.
        """
        by_policy = self.policy.accept == "auto" or (self.policy.accept == "end" and self._lands_twice)
        return by_policy and not self.unvouched

    @property
    def unvouched(self) -> tuple[str, ...]:
        """The criteria that no test names, and whose requirements ask for a person who looks."""
        said = {one.criterion for one in self.accepted.inspected} if self.accepted is not None else set()
        return tuple(one.criterion for one in self.evidence if not one.tests and one.criterion not in said)

    @property
    def _lands_twice(self) -> bool:
        return self.onto != self.target

    @property
    def goes_in_circles(self) -> bool:
        return bool(self.trees) and self.trees[-1] in self.trees[:-1]

    @property
    def has_landed(self) -> bool:
        return self._lands_twice and bool(self.landed)

    @property
    def is_unverified(self) -> bool:
        return self.verified != self.head

    @property
    def landing_lacks_acceptance(self) -> bool:
        return self.rested is State.LAND and not self.acceptance_stands

    @property
    def may_check_again(self) -> bool:
        """Whether what keeps it from going on is a check that failed, or could not run."""
        at = self.rested if self.resting else self.state
        if at is State.VERIFY:
            return self.resting
        return at in (State.FIX, State.ARBITRATE) and bool(self.failing) and not self.green and not self.conflicts

    @property
    def resting(self) -> bool:
        return self.state in RESTING

    @property
    def goes_on_by_itself(self) -> bool:
        """Whether the next `bmad act` takes it up again: an agent, the environment or a run's cap stopped it."""
        stopped = self.state is State.FAILED and (self.fault is Fault.UNFINISHED or self.fault in LASTING)
        return stopped or (self.state is State.BLOCKED and self.capped == "run")

    @property
    def open_findings(self) -> int:
        """Findings of any weight that are not settled yet, each counted once however often it was raised."""
        once = (*CLOSED, Disposition.JOINED)
        return sum(one.disposition not in once for one in self.findings.values())

    @property
    def failing_names(self) -> tuple[str, ...]:
        """The checks that failed when they last ran."""
        last = {one.name: one.ok for one in self.checks}
        return tuple(name for name, ok in last.items() if not ok)

    @property
    def unjoined(self) -> tuple[str, ...]:
        """The files that conflict, as long as nobody has joined the work with what they conflict with."""
        return () if CONFLICTS in self.failing_names else self.conflicts

    def step(self, name: str = "") -> str:
        """The key of a step within the story: `1/dev`, `2/verify.2` where the round came there again."""
        visit = self.visits.get(self.state, 1)
        again = f".{visit}" if visit > 1 else ""
        first, slash, rest = (name or self.state.value).partition("/")
        return f"{self.round}/{first}{again}{slash}{rest}"


def lacks_mark(one: Finding) -> bool:
    """Whether a false positive has not left its mark yet."""
    return one.disposition is Disposition.FALSE_POSITIVE and one.kind is Kind.FINDING and not one.mark


def holds_up(one: Finding) -> bool:
    """Whether a finding keeps a story from converging; for a repeat that which it repeats does."""
    if one.disposition is Disposition.JOINED:
        return False
    if one.disposition is Disposition.FALSE_POSITIVE:
        return lacks_mark(one)
    return one.disposition not in CLOSED and (
        one.severity in _GRAVE or one.disposition is not Disposition.CONFIRMED
    )


def entry(run: Run, event: Event, content: Content, now: datetime) -> Entry:
    """The next entry of a run."""
    return Entry(
        story=run.story,
        seq=run.seq + 1,
        round=run.round,
        step=_where(run, content),
        event=event,
        content=content.model_dump(mode="json", exclude_defaults=True),
        time=now,
    )


def _where(run: Run, content: Content) -> str:
    """The step that an event happened in: that of all its calls where they were of one, else the state's own."""
    called = {one.step.split("/")[1] for one in (*content.work, *content.lost) if one.step.count("/")}
    return called.pop() if len(called) == 1 else run.step().partition("/")[2]
