"""Runs of a story for tests: entries with short contents, all small runs there are, and random journeys."""

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal, NamedTuple

from hypothesis import strategies as st

from bmad.core.act.machine import CONDITIONS, events
from bmad.core.act.replay import apply
from bmad.core.act.run import Run, entry
from bmad.errors import UsageError
from bmad.model.act import (
    AcceptedBy,
    Again,
    Cancelled,
    Conflicted,
    Content,
    Created,
    Developed,
    Event,
    Extended,
    Failed,
    Fixed,
    Landed,
    Moved,
    OutOfBudget,
    Paid,
    Rejected,
    Researched,
    Respecified,
    Resumed,
    Reviewed,
    Ruled,
    Split,
    SplitProposed,
    Started,
    Tested,
    Triaged,
    Unclear,
    Unproven,
    Verified,
    Waits,
    WideningProposed,
)
from bmad.model.agents import Fault, Severity
from bmad.model.answers import SplitPart
from bmad.model.contents import CONTENT
from bmad.model.journal import Entry
from bmad.model.policy import Policy
from bmad.model.record import CheckRun
from bmad.model.review import Disposition, Finding, Settlement

STORY = "STORY-1"
MAIN = "refs/heads/main"
NEXT = "refs/heads/bmad/next"
WHEN = datetime(2026, 3, 1, 12, tzinfo=UTC)

OUTSIDE = frozenset(
    {
        Event.RULED,
        Event.EXTENDED,
        Event.AGAIN,
        Event.REJECTED,
        Event.RESUMED,
        Event.CONFLICTED,
        Event.RESPECIFIED,
    }
)
"""What people and other people's commits do; everything else is bounded by the rounds."""


class Told(NamedTuple):
    """A run with the entries that it is the replay of."""

    run: Run
    entries: tuple[Entry, ...]


def begin() -> Told:
    return Told(Run(STORY), ())


def happen(told: Told, event: Event, content: Content) -> Told:
    """Raises: UsageError as `apply` does."""
    one = entry(told.run, event, content, WHEN + timedelta(seconds=told.run.seq))
    return Told(apply(told.run, one), (*told.entries, one))


def tell(*happened: tuple[Event, Content], told: Told | None = None) -> Told:
    so_far = told or begin()
    for event, content in happened:
        so_far = happen(so_far, event, content)
    return so_far


def started(
    accept: Literal["story", "end", "auto"] = "story",
    plan: Literal["auto", "human"] = "auto",
    rounds: int = 8,
    landing: int = 1,
) -> tuple[Event, Started]:
    policy = Policy(rounds=rounds, plan=plan, accept=accept)
    onto = NEXT if accept == "end" else MAIN
    return Event.STARTED, Started(policy=policy, target=MAIN, onto=onto, landing=landing)


def finding(name: str = "F-1", severity: Severity = Severity.P1, round_: int = 1, claim: str = "wrong") -> Finding:
    return Finding(
        id=name,
        round=round_,
        severity=severity,
        lens="correctness",
        path="a.py",
        line=1,
        end_line=1,
        quote="x = 1",
        claim=claim,
    )


CREATED = (Event.CREATED, Created(base="b0", spec="s0"))


def developed(tree: str = "t1") -> tuple[Event, Developed]:
    return Event.DEVELOPED, Developed(head=f"c-{tree}", tree=tree)


def passed(hunks: str = "h1", head: str = "c-t1") -> tuple[Event, Verified]:
    return Event.PASSED, Verified(head=head, hunks=hunks, checks=())


def checks_failed(*checks: CheckRun, hunks: str = "h1", head: str = "c-t1") -> tuple[Event, Verified]:
    return Event.CHECKS_FAILED, Verified(head=head, hunks=hunks, checks=checks, words=("tests failed",))


def reviewed(*found: Finding, hunks: str = "h1", settled: str = "", unsettled: str = "") -> tuple[Event, Reviewed]:
    """`settled` and `unsettled` are names with blanks between."""
    content = Reviewed(
        head="c", hunks=hunks, findings=found, settled=tuple(settled.split()), unsettled=tuple(unsettled.split())
    )
    return Event.REVIEWED, content


def triaged(**dispositions: Disposition) -> tuple[Event, Triaged]:
    """`F_1=Disposition.CONFIRMED` for the finding `F-1`."""
    settlements = (
        Settlement(finding=name.replace("_", "-"), disposition=one) for name, one in dispositions.items()
    )
    return Event.TRIAGED, Triaged(settlements=tuple(settlements))


