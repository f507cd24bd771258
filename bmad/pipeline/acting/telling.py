"""What a person is told of the stories: where they stand, what waits for them, how the work went."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, NamedTuple

from bmad.core.act.assumptions import assumptions
from bmad.core.act.joining import groups, same_place
from bmad.core.act.replay import apply, runs
from bmad.core.act.run import CLOSED, Run, lacks_mark
from bmad.core.act.spending import spent
from bmad.core.act.splitting import summary
from bmad.core.act.ways import asked, goes_on, ways
from bmad.core.gate.state import State as Specified
from bmad.core.gate.words import listed
from bmad.errors import BmadError, UsageError
from bmad.model.act import Disposition, Finding, Kind, State
from bmad.model.act_reports import (
    ActEvent,
    InboxItem,
    InboxReport,
    LogFinding,
    LogReport,
    SettledReport,
    StoryStand,
    WaitingFinding,
)
from bmad.model.agents import Role
from bmad.model.journal import Entry
from bmad.model.record import Work
from bmad.model.settings import Price
from bmad.model.spec import Story
from bmad.pipeline.acting import staging
from bmad.pipeline.acting.authors import may_not_review
from bmad.pipeline.acting.grounds import Grounds
from bmad.pipeline.acting.noting import find_run
from bmad.pipeline.acting.recorded import recorded
from bmad.pipeline.acting.staging import is_lost, way_back
from bmad.pipeline.branches import BRANCH, NEXT, short
from bmad.ports.acting import Desk

_NO_PRICES: Mapping[str, Price] = MappingProxyType({})


def stand(
    run: Run,
    item: Story | None,
    waits: str = "",
    *,
    prices: Mapping[str, Price] = _NO_PRICES,
    landed: bool = False,
) -> StoryStand:
    """Where a story stands, what it spent counted by `prices`."""
    return StoryStand(
        id=run.story,
        title=item.title if item is not None else "",
        state=State.DONE if landed else run.state,
        round=run.round,
        open_findings=run.open_findings,
        waits_for="" if landed else waits,
        landed=run.landed,
        fault=run.fault,
        until=run.until,
        capped=run.capped,
        spent=spent((*run.works, *run.lost), prices),
    )


ANSWERED = "your answer is noted; it goes on with:"
"""Wherever an answer of a person lies ready, by whatever way they gave it."""

ANEW = "bmad cancel {0} and bmad act {0} build it anew"
"""What is left where a landing is gone."""


class Seen(NamedTuple):
    """What git says of stories that are told of; where it cannot be read, they are told of without."""

    stories: Mapping[str, Story]
    """As they stand where they land."""
    gone: frozenset[str]
    """Those that do not stand there any more."""
    standing: frozenset[str]
    """Those with a landing on `bmad/next` that is not on their target yet."""
    barred: Mapping[str, str]
    """Those that whoever calls may not review, and why."""
    lost: Mapping[str, str]
    """Those whose landing `bmad/next` does not hold any more -> the command that brings all of them back."""


def look_up(desk: Desk, told: Sequence[Run], known: Mapping[str, Run] | None = None) -> Seen:
    """What git says of some runs; `known` are all of them, where it matters which landings are lost.

    Raises nothing: git's part decorates what the journal says, and a broken file hides none of that.
    """
    stories: dict[str, Story] = {}
    gone: set[str] = set()
    standing: set[str] = set()
    barred: dict[str, str] = {}
    lost: dict[str, str] = {}
    with suppress(BmadError), desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        for run in told:
            with suppress(BmadError):
                if staging.stands(desk, grounds, run):
                    standing.add(run.story)
                if run.state is State.REVIEW and run.waits_for and (why := _barred(desk, grounds, run)):
                    barred[run.story] = why
                state = _specified(desk, grounds, run)
                item = state.story(run.story) if state is not None else None
                if item is not None:
                    stories[run.story] = item
                elif state is not None and not state.faults:
                    gone.add(run.story)
        lost |= _lost(desk, grounds, known or {})
    return Seen(stories, frozenset(gone), frozenset(standing), barred, lost)


def _barred(desk: Desk, grounds: Grounds, run: Run) -> str:
    settings = grounds.at(desk.repository.tip(run.onto) or run.base).settings
    return may_not_review(grounds, run, settings, desk.person)


def _specified(desk: Desk, grounds: Grounds, run: Run) -> Specified | None:
    """The specification where the run lands, read as far as it goes; of one split, where it would begin."""
    refs = [ref for ref in (run.onto, run.target) if ref] or [desk.repository.target(None)]
    tips = map(desk.repository.tip, refs)
    tip = next((tip for tip in tips if tip is not None), None)
    return grounds.state(tip) if tip is not None else None


def inbox(desk: Desk) -> InboxReport:
    """All that waits for a person."""
    known = runs(desk.journal.entries())
    answers = {run.story: _answered(desk, run) for run in known.values()}
    waiting = [run for run in known.values() if _kind(run, answers[run.story]) is not None]
    seen = look_up(desk, waiting, known)
    return InboxReport(items=tuple(_item(run, seen, answers[run.story]) for run in waiting))


def _answered(desk: Desk, run: Run) -> bool | None:
    """Whether the person who is asked has answered; None where nobody is asked."""
    task = asked(run) if run.waits_for else None
    return desk.agents.answered(*task) if task is not None else None


def _lost(desk: Desk, grounds: Grounds, known: Mapping[str, Run]) -> dict[str, str]:
    found: dict[str, str] = {}
    lost = [run for run in known.values() if is_lost(desk, grounds, run)]
    for run in lost:
        old = desk.repository.tip(run.target) or ""
        ends = (desk.repository.tip(NEXT) or old, old)
        found[run.story] = way_back(grounds, ends, [one.landed for one in lost], known)
    return found


def _kind(run: Run, answered: bool | None) -> str | None:
    match run.state:
        case State.PLAN | State.ARBITRATE | State.ACCEPT | State.FAILED:
            return run.state.value
        case State.BLOCKED:
            return "budget" if run.capped else "clarify"
        case State.CANCELLED:
            return None
        case State.TRIAGE | State.REVIEW if answered is not None:
            return run.state.value
    if run.until is not None:
        return "paused"
    return "waiting" if run.waits_for else None


def _item(run: Run, seen: Seen, answered: bool | None) -> InboxItem:
    disputes = [one for one in run.findings.values() if one.disposition is Disposition.UPHELD]
    story = seen.stories.get(run.story)
    words = _words(run, disputes) if not answered else f"{ANSWERED} {goes_on(run)}"
    commands = ways(run, standing=run.story in seen.standing, answered=answered)
    if run.story in seen.barred and answered is False:
        words, commands = seen.barred[run.story], (goes_on(run),)
    if run.story in seen.lost:
        back = seen.lost[run.story]
        words = f"it landed on {short(run.onto)}, which does not hold it any more"
        words += "" if back else f"; {ANEW.format(run.story)}"
        commands = (back,) if back else (f"bmad cancel {run.story}", f"bmad act {run.story}")
    elif run.story in seen.gone and run.story not in seen.standing:
        words = f"it does not stand in {short(run.onto)} any more"
        commands = (f"bmad cancel {run.story}",)
    elif run.state is State.PLAN and run.wider is not None:
        commands = (f"git diff {run.wider.base[:12]} {BRANCH}{run.story}", *commands)
    elif run.state is State.PLAN and story is not None:
        commands = (f"git show {short(run.onto)}:{story.path}", *commands)
    return InboxItem.model_validate(
        {
            "story": run.story,
            "title": story.title if story is not None else "",
            "kind": _kind(run, answered),
            "words": words,
            "round": run.round,
            "until": run.until,
            "findings": tuple(_waiting(_concerned(run, disputes))),
            "assumptions": assumptions(story) if story is not None and run.state in _DECIDED else (),
            "deviations": run.deviations if run.state in _LOOKED_AT else (),
            "failing": run.failing if run.may_check_again else (),
            "commands": commands,
        }
    )


_DECIDED = (State.PLAN, State.ARBITRATE, State.ACCEPT)
"""Where a person decides, and has to know what was decided for them."""

_LOOKED_AT = (State.REVIEW, State.TRIAGE, State.ARBITRATE, State.ACCEPT)
"""Where a person has to know how the work came out."""


def _concerned(run: Run, disputes: Sequence[Finding]) -> Sequence[Finding]:
    """The findings that a person has to do something about."""
    match run.state:
        case State.ARBITRATE:
            return disputes
        case State.TRIAGE:
            return [one for one in run.findings.values() if one.disposition is Disposition.RAISED]
        case State.FIX:
            to_mend = (Disposition.CONFIRMED, Disposition.JOINED)
            return [one for one in run.findings.values() if one.disposition in to_mend]
        case State.ACCEPT:
            return [one for one in run.findings.values() if left_open(one)]
    return ()


def left_open(one: Finding) -> bool:
    """Whether nothing settles it where the work lands as it is."""
    return one.disposition not in CLOSED or one.disposition is Disposition.KEPT


def _waiting(found: Sequence[Finding]) -> Iterator[WaitingFinding]:
    """What a person is shown of findings, those of one place together."""
    near = same_place(found)
    for one in (one for group in groups(found) for one in group):
        known = one.model_dump(include=set(WaitingFinding.model_fields))
        yield WaitingFinding.model_validate({**known, "same_place": near.get(one.id, ())})


_DISPUTED = {
    Kind.FINDING: ("finding", "on which developer and reviewer do not agree"),
    Kind.CLAIM: ("claim", "of a reviewer whose quote stands nowhere, also when asked once more"),
    Kind.UNSHOWN: ("change", "that no reviewer was shown"),
}


def _disputed(disputes: Sequence[Finding]) -> Iterable[str]:
    """What a person has to rule on, counted by its kind."""
    for kind, (what, why) in _DISPUTED.items():
        count = sum(one.kind is kind for one in disputes)
        if count:
            yield f"{count} {what}{'s' if count > 1 else ''} {why}"


def _came_to(run: Run) -> str:
    """Who reviewed it and which commands looked at it, in the words of what happened."""
    works = [one for one in run.works if one.role is Role.REVIEWER]
    who = ", ".join(dict.fromkeys(one.who for one in works))
    last = {one.name: one for one in run.checks if one.exit is not None}
    passed = ", ".join(name for name, one in last.items() if one.ok)
    return f"reviewed by {who or 'nobody'}; {f'{passed} passed' if passed else 'no `verify` command ran'}"


def _words(run: Run, disputes: Sequence[Finding]) -> str:
    match run.state:
        case State.PLAN if run.split:
            return f"{summary(run.story, run.split)}; that waits for approval"
        case State.PLAN if run.wider is not None:
            return _WIDER.format(listed(run.wider.stated), listed(run.wider.beyond))
        case State.PLAN:
            return "its preparation waits for approval"
        case State.ACCEPT if run.has_landed:
            return f"it stands on {short(run.onto)} and waits for one acceptance of all"
        case State.ACCEPT:
            left = sum(map(left_open, run.findings.values()))
            still = f"; {left} {'finding' if left == 1 else 'findings'} would land open" if left else ""
            return f"{_came_to(run)}{still}, and waits to be accepted"
        case State.ARBITRATE if disputes:
            return "; ".join(_disputed(disputes))
        case State.ARBITRATE:
            rounds = "1 round is" if run.allowed == 1 else f"{run.allowed} rounds are"
            why = "it goes in circles" if run.goes_in_circles else f"its {rounds} used up"
            why = "tests stay weakened" if run.stays_weakened and not run.green else why
            why += f"; {run.failing[0].splitlines()[0]}" if run.failing and not run.green else ""
            unmarked = [one.id for one in run.findings.values() if lacks_mark(one)]
            return why + (f"; no mark was left for {', '.join(unmarked)}" if unmarked else "")
    return run.waits_for or f"it is {run.state}"


_WIDER = (
    "a person stated what it may change ({}), and its preparation asks for {} beyond that; that waits for approval"
)


def noted_answer(desk: Desk, run: Run) -> SettledReport:
    """What is said where a person has done an agent's part: nothing waits for them any more."""
    item = look_up(desk, [run]).stories.get(run.story)
    return SettledReport(stories=(stand(run, item),), words=f"{ANSWERED} {goes_on(run)}")


