"""A person's part: accept, reject, rule, let go on, cancel; what waits for them, and how a story's work went."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bmad.core.act.replay import apply, runs
from bmad.core.act.run import Run
from bmad.errors import UsageError, WaitingError
from bmad.model.act import (
    AcceptedBy,
    Cancelled,
    Content,
    Disposition,
    Entry,
    Event,
    Extended,
    Finding,
    Rejected,
    Ruled,
    State,
)
from bmad.model.act_reports import (
    ActEvent,
    InboxItem,
    InboxReport,
    LogReport,
    SettledReport,
    StoryStand,
    WaitingFinding,
)
from bmad.model.spec import Story
from bmad.pipeline.acting.case import short
from bmad.pipeline.acting.ending import accept_at_the_end
from bmad.pipeline.acting.grounds import Grounds
from bmad.pipeline.acting.session import note, stand
from bmad.ports import Desk

_ACCEPTING = (State.PLAN, State.ACCEPT)


class Ruling(NamedTuple):
    """A person's word on a dispute: `side` is whose argument holds; `more` rounds are granted instead."""

    story: str
    finding: str | None = None
    side: str | None = None
    more: int = 0
    why: str = ""


def accept(desk: Desk, names: Sequence[str], *, everything: bool = False) -> SettledReport:
    """Accept plans and reviewed work; `everything` is all that waits for it.

    Raises: UsageError where a story waits for no acceptance; WaitingError where there is nothing to accept.
    """
    by = _person(desk)
    known = runs(desk.journal.entries())
    waiting = [run for run in known.values() if run.state in _ACCEPTING]
    chosen = waiting if everything or not names else [_find(known, name) for name in names]
    if not names and not everything and len(waiting) > 1:
        raise UsageError(f"{len(waiting)} stories wait to be accepted; name one, or say --all. See: bmad inbox")
    if not chosen:
        raise WaitingError("Nothing waits to be accepted.")
    for run in chosen:
        if run.state not in _ACCEPTING:
            raise UsageError(f"{run.story} is in state `{run.state}` and waits for no acceptance. See: bmad inbox")
    onto = ""
    standing = [run for run in waiting if run.has_landed]
    if any(run.has_landed for run in chosen):
        if not everything and len(standing) > 1:
            raise UsageError("With `act.accept: end` all stories are accepted together: bmad accept --all")
        onto = accept_at_the_end(desk, standing[0].target, known.values())
    content = [AcceptedBy(by=by, onto=onto if run.has_landed else "") for run in chosen]
    then = [note(desk, run, Event.ACCEPTED, one) for run, one in zip(chosen, content, strict=True)]
    for run in then:
        if run.state is State.DONE:
            desk.repository.remove(run.story, f"{run.story}/done")
    words = f"all of it stands on {short(standing[0].target)}" if onto else "bmad act goes on with it"
    return SettledReport(stories=_stands(desk, then), words=words)


def reject(desk: Desk, name: str, why: str) -> SettledReport:
    """Send a plan or reviewed work back; the reason becomes a P1.

    Raises: UsageError where the story waits for no acceptance, or no reason is given.
    """
    run = find_run(desk, name)
    if run.state not in _ACCEPTING:
        raise UsageError(f"{run.story} is in state `{run.state}`; only what waits to be accepted can be rejected.")
    return _settle(
        desk, run, Event.REJECTED, Rejected(by=_person(desk), why=_reason(why)), "bmad act goes on with it"
    )


def arbitrate(desk: Desk, ruling: Ruling) -> SettledReport:
    """Rule on one dispute, or let the story go on for some more rounds.

    Raises: UsageError where the story waits for no ruling, or the finding is in no dispute.
    """
    run = find_run(desk, ruling.story)
    if run.state is not State.ARBITRATE:
        raise UsageError(f"{run.story} is in state `{run.state}` and waits for no ruling. See: bmad inbox")
    by = _person(desk)
    if ruling.more:
        extended = Extended(by=by, why=ruling.why.strip(), rounds=ruling.more)
        return _settle(desk, run, Event.EXTENDED, extended, "bmad act goes on with it")
    disputes = [one for one in run.findings.values() if one.disposition is Disposition.UPHELD]
    if not disputes:
        raise UsageError(f"{run.story} has no open dispute; let it go on with --more ROUNDS, or cancel it.")
    finding = _dispute(run, disputes, ruling.finding)
    if ruling.side not in ("reviewer", "developer"):
        raise UsageError("Say whose argument holds: --for reviewer, or --for developer.")
    disposition = Disposition.CONFIRMED if ruling.side == "reviewer" else Disposition.FALSE_POSITIVE
    content = Ruled(finding=finding.id, disposition=disposition, by=by, why=_reason(ruling.why))
    words = "" if len(disputes) > 1 else "bmad act goes on with it"
    return _settle(desk, run, Event.RULED, content, words or f"{len(disputes) - 1} more to rule on")


def _dispute(run: Run, disputes: Sequence[Finding], name: str | None) -> Finding:
    if name is None and len(disputes) == 1:
        return disputes[0]
    found = [one for one in disputes if name is not None and one.id.startswith(name)]
    if len(found) != 1:
        listed = ", ".join(one.id for one in disputes)
        raise UsageError(f"Name one of the disputes of {run.story}: {listed}.")
    return found[0]


def cancel(desk: Desk, name: str, why: str) -> SettledReport:
    """Stop a story; its branch and all work stay, and `bmad act STORY` takes it up again."""
    run = find_run(desk, name)
    content = Cancelled(by=_person(desk), why=why.strip())
    return _settle(desk, run, Event.CANCELLED, content, f"bmad act {run.story} takes it up again")


def _settle(desk: Desk, run: Run, event: Event, content: Content, words: str) -> SettledReport:
    return SettledReport(stories=_stands(desk, [note(desk, run, event, content)]), words=words)


def find_run(desk: Desk, name: str) -> Run:
    """The run of a story by its id or an unambiguous prefix. Raises: UsageError where it names none."""
    return _find(runs(desk.journal.entries()), name)


def _find(known: dict[str, Run], name: str) -> Run:
    """The run of a story by its id or an unambiguous prefix."""
    if name in known:
        return known[name]
    found = [story for story in known if story.startswith(name)]
    if len(found) != 1:
        why = "fits several stories" if found else "names no story that bmad act has begun"
        raise UsageError(f"`{name}` {why}. See: bmad status")
    return known[found[0]]


def _person(desk: Desk) -> str:
    if not desk.person:
        raise UsageError("It is not known who decides: set git's user.email, or BMAD_ACTOR.")
    return desk.person


def _reason(why: str) -> str:
    if not why.strip():
        raise UsageError("Say why: --why REASON.")
    return why.strip()


def _stands(desk: Desk, told: Iterable[Run]) -> tuple[StoryStand, ...]:
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
