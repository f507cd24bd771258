"""Which of the stories that were begun a person means: by id, the beginning of it, or as its author calls it."""

from collections.abc import Mapping
from contextlib import suppress

from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.core.prefixes import begun, find, one_of
from bmad.errors import BmadError, UsageError
from bmad.model.ids import Kind
from bmad.pipeline.act.baseline import Grounds
from bmad.ports.acting import Desk


def find_run(desk: Desk, name: str) -> Run:
    """The run of a story that was begun. Raises: UsageError where the name is of none."""
    return named(desk, runs(desk.journal.entries()), name)


def named(desk: Desk, known: Mapping[str, Run], name: str) -> Run:
    """One of some runs. Raises: UsageError where the name is of none."""
    story = None
    if not begun(list(known), name):
        with suppress(BmadError):  # what cannot be read names nothing
            story = specified(desk, name, None)
    if story is not None and story not in known:
        raise UsageError(f"{story} has not been begun by bmad act or bmad submit. See: bmad status")
    unknown = f"`{name}` names no story that bmad act has begun. See: bmad status"
    return known[story or one_of(known, name, unknown)]


def specified(desk: Desk, name: str, target: str | None) -> str | None:
    """The id of what a name stands for where stories land; None where that branch is not there.

    Raises: UsageError where it stands for nothing.
    """
    tip = desk.repository.tip(desk.repository.target(target))
    if tip is None:
        return None
    with desk.history.read() as objects:
        return find(Grounds(objects, desk.formats).at(tip).state.graph, name, Kind.STORY)
