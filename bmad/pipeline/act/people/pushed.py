"""`bmad review STORY` of work that somebody else pushed: it is taken up where it was fetched, up to the review.

The author's journal stays with the author. Here the work is verified anew, and whoever reviews it lands it.
"""

from typing import NamedTuple

from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.core.gate.reviewers import authors
from bmad.core.prefixes import begun, one_of
from bmad.errors import UsageError
from bmad.model.act import State
from bmad.model.act_reports import ActReport
from bmad.model.agents import HUMAN, Role
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.naming import find_run
from bmad.pipeline.act.people.submit import SubmitRequest, submit
from bmad.pipeline.act.preflight import chain
from bmad.pipeline.act.reviewers.authors import barred
from bmad.pipeline.act.reviewers.person import KIND
from bmad.pipeline.branches import local, short
from bmad.ports.acting import Desk

_OVER = (State.DONE, State.BACKLOG)

_MENDING = (State.CREATE, State.DEV, State.VERIFY, State.FIX)
"""Where what waits is a commit of the author's, or checks."""


class Pushed(NamedTuple):
    """A story by its name, the full refs of stories' branches, and where they land (None: what is checked out)."""

    story: str
    branches: tuple[str, ...]
    target: str | None


def take_up(desk: Desk, one: Pushed) -> ActReport | None:
    """Verify what somebody else pushed, up to the review; None where it waits for one, or is no work of others.

    Raises: UsageError where the branches went apart, the person wrote any of it, or agents review here.
    """
    run = _known(desk, one.story)
    if run is not None and run.state not in _OVER and not _is_anothers(desk, run):
        return None
    branch = run.submitted if run is not None and run.state not in _OVER else _branch(desk, one)
    if not branch:
        return None
    story = run.story if run is not None else _name(branch)
    if run is None or run.state not in _MENDING:
        _see_that_it_is_anothers(desk, one, story, branch)
    report = submit(desk, SubmitRequest(story, branch, one.target, story))
    return None if _waits(desk, find_run(desk, story)) else report


def _known(desk: Desk, name: str) -> Run | None:
    """The run of a story that is meant; None where none was begun here."""
    known = runs(desk.journal.entries())
    return known[one_of(known, name, "")] if begun(list(known), name) else None


def _waits(desk: Desk, run: Run) -> bool:
    return run.state is State.REVIEW and desk.agents.answered(f"{run.story}/{run.step()}", KIND) is not None


def _is_anothers(desk: Desk, run: Run) -> bool:
    """Whether a run is of what others wrote, and is not at a word of a person's."""
    if not run.submitted or _waits(desk, run) or run.state not in (*_MENDING, State.REVIEW):
        return False
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        tip = desk.repository.tip(run.submitted)
        made = grounds.between(run.base, tip) if tip is not None else []
        return bool(made) and not grounds.people(run.base).among(desk.person, authors(made))


def _name(ref: str) -> str:
    return ref.rpartition("/")[2]


def _branch(desk: Desk, one: Pushed) -> str:
    """The ref that holds all that is known here of a story's branch; empty where there is none.

    Raises: UsageError where none holds all of it, or the name could be several stories'.
    """
    names = list(dict.fromkeys(map(_name, one.branches)))
    if not begun(names, one.story):
        return ""
    story = one_of(names, one.story, "")
    tips = {ref: desk.repository.tip(ref) or "" for ref in one.branches if _name(ref) == story}
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        for ref, tip in tips.items():
            if all(grounds.reaches(tip, other) for other in tips.values()):
                return ref
    told = " and ".join(short(ref) for ref in tips)
    raise UsageError(f"{told} went different ways. Rename the one that you do not mean: git branch -m OLD NEW")


def _see_that_it_is_anothers(desk: Desk, one: Pushed, story: str, branch: str) -> None:
    """Raises: UsageError where the person wrote any of it, or no person reviews where it lands."""
    onto, tip = desk.repository.tip(desk.repository.target(one.target)), desk.repository.tip(branch)
    if onto is None or tip is None:
        return
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        settings = grounds.at(onto).settings
        wrote = authors(grounds.between(onto, tip))
        if not settings.gate.self_review and grounds.people(onto).among(desk.person, wrote):
            raise UsageError(barred(desk.person, "wrote this", story))
    if chain(settings, Role.REVIEWER)[0][1].use != HUMAN:
        way = f"git switch {local(branch)} && bmad submit {story}"
        raise UsageError(f"The reviewer of bmad.yaml is an agent, which this asks: {way}")
