"""The index of the lessons: each page in its class (project, area, resource, archive), and its faults.

An index is a query: it is made anew of the pages, the specification and the records of one commit, so that it
cannot fall out of step with them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.knowledge.alike import Twin, twins
from bmad.core.knowledge.pages import FOLDER, Page, Para, suffix

MOST = 4000
"""Bytes of a page from which on it is told to be too long: no prompt has room for more lessons together."""

DRIFT = 3
"""Later stories that changed one file from which on what a page says of it counts as stale."""


_FEW = 3


class Told(NamedTuple):
    """A story as the index knows it; `aim` is its epic (empty: none)."""

    title: str
    aim: str = ""
    landed: bool = False


class Known(NamedTuple):
    """What pages are held against: one commit.

    `left` is what each story's last landing left (path -> blob), `landings` all that landed, as
    (story, path, blob before, blob after). `holds` says whether a name stands somewhere in the code.
    """

    blobs: Mapping[str, str]
    stories: Mapping[str, Told]
    ids: frozenset[str]
    left: Mapping[str, Mapping[str, str]]
    landings: Sequence[tuple[str, str, str, str]] = ()
    holds: Callable[[str], bool] = lambda _name: True


class Entry(NamedTuple):
    """A page in the index; `stale` says why, a clause each, `changed` who changed what it names since."""

    page: Page
    klass: Para
    aim: str = ""
    stale: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    size: int = 0

    @property
    def is_long(self) -> bool:
        return self.size > MOST


def is_worn(one: Entry) -> bool:
    """Whether a page is read after the others."""
    return bool(one.stale) or one.klass is Para.ARCHIVE


def standing(one: Entry) -> str:
    """What an agent is told of a page beside its path, in brackets."""
    stale = f"; STALE: {'; '.join(one.stale[:_FEW])}" if one.stale else ""
    since = f"; changed since by {', '.join(one.changed[:_FEW])}" if one.changed else ""
    return f" ({one.klass.value}{stale}{since})"


class Index(NamedTuple):
    """All pages by class and path, and the paragraphs that stand on two of them."""

    entries: tuple[Entry, ...] = ()
    twins: tuple[Twin, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is stale, said twice or too long."""
        return not self.twins and not any(one.stale or one.is_long for one in self.entries)


def index(pages: Sequence[Page], known: Known) -> Index:
    """The pages arranged, held against what stands now and against each other."""
    return Index(arranged(pages, known), tuple(twins(pages)))


def arranged(pages: Sequence[Page], known: Known) -> tuple[Entry, ...]:
    """The pages by class, epic and path, held against what stands now."""
    look = _Look(known)
    order = list(Para)
    entries = sorted(map(look.entry, pages), key=lambda one: (order.index(one.klass), one.aim, one.page.path))
    return tuple(entries)


