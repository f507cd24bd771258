"""A person's part: accept, reject, rule, let go on, cancel.

What they say is noted before anything else that can fail is asked for telling.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import NamedTuple

from bmad.core.act.assumptions import assumptions
from bmad.core.act.replay import replay, runs
from bmad.core.act.run import Run
from bmad.core.act.ways import goes_on, ways
from bmad.core.prefixes import find_story, one_of
from bmad.errors import StaleError, UsageError, WaitingError
from bmad.model.act import AcceptedBy, Cancelled, Content, Event, Extended, Rejected, Resumed, Ruled, State
from bmad.model.act_reports import SettledReport
from bmad.model.agents import Severity
from bmad.model.review import Disposition, Finding
from bmad.pipeline.act import integration
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.pipeline.act.journal import held_off, note, only, person_of, readable
from bmad.pipeline.act.naming import find_run, named
from bmad.pipeline.act.people.accept_all import ACCEPTANCE, accept_at_the_end
from bmad.pipeline.act.people.inspection import looked_at
from bmad.pipeline.act.prepared import read_on
from bmad.pipeline.act.reports.stand import look_up, stand
from bmad.pipeline.act.steps.land import stray
from bmad.pipeline.act.upstream import sent_back, was_taken_back
from bmad.pipeline.branches import REF, short
from bmad.ports.acting import Desk

ACCEPTING = (State.PLAN, State.ACCEPT)
"""Where a story waits for acceptance."""
_REJECTABLE = (*ACCEPTING, State.LAND)
"""A story that waits to be landed may have been accepted too early."""


class Ruling(NamedTuple):
    """A person's word on findings: `side` is whose argument holds; `more` rounds are granted instead.

    `everything` is all disputes of the story.
    """

    story: str
    findings: Sequence[str] = ()
    everything: bool = False
    side: str | None = None
    more: int = 0
    why: str = ""
    severity: Severity | None = None
    """Of what is right: how grave it is, where that is less than it was told."""


def accept(
    desk: Desk,
    names: Sequence[str],
    *,
    everything: bool = False,
    inspected: Sequence[str] = (),
    why: str = "",
    events: Mapping[str, int] | None = None,
) -> SettledReport:
    """Accept plans and reviewed work; `everything` is all that waits for it. `why` goes with each.

    `inspected` are criteria that the person looked at in place of a test, `AC-2=REASON`. `events` are the numbers
    of the last events that whoever accepts knows of, by story.

    Raises: UsageError where a story waits for no acceptance, or a criterion for a word that nobody gives;
    StaleError where someone went on with one since;
    WaitingError where one would be sent back however it is accepted, or what stands on `bmad/next` cannot land.
    """
    by, why = person_of(desk), readable(why.strip(), "--why")
    chosen = _chosen(desk, runs(desk.journal.entries()), names, everything=everything)
    if not chosen:
        return SettledReport(stories=(), words="Nothing waits to be accepted.")
    for run in chosen:
        _see_that_it_stands(run, events)
    plain = [run for run in chosen if not run.has_landed]
    _see_that_a_word_helps(desk, plain)
    wait = [run for run in plain if run.state is State.ACCEPT]
    said = {run.story: looked_at(run, about(run, wait, inspected)) for run in wait}
    standing = [run.story for run in chosen if run.has_landed]
    then = accept_at_the_end(desk, AcceptedBy(by=by, why=why), standing) if standing else []
    landed = f"all of it stands on {short(then[0].target)}" if then else ""
    accepted = [(run, AcceptedBy(by=by, why=why, inspected=said.get(run.story, ()))) for run in plain]
    then += [note(desk, run, Event.ACCEPTED, content) for run, content in accepted]
    report = _report(desk, then, landed or _unseen(desk, then))
    plans = [run for run in plain if run.state is State.PLAN]
    return report.model_copy(update={"assumptions": _assumed(desk, plans)}) if plans else report


def about(run: Run, runs: Sequence[Run], words: Sequence[str]) -> list[str]:
    """What is said of criteria, without what names one of another story that is accepted with it."""
    others = tuple(f"{one.story}/" for one in runs if one is not run)
    return [one for one in words if not one.startswith(others)]


def _assumed(desk: Desk, plans: Sequence[Run]) -> dict[str, tuple[str, ...]]:
    """What the preparations that were approved assume."""
    return {name: told for name, one in look_up(desk, plans).stories.items() if (told := assumptions(one))}


def _unseen(desk: Desk, then: Sequence[Run]) -> str:
    """What people's branches hold that was accepted by nobody, as a sentence; empty where that is nothing."""
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        return next((words for run in then if (words := stray(desk, grounds, run))), "")


