"""The stories that nobody works on before a person has done something, though none of them waits for a word."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress

from bmad.core.act.run import Run
from bmad.errors import BmadError, UsageError
from bmad.model.act import Waits
from bmad.model.act_reports import InboxItem
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.session import Session
from bmad.ports.acting import Desk


def held_up(
    desk: Desk, target: str | None, known: Mapping[str, Run], told: Sequence[InboxItem], *, idle: bool
) -> list[InboxItem]:
    """What `bmad act` says of stories, with the commands that help, but of those of which something is `told`.

    Where nobody carries stories here (`idle`), what keeps every story from being begun is said of the first one,
    unless it is told of one under way.
    Where the specification cannot be read there are none: `bmad act` says why.
    """
    items: list[InboxItem] = []
    with suppress(BmadError), desk.history.read() as objects:
        session = Session(desk, Grounds(objects, desk.formats), target, dict(known))
        lacks = _missing(session) if idle else ""
        if any(one.words == lacks for one in told):
            lacks = ""
        items += _items(session, {one.story for one in told}, lacks)
    return items


def _missing(session: Session) -> str:
    """What no agent has that is named; where none is named, people do the work themselves."""
    with suppress(UsageError):
        return session.missing()
    return ""


def _items(session: Session, told: Collection[str], lacks: str) -> Iterator[InboxItem]:
    backlog = session.backlog
    basis, wanted = backlog.basis, backlog.names(())
    others = backlog.left(wanted)
    for story in (one for one in wanted if one not in others and one not in told):
        run, begins = session.run(story), backlog.can_begin(story, basis)
        gone = backlog.where(run) if backlog.is_elsewhere(story) else None
        waits = gone or (backlog.obstacle(story) if begins else backlog.waits(session.waits(run)))
        item, act = basis.story(story), f"bmad act {story}"
        if lacks and begins and not waits.words and not basis.closed(story):
            waits, lacks = Waits(words=lacks, commands=(act,)), ""
        if waits.commands and item is not None:
            yield InboxItem(
                story=story,
                title=item.title,
                kind="waiting",
                words=waits.words,
                round=Run(story).round if begins else run.round,
                commands=(*waits.commands, *(() if any(one.endswith(act) for one in waits.commands) else (act,))),
            )
