"""The one acceptance at the end: all that stands on `bmad/next` comes onto the target."""

from collections.abc import Collection, Mapping, Sequence

from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.core.act.ways import ways
from bmad.core.gate.words import printable
from bmad.core.trailers import ACCEPTED_BY, ACCEPTS
from bmad.errors import UsageError, WaitingError
from bmad.model.act import AcceptedBy, Event, State
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.integration import conflicting, keep_up, outdated, unknown, unverified, way_back
from bmad.pipeline.act.journal import alone, clear, is_by_hand, note, only
from bmad.pipeline.act.reports.stand import ANEW
from bmad.pipeline.act.steps.land import judge
from bmad.pipeline.act.upstream import unsaid
from bmad.pipeline.branches import NEXT, short
from bmad.ports.acting import Desk

ACCEPTANCE = "acceptance"
"""The lock of whoever accepts at the end, or rejects what stands there."""


def accept_at_the_end(desk: Desk, said: AcceptedBy, stories: Collection[str]) -> list[Run]:
    """Land `bmad/next` on the target and note that its stories are accepted, as it was said; their runs then.

    Raises: WaitingError where a story is missing there, or one that is not accepted stands there, a person's work
    tree is in the way, or the target has moved and the two do not go together; CannotAnswerError where another
    runner works.
    """
    with only(desk, ACCEPTANCE, "bmad accept"), alone(desk, "bmad accept"), desk.history.read() as objects:
        known = runs(desk.journal.entries())
        chosen = [run for run in known.values() if run.state is State.ACCEPT and run.has_landed]
        if {run.story for run in chosen} != set(stories):
            raise UsageError("With `act.accept: end` all stories are accepted together: bmad accept --all")
        tip = _land(desk, Grounds(objects, desk.formats), chosen, known, said)
        content = said.model_copy(update={"onto": tip})
        then = [note(desk, run, Event.ACCEPTED, content) for run in chosen]
        for run in then:
            if not is_by_hand(run):  # the next `bmad act` says what becomes of what a person has there
                clear(desk, run, "bmad accept")
        return then


def _land(desk: Desk, grounds: Grounds, chosen: Sequence[Run], known: Mapping[str, Run], said: AcceptedBy) -> str:
    """Bring it onto the target; the commit that the target is at then."""
    target = chosen[0].target
    tip, old = _joined(desk, grounds, target)
    _see_that_nothing_is_lost(grounds, (tip, old), chosen, known)
    _see_that_all_is_accepted(grounds, (tip, old), target, known)
    for run in chosen:
        if words := unsaid(grounds.at(tip), run.story):
            raise WaitingError(f"{run.story} does not land as it stands: {words}")
        if run.spec and grounds.at(tip).spec(run.story) != run.spec:
            raise WaitingError(outdated(desk, grounds, run).words)
    failing = unverified(desk, grounds, old, tip)
    if failing:
        raise WaitingError(
            f"Joined with {short(target)}, {short(NEXT)} does not hold: {failing[0]}\nReject the story that "
            "has to change, and its fix is built on both: bmad reject STORY --why REASON"
        )
    refused = judge(desk, grounds, (old, tip), grounds.at(old).settings.gate.level)
    if refused is not None:
        raise WaitingError(_REFUSED.format(short(NEXT), short(target), refused))
    tip = _accepted(desk, grounds, (tip, old), _message(chosen, said), linear=chosen[-1].policy.land != "merge")
    done = desk.repository.land(target, tip, old)
    if done.state == "waits":
        raise WaitingError(done.words)
    if done.state == "behind":
        raise WaitingError(f"{short(target)} moved in this moment; accept again.")
    return tip


_REFUSED = (
    "The gate refuses to land {0}: {2}\nAll of it: bmad gate --base {1} --head {0}. What a story did is mended by "
    "its fix (bmad reject STORY --why REASON); what people committed there, they mend on {0} or take off it."
)