def _chosen(desk: Desk, known: Mapping[str, Run], names: Sequence[str], *, everything: bool) -> list[Run]:
    """The runs that are to be accepted, each once."""
    waiting = [run for run in known.values() if run.state in ACCEPTING]
    told = {run.story: run for run in (named(desk, known, name) for name in names)}
    chosen = waiting if everything or not told else list(told.values())
    if not told and not everything and len(waiting) > 1:
        raise UsageError(f"{len(waiting)} stories wait to be accepted; name one, or say --all. See: bmad inbox")
    for run in chosen:
        if run.state not in ACCEPTING:
            raise UsageError(f"{run.story} is in state `{run.state}` and waits for no acceptance. See: bmad inbox")
    return chosen


def _see_that_it_stands(run: Run, events: Mapping[str, int] | None) -> None:
    """Raises: StaleError where someone went on with it since its last known event."""
    if events is not None and events.get(run.story) != run.seq:
        raise StaleError(f"Someone else went on with {run.story}; see: bmad log {run.story}")


def _see_that_a_word_helps(desk: Desk, chosen: Sequence[Run]) -> None:
    """Raises: WaitingError where one of them would be sent back, whatever is said of it."""
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        for run in chosen:
            if waits := sent_back(read_on(desk, grounds, run), run):
                raise WaitingError(
                    f"{run.story} cannot be accepted as it stands: {waits.words}. Nothing was noted; it goes on "
                    f"with: {' && '.join(waits.commands)}"
                )


def reject(desk: Desk, name: str, why: str, events: Mapping[str, int] | None = None) -> SettledReport:
    """Send a plan or reviewed work back; the reason becomes a P1. `events` as for `accept`.

    Raises: UsageError where the story waits neither for acceptance nor to be landed, has landed meanwhile, or no
    reason is given.
    """
    content = Rejected(by=person_of(desk), why=_reason(why))
    run = find_run(desk, name)
    _see_that_it_stands(run, events)
    if run.state not in _REJECTABLE and not _has_failed_to_land(run):
        raise UsageError(
            f"{run.story} is in state `{run.state}`; only what waits to be accepted or landed can be rejected."
        )
    with _unlanded(desk, run, "bmad reject", lands=run.state not in ACCEPTING):
        if run.state is State.FAILED:
            run = note(desk, run, Event.RESUMED, Resumed(by=content.by, policy=run.policy))
        then = note(desk, run, Event.REJECTED, content)
    return _report(desk, [then])


def _has_failed_to_land(run: Run) -> bool:
    """Whether it would be tried again just as it is, though what it is may be the fault."""
    return run.state is State.FAILED and run.rested is State.LAND


@contextmanager
def _unlanded(desk: Desk, run: Run, what: str, *, lands: bool) -> Iterator[Grounds]:
    """For as long as it lasts nobody lands the story, and it has not landed; `lands` is whether somebody may.

    Raises: UsageError where it has; CannotAnswerError where somebody may be about to; StaleError where somebody
    went on with it.
    """
    held = only(desk, ACCEPTANCE, "bmad accept") if run.has_landed else nullcontext()
    nobody = held_off(desk, run.story, what) if lands else held
    with nobody, desk.history.read() as objects:
        if replay(run.story, desk.journal.entries(run.story)).seq != run.seq:
            raise StaleError(f"Someone else went on with {run.story}; see: bmad log {run.story}")
        grounds = Grounds(objects, desk.formats)
        if lands and integration.has_reached(desk, grounds, run, run.onto):
            raise UsageError(f"{run.story} has landed on {short(run.onto)}; `bmad act {run.story}` notes it.")
        if run.has_landed and integration.has_reached(desk, grounds, run, run.target):
            raise UsageError(
                f"{run.story} has landed on {short(run.target)}, since it was accepted; what was begun then ends "
                "with: bmad accept --all"
            )
        yield grounds


