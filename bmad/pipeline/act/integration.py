"""`bmad/next`: where stories stand until one acceptance for all, kept on top of the target."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bmad.core.act.run import Run
from bmad.core.gate.words import printable
from bmad.errors import BmadError, CannotAnswerError
from bmad.model.act import Failed, State, Waits
from bmad.model.quoting import quoted
from bmad.model.record import Record
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.scratch import Errand, aside
from bmad.pipeline.act.step import StopError
from bmad.pipeline.act.upstream import unsaid, unsound
from bmad.pipeline.branches import NEXT, short
from bmad.ports.acting import Desk

_NAME = "joined"
"""Of the worktree in which what was joined is verified."""


def keep_up(desk: Desk, grounds: Grounds, target: str) -> tuple[str, ...]:
    """Make it, or join what has come onto the target since; the paths that conflict, if any: then it stays."""
    repository = desk.repository
    tip, onto = repository.tip(NEXT), repository.tip(target)
    if onto is None or tip == onto:
        return ()
    if tip is None or not repository.steps(tip, onto):
        repository.move(NEXT, onto, tip)
        return ()
    if grounds.reaches(tip, onto):
        return ()
    merged = repository.merge(onto, tip)
    if merged.conflicts:
        return tuple(sorted({quoted(one.path) for one in merged.conflicts}))
    message = f"Join {short(target)} with {short(NEXT)}\n"
    repository.move(NEXT, repository.join(onto, tip, merged.tree, message), tip)
    return ()


def unverified(desk: Desk, grounds: Grounds, base: str, tip: str) -> list[str]:
    """What fails in the `verify` commands where the tip is no story's landing, which was verified itself.

    Raises: CannotAnswerError where they cannot be run.
    """
    made = desk.repository.steps(tip, base)
    if not made or made[-1].story:
        return []
    with aside(desk, grounds, Errand(_NAME, "bmad accept", base, tip)) as case:
        try:
            from bmad.pipeline.act.steps.verify import commands  # noqa: PLC0415 - only `accept: end` comes to it

            return commands(replace(case, run=case.run._replace(unproven=tip)), tip).words
        except StopError as stop:
            told = stop.happened[1]
            raise CannotAnswerError(told.words if isinstance(told, Failed | Waits) else "No check ran.") from None


def conflicting(desk: Desk, grounds: Grounds, target: str, paths: Sequence[str]) -> str:
    """What a person has to do where the two cannot be joined.

    What a story changed was reviewed against another target: no join by hand could pass for that.
    """
    name, told = short(NEXT), ", ".join(map(printable, paths[:5]))
    new = _new(desk, grounds, target)
    if not {one.path for record in new for one in record.change}.intersection(paths):
        way = f"git switch {name} && git merge {short(target)}"
        return f"{name} and {short(target)} conflict in {told}; join them: {way}"
    return (
        f"{name} and {short(target)} conflict in {told}. What stands on {name} was reviewed against what "
        f"{short(target)} was; {_ANEW.format(' && '.join(_anew(target, new)))}"
    )


_ANEW = "it is built anew on what it is now, and its commits stay under its own branch: {}"


def outdated(desk: Desk, grounds: Grounds, run: Run) -> Waits:
    """What is said of a story that stands on `bmad/next`, and reads otherwise since: no fix mends that.

    The gate holds each landing against what the story says where all of them land.
    """
    ways = _anew(run.target, _new(desk, grounds, run.target))
    words = f"{run.story} stands on {short(NEXT)} and reads otherwise on {short(run.target)} since its review; "
    return Waits(words=words + _ANEW.format(" && ".join(ways)), commands=ways)


def refusing(desk: Desk, grounds: Grounds, runs: Iterable[Run]) -> Waits | None:
    """Why no acceptance takes what stands on `bmad/next`: a story of these runs reads otherwise by now; else None.

    Nothing is joined for that: until it is, a story reads as on the target where that was edited meanwhile.
    """
    tip = desk.repository.tip(NEXT)
    for run in filter(waits_for_all, runs):
        onto = desk.repository.tip(run.target)
        if tip is None or onto is None:
            continue
        joined = grounds.reaches(tip, onto)
        now = grounds.at(tip if joined else onto)
        if now.story(run.story) is None:
            continue
        if unsaid(now, run.story):
            return unsound(now, run.story)
        spec = now.spec(run.story)
        edited = joined or spec != grounds.at(grounds.fork(onto, tip)).spec(run.story)
        if run.spec and edited and spec != run.spec:
            return outdated(desk, grounds, run)
    return None


def waits_for_all(run: Run) -> bool:
    """Whether it waits for the one acceptance of all that stands on `bmad/next`."""
    return run.state is State.ACCEPT and run.has_landed


def _new(desk: Desk, grounds: Grounds, target: str) -> list[Record]:
    """The records of what stands on `bmad/next` and not on the target."""
    tip, old = desk.repository.tip(NEXT), desk.repository.tip(target)
    return [] if tip is None or old is None else _landed_since(grounds, old, tip)


def _anew(target: str, new: Sequence[Record]) -> tuple[str, ...]:
    """The commands that have what stands on `bmad/next` built anew: all of it, since one was built on another."""
    stories = list(dict.fromkeys(record.story for record in new))
    cancelled = (f"bmad cancel {one}" for one in stories)
    return f"git branch -f {short(NEXT)} {short(target)}", *cancelled, " ".join(["bmad act", *stories])


def _landed_since(grounds: Grounds, old: str, tip: str) -> list[Record]:
    """The records of the tip that the older commit has not."""
    before = grounds.at(old)
    return [one for one in grounds.at(tip).records if before.record(one.story, one.landing) is None]


def stands(desk: Desk, grounds: Grounds, run: Run) -> bool:
    """Whether a landing of the story stands on `bmad/next` and not on its target, whatever became of it since."""
    if run.onto != NEXT:
        return False
    numbers = [landing for landing in (run.landing, run.landing - 1) if landing]
    there = [landing for landing in numbers if _holds(desk, grounds, NEXT, run, landing)]
    return not all(_holds(desk, grounds, run.target, run, landing) for landing in there)


def has_reached(desk: Desk, grounds: Grounds, run: Run, ref: str) -> bool:
    """Whether the record of the run's landing stands on a branch."""
    return _holds(desk, grounds, ref, run, run.landing)


