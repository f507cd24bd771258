"""How the stories of a call stand while it works, each looked at anew when something changed for it."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from bmad.core.act.census import came, tally
from bmad.core.act.schedule import path_left
from bmad.errors import BmadError
from bmad.model.act import State
from bmad.model.act_reports import Came
from bmad.model.graph import LinkKind
from bmad.model.watching import Progress, Watched
from bmad.pipeline.act.reports.call import counted, left_to_people, stand_of
from bmad.pipeline.act.session import Session

Show = Callable[[Progress], None]
"""Is given how a call stands; called in the turn of whichever story changed, so it must not take its time."""

_OVER = (Came.LANDED, Came.DONE, Came.CANCELLED)
_HELD = (Came.WAITS, Came.PAUSED, Came.STOPPED)


class Watch:
    """What `show` is given of a session whose stories `count` workers carry, 0 where it only looks."""

    def __init__(self, session: Session, wanted: Iterable[str], count: int, show: Show) -> None:
        self._session = session
        self._count = count
        self._show = show
        self._begun = session.desk.clock.now()
        self._kinds: dict[str, tuple[Came, str]] = {}
        self._rows = {story: self._row(story) for story in wanted}
        self._path = self._path_left()

    def begin(self) -> None:
        """Show how all stand, and from now on whenever that changes."""
        self._session.changed = self.look
        self.look(())

    def look(self, stories: Iterable[str]) -> None:
        """Look at some stories anew. What cannot be read now is shown later: nobody's work ends over it."""
        with suppress(BmadError):
            self._look(stories)
            self._show(self._progress())

    def _look(self, stories: Iterable[str]) -> None:
        over = self._over()
        found = [one for story in stories for one in (story, *self._behind(story))]
        new = [one for one in self._session.parts if one not in self._rows]
        self._rows |= {one: self._row(one) for one in (*found, *new)}
        if new or self._over() != over:
            self._path = self._path_left()

    def _progress(self) -> Progress:
        session = self._session
        return Progress(
            stories=tuple(self._rows.values()),
            census=tally(self._kinds.values()),
            workers=self._count,
            path=self._path,
            spent=session.purse.spent,
            until=session.awaited,
            begun=self._begun,
        )

    def _row(self, story: str) -> Watched:
        session = self._session
        run = session.run(story)
        stand = stand_of(session, story, session.tried.get(story, ""))
        carried = story in session.carried
        kind = came(counted(session, stand), session.landed, left_to_people(session, [story]))
        if carried and story not in session.tried and kind[0] in _HELD:
            kind = Came.UNDER_WAY, stand.state.value  # what it waited for last is not over until its next event
        self._kinds[story] = kind
        return Watched(
            stand=stand,
            came=kind[0],
            carried=carried,
            since=run.since if stand.state is run.state else None,
            after=session.backlog.missing(story) if stand.state is State.BACKLOG else (),
        )

    def _behind(self, story: str) -> list[str]:
        """Where a story has landed, those that waited for it."""
        if self._session.run(story).state is not State.DONE:
            return []
        down = self._session.backlog.basis.state.graph.down(story)
        return [one.source for one in down if one.kind is LinkKind.DEPENDS_ON and one.source in self._rows]

    def _over(self) -> frozenset[str]:
        return frozenset(name for name, one in self._rows.items() if one.came in _OVER)

    def _path_left(self) -> tuple[str, ...]:
        backlog, over = self._session.backlog, self._over()
        basis = backlog.basis
        graph = basis.state.graph
        aside = {node for node in graph.nodes if node not in self._rows or backlog.is_left_to_people(node, basis)}
        return path_left(graph, over | aside)