def arbitrate(desk: Desk, ruling: Ruling) -> SettledReport:
    """Rule on disputes, or on what keeps a story from going on; or let it go on for some more rounds.

    Raises: UsageError where the story waits for no ruling, or a finding for none.
    """
    run = find_run(desk, ruling.story)
    if run.state is not State.ARBITRATE:
        raise UsageError(f"{run.story} is in state `{run.state}` and waits for no ruling. See: bmad inbox")
    event, content = _ruling(desk, run, ruling)
    then = note(desk, run, event, content)
    left = f"noted; it goes on once this is ruled on too: {ways(then)[0]}"
    return _report(desk, [then], left if then.state is State.ARBITRATE else "")


def _ruling(desk: Desk, run: Run, ruling: Ruling) -> tuple[Event, Content]:
    by = person_of(desk)
    rules = bool(ruling.findings or ruling.everything or ruling.side or ruling.severity)
    if ruling.more and rules:
        raise UsageError("Rounds are granted (--more) without a ruling (--for): say one after the other.")
    if ruling.more:
        why = readable(ruling.why.strip(), "--why")
        return Event.EXTENDED, Extended(by=by, why=why, rounds=ruling.more)
    found = _ruled_on(run, ruling)
    if ruling.side not in ("reviewer", "developer"):
        raise UsageError("Say whose argument holds: --for reviewer, or --for developer.")
    disposition = Disposition.CONFIRMED if ruling.side == "reviewer" else Disposition.FALSE_POSITIVE
    severity = _severity(found, ruling)
    names = [one.id for one in found]
    why = _reason(ruling.why)
    return Event.RULED, Ruled(
        finding=names[0], also=tuple(names[1:]), disposition=disposition, by=by, why=why, severity=severity
    )


def _severity(found: Sequence[Finding], ruling: Ruling) -> Severity | None:
    """The severity that findings get, None where they keep theirs. Raises: UsageError where nothing is ruled."""
    told = ruling.severity
    lesser = [one for one in found if told is not None and one.severity.value < told.value]
    if told is not None and ruling.side != "reviewer":
        raise UsageError("What is a false alarm has no severity: leave out --severity, or say --for reviewer.")
    graver = next((one for one in found if told is not None and one.severity.value > told.value), None)
    if graver is not None:
        raise UsageError(f"{graver.id} is {graver.severity}; a ruling makes it lesser, not graver.")
    settled = next((one for one in found if one.disposition is Disposition.CONFIRMED and one not in lesser), None)
    if settled is not None and ruling.side == "reviewer":
        raise UsageError(
            f"{settled.id} is confirmed as it is, {settled.severity}: say --for developer where it is a false "
            "alarm, or --severity where it is less grave."
        )
    return told if lesser else None


def _ruled_on(run: Run, ruling: Ruling) -> Sequence[Finding]:
    """The findings that are ruled on: one or more that are named, or the disputes. Raises: UsageError."""
    if ruling.findings and ruling.everything:
        raise UsageError("Either name findings, or say --all.")
    known = {one.id: one for one in (*run.disputes, *run.held_up_by)}
    listed = ", ".join(known) or "there is none"
    if ruling.findings:
        unknown = f"Name what is in dispute, or keeps {run.story} from going on: {listed}."
        return list(dict.fromkeys(known[one_of(known, name, unknown)] for name in ruling.findings))
    if not run.disputes:
        none = f" Name what is none, or less grave, of what is confirmed: {listed}." if known else ""
        raise UsageError(f"{run.story} has no open dispute; let it go on with --more ROUNDS, or cancel it.{none}")
    if len(run.disputes) > 1 and not ruling.everything:
        listed = ", ".join(one.id for one in run.disputes)
        raise UsageError(f"Name those of the disputes of {run.story} that you rule on, or say --all: {listed}.")
    return run.disputes