def is_overtaken(desk: Desk, grounds: Grounds, run: Run) -> bool:
    """Whether other work of the story has landed where it would; what is about to land finds out itself."""
    own = run.has_landed or run.state in (State.LAND, State.DONE)
    return bool(run.base) and not own and has_reached(desk, grounds, run, run.onto)


def _holds(desk: Desk, grounds: Grounds, ref: str, run: Run, landing: int) -> bool:
    tip = desk.repository.tip(ref)
    return (
        tip is not None
        and grounds.text(tip, grounds.state(tip).layout.record_path(run.story, landing)) is not None
    )


def unknown(grounds: Grounds, tip: str, old: str, known: Mapping[str, Run]) -> str:
    """A story with a landing in the tip, and not in `old`, that no run of the journal is or was at; else empty."""
    new = _landed_since(grounds, old, tip)
    return next((one.story for one in new if not _knows(known.get(one.story), one.landing)), "")


def _knows(run: Run | None, landing: int) -> bool:
    if run is None or run.landing < landing:
        return False
    return run.landing > landing or run.has_landed or run.state in (State.LAND, State.DONE)


def is_lost(desk: Desk, grounds: Grounds, run: Run) -> bool:
    """Whether it waits for the acceptance of all, and neither `bmad/next` nor its target holds its landing."""
    return waits_for_all(run) and not any(has_reached(desk, grounds, run, ref) for ref in (NEXT, run.target))


def way_back(grounds: Grounds, ends: tuple[str, str], lost: Sequence[str], known: Mapping[str, Run]) -> str:
    """The command that brings landings back onto `bmad/next`, whose tip and target are the ends.

    Empty where git has some of them no more, or they hold what the journal does not know.
    """
    (tip, old), name = ends, short(NEXT)
    try:
        last = [one for one in lost if not any(one != other and grounds.reaches(other, one) for other in lost)]
        if any(unknown(grounds, one, old, known) for one in last):
            return ""
        if len(last) == 1 and grounds.reaches(last[0], tip):
            return f"git branch -f {name} {last[0]}"
    except BmadError:
        return ""
    return " && ".join([f"git switch {name}", *(f"git merge {one}" for one in dict.fromkeys(last))])
