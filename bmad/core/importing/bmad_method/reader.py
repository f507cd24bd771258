"""A project of the BMAD method as a whole: its groups, each put together from breakdown, PRD, files and board."""

import posixpath
from collections.abc import Iterable, Sequence
from functools import cached_property

from bmad.core.importing.bmad_method import files as of
from bmad.core.importing.bmad_method.agreeing import compare, state_of
from bmad.core.importing.bmad_method.apart import (
    Found,
    Frame,
    apart,
    folder_title,
    from_file,
    previewed,
    told_story,
    unplaced,
)
from bmad.core.importing.bmad_method.board import Row, Wait, board_of
from bmad.core.importing.bmad_method.epics import EpicHead, StoryHead
from bmad.core.importing.bmad_method.files import Files, sorted_out, story_title
from bmad.core.importing.bmad_method.groups import Group, groups, place_files, place_rows
from bmad.core.importing.bmad_method.linking import Links, linked
from bmad.core.importing.bmad_method.preview import in_folder, preview
from bmad.core.importing.bmad_method.stories import body, sections_called
from bmad.core.importing.bmad_method.wanting import Wanted, wanted
from bmad.core.importing.source import (
    GROUPED,
    NOTED,
    Anchor,
    Part,
    Project,
    SourceEpic,
    SourceRequirement,
    SourceStory,
    Texts,
)
from bmad.core.importing.text import slug
from bmad.core.unserved import SAYS
from bmad.errors import UsageError
from bmad.model.importing import Conflict, Edge, EdgeKind, Origin, Said

_PLAIN = frozenset(
    ["planning-artifacts", "implementation-artifacts", "docs", "_bmad-output", "bmad-output", "", "specs"]
)


class BmadMethod:
    """Reads a project of the BMAD method."""

    name = "bmad"

    def wanted(self, paths: Sequence[str]) -> tuple[str, ...]:
        return of.wanted(paths)

    def read(self, texts: Texts) -> Project:
        files = sorted_out(texts)
        if files.is_empty:
            raise UsageError("There are no epics, no board and no story of the BMAD method here.")
        found = Found()
        own = groups(files)
        loose = place_files(own, [path for path in files.stories if not previewed(path, files)], files)
        boards = [board_of(texts[path], path) for path in files.boards]
        rows = place_rows(own, [row for one in boards for row in one.stories])
        if len(own) == 1 and posixpath.commonpath([own[0].base, *loose] if loose else [own[0].base or "/"]).strip(
            "/"
        ):
            own[0].alone, loose = loose, []
        waits = [wait for one in boards for wait in one.waits]
        for group in own:
            _Assembly(group, files, found, rows, waits, len(own) == 1).run()
        apart(loose, files, found, rows)
        unplaced(files, found, rows, own)
        return found.project(*found.parts)


