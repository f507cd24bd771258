"""The acceptance desk as a dialogue: a line in, lines out; whatever is decided is noted at once.

Nothing is drawn twice and no key is read by itself, so that it works over ssh, in a screen reader and in a pipe.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from bmad.cli.terminal import Terminal
from bmad.errors import BmadError, StaleError
from bmad.model.act_reports import SettledReport
from bmad.model.desk import DeskItem, DeskReport
from bmad.pipeline.act.people.acceptance_desk import accept_seen, diff, reject_seen, waiting
from bmad.pipeline.act.people.try_out import TryRequest, attempt
from bmad.render.acting import settled
from bmad.render.desk import folds, overview, sheet, summary, tried, unfolded
from bmad.render.words import plural, visible
from bmad.wiring import App

HELP = """\
NUMBER   look at that story
n        look at the next one
a 1 3    accept these (or: a all)
r 2      reject, with the reason
d 2      its diff
t 2      try it: run it in a worktree
+2       open the text marked [+2]
+        open all texts of the story
l        list again
q        leave; nothing is lost
Without a number a, r, d and t are of the story that you look at.
"""

_COMMAND = re.compile(r"\s*([a-z?+]|)\s*([0-9 ,]*|all)\s*", re.IGNORECASE)
_PAGE = 40
"""Lines of a diff at once."""


class Dialogue:
    """One sitting at the desk; `width` is in columns. Numbers stay what they are until it is listed again."""

    def __init__(self, app: App, terminal: Terminal, width: int) -> None:
        self._desk = app.desk()
        self._console = terminal
        self._width = width
        self._report = DeskReport(items=())
        self._at: DeskItem | None = None
        self._looked: set[str] = set()
        """The hashes of what was looked at whole."""
        self._settled: dict[str, str] = {}
        """Story -> what was said of it, since it was listed."""
        self._said: list[str] = []
        self._goes_on: dict[str, None] = {}
        """What takes on what was said, each once."""

    def run(self) -> DeskReport:
        """Sit at the desk until the person leaves or nothing waits; what waits then."""
        self._list()
        if self._report.items:
            self._console.tell(f"\n{HELP}")
        while self._report.items:
            line = self._console.ask(f"{self._at.story if self._at else 'desk'}> ")
            if line is None or line.strip().lower() in ("q", "quit", "exit"):
                break
            try:
                self._do(line)
            except StaleError as error:
                self._again(str(error))
            except BmadError as error:
                self._console.tell(str(error))
        return self._leave()

    def _leave(self) -> DeskReport:
        self._report = waiting(self._desk)
        left = len(self._report.items)
        still = f"{plural(left, 'story')} still to be accepted" if left else "Nothing waits to be accepted."
        then = [f"go on with: {'; '.join(self._goes_on)}"] if self._goes_on else []
        self._console.tell("\n".join([*self._said, still, *then]))
        return self._report

    def _list(self) -> None:
        """Look anew, and show what waits; that nothing does is said at the end."""
        self._report = waiting(self._desk)
        self._at = None
        self._settled = {}
        if self._report.items:
            self._console.tell(overview(self._report, self._width))

    def _do(self, line: str) -> None:
        """Carry out a line. Raises: BmadError, with nothing noted that was not told."""
        match = _COMMAND.fullmatch(line)
        key, rest = (match[1].lower(), match[2].strip().lower()) if match else ("?", "")
        if match is None:
            self._console.tell(f"`{visible(line.strip()[:40])}` is no key of the desk.")
        if key == "+":
            self._unfold(rest)
        elif key == "" and rest:
            self._look(self._one(rest))
        elif key in self._keys:
            self._keys[key](self, rest)
        elif key or line.strip():
            self._console.tell(HELP)

    def _look(self, item: DeskItem | None) -> None:
        if item is None:
            return
        self._at = item
        self._looked.add(item.seen)
        count = len(folds(item))
        more = f", + {plural(count, 'folded text')}" if count else ""
        keys = f"a accept, r reject, d diff, t try, n next, l list, q leave{more}"
        self._console.tell(f"{sheet(item, self._width)}\n\n{keys}")

    def _unfold(self, rest: str) -> None:
        if self._at is None:
            self._console.tell("Look at a story first: its number.")
            return
        count = len(folds(self._at))
        numbers = [int(one[:4]) for one in re.findall(r"[0-9]+", rest)] or list(range(1, count + 1))
        known = [one for one in numbers if 0 < one <= count]
        if known:
            self._console.tell(unfolded(self._at, known, self._width))
        if known != numbers or not known:
            self._console.tell(f"It has {plural(count, 'folded text')}.")

    def _next(self, _: str) -> None:
        items = self._report.items
        at = next((number for number, one in enumerate(items) if self._at and one.story == self._at.story), -1)
        left = [one for one in (*items[at + 1 :], *items[: at + 1]) if one.story not in self._settled]
        if left and left[0] != self._at:
            self._look(left[0])
        else:
            self._console.tell("There is no other one.")

    def _accept(self, rest: str) -> None:
        chosen = self._chosen(rest)
        if not chosen:
            return
        if any(one.kind == "landed" for one in chosen):
            together = [one for one in self._report.items if one.kind == "landed" and one not in chosen]
            chosen += together
            if together:
                self._console.tell(f"It lands with all that stands there: {_names(together)}.")
        for one in chosen:
            if one.seen not in self._looked:
                self._console.tell(f"You have not looked at {one.story} whole: {summary(one)}.")
        why = self._why(f"Accept {_names(chosen)}", "Enter: no reason")
        seen = self._inspected(chosen) if why is not None else None
        if why is not None and seen is not None:
            self._noted("accepted", chosen, accept_seen(self._desk, chosen, why, seen))

    def _inspected(self, items: Sequence[DeskItem]) -> list[str] | None:
        """What the person saw of the criteria that they have to look at; None where they think better of it."""
        told: list[str] = []
        for name in (name for one in items for name in one.to_inspect):
            self._console.tell(f"No test names {name}, and its requirement asks for a person who looks.")
            said = self._console.ask("What did you see? (a dot: do not accept) ")
            if said is None or said.strip() in ("", "."):
                self._console.tell("Nothing was noted.")
                return None
            told.append(f"{name}={said.strip()}")
        return told

    def _reject(self, rest: str) -> None:
        chosen = self._chosen(rest)
        why = self._why(f"Reject {_names(chosen)}", "it becomes a P1 that is mended") if chosen else None
        if why == "":
            self._console.tell("A rejection needs a reason; nothing was noted.")
            return
        for one in chosen if why is not None else ():
            self._noted("rejected", [one], reject_seen(self._desk, one, why or ""))

    def _why(self, what: str, how: str) -> str | None:
        """A reason on one line; None where the person thinks better of it."""
        self._console.tell(f"{what} as {self._desk.person or 'somebody whom git does not know'}.")
        said = self._console.ask(f"Why? ({how}; a dot: do not) ")
        if said is None or said.strip() == ".":
            self._console.tell("Nothing was noted.")
            return None
        return said.strip()

    def _noted(self, verdict: str, items: Sequence[DeskItem], report: SettledReport) -> None:
        self._console.tell(settled(report))
        self._said.append(f"{verdict}: {_names(items)}")
        self._goes_on |= dict.fromkeys(
            "bmad act" if one.startswith("bmad act ") else one for one in report.goes_on
        )
        self._settled |= dict.fromkeys((one.story for one in items), verdict)
        self._at = None
        left = [one for one in self._report.items if one.story not in self._settled]
        if left:
            self._console.tell(f"{plural(len(left), 'story')} left; n is the next, l lists them.")
        else:
            self._list()

    def _again(self, words: str) -> None:
        """What was shown is another now: it is shown again."""
        self._console.tell(words)
        at = self._at
        self._list()
        now = next((one for one in self._report.items if at is not None and one.story == at.story), None)
        if now is not None:
            self._look(now)

    def _diff(self, rest: str) -> None:
        item = self._one(rest)
        if item is None:
            return
        if item.kind == "plan":
            self._console.tell("A preparation has no diff; its document: " + "; ".join(item.commands))
            return
        rows = [visible(row.expandtabs()) for row in diff(self._desk, item)]
        for at in range(0, len(rows), _PAGE):
            self._console.tell("\n".join(rows[at : at + _PAGE]))
            left = len(rows) - at - _PAGE
            if left > 0:
                more = self._console.ask(f"-- {plural(left, 'line')} more; Enter goes on, q is enough -- ")
                if more is None or more.strip():
                    return

    def _attempt(self, rest: str) -> None:
        item = self._one(rest)
        if item is not None:
            self._console.tell(tried(attempt(self._desk, TryRequest(item.story), self._console.tell)))

    def _one(self, rest: str) -> DeskItem | None:
        found = self._chosen(rest)
        if len(found) > 1:
            self._console.tell("One at a time, please.")
        return found[0] if len(found) == 1 else None

    def _chosen(self, rest: str) -> list[DeskItem]:
        """The stories that numbers mean, each once; without numbers the one that is looked at; or none."""
        items = self._report.items
        if rest == "all":
            return [one for one in items if one.story not in self._settled]
        if not rest:
            if self._at is None:
                self._console.tell("Which one? Say its number.")
            return [self._at] if self._at is not None else []
        numbers = dict.fromkeys(int(one[:4]) for one in re.findall(r"[0-9]+", rest))
        for one in numbers:
            if not 0 < one <= len(items):
                self._console.tell(f"There is no {one}; what waits has the numbers 1 to {len(items)}.")
                return []
            if said := self._settled.get(items[one - 1].story):
                self._console.tell(f"{one} is {said} already.")
                return []
        return [items[one - 1] for one in numbers]

    def _relist(self, _: str) -> None:
        self._list()

    _keys: ClassVar["Mapping[str, Callable[[Dialogue, str], None]]"] = {
        "a": _accept,
        "r": _reject,
        "d": _diff,
        "t": _attempt,
        "n": _next,
        "l": _relist,
    }


def _names(items: Sequence[DeskItem]) -> str:
    return ", ".join(one.story for one in items)
