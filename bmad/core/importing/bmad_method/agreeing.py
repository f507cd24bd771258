"""A story in the breakdown, in its own file and on the board: what they agree on, and what not, both told."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bmad.core.importing.bmad_method.board import Row, is_done, normal
from bmad.core.importing.bmad_method.stories import Body, same_words, status_of, tasks_of
from bmad.core.importing.gathering import unsettled
from bmad.core.importing.source import Told
from bmad.core.importing.text import SHORT, Page, bare, short
from bmad.core.parting import parting
from bmad.model.importing import Conflict, Said


@dataclass
class Agreed:
    """`done` says what tells that a story is done; `open` are the marks of what its author has to settle."""

    state: str = ""
    done: str = ""
    tasks: tuple[str, ...] = ()
    boxes: int = 0
    ticked: int = 0
    open: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def state_of(key: str, page: Page | None, row: Row | None) -> Agreed:
    """How a story stands by its file and by the board."""
    agreed = Agreed()
    said: list[Said] = []
    if row is not None and row.state:
        said.append(Said(path=row.path, line=row.line, words=row.state))
    if page is not None and (status := status_of(page)).word:
        said.append(Said(path=page.path, line=status.line, words=status.word))
    agreed.state = said[0].words if said else ""
    states = {normal(one.words) for one in said}
    if len(states) > 1:
        _open(agreed, Conflict(key=key, about="state", says=tuple(said), so=_so(states)), is_open=True)
    elif said and is_done(said[0].words):
        name = f" ({row.key})" if row is not None else ""
        agreed.done = "; ".join(f"`{one.words}` in {one.path}{name if one is said[0] else ''}" for one in said)
    if page is not None:
        agreed.tasks, agreed.boxes, agreed.ticked = tasks_of(page)
        _ticks(agreed, key, page)
    return agreed


def _so(states: Iterable[str]) -> str:
    done = "it is not taken as done; " if "done" in states else ""
    return f"{done}the story carries a mark until somebody settles it"


def _ticks(agreed: Agreed, key: str, page: Page) -> None:
    """Where a story that is done has tasks without a tick."""
    if agreed.done and agreed.ticked < agreed.boxes:
        status = status_of(page)
        words = f"{agreed.ticked} of {agreed.boxes} tasks ticked"
        section = next((one.heading.line for one in page.sections if one.title.lower().startswith("task")), 1)
        says = (
            Said(path=page.path, line=status.line, words=status.word or agreed.state),
            Said(path=page.path, line=section, words=words),
        )
        agreed.conflicts.append(Conflict(key=key, about="tasks", says=says, so="taken as done, as its state says"))


def compare(agreed: Agreed, key: str, first: tuple[Page, int, str, Body], other: tuple[Page, str, Body]) -> None:
    """Compare a story of the breakdown with its own file: title, narrative and criteria."""
    page, line, title, told = first
    file, file_title, own = other
    if bare(title) != bare(file_title):
        says = (Said(path=page.path, line=line, words=title), Said(path=file.path, line=1, words=file_title))
        agreed.conflicts.append(Conflict(key=key, about="title", says=says, so=f"the title of {page.path} stands"))
    if told.narrative is not None and own.narrative is not None:
        _words(agreed, key, "narrative", (page, [told.narrative]), (file, [own.narrative]))
    if told.criteria and own.criteria:
        _words(agreed, key, "criteria", (page, list(told.criteria)), (file, list(own.criteria)))


def _words(
    agreed: Agreed, key: str, about: str, first: tuple[Page, list[Told]], other: tuple[Page, list[Told]]
) -> None:
    (page, ours), (file, theirs) = first, other
    one, two = same_words(ours), same_words(theirs)
    if one == two or " ".join(one) == " ".join(two):
        return
    at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    words = parting(ours[at].text, theirs[at].text, SHORT) if at < min(len(ours), len(theirs)) else None
    says = (
        _said(page, ours, at, about, words[0] if words else ""),
        _said(file, theirs, at, about, words[1] if words else ""),
    )
    is_open = not agreed.done and about == "criteria"
    mark = "; the story carries a mark until somebody settles it" if is_open else ""
    conflict = Conflict(key=key, about=about, says=says, so=f"the words of {page.path} stand{mark}")
    _open(agreed, conflict, is_open=is_open)


def _said(page: Page, texts: list[Told], at: int, about: str, words: str) -> Said:
    """What one place says where the two part: `words`, or all of it where the other says nothing there."""
    count = f"{len(texts)} {about}; " if about == "criteria" else ""
    if at < len(texts):
        number = f"{at + 1}: " if about == "criteria" else ""
        told = f"{count}{number}{words or short(texts[at].text)}"
        return Said(path=page.path, line=page.line(texts[at].anchor.start), words=told)
    line = page.line(texts[-1].anchor.end) if texts else 1
    return Said(path=page.path, line=line, words=f"{count}no {at + 1}")


def _open(agreed: Agreed, conflict: Conflict, *, is_open: bool) -> None:
    """Note a conflict; its mark names no line, so that an edit elsewhere in a file changes no story."""
    agreed.conflicts.append(conflict)
    if is_open:
        agreed.open.append(unsettled(conflict.about, conflict.says))