def log(desk: Desk, name: str) -> LogReport:
    """How the work on a story went, event by event; without a journal of it what its record says.

    Raises: UsageError where nothing was begun.
    """
    try:
        run = find_run(desk, name)
    except UsageError:
        found = recorded(desk, name)
        if found is None:
            raise
        return found
    folder = desk.logs / run.story
    files = sorted(path.as_posix() for path in folder.glob("*.log")) if folder.is_dir() else []
    item = look_up(desk, [run]).stories.get(run.story)
    return LogReport(
        story=run.story,
        title=item.title if item is not None else "",
        state=run.state,
        events=tuple(told(desk.journal.entries(run.story))),
        spent=spent((*run.works, *run.lost), _NO_PRICES),
        log=run.log,
        assumptions=assumptions(item) if item is not None else (),
        findings=tuple(_logged(run)),
        transcripts=tuple(files),
    )


def _logged(run: Run) -> Iterator[LogFinding]:
    """The findings of a run, those of one place together."""
    found, done = list(run.findings.values()), run.state is State.DONE
    near = same_place(found)
    for one in (one for group in groups(found) for one in group):
        known = one.model_dump(include=set(LogFinding.model_fields))
        left = done and left_open(one)
        yield LogFinding.model_validate({**known, "same_place": near.get(one.id, ()), "left_open": left})


def told(entries: Iterable[Entry]) -> Iterable[ActEvent]:
    """Events with the states that followed."""
    known: dict[str, Run] = {}
    for one in entries:
        run = known[one.story] = apply(known.get(one.story) or Run(one.story), one)
        yield event_of(one, run.state)


def event_of(one: Entry, state: State) -> ActEvent:
    """An event as it is reported, with the state that followed."""
    return ActEvent(
        time=one.time.isoformat(timespec="milliseconds"),
        story=one.story,
        round=one.round,
        step=one.step,
        event=one.event,
        state=state,
        content=one.content,
        spent=spent(_calls(one.content), _NO_PRICES),
    )


def _calls(content: Mapping[str, Any]) -> list[Work]:
    """The calls of an event, those that came to nothing as well."""
    return [Work.model_validate(one) for key in ("work", "lost") for one in content.get(key, ())]
