"""`bmad inbox`: all that waits for a person, in words, with the commands that settle it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache

from bmad.core.act.assumptions import assumptions
from bmad.core.act.joining import groups, same_place
from bmad.core.act.replay import runs
from bmad.core.act.run import Run, lacks_mark
from bmad.core.act.splitting import summary
from bmad.core.act.ways import asked, goes_on, ways
from bmad.core.gate.words import listed
from bmad.errors import BmadError
from bmad.model.act import Event, State
from bmad.model.act_reports import (
    InboxItem,
    InboxReport,
    WaitingFinding,
)
from bmad.model.agents import Role
from bmad.model.review import Disposition, Finding, Kind
from bmad.model.settings import Settings
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.journal import RUNNER
from bmad.pipeline.act.preflight import missing
from bmad.pipeline.act.prepared import shown
from bmad.pipeline.act.reports.held_up import held_up
from bmad.pipeline.act.reports.stand import ANEW, ANSWERED, Seen, is_homeless, left_open, look_up
from bmad.pipeline.act.upstream import homeless
from bmad.pipeline.branches import short
from bmad.ports.acting import Desk


def inbox(desk: Desk, target: str | None = None) -> InboxReport:
    """All that waits for a person; `target` is the branch to land on, None the one that is checked out."""
    entries = desk.journal.entries()
    known, last = runs(entries), {one.story: one.event for one in entries}
    answers = {run.story: _answered(desk, run) for run in known.values()}
    idle = _is_idle(desk)
    lies = {run.story for run in known.values() if idle and _lies(run, last.get(run.story))}
    rests = {**_lacking(desk, known), **_resting(desk, known)}
    waiting = [
        run
        for run in known.values()
        if _kind(run, answers[run.story]) or run.story in lies | rests.keys() or is_homeless(desk, run)
    ]
    seen = look_up(desk, waiting, known)
    words = {story: _going(known[story]) for story in lies} | rests
    items = [_item(run, seen, answers[run.story], words.get(run.story, "")) for run in waiting]
    return InboxReport(items=(*items, *held_up(desk, target, known, items, idle=idle)))


def _resting(desk: Desk, known: Mapping[str, Run]) -> Mapping[str, str]:
    """The stories that no worker can do anything for, and what one said as it gave them back."""
    held = desk.together.machines.held() if desk.together is not None else ()
    going = {run.story for run in known.values() if run.state in _GOING and not run.waits_for}
    return {one.story: one.rests for one in held if one.rests and not one.live and one.story in going}


def _lacking(desk: Desk, known: Mapping[str, Run]) -> Mapping[str, str]:
    """The stories that are still to be built, and what keeps an agent from working that they will need."""
    built = [run for run in known.values() if run.state in (State.CREATE, State.DEV) and not run.waits_for]
    found: dict[str, str] = {}
    if not built or not _is_idle(desk):
        return found
    with desk.history.read() as objects, suppress(BmadError):
        grounds = Grounds(objects, desk.formats)

        @cache
        def lacks(target: str, *, by_hand: bool) -> str:
            tip = desk.repository.tip(target)
            settings = grounds.at(tip).settings if tip is not None else Settings()
            return missing(settings, desk.agents.lacking, by_hand=by_hand)

        for run in built:
            if words := lacks(run.target, by_hand=bool(run.submitted)):
                found[run.story] = words
    return found


def _is_idle(desk: Desk) -> bool:
    """Whether nobody carries stories here: then what could go on does so once somebody says it."""
    return desk.together is None and not desk.locks.is_held(RUNNER)


def _lies(run: Run, last: Event | None) -> bool:
    """Whether a story waits for nothing but the command that takes it on: a person's own work, or their word."""
    by_a_person = bool(run.submitted) or last in _WORDS or _is_accepted(run)
    return by_a_person and run.state in _GOING and not run.waits_for


_WORDS = frozenset({Event.ACCEPTED, Event.REJECTED, Event.RULED, Event.EXTENDED, Event.AGAIN})
"""What a person says of a story that an agent, or a check, is to take up."""


def _going(run: Run) -> str:
    how = "it is accepted, and lands" if _is_accepted(run) else "it waits for nobody, and goes on"
    return f"{how} with: {goes_on(run)}"


def _is_accepted(run: Run) -> bool:
    return run.state is State.LAND and run.accepted is not None


def _answered(desk: Desk, run: Run) -> bool | None:
    """Whether the person who is asked has answered; None where nobody is asked."""
    task = asked(run) if run.waits_for else None
    return desk.agents.answered(*task) if task is not None else None


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


