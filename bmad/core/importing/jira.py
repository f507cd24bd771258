"""Issues of Jira as CSV, where one column may stand there many times: links, labels, comments."""

import csv
import io
import re
from collections.abc import Sequence

from bmad.core.importing.copying import Scribe
from bmad.core.importing.gathering import DECLARED, MISSING, Gathering, rank
from bmad.core.importing.source import GROUPED, Anchor, Part, Project, SourceEpic, SourceStory, Texts
from bmad.core.importing.text import one_line
from bmad.errors import UsageError

_KEY = re.compile(r"[A-Z][A-Z0-9_]+-\d+")
_DONE = frozenset(["done", "closed", "resolved", "complete", "completed", "fertig", "erledigt", "terminé"])
_DROPPED = re.compile(r"won'?t|duplicate|cannot reproduce|declined|rejected|obsolete|invalid", re.IGNORECASE)
_CRITERIA = re.compile(r"(?:custom field \()?acceptance criteria\)?", re.IGNORECASE)
_EPIC_LINK = ("custom field (epic link)", "epic link", "parent key", "parent", "custom field (parent link)")
_BLOCKED = re.compile(r"inward issue link \((?:blocks|blocker|depend\w*)\)", re.IGNORECASE)
_DEPENDS = re.compile(r"outward issue link \((?:depends?|dependency|dependent)\)", re.IGNORECASE)
_ITEM = re.compile(r"^[ \t]*(?:[*#-]+|\d+[.)])[ \t]+(?P<words>\S.*)$", re.MULTILINE)
_MOST = 1_000_000


class Row:
    """One issue: the values of each column by its name in lower case, and the line that it begins on."""

    def __init__(self, head: Sequence[str], cells: Sequence[str], line: int) -> None:
        self.line = line
        self.cells: dict[str, list[str]] = {}
        for name, value in zip(head, cells, strict=False):
            if value.strip():
                self.cells.setdefault(name, []).append(value.strip())

    def one(self, *names: str) -> str:
        return next((self.cells[name][0] for name in names if name in self.cells), "")

    def like(self, pattern: re.Pattern[str]) -> list[str]:
        return [value for name, values in self.cells.items() if pattern.fullmatch(name) for value in values]


class Jira:
    """Reads an export of issues."""

    name = "jira"

    def wanted(self, paths: Sequence[str]) -> tuple[str, ...]:
        return tuple(paths) if len(paths) == 1 and paths[0].endswith(".csv") else ()

    def read(self, texts: Texts) -> Project:
        [(path, text)] = texts.items()
        return _Export(path, rows_of(text, path)).project()


def rows_of(text: str, path: str) -> list[Row]:
    """The issues of an export. Raises: UsageError where it is none, or a line of it cannot be read."""
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    csv.field_size_limit(_MOST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        head = [one.strip().casefold() for one in next(reader, [])]
        if "summary" not in head or not {"issue key", "key"} & set(head):
            raise UsageError(f"{path} is no export of Jira: it has no columns `Issue key` and `Summary`.")
        found: list[Row] = []
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) > len(head):
                raise UsageError(
                    f"{path}:{line}: this row has {len(cells)} cells, and the table {len(head)} columns."
                )
            if any(one.strip() for one in cells):
                found.append(Row(head, cells, line))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num}: this is no CSV: {error}.") from None
    return found


