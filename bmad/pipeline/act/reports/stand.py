"""Where a story stands, as a person is told it, and what git says of it beside the journal."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.act.machine import WORKING
from bmad.core.act.run import CLOSED, Run
from bmad.core.act.spending import spent
from bmad.core.act.ways import goes_on
from bmad.core.gate.state import State as Specified
from bmad.errors import BmadError
from bmad.model.act import State, Waits
from bmad.model.act_reports import (
    SettledReport,
    StoryStand,
)
from bmad.model.review import Disposition, Finding
from bmad.model.settings import Price
from bmad.model.spec import Story
from bmad.pipeline.act import integration
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.integration import is_lost, is_overtaken, way_back
from bmad.pipeline.act.prepared import read_on
from bmad.pipeline.act.reviewers.authors import may_not_review
from bmad.pipeline.act.upstream import done_before, landed_elsewhere, sent_back
from bmad.pipeline.branches import NEXT
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
    overtaken: Mapping[str, str] = MappingProxyType({})
    """Those that are done without this work, as by a landing from elsewhere -> what is said of it."""
    homeless: frozenset[str] = frozenset()
    """Those whose branch to land on is gone."""
    sent_back: Mapping[str, Waits] = MappingProxyType({})
    """Those that wait for a person's word, and that none takes on as they stand."""


def look_up(desk: Desk, told: Sequence[Run], known: Mapping[str, Run] | None = None) -> Seen:
    """What git says of some runs; `known` are all of them, where it matters which landings are lost.

    Raises nothing: git's part decorates what the journal says, and a broken file hides none of that.
    """
    stories: dict[str, Story] = {}
    gone: set[str] = set()
    overtaken: dict[str, str] = {}
    standing: set[str] = set()
    barred: dict[str, str] = {}
    lost: dict[str, str] = {}
    back: dict[str, Waits] = {}
    with suppress(BmadError), desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        for run in told:
            with suppress(BmadError):
                if integration.stands(desk, grounds, run):
                    standing.add(run.story)
                if is_overtaken(desk, grounds, run):
                    tip = desk.repository.tip(run.onto) or run.base
                    overtaken[run.story] = landed_elsewhere(grounds, grounds.at(tip), run)
                if run.state is State.REVIEW and run.waits_for and (why := _barred(desk, grounds, run)):
                    barred[run.story] = why
                state = _specified(desk, grounds, run)
                item = state.story(run.story) if state is not None else None
                if item is not None:
                    stories[run.story] = item
                    if item.done_elsewhere and (words := _done_before(desk, grounds, run)):
                        overtaken[run.story] = words
                elif state is not None and not state.faults:
                    gone.add(run.story)
                if run.state in _ON_A_WORD and (waits := sent_back(read_on(desk, grounds, run), run)):
                    back[run.story] = waits
        every = (known or {}).values()
        if waits := integration.refusing(desk, grounds, every):
            back |= {run.story: waits for run in every if integration.waits_for_all(run)}
        lost |= _lost(desk, grounds, known or {})
    alone = frozenset(run.story for run in told if is_homeless(desk, run))
    return Seen(stories, frozenset(gone), frozenset(standing), barred, lost, overtaken, alone, back)


_ON_A_WORD = (State.PLAN, State.ACCEPT)


def _done_before(desk: Desk, grounds: Grounds, run: Run) -> str:
    own = run.has_landed or run.state is State.DONE
    tip = None if own or not run.onto else desk.repository.tip(run.onto)
    return done_before(grounds.at(tip), run.story) if tip is not None else ""


def is_homeless(desk: Desk, run: Run) -> bool:
    """Whether a story is under way and the branch that it is to land on is gone."""
    return run.state in WORKING and bool(run.onto) and desk.repository.tip(run.onto) is None


def _barred(desk: Desk, grounds: Grounds, run: Run) -> str:
    settings = grounds.at(desk.repository.tip(run.onto) or run.base).settings
    return may_not_review(grounds, run, settings, desk.person)


def _specified(desk: Desk, grounds: Grounds, run: Run) -> Specified | None:
    """The specification where the run lands, read as far as it goes; of one split, where it would begin.

    Where the branches are gone, what it was put on when they were there.
    """
    refs = [ref for ref in (run.onto, run.target) if ref] or [desk.repository.target(None)]
    tips = map(desk.repository.tip, refs)
    tip = next((tip for tip in tips if tip is not None), run.base)
    if not tip or grounds.lacks(tip):
        return None
    state, held = grounds.state(tip), run.held and run.state in WORKING and not grounds.lacks(run.base)
    return grounds.state(run.base) if held and state.story(run.story) is not None else state


def _lost(desk: Desk, grounds: Grounds, known: Mapping[str, Run]) -> dict[str, str]:
    found: dict[str, str] = {}
    lost = [run for run in known.values() if is_lost(desk, grounds, run)]
    for run in lost:
        old = desk.repository.tip(run.target) or ""
        ends = (desk.repository.tip(NEXT) or old, old)
        found[run.story] = way_back(grounds, ends, [one.landed for one in lost], known)
    return found


def left_open(one: Finding) -> bool:
    """Whether nothing settles it where the work lands as it is."""
    return one.disposition not in CLOSED or one.disposition is Disposition.KEPT


def noted_answer(desk: Desk, run: Run) -> SettledReport:
    """What is said where a person has done an agent's part: nothing waits for them any more."""
    item = look_up(desk, [run]).stories.get(run.story)
    return SettledReport(stories=(stand(run, item),), words=f"{ANSWERED} {goes_on(run)}")