class _Assembly:
    """Puts one group together."""

    def __init__(
        self, group: Group, files: Files, found: Found, rows: list[Row], waits: list[Wait], alone: bool
    ) -> None:
        self.group, self.files, self.found, self.rows, self.waits = group, files, found, rows, waits
        last = group.name or group.base.rpartition("/")[2]
        self.name = "" if alone and last in _PLAIN else slug(last) or "project"
        self.used: list[tuple[Anchor, str]] = []
        self.stories: list[SourceStory] = []

    def run(self) -> None:
        want = wanted(self.group, self.files)
        links = linked(self.group, want.of, self.files)
        self.used += [*want.used, *links.used]
        epics = self._epics(links)
        for head in self.group.stories:
            self.stories.append(self._story(head, links, want))
        self.stories += [from_file(self.files.pages[path], "", self.found, self.rows) for path in self.group.alone]
        if self.group.alone:
            epics.append(SourceEpic(key="", title=folder_title(self.group.alone[0])))
        held = self._preview(want, links, epics)
        needs = [self._requirement(key, want, links) for key in want.of]
        self.found.count("requirement", len(want.of) + len(want.left))
        self.found.count("story", len(self.group.stories))
        self.found.conflicts += [one.model_copy(update={"part": self.name}) for one in want.conflicts]
        self.found.left += want.left
        edges = [*links.covers.values(), *links.serves.values(), *self._ordered(links)]
        self.found.edges += [one.model_copy(update={"part": self.name}) for one in edges]
        self.found.parts.append(
            Part(
                name=self.name,
                files=tuple(dict.fromkeys([*self.group.prds, *self.group.epics, *held, *self.group.alone])),
                requirements=tuple(needs),
                epics=tuple(epics),
                stories=tuple(self.stories),
                used=tuple(self.used),
            )
        )

    def _preview(self, want: Wanted, links: Links, epics: list[SourceEpic]) -> list[str]:
        """Take in the folders of the v7 preview; their files."""
        if not self.group.folders:
            return []
        found = preview(self.group.folders, self.files, want.of, links)
        epics += found.epics
        self.used += found.used
        self.found.count("epic", len(found.epics))
        self.found.count("story", len(found.stories))
        self.found.edges += [one.model_copy(update={"part": self.name}) for one in found.edges]
        for one in found.stories:
            if want.of and not one.needs:
                self._edge("implements", one.key, "", "missing", f"{one.page.path}: it names no requirement")
            frame = Frame(one.key, one.title, one.epic, one.needs, one.after)
            self.stories.append(told_story(one.page, one.told, one.agreed, frame))
        heads = [
            [head, *(s.page.path for s in found.stories if in_folder(s.page.path, head))]
            for head in self.group.folders
        ]
        return [path for own in heads for path in own]

    # -- epics ---------------------------------------------------------------------------------------------

    def _epics(self, links: Links) -> list[SourceEpic]:
        heads: dict[str, list[EpicHead]] = {}
        for told in self.group.told.values():
            for one in told.epics:
                heads.setdefault(one.key, []).append(one)
        keys = list(dict.fromkeys(one.epic for one in self.group.stories))
        self.found.count("epic", len(heads.keys() | {*keys}))
        epics: list[SourceEpic] = []
        for key, own in heads.items():
            head = max(own, key=lambda one: (self._held(one), not one.struck))
            self._titles(key, own)
            words = [
                p
                for p in head.page.paragraphs(head.section.start, head.section.own)
                if head.page.said(p).strip("-* ")
            ]
            self.used += [(one, GROUPED) for one in words]
            for one in own:
                if one is not head:
                    place = one.page.anchor(one.section.start, one.section.own)
                    self.used.append((place, "it sums up an epic"))
            if key not in keys:
                why = "its author has struck it through" if head.struck else "it has no story"
                self.found.leave(head.page.path, head.section.heading.line, f"Epic {key}: {head.title}", why)
                continue
            text = "\n\n".join(head.page.said(one) for one in words)
            covers = tuple(links.of_epic(key))
            epics.append(
                SourceEpic(key=key, title=f"Epic {key}: {head.title}".rstrip(": "), text=text, covers=covers)
            )
        known = {one.key for one in epics}
        for key in keys:
            if key not in known:
                self._edge("in-epic", f"Epic {key}", "", "missing", "stories name it, and no heading does")
                epics.append(SourceEpic(key=key, title=f"Epic {key}", covers=tuple(links.of_epic(key))))
        return epics

    def _held(self, head: EpicHead) -> int:
        """How many stories stand below a heading of an epic."""
        return sum(
            one.page is head.page and head.section.start <= one.section.start < head.section.end
            for one in self.group.stories
        )

    def _titles(self, key: str, own: Sequence[EpicHead]) -> None:
        titles = {slug(one.title): one for one in own if not one.struck}
        if len(titles) > 1:
            says = tuple(
                Said(path=o.page.path, line=o.section.heading.line, words=o.title) for o in titles.values()
            )
            so = "the title of the heading that holds its stories stands"
            self.found.conflicts.append(
                Conflict(key=f"Epic {key}", about="title", says=says, so=so, part=self.name)
            )

    # -- stories -------------------------------------------------------------------------------------------

    def _story(self, head: StoryHead, links: Links, want: Wanted) -> SourceStory:
        path = self.group.files.get(head.key)
        page = self.files.pages[path] if path is not None else None
        agreed = state_of(head.key, page, self.group.rows.get(head.key))
        self._edge("in-epic", head.key, f"Epic {head.epic}", "declared", f"{head.page.path}:{head.line}")
        if page is not None:
            own = next(sections_called(page, "story", "user story"), None)
            told = body(page, own.start if own is not None else 0, len(page.text))
            compare(
                agreed, head.key, (head.page, head.line, head.title, head.body), (page, story_title(page)[1], told)
            )
            self._edge("described-by", head.key, page.path, "derived", "the file's name has its number and title")
        needs = tuple(links.of_story(head.key))
        if want.of and not needs:
            evidence = f"{head.page.path}:{head.line}: it names no requirement"
            self._edge("implements", head.key, "", "missing", evidence)
        self.found.conflicts += [one.model_copy(update={"part": self.name}) for one in agreed.conflicts]
        self.used += [(one, NOTED) for one in head.body.rest]
        after = self._after(head, links, done=bool(agreed.done))
        return told_story(head.page, head.body, agreed, Frame(head.key, head.title, head.epic, needs, after, path))

    @cached_property
    def _epic_of(self) -> dict[str, str]:
        """The epic of each story of the breakdowns, both by key."""
        return {one.key: one.epic for one in self.group.stories}

    def _after(self, head: StoryHead, links: Links, *, done: bool) -> tuple[str, ...]:
        """The stories that one waits for: those it names, and those of an epic that its own waits for."""
        named = [upper for lower, upper in links.waits if lower == head.key and upper in self._epic_of]
        epics = [upper for lower, upper in links.waits if lower == f"Epic {head.epic}"]
        epics += [f"Epic {epic_of(wait.blocker)}" for wait in self._here if epic_of(wait.blocked) == head.epic]
        if not done:
            for key, epic in self._epic_of.items():
                if f"Epic {epic}" in epics and epic != head.epic:
                    evidence = f"Epic {head.epic} waits for Epic {epic}"
                    self._edge("depends-on", head.key, key, "derived", evidence)
                    named.append(key)
        return tuple(dict.fromkeys(named))

    @cached_property
    def _here(self) -> list[Wait]:
        """What the board says of epics of this group."""
        own = {row.prefix for row in self.group.rows.values()}
        return [one for one in self.waits if {prefix_of(one.blocker), prefix_of(one.blocked)} <= own]

    def _ordered(self, links: Links) -> Iterable[Edge]:
        yield from links.waits.values()
        for wait in self._here:
            lower, upper = f"Epic {epic_of(wait.blocked)}", f"Epic {epic_of(wait.blocker)}"
            yield Edge(
                kind="depends-on", lower=lower, upper=upper, origin="declared", evidence=f"{wait.path}:{wait.line}"
            )

    # -- requirements --------------------------------------------------------------------------------------

    def _requirement(self, key: str, want: Wanted, links: Links) -> SourceRequirement:
        one = want.of[key]
        known = {story.key for story in self.stories}
        stories = [story for story in links.stories_of(key) if story in known]
        epics = [f"Epic {epic}" for epic in links.epics_of(key)]
        everywhere = not stories and not epics and not one.functional
        why = ""
        if everywhere:
            evidence = f"{one.path}:{one.line}: it is a quality, and no epic or story names it"
            self._edge("holds", one.key, "all work", "derived", evidence)
        elif not stories:
            why, told = _unserved(key, links, epics, lines=False), _unserved(key, links, epics, lines=True)
            if not epics:
                self._edge("covers", "", one.key, "missing", told)
            self._edge("implements", "", one.key, "missing", told)
        return SourceRequirement(
            key=one.key,
            title=one.title,
            text=one.said,
            anchors=one.anchors,
            functional=one.functional,
            priority=one.priority,
            everywhere=everywhere,
            no_story=why,
        )

    def _edge(self, kind: EdgeKind, lower: str, upper: str, origin: Origin, evidence: str) -> None:
        self.found.edge(kind, lower, upper, origin, evidence, self.name)


def epic_of(key: str) -> str:
    return key.rpartition("epic-")[2]


def prefix_of(key: str) -> str:
    return key.partition("epic-")[0].rstrip("-")


def _unserved(key: str, links: Links, epics: Iterable[str], *, lines: bool) -> str:
    """Why no story serves a requirement; without lines where it is kept, so that an edit above changes nothing."""
    cover = next((edge.evidence for (_, need), edge in links.covers.items() if need == key), "")
    if cover:
        where = cover if lines else cover.rpartition(":")[0]
        return f"{', '.join(epics)} covers it ({where}), and none of its stories names it"
    if key not in links.told:
        return "no epic and no story names it"
    path, line, words = links.told[key]
    return f"{path}{f':{line}' if lines else ''}{SAYS}{words}"