class _Look:
    def __init__(self, known: Known) -> None:
        self._known = known
        self._folders = {path[:at] for path in known.blobs for at in _slashes(path)}
        self._names = {path.rpartition("/")[2] for path in known.blobs}
        self._suffixes = {suffix(path) for path in known.blobs} - {""}
        self._open = {one.aim or name for name, one in known.stories.items() if not one.landed}

    def entry(self, page: Page) -> Entry:
        named = [path for path in page.paths if self._counts(path)]
        gone = [path for path in named if not self._stands(path)]
        told = self._known.stories.get(page.story)
        aim = (told.aim or page.story) if told else ""
        changed, worn = self._since(page)
        stale = [f"it names {path}, which is not there" for path in gone]
        stale += [f"it names {one}, which is not defined" for one in page.ids if one not in self._known.ids]
        stale += [f"it names {one}(), which no file holds" for one in page.symbols if not self._known.holds(one)]
        stale += worn
        klass = page.stated or self._class(page, aim, over=bool(named) and len(gone) == len(named))
        return Entry(page, klass, aim, tuple(stale), changed, len(page.text.encode("utf-8", "replace")))

    def _class(self, page: Page, aim: str, *, over: bool) -> Para:
        if over or (page.story and not aim):
            return Para.ARCHIVE
        if not page.story:
            return Para.RESOURCE
        return Para.PROJECT if aim in self._open else Para.AREA

    def _counts(self, path: str) -> bool:
        """Whether what reads as a path is one: it has a folder, or a suffix that files here have."""
        return "/" in path or suffix(path) in self._suffixes

    def _stands(self, path: str) -> bool:
        name = path.removesuffix("/")
        return name in self._known.blobs or name in self._folders or ("/" not in path and name in self._names)

    def _since(self, page: Page) -> tuple[tuple[str, ...], list[str]]:
        """The stories that changed what this page's own story left and the page names, and what is worn by it."""
        left = self._known.left.get(page.story, {})
        stories: list[str] = []
        worn: list[str] = []
        for path in page.paths:
            after = [story for story in self._after(path, left.get(path, "")) if story != page.story]
            stories += after
            if len(after) >= DRIFT:
                worn.append(f"{path} has been changed by {len(after)} stories since")
        return tuple(dict.fromkeys(stories)), worn

    def _after(self, path: str, blob: str) -> list[str]:
        """The stories whose landings took a file from some content to what it is now, one after the other."""
        now = self._known.blobs.get(path, "")
        steps = {before: (story, after) for story, at, before, after in self._known.landings if at == path}
        found: list[str] = []
        while blob in steps and blob != now:
            story, blob = steps.pop(blob)
            found.append(story)
        return found


def _slashes(path: str) -> Iterator[int]:
    return (at for at, sign in enumerate(path) if sign == "/")


_TITLES = {
    Para.PROJECT: "Projects",
    Para.AREA: "Areas",
    Para.RESOURCE: "Resources",
    Para.ARCHIVE: "Archive",
}
_ABOUT = {
    Para.PROJECT: "Of what has stories to build yet, and pages that say they are such.",
    Para.AREA: "Of what is built, and pages that say they are such.",
    Para.RESOURCE: "Of no story, and pages that say they are such.",
    Para.ARCHIVE: "Of stories or files that are not there, and pages that say they are such.",
}


def markdown(index: Index, titles: Mapping[str, str]) -> str:
    """The index as a page; `titles` are of epics. The same for the same index."""
    lines = ["# Lessons", "", "Written by `bmad knowledge --write`; do not edit."]
    for klass in Para:
        own = [one for one in index.entries if one.klass is klass]
        if own:
            lines += ["", f"## {_TITLES[klass]}", "", _ABOUT[klass]]
        aim = None
        for one in own:
            if one.aim != aim:
                aim = one.aim
                lines += ["", f"### {aim}{f': {_plain(titles[aim])}' if aim in titles else ''}"] if aim else []
                lines.append("")
            elif one is own[0]:
                lines.append("")
            lines.append(_line(one))
    if index.twins:
        lines += ["", "## Said twice", ""]
        lines += [f"- {_short(one.path)} and {_short(one.other)}: “{_plain(one.words)}”" for one in index.twins]
    return "\n".join([*lines, ""])


def _line(one: Entry) -> str:
    told = f"- [{_plain(one.page.title)}]({_short(one.page.path).replace(' ', '%20')})"
    notes = [f"stale: {'; '.join(one.stale)}"] if one.stale else []
    notes += [f"changed since by {', '.join(one.changed)}"] if one.changed else []
    notes += [f"{one.size:,} bytes, at most {MOST:,} fit into a prompt"] if one.is_long else []
    return f"{told} ({_plain('. '.join(notes))})" if notes else told


def _short(path: str) -> str:
    return path.removeprefix(FOLDER)


def _plain(text: str) -> str:
    """Words of others on a line of Markdown: no link, no markup of theirs."""
    return " ".join(text.split()).replace("[", "(").replace("]", ")").replace("<", "‹").replace("`", "")