def fixed(tree: str = "t2", **marks: str) -> tuple[Event, Fixed]:
    named = {name.replace("_", "-"): mark for name, mark in marks.items()}
    return Event.FIXED, Fixed(head=f"c-{tree}", tree=tree, marks=named)


def ruled(
    disposition: Literal[Disposition.CONFIRMED, Disposition.FALSE_POSITIVE], name: str = "F-1"
) -> tuple[Event, Ruled]:
    return Event.RULED, Ruled(finding=name, disposition=disposition, by="Ada", why="so it is")


def _names(run: Run, *dispositions: Disposition) -> tuple[str, ...]:
    return tuple(name for name, one in run.findings.items() if one.disposition in dispositions)


def _reviews(run: Run) -> Iterator[Content]:
    worked = _names(run, Disposition.CONFIRMED, Disposition.FALSE_POSITIVE, Disposition.FIXED)
    yield Reviewed(head=run.head, hunks=run.hunks, settled=worked)
    yield Reviewed(head=run.head, hunks=run.hunks, unsettled=worked)
    grave, small = finding("F-1", Severity.P1, run.round), finding("F-2", Severity.P2, run.round)
    for found in ((grave,), (small,), (grave, small)):
        yield Reviewed(head=run.head, hunks=run.hunks, findings=found, settled=worked)


def _triages(run: Run) -> Iterator[Content]:
    raised = _names(run, Disposition.RAISED, Disposition.DISPUTED)
    yield Triaged()
    for to in (Disposition.CONFIRMED, Disposition.UPHELD, Disposition.FALSE_POSITIVE) if raised else ():
        yield Triaged(settlements=tuple(Settlement(finding=name, disposition=to) for name in raised))
    first, *others = raised or ("",)
    plain = Settlement(finding=first, disposition=Disposition.CONFIRMED)
    if others:
        joined = (Settlement(finding=name, disposition=Disposition.JOINED, same_as=first) for name in others)
        yield Triaged(settlements=(plain, *joined))
    if raised and not others and run.findings[first].severity is not Severity.P2:
        yield Triaged(settlements=(plain.model_copy(update={"severity": Severity.P2}),))


def _fixes(run: Run) -> Iterator[Content]:
    marks = dict.fromkeys(run.findings, "a.py:7")
    for tree in dict.fromkeys((f"t{run.seq}", *run.trees)):
        yield Fixed(head=f"c{run.seq}", tree=tree, marks=marks)
    yield Fixed(head=f"c{run.seq}", tree=f"t{run.seq}")


def _rulings(run: Run) -> Iterator[Content]:
    for name in run.findings:
        yield Ruled(finding=name, disposition=Disposition.CONFIRMED, by="Ada", why="it is")
        yield Ruled(finding=name, disposition=Disposition.FALSE_POSITIVE, by="Ada", why="it is not")


def _starts(run: Run) -> Iterator[Content]:
    for accept, plan, rounds in itertools.product(("story", "end", "auto"), ("auto", "human"), (1, 2)):
        yield started(accept, plan, rounds, run.landing + 1 if run.landed else 1)[1]  # type: ignore[arg-type]


def _resumptions(run: Run) -> Iterator[Content]:
    yield Resumed(by="Ada")
    for accept in ("story", "end", "auto"):
        yield Resumed(by="Ada", why="go on", policy=run.policy.model_copy(update={"accept": accept}))


def _verified(run: Run) -> Verified:
    """The change reads the same as long as the files do, whatever it is based on."""
    return Verified(head=run.head, hunks=f"h-{run.trees[-1] if run.trees else ''}", checks=())


