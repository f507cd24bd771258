"""`bmad log`: how the work on a story went, event by event."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from bmad.core.act.assumptions import assumptions
from bmad.core.act.joining import groups, same_place
from bmad.core.act.replay import apply
from bmad.core.act.run import Run
from bmad.core.act.spending import spent
from bmad.errors import UsageError
from bmad.model.act import State
from bmad.model.act_reports import (
    ActEvent,
    LogFinding,
    LogReport,
)
from bmad.model.journal import Entry
from bmad.model.record import Work
from bmad.model.settings import Price
from bmad.pipeline.act.journal import heard
from bmad.pipeline.act.naming import find_run, specified
from bmad.pipeline.act.reports.log_of_records import recorded
from bmad.pipeline.act.reports.stand import left_open, look_up
from bmad.ports.acting import Desk

_NO_PRICES: Mapping[str, Price] = MappingProxyType({})


def log(desk: Desk, name: str) -> LogReport:
    """How the work on a story went, event by event; without a journal of it what its record says.

    Raises: UsageError where nothing was begun.
    """
    try:
        run = find_run(desk, name)
    except UsageError:
        found = recorded(desk, name)
        if found is None:
            raise
        return found
    folder = desk.logs / run.story
    files = sorted(path.as_posix() for path in folder.glob("*.log")) if folder.is_dir() else []
    item = look_up(desk, [run]).stories.get(run.story)
    return LogReport(
        story=run.story,
        title=item.title if item is not None else "",
        state=run.state,
        events=tuple(told(desk.journal.entries(run.story))),
        spent=spent((*run.works, *run.lost), _NO_PRICES),
        log=run.log,
        assumptions=assumptions(item) if item is not None else (),
        findings=tuple(_logged(run)),
        transcripts=tuple(files),
    )


def _logged(run: Run) -> Iterator[LogFinding]:
    """The findings of a run, those of one place together."""
    found, done = list(run.findings.values()), run.state is State.DONE
    near = same_place(found)
    for one in (one for group in groups(found) for one in group):
        known = one.model_dump(include=set(LogFinding.model_fields))
        left = done and left_open(one)
        yield LogFinding.model_validate({**known, "same_place": near.get(one.id, ()), "left_open": left})


def told(entries: Iterable[Entry]) -> Iterable[ActEvent]:
    """Events with the states that followed."""
    known: dict[str, Run] = {}
    counted: set[str] = set()
    for one in entries:
        run = known[one.story] = apply(known.get(one.story) or Run(one.story), one)
        yield event_of(one, run.state, counted)


class Following:
    """What is noted of all stories from a moment on; the journal is asked for no more than that."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._runs: dict[str, Run] = {}
        self._counted: set[str] = set()

    def events(self) -> list[ActEvent]:
        """What was noted since this was last asked, at first all there is, in the order of time."""
        found = (event_of(one, run.state, self._counted) for one, run in heard(self._desk.journal, self._runs))
        return sorted(found, key=lambda event: event.time)


def story_of(desk: Desk, name: str, target: str | None) -> str:
    """The id of a story that was begun, or that stands where stories land. Raises: UsageError where none is."""
    try:
        return find_run(desk, name).story
    except UsageError:
        if (story := specified(desk, name, target)) is None:
            raise
        return story


def unjournaled(desk: Desk, story: str) -> LogReport | None:
    """The log of a story that has landed and that no journal tells of, by its record; else None."""
    found = recorded(desk, story) if not desk.journal.entries(story) else None
    return found if found is not None and found.state is State.DONE else None


def event_of(one: Entry, state: State, counted: set[str]) -> ActEvent:
    """An event as it is reported, with the state that followed, and what it spent.

    A call that came to nothing at first may count later: it is in the sum of the event that tells it first.
    """
    calls = [call for call in _calls(one.content) if call.context not in counted]
    counted.update(call.context for call in calls)
    return ActEvent(
        time=one.time.isoformat(timespec="milliseconds"),
        story=one.story,
        round=one.round,
        step=one.step,
        event=one.event,
        state=state,
        content=one.content,
        spent=spent(calls, _NO_PRICES),
    )


def _calls(content: Mapping[str, Any]) -> list[Work]:
    """The calls of an event, those that came to nothing as well."""
    return [Work.model_validate(one) for key in ("work", "lost") for one in content.get(key, ())]