def _joined(desk: Desk, grounds: Grounds, target: str) -> tuple[str, str]:
    """The tips of `bmad/next`, which holds the target's, and of the target."""
    conflicts = keep_up(desk, grounds, target)
    tip, old = desk.repository.tip(NEXT), desk.repository.tip(target)
    if tip is None or old is None:
        raise UsageError(f"There is no {NEXT if tip is None else target}; nothing can be accepted.")
    if conflicts:
        raise WaitingError(conflicting(desk, grounds, target, conflicts))
    if not grounds.reaches(tip, old):
        raise WaitingError(f"{short(NEXT)} is checked out and cannot follow {short(target)}; switch away from it.")
    return tip, old


def _accepted(desk: Desk, grounds: Grounds, ends: tuple[str, str], message: str, *, linear: bool) -> str:
    """What lands: a commit that changes nothing, on top of `bmad/next`, and says who accepted what stands there.

    It joins the target with it, unless history is to be `linear`; also then where a story stands on it twice: of
    one that was rejected and mended there the target sees one landing, not one after the other. Nothing is made
    where a crash came after the landing.
    """
    tip, old = ends
    if tip == old:
        return tip
    before, after = grounds.at(old), grounds.at(tip)
    once = all(times - before.landings(story) <= 1 for story, times in after.landed.items())
    if linear and once:
        return desk.repository.squash(tip, tip, message)
    return desk.repository.join(old, tip, tip, message)


def _message(chosen: Sequence[Run], said: AcceptedBy) -> str:
    """What the journal says of the acceptance, for whoever has but the history: records were written before it."""
    by, why = (printable(" ".join(words.split())) for words in (said.by, said.why))
    reason = f"Reason: {why}\n\n" if why else ""
    stories = ", ".join(run.story for run in chosen)
    return f"Accept {short(NEXT)}\n\n{reason}{ACCEPTED_BY.capitalize()}: {by}\n{ACCEPTS.capitalize()}: {stories}\n"


def _see_that_nothing_is_lost(
    grounds: Grounds, ends: tuple[str, str], chosen: Sequence[Run], known: Mapping[str, Run]
) -> None:
    """Raises: WaitingError where the landing of a story that is accepted does not stand in the tip."""
    there = grounds.at(ends[0])
    lost = [run for run in chosen if there.record(run.story, run.landing) is None]
    if lost:
        names = ", ".join(run.story for run in lost)
        back = way_back(grounds, ends, [run.landed for run in lost], known)
        raise WaitingError(
            f"{short(NEXT)} does not hold {names} any more, so that nothing of it would land. "
            + (f"Bring it back: {back}" if back else f"It cannot be brought back: {ANEW.format(lost[0].story)}")
        )


def _see_that_all_is_accepted(
    grounds: Grounds, ends: tuple[str, str], target: str, known: Mapping[str, Run]
) -> None:
    """Raises: WaitingError where something would land that was rejected, or that nobody knows to be accepted."""
    tip, old = ends
    stranger = unknown(grounds, tip, old, known)
    if stranger:
        raise WaitingError(_UNKNOWN.format(stranger, short(NEXT), short(target)))
    new_up, before = grounds.at(tip), grounds.at(old)
    for run in known.values():
        accepted = run.state is State.DONE or (run.state is State.ACCEPT and run.has_landed)
        if not accepted and new_up.landings(run.story) > before.landings(run.story):
            way = next(way for way in ways(run, standing=True) if way.startswith("bmad "))
            raise WaitingError(
                f"{run.story} stands on {short(NEXT)} but is not to be accepted yet (state `{run.state}`); "
                f"mend it first: {way}"
            )


_UNKNOWN = (
    "{0} stands on {1}, and the journal does not know of it: nobody knows whether it was accepted or rejected. "
    "Begin {1} anew (git branch -f {1} {2}), and `bmad act` builds what is missing; commits stay under the "
    "stories' own branches."
)
