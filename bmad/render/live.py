"""The live board of `bmad act`: a row a story and a footer, never wider or higher than the terminal.

Pure: what is shown follows from the progress, the time and the size. Nothing of a repository is read as markup,
and what would steer a terminal is told by its number, as everywhere.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from rich.text import Text

from bmad.model.act import State
from bmad.model.act_reports import Came, Counted
from bmad.model.spending import Spending, money
from bmad.model.watching import Progress, Watched
from bmad.render.acting import counts, moment
from bmad.render.spending import short, spending
from bmad.render.words import columns, joined, plural, visible

_LONGEST = 1000
"""Characters of a text that are looked at, however long it is."""

_WIDE = 120
"""Columns from which on it is told in full sentences what a story waits for."""

_HUE = {
    Came.LANDED: "green",
    Came.DONE: "dim",
    Came.WAITS: "yellow",
    Came.PAUSED: "magenta",
    Came.CAPPED: "red",
    Came.STOPPED: "red",
    Came.FAILED: "red",
    Came.UNDER_WAY: "",
    Came.NOT_BEGUN: "dim",
    Came.CANCELLED: "dim",
}
_MARK = {
    Came.LANDED: "✓",
    Came.DONE: "✓",
    Came.WAITS: "?",
    Came.PAUSED: "…",
    Came.UNDER_WAY: ">",
    Came.CANCELLED: "x",
}
_MARK |= {Came.CAPPED: "!", Came.STOPPED: "!", Came.FAILED: "!", Came.NOT_BEGUN: "·"}

_ORDER = (
    Came.WAITS,
    Came.FAILED,
    Came.STOPPED,
    Came.CAPPED,
    Came.PAUSED,
    Came.UNDER_WAY,
    Came.NOT_BEGUN,
    Came.LANDED,
    Came.DONE,
    Came.CANCELLED,
)
"""Which stories are shown first, after those that a worker has."""


class _Column(NamedTuple):
    name: str
    width: int
    right: bool = False


_ALONE = 15
"""Columns in which it can be told what a story waits for: `STORY-aaaa03 +1`."""

_TITLE = 6
"""Columns below which a title says nothing."""

_GIVES_WAY = ("since", "spent", "open", "rd")
"""What is left out first where a terminal is too narrow for that."""

_FIXED = (
    _Column(" ", 1),
    _Column("story", 12),
    _Column("state", 9),
    _Column("rd", 2, right=True),
    _Column("open", 4, right=True),
    _Column("spent", 7, right=True),
    _Column("since", 6, right=True),
)


def frame(progress: Progress, now: datetime, width: int, height: int) -> Text:
    """The whole board, for a terminal of so many columns and lines; one of each stays free for the cursor."""
    room = max(width - 1, 1)
    footer = _footer(progress, now, room)
    table = _columns(room)
    rows = max(height - 2 - len(footer), 1)
    stories = sorted(progress.stories, key=_first)
    shown = stories if len(stories) <= rows else stories[: max(rows - 1, 0)]
    lines = [_line({one.name: one.name for one in table}, table, room, "bold")]
    lines += [_line(_cells(one, now, width), table, room, _hue(one)) for one in shown]
    if len(shown) < len(stories):
        lines.append(Text(_fitted(_more(stories[len(shown) :]), room), "dim"))
    lines += [Text(_fitted(one, room)) for one in footer]
    return Text("\n", no_wrap=True, overflow="crop", end="").join(lines[: max(height - 1, 1)])


def _first(one: Watched) -> tuple[bool, int]:
    return not one.carried, _ORDER.index(one.came)


def _hue(one: Watched) -> str:
    return "bold cyan" if one.carried else _HUE[one.came]


def _columns(room: int) -> tuple[_Column, ...]:
    """What there is room for, then what a story waits for and its title, which share what is left."""
    fixed, left = list(_FIXED), room - sum(one.width + 1 for one in _FIXED)
    for name in _GIVES_WAY if left < _ALONE else ():
        if left < _ALONE:
            gone = next(one for one in fixed if one.name == name)
            fixed.remove(gone)
            left += gone.width + 1
    waits = min(max(left // 2, _ALONE), 60)
    title = left - waits - 1
    if title < _TITLE:
        return *fixed, _Column("waits for", max(left, 1))
    return *fixed, _Column("waits for", waits), _Column("title", title)


def _line(cells: Mapping[str, str], table: Sequence[_Column], room: int, hue: str) -> Text:
    return Text(_fitted(" ".join(_cell(cells[one.name], one) for one in table), room), hue)


def _cell(text: str, column: _Column) -> str:
    fitted = _fitted(text, column.width)
    gap = " " * (column.width - columns(fitted))
    return gap + fitted if column.right else fitted + gap


def _fitted(text: str, room: int) -> str:
    """A text that takes no more columns than there are, with nothing in it that steers a terminal.

    Each sign counts as if it stood alone: a terminal that joins some takes less.
    """
    told = visible(text)
    if columns(told) <= room:
        return told
    cut = told[: max(room - 1, 0)]
    while columns(cut) > room - 1 and cut:
        cut = cut[:-1]
    return f"{cut}…" if room > 0 else ""


def _folded(text: str) -> str:
    """The beginning of a text on one line."""
    return " ".join(text[:_LONGEST].split())


_TURN = "its turn"


def _cells(one: Watched, now: datetime, width: int) -> dict[str, str]:
    """What stands in each column."""
    stand = one.stand
    begun = stand.state not in (State.BACKLOG, State.DONE)
    return {
        " ": ">" if one.carried else _MARK[one.came],
        "story": stand.id,
        "state": stand.state.value,
        "rd": str(stand.round) if begun and stand.round else "",
        "open": str(stand.open_findings) if stand.open_findings else "",
        "spent": _cost(stand.spent),
        "since": _span(now - one.since) if begun and one.since is not None else "",
        "waits for": _waits(one, now, full=width >= _WIDE),
        "title": _folded(stand.title),
    }


def _cost(one: Spending) -> str:
    """Money where all of it is known, else tokens; `+` where calls said nothing."""
    if one.usd and not one.unpriced:
        return money(one.usd)
    return short(one.tokens) + ("+" if one.silent else "") if one.tokens else ""


def _waits(one: Watched, now: datetime, *, full: bool) -> str:
    """Who or what it waits for: other stories, a person, an account."""
    stand = one.stand
    if one.carried or one.came in (Came.LANDED, Came.DONE, Came.CANCELLED):
        return ""
    if one.after:
        first, *more = one.after
        return ", ".join(one.after) if full or not more else f"{first} +{len(more)}"
    match one.came:
        case Came.PAUSED if stand.until is not None:
            if stand.until <= now:
                return _TURN
            told = f"until {moment(stand.until)}"
        case Came.WAITS:
            told = f"you ({stand.state})"
        case Came.FAILED | Came.STOPPED if stand.fault is not None:
            told = stand.fault.value
        case Came.CAPPED:
            told = f"budget ({stand.capped})"
        case _:
            return _folded(stand.waits_for) if stand.waits_for else _TURN
    return f"{told}: {_folded(stand.waits_for)}" if full and stand.waits_for else told


def _more(left: Sequence[Watched]) -> str:
    """`… and 7 more: 3 landed, 4 not begun`."""
    kinds = Counter(one.came for one in left)
    told = counts(Counted(came=came, count=kinds[came]) for came in _ORDER if kinds[came])
    return f"… and {len(left)} more: {told}"


def _footer(progress: Progress, now: datetime, room: int) -> list[str]:
    return ["", *(line for line in _told(progress, now, room) if line)]


def _census(progress: Progress, room: int) -> str:
    """What the end of the call would count now; without reasons where there is no room for them."""
    kinds: Counter[Came] = Counter()
    for one in progress.census:
        kinds[one.came] += one.count
    full = counts(progress.census)
    return full if columns(full) <= room else counts(Counted(came=came, count=kinds[came]) for came in kinds)


def _told(progress: Progress, now: datetime, room: int) -> Iterator[str]:
    busy = sum(one.carried for one in progress.stories)
    if progress.workers:
        yield f"{busy} of {plural(progress.workers, 'worker')} busy, for {_span(now - progress.begun)}"
    else:
        yield f"at work: {progress.runner}" if progress.runner else "nobody is at work here"
    yield _census(progress, room)
    cost = spending(progress.spent)
    yield f"spent: {cost or 'nothing is known'}" if progress.spent.calls else ""
    ends = [one.stand.until for one in progress.stories if one.came is Came.PAUSED]
    paused = sum(end is not None and end > now for end in ends)
    if progress.until is not None:
        yield f"all wait for an account until {moment(progress.until)}"
    elif paused:
        yield f"{plural(paused, 'story')} paused: an account has no quota left, or is overloaded"
    if progress.path:
        yield f"longest path left: {plural(len(progress.path), 'story')}: {' > '.join(progress.path)}"


def changes(before: Progress | None, progress: Progress, now: datetime) -> Iterator[str]:
    """For who has no terminal: a line for each story that stands otherwise now, and one on all of them."""
    known = {one.stand.id: one for one in before.stories} if before is not None else {}
    time = now.astimezone().strftime("%H:%M:%S")
    for one in progress.stories:
        if known.get(one.stand.id) != one:
            yield f"{time}  {_row(one, now)}".rstrip()
    if before is None or (before.census, before.runner) != (progress.census, progress.runner):
        told = (line for line in _told(progress, now, _LONGEST) if line)
        yield f"{time}  {joined(told)}"


_SAID = {"rd": "round {}", "open": "{} open", "spent": "{}", "waits for": "{}", "title": "{}"}


def _row(one: Watched, now: datetime) -> str:
    cells = _cells(one, now, _WIDE)
    cells["waits for"] = ("waits for " if one.after else "") + cells["waits for"]
    parts = (words.format(visible(cells[name])) for name, words in _SAID.items() if cells[name])
    return f"{cells[' ']} {cells['state']:<9} {cells['story']}  {'  '.join(parts)}"


_MINUTE, _HOUR = 60, 3600


def _span(span: timedelta) -> str:
    """`42s`, `3m07s`, `2h05m`, `3d04h`; a clock that was set back tells nothing."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < _MINUTE:
        return f"{seconds}s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m{seconds % _MINUTE:02}s"
    hours = seconds // _HOUR
    return f"{hours}h{seconds % _HOUR // _MINUTE:02}m" if hours < 24 else f"{hours // 24}d{hours % 24:02}h"  # noqa: PLR2004
