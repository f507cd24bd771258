"""What a person is told of the stories: where they stand, what waits for them, how the work went."""

from collections.abc import Iterable, Sequence

from bmad.core.act.replay import apply, runs
from bmad.core.act.run import Run, lacks_mark
from bmad.model.act import Disposition, Entry, Finding, State
from bmad.model.act_reports import (
    ActEvent,
    InboxItem,
    InboxReport,
    LogReport,
    StoryStand,
    WaitingFinding,
)
from bmad.model.spec import Story
from bmad.pipeline.acting.case import short
from bmad.pipeline.acting.grounds import Grounds
from bmad.pipeline.acting.noting import find_run
from bmad.ports.acting import Desk


def stand(run: Run, item: Story | None, waits: str = "", *, landed: bool = False) -> StoryStand:
    return StoryStand(
        id=run.story,
        title=item.title if item is not None else "",
        state=State.DONE if landed else run.state,
        round=run.round,
        open_findings=run.open_findings,
        waits_for="" if landed else waits,
        landed=run.landed,
    )


def stands(desk: Desk, told: Iterable[Run]) -> tuple[StoryStand, ...]:
    found = list(told)
    titles = _stories(desk, found)
    return tuple(stand(run, titles.get(run.story), run.waits_for) for run in found)


def _stories(desk: Desk, told: Sequence[Run]) -> dict[str, Story]:
    """The stories of runs as they stand where they land; without those that stand there no more."""
    if not told:
        return {}
    found: dict[str, Story] = {}
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        for onto in {run.onto or run.target for run in told} - {""}:
            tip = desk.repository.tip(onto)
            state = grounds.at(tip).state if tip is not None else None
            items = ((run.story, state.story(run.story)) for run in told) if state is not None else ()
            found |= {name: item for name, item in items if item is not None}
    return found


def inbox(desk: Desk) -> InboxReport:
    """All that waits for a person."""
    waiting = [run for run in runs(desk.journal.entries()).values() if _kind(run) is not None]
    titles = _stories(desk, waiting)
    items = (_item(run, titles.get(run.story)) for run in waiting)
    return InboxReport(items=tuple(items))


def _kind(run: Run) -> str | None:
    match run.state:
        case State.PLAN | State.ARBITRATE | State.ACCEPT:
            return run.state.value
        case State.BLOCKED:
            return "clarify"
        case State.FAILED | State.CANCELLED:
            return run.state.value
        case State.TRIAGE if run.waits_for:
            return "triage"
    return "waiting" if run.waits_for else None


def _item(run: Run, story: Story | None) -> InboxItem:
    disputes = [one for one in run.findings.values() if one.disposition is Disposition.UPHELD]
    words, commands = _words(run, disputes)
    if story is None and run.state is State.FAILED:
        commands = (f"bmad cancel {run.story}",)
    return InboxItem.model_validate(
        {
            "story": run.story,
            "title": story.title if story is not None else "",
            "kind": _kind(run),
            "words": words,
            "round": run.round,
            "findings": tuple(_waiting(one) for one in _concerned(run, disputes)),
            "commands": commands,
        }
    )


def _concerned(run: Run, disputes: Sequence[Finding]) -> Sequence[Finding]:
    """The findings that a person has to do something about."""
    match run.state:
        case State.ARBITRATE:
            return disputes
        case State.TRIAGE:
            return [one for one in run.findings.values() if one.disposition is Disposition.RAISED]
        case State.FIX:
            return [one for one in run.findings.values() if one.disposition is Disposition.CONFIRMED]
    return ()


def _waiting(one: Finding) -> WaitingFinding:
    return WaitingFinding.model_validate(one.model_dump(include=set(WaitingFinding.model_fields)))


def _words(run: Run, disputes: Sequence[Finding]) -> tuple[str, tuple[str, ...]]:
    name = run.story
    accepting = (f"bmad accept {name}", f"bmad reject {name} --why REASON")
    match run.state:
        case State.PLAN:
            return "its preparation waits for approval", accepting
        case State.ACCEPT if run.has_landed:
            return f"it stands on {short(run.onto)} and waits for one acceptance of all", (
                "bmad accept --all",
                accepting[1],
            )
        case State.ACCEPT:
            look = f"git diff {run.base[:12]} {run.head[:12]}"
            return "reviewed, converged, and waits to be accepted", (look, *accepting)
        case State.ARBITRATE if disputes:
            ruling = f"bmad arbitrate {name} {disputes[0].id} --for reviewer|developer --why REASON"
            count = "1 finding" if len(disputes) == 1 else f"{len(disputes)} findings"
            return f"{count} on which developer and reviewer do not agree", (ruling,)
        case State.ARBITRATE:
            why = "it goes in circles" if run.goes_in_circles else f"its {run.allowed} rounds are used up"
            why += f"; {run.failing[0].splitlines()[0]}" if run.failing and not run.green else ""
            unmarked = [one.id for one in run.findings.values() if lacks_mark(one)]
            why += f"; no mark was left for {', '.join(unmarked)}" if unmarked else ""
            return why, (f"bmad arbitrate {name} --more 2 --why WHAT-TO-DO", f"bmad cancel {name}")
        case State.TRIAGE if run.waits_for:
            dispute = f"bmad triage {name} --dispute FINDING --why REASON"
            return "findings wait for your stand on them", (f"bmad triage {name}", dispute)
        case State.CREATE | State.DEV | State.VERIFY | State.REVIEW | State.TRIAGE | State.FIX | State.LAND:
            return run.waits_for, (f"bmad submit {name}" if run.submitted else "bmad act",)
    return run.waits_for or f"it is {run.state}", (f"bmad act {name}",)


def log(desk: Desk, name: str) -> LogReport:
    """How the work on a story went, event by event. Raises: UsageError where nothing was begun."""
    run = find_run(desk, name)
    folder = desk.logs / run.story
    files = sorted(path.as_posix() for path in folder.glob("*.log")) if folder.is_dir() else []
    titles = _stories(desk, [run])
    return LogReport(
        story=run.story,
        title=titles[run.story].title if run.story in titles else "",
        state=run.state,
        events=tuple(told(desk.journal.entries(run.story))),
        transcripts=tuple(files),
    )


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
    )