_CONTENTS: dict[Event, Callable[[Run], Iterator[Content]]] = {
    Event.STARTED: _starts,
    Event.REVIEWED: _reviews,
    Event.TRIAGED: _triages,
    Event.FIXED: _fixes,
    Event.RULED: _rulings,
    Event.RESUMED: _resumptions,
    Event.CREATED: lambda run: iter((Created(base=f"b{run.seq}", spec="s"),)),
    Event.UNCLEAR: lambda _: iter((Unclear(question="Which one?"),)),
    Event.RESEARCHED: lambda run: iter((Researched(commit=f"b{run.seq}"),)),
    Event.WIDENING_PROPOSED: lambda _: iter(
        (WideningProposed(base="b0", text="", stated=("src/a.py",), beyond=("src/b.py",)),)
    ),
    Event.SPLIT_PROPOSED: lambda _: iter((SplitProposed(parts=(SplitPart(title="A", criteria=("AC-1",)),)),)),
    Event.SPLIT: lambda run: iter((Split(commit=f"b{run.seq}", into=("STORY-2",)),)),
    Event.TESTED: lambda run: iter((Tested(head=f"c{run.seq}", tree=f"t{run.seq}"),)),
    Event.DEVELOPED: lambda run: iter((Developed(head=f"c{run.seq}", tree=f"t{run.seq}"),)),
    Event.PASSED: lambda run: iter((_verified(run),)),
    Event.CHECKS_FAILED: lambda run: iter((_verified(run),)),
    Event.AGAIN: lambda _: iter((Again(by="Ada"),)),
    Event.EXTENDED: lambda _: iter((Extended(by="Ada", why="once more"),)),
    Event.ACCEPTED: lambda run: iter((AcceptedBy(by="Ada", onto="m" if run.has_landed else ""),)),
    Event.REJECTED: lambda _: iter((Rejected(by="Ada", why="not so"),)),
    Event.MOVED: lambda run: iter((Moved(base=f"b{run.seq}", head=f"c{run.seq}", tree="t"),)),
    Event.UNPROVEN: lambda _: iter((Unproven(),)),
    Event.CONFLICTED: lambda run: iter((Conflicted(base=f"b{run.seq}", paths=("a.py",)),)),
    Event.WAITS: lambda _: iter((Waits(words="The tree is dirty."),)),
    Event.LANDED: lambda run: iter((Landed(commit=f"l{run.seq}", record="stories/records/STORY-1.json"),)),
    Event.RESPECIFIED: lambda _: iter((Respecified(spec="s1", words="It says something else now."),)),
    Event.FAILED: lambda _: iter((Failed(fault=Fault.TIMEOUT, words="It took too long."),)),
    Event.OUT_OF_BUDGET: lambda _: iter((OutOfBudget(words="The tokens are used up."),)),
    Event.CANCELLED: lambda _: iter((Cancelled(by="Ada"),)),
    Event.PAID: lambda _: iter((Paid(),)),
}


def contents(run: Run, event: Event) -> tuple[Content, ...]:
    """Some contents that an event may carry in a run: all kinds that matter to the conditions."""
    return tuple(_CONTENTS[event](run))


class Step(NamedTuple):
    """One event of one small run, and what it led to."""

    before: Told
    event: Event
    content: Content
    after: Told


def likeness(run: Run) -> tuple[object, ...]:
    """What tells two runs apart as far as the machine goes."""
    facts = tuple(holds(run) for holds in CONDITIONS.values())
    found = sorted((name, one.disposition, one.severity, bool(one.mark)) for name, one in _shaped(run))
    return (
        run.state,
        run.rested if run.resting else None,
        run.policy,
        run.allowed - run.round > 0,
        facts,
        tuple(found),
    )


def _shaped(run: Run) -> Iterator[tuple[str, Finding]]:
    """A person's findings have names of their own each; one stands for all."""
    for name, one in run.findings.items():
        yield ("person" if one.lens == "person" else name), one


def steps(told: Told) -> Iterator[Step]:
    """The steps that led to a run."""
    before = begin()
    for one in told.entries:
        content = CONTENT[one.event].model_validate(one.content)
        after = happen(before, one.event, content)
        yield Step(before, one.event, content, after)
        before = after


@cache
def explored(limit: int = 4600) -> tuple[Step, ...]:
    """Real runs, breadth first, one for each likeness, each with every event that its state knows."""
    seen: set[tuple[object, ...]] = set()
    queue, steps = deque([begin()]), []
    while queue and len(seen) < limit:
        told = queue.popleft()
        for event in events(told.run.state):
            for content in contents(told.run, event):
                try:
                    after = happen(told, event, content)
                except UsageError:
                    continue
                steps.append(Step(told, event, content, after))
                if likeness(after.run) not in seen:
                    seen.add(likeness(after.run))
                    queue.append(after)
    return tuple(steps)


@st.composite
def journeys(
    draw: st.DrawFn, without: frozenset[Event] = frozenset(), longest: int = 40, start: Told | None = None
) -> Told:
    """A random run: in each state one of the events that it knows, with one of the contents that fit."""
    told = start or begin()
    for _ in range(draw(st.integers(0, longest))):
        able = [event for event in events(told.run.state) if event not in without]
        pairs = [(event, content) for event in able for content in contents(told.run, event)]
        if not pairs:
            break
        event = draw(st.sampled_from(sorted({event for event, _ in pairs})))
        content = draw(st.sampled_from([content for one, content in pairs if one is event]))
        told = happen(told, event, content)
    return told