def cancel(desk: Desk, name: str, why: str, target: str | None = None) -> SettledReport:
    """Stop a story, or keep one from being begun; what there is of it stays. `target` is `act.target`.

    One that has landed can be called off once that was taken back: nobody builds it anew, then.

    Raises: UsageError where it names no story, one whose landing stands, or one that stands on `bmad/next`.
    """
    content = Cancelled(by=person_of(desk), why=readable(why.strip(), "--why"))
    run = _to_cancel(desk, name, target)
    if run.state is State.CANCELLED or (run.state is State.DONE and not _was_taken_back(desk, run)):
        raise UsageError(f"{run.story} is in state `{run.state}`; there is nothing to cancel.")
    then = _call_off(desk, run, content)
    _let_go(desk, run.story)
    seen = look_up(desk, [then])
    stays = _what_stays(desk, run)
    over = run.story in seen.gone or run.story in seen.overtaken
    words = stays if over else f"{stays}; bmad act {run.story} takes it up again"
    return SettledReport(stories=(stand(then, seen.stories.get(run.story)),), words=words)


def _was_taken_back(desk: Desk, run: Run) -> bool:
    tip = desk.repository.tip(run.target)
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        return tip is not None and was_taken_back(grounds, grounds.at(tip), run)


def _call_off(desk: Desk, run: Run, content: Cancelled) -> Run:
    if run.state is State.DONE:
        return note(desk, run, Event.CANCELLED, content)
    with _unlanded(desk, run, "bmad cancel", lands=run.state is State.LAND) as grounds:
        if integration.stands(desk, grounds, run):
            raise UsageError(_STANDS.format(run.story, short(run.onto), _instead(run)))
        return note(desk, run, Event.CANCELLED, content)


def _what_stays(desk: Desk, run: Run) -> str:
    if desk.repository.tip(run.submitted or f"{REF}{run.story}") is not None:
        return "its branch and all work stay"
    return "it has no branch here; what was kept of it stays" if run.seq else "nothing of it was begun"


def _let_go(desk: Desk, story: str) -> None:
    """Leave the branch to a person; where somebody is still at work on it, that one does it at its end."""
    hold = desk.locks.take(f"worktree-{story}", "bmad cancel")
    if hold is not None:
        desk.repository.release(story)
        hold.release()


_STANDS = "{} stands on {} and would land from there; it cannot be cancelled. {}"


def _instead(run: Run) -> str:
    if run.state in _REJECTABLE:
        return f"Reject it, and its fix takes back what should not be: bmad reject {run.story} --why REASON"
    return f"Its fix takes back what should not be: {ways(run, standing=True)[0]}"


def _to_cancel(desk: Desk, name: str, target: str | None) -> Run:
    """The run of the name, or one that has not begun of a story of the backlog."""
    known = runs(desk.journal.entries())
    try:
        return named(desk, known, name)
    except UsageError as unknown:
        tip = desk.repository.tip(desk.repository.target(target))
        if tip is None:
            raise unknown from None
        with desk.history.read() as objects:
            grounds = Grounds(objects, desk.formats)
            return known.get(story := _of_backlog(grounds, grounds.at(tip), name)) or Run(story)


def _of_backlog(grounds: Grounds, basis: Basis, name: str) -> str:
    story = find_story(basis.state.graph, name, basis.commit).id
    if basis.closed(story) and story not in grounds.taken_back(basis):
        raise UsageError(f"{story} has landed; there is nothing to cancel.")
    return story


def _goes_on(then: Sequence[Run]) -> tuple[str, ...]:
    """The commands that go on with them, of those that agents work on in one."""
    acts = [run.story for run in then if goes_on(run).startswith("bmad act ")]
    others = [command for run in then if not (command := goes_on(run)).startswith("bmad act ")]
    return (*([" ".join(["bmad act", *acts])] if acts else []), *others)


def _report(desk: Desk, then: Sequence[Run], words: str = "") -> SettledReport:
    """Where they stand; without words of their own with the commands that go on with them."""
    titles = look_up(desk, then).stories
    commands = () if words else _goes_on(then)
    return SettledReport(
        stories=tuple(stand(run, titles.get(run.story), run.waits_for) for run in then),
        words=words or f"goes on with: {'; '.join(commands)}",
        goes_on=commands,
    )


def _reason(why: str) -> str:
    if not why.strip():
        raise UsageError("Say why: --why REASON.")
    return readable(why.strip(), "--why")
