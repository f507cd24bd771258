"""The one acceptance at the end: all that stands on `bmad/next` comes onto the target."""

from collections.abc import Iterable

from bmad.core.act.run import Run
from bmad.errors import CannotAnswerError, UsageError, WaitingError
from bmad.model.act import State
from bmad.pipeline.acting.case import short
from bmad.pipeline.acting.grounds import Grounds
from bmad.pipeline.acting.landing import judge
from bmad.pipeline.acting.noting import alone
from bmad.pipeline.acting.staging import NEXT, conflicting, keep_up, unverified
from bmad.ports.acting import Desk


def accept_at_the_end(desk: Desk, target: str, told: Iterable[Run]) -> str:
    """Land `bmad/next` on the target; the commit that it is at then.

    `told` are all runs: what was rejected and is not mended yet keeps the others where they are.

    Raises: WaitingError where that is so, a person's work tree is in the way, or the target has moved and the two
    do not go together; CannotAnswerError where another runner works.
    """
    with alone(desk), desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        tip, old = _joined(desk, grounds, target)
        _see_that_all_is_accepted(grounds, tip, old, told)
        failing = unverified(desk, grounds, old, tip)
        if failing:
            raise WaitingError(
                f"Joined with {short(target)}, {short(NEXT)} does not hold: {failing[0]}\nReject the story that "
                "has to change, and its fix is built on both: bmad reject STORY --why REASON"
            )
        refused = judge(desk, grounds, (old, tip), grounds.at(old).settings.gate.level)
        if refused is not None:
            raise CannotAnswerError(f"The gate refuses to land {short(NEXT)}: {refused}")
        tip = _as_one(desk, grounds, tip, old)
        done = desk.repository.land(target, tip, old)
        if done.state == "waits":
            raise WaitingError(done.words)
        if done.state == "behind":
            raise WaitingError(f"{short(target)} moved in this moment; accept again.")
        return tip


def _joined(desk: Desk, grounds: Grounds, target: str) -> tuple[str, str]:
    """The tips of `bmad/next`, which holds the target's, and of the target."""
    conflicts = keep_up(desk, grounds, target)
    tip, old = desk.repository.tip(NEXT), desk.repository.tip(target)
    if tip is None or old is None:
        raise UsageError(f"There is no {NEXT if tip is None else target}; nothing can be accepted.")
    if conflicts:
        raise WaitingError(conflicting(target, conflicts))
    if not grounds.reaches(tip, old):
        raise WaitingError(f"{short(NEXT)} is checked out and cannot follow {short(target)}; switch away from it.")
    return tip, old


def _as_one(desk: Desk, grounds: Grounds, tip: str, old: str) -> str:
    """What lands: `bmad/next` itself, or where a story stands on it twice, all of it as one step of the target.

    Of a story that was rejected and mended there the target sees one landing, not one after the other.
    """
    before, after = grounds.at(old), grounds.at(tip)
    if all(times - before.landings(story) <= 1 for story, times in after.landed.items()):
        return tip
    return desk.repository.join(old, tip, tip, f"Accept {short(NEXT)}\n")


def _see_that_all_is_accepted(grounds: Grounds, tip: str, old: str, told: Iterable[Run]) -> None:
    next_up, target = grounds.at(tip), grounds.at(old)
    for run in told:
        stands = next_up.landings(run.story) > target.landings(run.story)
        if stands and run.state not in (State.ACCEPT, State.DONE):
            raise WaitingError(
                f"{run.story} stands on {short(NEXT)} but is not to be accepted yet (state `{run.state}`); "
                f"mend it first: bmad act {run.story}"
            )