def _item(run: Run, seen: Seen, answered: bool | None, stays: str) -> InboxItem:
    """`stays` is why nobody works on a story that waits for nobody."""
    story = seen.stories.get(run.story)
    words = _words(run) if not answered else f"{ANSWERED} {goes_on(run)}"
    commands = ways(run, standing=run.story in seen.standing, answered=answered)
    if stays:
        words, commands = stays, (goes_on(run),)
    if run.story in seen.barred and answered is False:
        words, commands = f"{seen.barred[run.story]} Then it goes on with: {goes_on(run)}", ()
    if run.story in seen.lost:
        back = seen.lost[run.story]
        words = f"it landed on {short(run.onto)}, which does not hold it any more"
        words += "" if back else f"; {ANEW.format(run.story)}"
        commands = (back,) if back else (f"bmad cancel {run.story}", f"bmad act {run.story}")
    elif run.story in seen.homeless:
        words, commands = homeless(run), (f"git branch {short(run.onto)} COMMIT", goes_on(run))
    elif run.story in seen.overtaken:
        words, commands = seen.overtaken[run.story], (f"bmad cancel {run.story}",)
    elif run.story in seen.gone and run.story not in seen.standing:
        words = f"it does not stand in {short(run.onto)} any more"
        commands = (f"bmad cancel {run.story}",)
    elif run.story in seen.sent_back:
        words, commands = seen.sent_back[run.story].words, seen.sent_back[run.story].commands
    elif run.state is State.PLAN and (run.wider is not None or story is not None):
        commands = (shown(run, story.path if story is not None else ""), *commands)
    unseen = run.resting and run.rested is State.VERIFY  # what failed before says nothing of what could not run
    again = any(" --again" in command for command in commands)
    return InboxItem.model_validate(
        {
            "story": run.story,
            "title": story.title if story is not None else "",
            "kind": (_kind(run, answered) if run.story not in seen.sent_back else None) or "waiting",
            "words": f"{words.removesuffix('.')}. {_AGAIN}" if again else words,
            "round": run.round,
            "until": run.until,
            "findings": tuple(_waiting(_concerned(run))),
            "assumptions": assumptions(story) if story is not None and run.state in _DECIDED else (),
            "deviations": run.deviations if run.state in _LOOKED_AT else (),
            "failing": run.failing if run.may_check_again and not unseen else (),
            "commands": commands,
        }
    )


_AGAIN = "With --again the checks alone are run once more, on the work as it is"
"""Beside the command that has an agent go on with the work."""

_GOING = frozenset({State.CREATE, State.DEV, State.VERIFY, State.REVIEW, State.TRIAGE, State.FIX, State.LAND})
"""The states in which a story waits for nobody, unless it says for whom."""

_DECIDED = (State.PLAN, State.ARBITRATE, State.ACCEPT)
"""Where a person decides, and has to know what was decided for them."""

_LOOKED_AT = (State.REVIEW, State.TRIAGE, State.ARBITRATE, State.ACCEPT)
"""Where a person has to know how the work came out."""


def _concerned(run: Run) -> Sequence[Finding]:
    """The findings that a person has to do something about."""
    match run.state:
        case State.ARBITRATE if run.disputes:
            return run.disputes
        case State.TRIAGE:
            return [one for one in run.findings.values() if one.disposition is Disposition.RAISED]
        case State.FIX | State.ARBITRATE:
            to_mend = (Disposition.CONFIRMED, Disposition.JOINED)
            return [one for one in run.findings.values() if one.disposition in to_mend or lacks_mark(one)]
        case State.ACCEPT:
            return [one for one in run.findings.values() if left_open(one)]
    return ()


def _waiting(found: Sequence[Finding]) -> Iterator[WaitingFinding]:
    """What a person is shown of findings, those of one place together."""
    near = same_place(found)
    for one in (one for group in groups(found) for one in group):
        known = one.model_dump(include=set(WaitingFinding.model_fields))
        yield WaitingFinding.model_validate({**known, "same_place": near.get(one.id, ())})


_DISPUTED = {
    Kind.FINDING: ("finding", "on which developer and reviewer do not agree"),
    Kind.CLAIM: ("claim", "of a reviewer whose quote stands nowhere, also when asked once more"),
    Kind.UNSHOWN: ("change", "that no reviewer was shown: it is right (--for developer), or not (--for reviewer)"),
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


def _words(run: Run) -> str:
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
            again = f": {run.asked_again}" if run.asked_again else ""
            return f"{_came_to(run)}{still}, and waits to be accepted{again}"
        case State.ARBITRATE if run.disputes:
            return "; ".join(_disputed(run.disputes))
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