class _Export:
    def __init__(self, path: str, rows: list[Row]) -> None:
        self.path, self.rows, self.found = path, rows, Gathering()
        self.scribe = Scribe("jira", path.rpartition("/")[2])
        self.used: list[tuple[Anchor, str]] = []
        self.of = {_key(row): row for row in rows}
        self.ids = {row.one("issue id"): _key(row) for row in rows if row.one("issue id")}

    def project(self) -> Project:
        epics: dict[str, SourceEpic] = {}
        subtasks: dict[str, list[Row]] = {}
        work: list[Row] = []
        for row in self.rows:
            kind = row.one("issue type").casefold()
            if kind == "epic":
                self.found.count("epic")
                self.scribe.heading(1, f"{_key(row)} {row.one('summary')}")
                self.used.append((self.scribe.text(row.one("description")), GROUPED))
                title = f"{_key(row)}: {row.one('summary')}"
                epics[_key(row)] = SourceEpic(key=_key(row), title=title, text=row.one("description"))
            elif "sub" in kind and (above := self._above(row)):
                subtasks.setdefault(above, []).append(row)
                self.found.count("subtask")
            else:
                work.append(row)
        stories = [story for row in work if (story := self._story(row, epics, subtasks)) is not None]
        named = {one.epic for one in stories}
        for key, one in epics.items():
            if key not in named:
                self.found.leave(
                    self.path, self.of[key].line if key in self.of else 1, one.title, "it has no story"
                )
        copy = self.scribe.copy()
        kept = tuple(one for key, one in epics.items() if key in named)
        return self.found.project(
            Part(name="", files=(copy.path,), epics=kept, stories=tuple(stories), used=tuple(self.used), copy=copy)
        )

    def _above(self, row: Row) -> str:
        """The issue that one is part of, by its key or its number."""
        told = row.one(*_EPIC_LINK, "parent id")
        return told if told in self.of else self.ids.get(told, "")

    def _story(self, row: Row, epics: dict[str, SourceEpic], subtasks: dict[str, list[Row]]) -> SourceStory | None:
        self.found.count("story")
        key, title, resolution = _key(row), row.one("summary"), row.one("resolution")
        if not _KEY.fullmatch(key) or not title:
            self.found.leave(self.path, row.line, f"{key} {title}", "it has no key or no summary")
            return None
        if _DROPPED.search(resolution):
            self.found.leave(self.path, row.line, f"{key} {title}", f"it was resolved as {resolution}")
            return None
        epic = self._above(row)
        epic = epic if epic in epics else ""
        where = f"{self.path}:{row.line}"
        self.found.edge(
            "in-epic", key, epic, DECLARED if epic else MISSING, where if epic else f"{where}: it names no epic"
        )
        if not epic:
            epics.setdefault("", SourceEpic(key="", title="issues"))
        state = row.one("status")
        done = state.casefold() in _DONE or row.one("status category").casefold() == "done"
        self.scribe.heading(2, f"{key} {title}")
        anchors = [self.scribe.text(row.one("description") or title)]
        criteria = self._criteria(row, anchors)
        below = subtasks.get(key, [])
        self._open(key, row, below, done=done)
        return SourceStory(
            key=key,
            title=title,
            epic=epic,
            narrative=row.one("description") or title,
            anchors=tuple(anchors),
            criteria=tuple(criteria),
            tasks=tuple(f"{_key(one)} {one_line(one.one('summary'))}" for one in below),
            after=tuple(self._after(row)),
            priority=rank(row.one("priority")),
            done=f"`{state}` as {key} of {self.path.rpartition('/')[2]}" if done else "",
        )

    def _open(self, key: str, row: Row, below: list[Row], *, done: bool) -> None:
        """Where an issue is done and a part of it is not."""
        still = [one for one in below if one.one("status").casefold() not in _DONE]
        if done and still:
            says = (self.path, still[0].line, f"{_key(still[0])} is {still[0].one('status')}")
            so = "taken as done, as the issue says"
            self.found.conflict(key, "state", so, (self.path, row.line, row.one("status")), says)

    def _criteria(self, row: Row, anchors: list[Anchor]) -> list[str]:
        """The criteria in a column of their own, an item each where it is a list."""
        found: list[str] = []
        for value in row.like(_CRITERIA):
            items = [match["words"].strip() for match in _ITEM.finditer(value)]
            for one in items or [value]:
                anchors.append(self.scribe.item(one))
                found.append(one_line(one))
        self.scribe.end()
        return found

    def _after(self, row: Row) -> list[str]:
        names = dict.fromkeys([*row.like(_BLOCKED), *row.like(_DEPENDS)])
        where = f"{self.path}:{row.line}: its links"
        return [one for one in names if self.found.waits(_key(row), one, self._is_story(one), where)]

    def _is_story(self, key: str) -> bool:
        row = self.of.get(key)
        return (
            row is not None
            and row.one("issue type").casefold() != "epic"
            and not _DROPPED.search(row.one("resolution"))
        )


def _key(row: Row) -> str:
    return row.one("issue key", "key")
