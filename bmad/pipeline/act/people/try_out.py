"""`bmad try STORY`: the work that waits in a worktree of its own, set up, and run at the person's terminal.

What runs there was written for the story, mostly by agents. It runs since a person asked for it, kept in as
checks are.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bmad.core.act.run import Run
from bmad.core.act.setups import key
from bmad.core.gate.words import printable
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.act import Failed, State, Waits
from bmad.model.agents import Fault
from bmad.model.attending import Attended
from bmad.model.desk import TryReport
from bmad.model.worktrees import Worktree
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.bench import SETUP
from bmad.pipeline.act.journal import worktree_hold
from bmad.pipeline.act.naming import find_run
from bmad.pipeline.act.step import Case, StopError
from bmad.ports.acting import Desk, Hold

_PLACE = "try-"
_REF = "refs/bmad-try/"
"""Out of `refs/bmad/`, which agents are watched not to touch while a person tries something beside them."""
_WHAT = "bmad try"


class TryRequest(NamedTuple):
    """A story, and what is to run instead of `try` of bmad.yaml; `out` is the descriptor that it prints to."""

    story: str
    command: tuple[str, ...] = ()
    out: int = 1


def attempt(desk: Desk, request: TryRequest, tell: Callable[[str], None]) -> TryReport:
    """Try a story; `tell` is told what is about to run, and where.

    Raises: UsageError where there is no work of it to try, or no such program; CannotAnswerError where it cannot
    be set up, or is being tried already.
    """
    run = find_run(desk, request.story)
    if not run.head or run.head == run.base or run.state is State.PLAN:
        raise UsageError(f"{run.story} is in state `{run.state}`; there is no work of it to try yet.")
    place = f"{_PLACE}{run.story}"
    with desk.history.read() as objects:
        hold = _held(desk, place)
        try:
            grounds = Grounds(objects, desk.formats)
            basis = grounds.at(desk.repository.tip(run.onto) or run.base)
            case = Case(desk, grounds, basis, Run(place, round=1, base=run.base, head=run.head), hold)
            tree = _stood(case, run, tell)
            command = request.command or basis.settings.try_ or ()
            report = TryReport(story=run.story, commit=run.head, folder=tree.folder.as_posix(), command=command)
            if not command:
                return report.model_copy(update={"words": _NOTHING.format(run.story)})
            tell(_ABOUT.format(_shown(command), tree.folder, run.story))
            given = {"BMAD_STORY": run.story, "BMAD_PORT": str(desk.agents.free_port(place))}
            one = Attended(command, tree.folder, given, request.out)
            ran = desk.agents.attend(one, hold, confine=_confine(case))
        finally:
            hold.release()
    if ran.fault is Fault.NOT_STARTED:
        raise UsageError(f"`{_shown(command)}` {ran.words}.")
    words = ran.words or f"it ended with {ran.exit}"
    return report.model_copy(update={"exit": ran.exit, "words": f"{words}; to remove it: {_clean(run.story)}"})


_NOTHING = (
    "bmad.yaml names no `try` command where it lands; say what to run: bmad try {0} -- COMMAND. "
    "To remove it: bmad try {0} --clean"
)
_ABOUT = "Runs `{}` in {}. It is code written for {}, and runs since you ask for it; Ctrl-C ends it."


_KEPT = "What was changed there before, and is in no commit, is kept under {0}: git -C {1} diff HEAD {0}"


def _clean(story: str) -> str:
    return f"bmad try {story} --clean"


def _shown(command: Sequence[str]) -> str:
    return printable(" ".join(command), 200)


def _held(desk: Desk, place: str) -> Hold:
    hold = worktree_hold(desk, place, _WHAT)
    if hold is None:
        who = desk.locks.holder(f"worktree-{place}")
        raise CannotAnswerError(f"Another {_WHAT} of it is under way ({who}). End that first.")
    return hold


def _stood(case: Case, run: Run, tell: Callable[[str], None]) -> Worktree:
    """The worktree at the story's work, set up; what a person changed in it is kept as a commit first, and told.

    Raises: CannotAnswerError where it cannot be set up.
    """
    repository, place = case.desk.repository, case.run.story
    tree = repository.worktree(place, f"{_REF}{run.story}", run.head)
    kept = repository.reset(tree, run.head, f"{run.story}/tried")
    if kept:
        tell(_KEPT.format(kept, tree.folder))
    commands = case.settings.setup
    wanted = f"{tree.since} {key(commands, case.grounds.files(run.head))}" if commands else ""
    mark = hashlib.sha256(wanted.encode()).hexdigest()
    if commands and case.desk.notes.read(f"{place}/setup") != mark:
        try:
            case.prepare(tree.folder, case.hold, "setup", SETUP._replace(stays=False), Fault.UNREADY)
        except StopError as stop:
            raise CannotAnswerError(_words(stop)) from None
        case.desk.notes.write(f"{place}/setup", mark)
    return tree


def _confine(case: Case) -> bool:
    try:
        return case.confine
    except StopError as stop:
        raise CannotAnswerError(_words(stop)) from None


def _words(stop: StopError) -> str:
    content = stop.happened[1]
    return content.words if isinstance(content, Failed | Waits) else "It cannot be set up."


def clean(desk: Desk, name: str | None) -> TryReport:
    """Take the worktree of a story away, or all in which something was tried; what stands in none is kept first.

    Raises: UsageError where the name is no story's; CannotAnswerError where something runs in it.
    """
    story = find_run(desk, name).story if name is not None else ""
    there = [one for one in desk.repository.worktrees() if one.startswith(_PLACE)]
    chosen = [one for one in there if one.removeprefix(_PLACE) == (story or one.removeprefix(_PLACE))]
    for place in chosen:
        hold = _held(desk, place)
        try:
            own = place.removeprefix(_PLACE)
            desk.repository.remove(place, f"{own}/tried")
            desk.repository.drop(f"{_REF}{own}")
        finally:
            hold.release()
    removed = tuple(one.removeprefix(_PLACE) for one in chosen)
    words = "what was changed there and is in no commit is kept below refs/bmad/kept" if removed else ""
    return TryReport(story=story, removed=removed, words=words or "nothing is being tried")
