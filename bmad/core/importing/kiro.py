"""Kiro and cc-sdd: a folder for each spec with `requirements.md` (EARS), `design.md` and `tasks.md`.

Coding agents obey what stands below `.kiro`, so it is governed and cannot be the intent: a copy of it is.
"""

import re
from collections import Counter
from collections.abc import Sequence

from bmad.core.importing.copying import Scribe
from bmad.core.importing.gathering import DECLARED, MISSING, Gathering, ticked
from bmad.core.importing.source import NOTED, Anchor, Part, Project, SourceEpic, SourceStory, Texts, Told
from bmad.core.importing.text import Item, Page, Section, one_line
from bmad.errors import UsageError

_FILE = re.compile(r"(?P<folder>(?:.*/)?\.kiro/specs/(?P<name>[^/]+))/requirements\.md")
_OWN = re.compile(r"(?:.*/)?\.kiro/(?:specs/[^/]+/(?:requirements|design|tasks)|steering/[^/]+)\.md")
_REQUIREMENT = re.compile(
    r"(?:Requirement|要件|需求)\s*(?P<number>[\d.]+)\s*[:：.–—-]?\s*(?P<title>.*)|(?P<plain>[\d.]+)[.:)]?\s+(?P<named>.+)",
    re.IGNORECASE,
)
_WISH = re.compile(r"\*\*(?:User Story|Objective|目的|ユーザーストーリー)\s*[:：]?\s*\*\*\s*[:：]?", re.IGNORECASE)
_CRITERIA = re.compile(r"acceptance criteria|受け入れ基準|受入基準|验收标准", re.IGNORECASE)
_NUMBERED = re.compile(
    r"[ \t]*(?:[-*+][ \t]+)?(?:\*\*)?(?P<number>\d+(?:\.\d+)*)[.)]?(?:\*\*)?[ \t]+(?P<words>\S.*)"
)
_NAMES = re.compile(r"_?Requirements?:\s*(?P<numbers>[\d., ]+)_?", re.IGNORECASE)


class Kiro:
    """Reads specs."""

    name = "kiro"

    def wanted(self, paths: Sequence[str]) -> tuple[str, ...]:
        there = any(_FILE.fullmatch(path) for path in paths)
        return tuple(path for path in paths if there and _OWN.fullmatch(path))

    def read(self, texts: Texts) -> Project:
        found = Gathering()
        heads = [match for path in texts if (match := _FILE.fullmatch(path)) is not None]
        if not heads:
            raise UsageError("There is no spec of Kiro here: .kiro/specs/NAME/requirements.md.")
        scribe = Scribe("kiro", heads[0].group().split("/specs/")[0] + "/specs")
        epics: list[SourceEpic] = []
        stories: list[SourceStory] = []
        used: list[tuple[Anchor, str]] = []
        for match in heads:
            spec = _Spec(match, texts, found, scribe)
            own = spec.stories()
            found.count("epic")
            if own:
                epics.append(SourceEpic(key=match["name"], title=match["name"]))
            else:
                found.leave(match.group(), 1, match["name"], "it has no requirement with a number")
            stories += own
            used += spec.used
        for path in texts:
            if not path.endswith(("/requirements.md", "/tasks.md")):
                found.leave(
                    path, 1, path.rpartition("/")[2], "it designs or steers; agents read it where it stands"
                )
        copy = scribe.copy()
        part = Part(
            name="", files=(copy.path,), epics=tuple(epics), stories=tuple(stories), used=tuple(used), copy=copy
        )
        return found.project(part)


class _Spec:
    """One spec: an epic, with a story for each of its requirements."""

    def __init__(self, match: re.Match[str], texts: Texts, found: Gathering, scribe: Scribe) -> None:
        self.name, self.found = match["name"], found
        self.page = Page(match.group(), texts[match.group()])
        path = f"{match['folder']}/tasks.md"
        self.tasks = Page(path, texts.get(path, ""))
        self.design = f"{match['folder']}/design.md"
        self.has_design = self.design in texts
        self.path = scribe.path
        self.shift = scribe.whole(self.page.text)
        self.used: list[tuple[Anchor, str]] = []

    def stories(self) -> list[SourceStory]:
        work = self._work()
        heads: dict[str, tuple[Section, str]] = {}
        for section in self.page.sections:
            match = _REQUIREMENT.fullmatch(section.title)
            if match is None or (match["plain"] and not any("equirement" in above for above in section.path[:-1])):
                continue
            number = (match["number"] or match["plain"]).strip(".")
            if _CRITERIA.search(section.title) or number in heads:
                continue
            heads[number] = section, match["title"] or match["named"] or section.title
        for number in sorted(set(work) - set(heads) - {""}):
            line = self.tasks.line(work[number][0].start)
            self.found.leave(
                self.tasks.path, line, f"Requirement {number}", "tasks name it, and no requirement has that number"
            )
        for one in work.get("", []):
            words = self._said(one)
            self.found.leave(self.tasks.path, self.tasks.line(one.start), words, "the task names no requirement")
        return [self._story(number, *found, work.get(number, [])) for number, found in heads.items()]

    def _moved(self, anchor: Anchor) -> Anchor:
        return anchor.moved(self.path, self.shift)

    def _story(self, number: str, section: Section, title: str, work: list[Item]) -> SourceStory:
        page, key = self.page, f"{self.name}/{number}"
        where = f"{page.path}:{section.heading.line}"
        self.found.count("story")
        self.found.edge("in-epic", key, self.name, DECLARED, where)
        wish, criteria, rest = self._body(section)
        self.used += [(self._moved(one), NOTED) for one in rest]
        if work:
            line = self.tasks.line(work[0].start)
            self.found.edge(
                "described-by", key, self.tasks.path, DECLARED, f"{self.tasks.path}:{line}: _Requirements_"
            )
        elif self.tasks.text:
            self.found.edge("described-by", key, "", MISSING, f"no task of {self.tasks.path} names it")
        done = sum(bool(one.ticked) for one in work)
        own = [wish] if wish is not None else []
        text = _WISH.sub("", page.said(wish)).strip() if wish is not None else title
        head = page.anchor(section.heading.start, section.heading.end)
        anchors = [*own, *(one.anchor for one in criteria)] or [head]
        notes = [f"From “{self.design}”."] if self.has_design else []
        return SourceStory(
            key=key,
            source=f"Requirement {number}",
            title=title,
            epic=self.name,
            narrative=text,
            anchors=tuple(map(self._moved, anchors)),
            criteria=tuple(one.text for one in criteria),
            tasks=tuple(map(self._said, work)),
            notes="\n\n".join([*notes, *(page.said(one) for one in rest)]),
            done=ticked(done, len(work), f"tasks that name Requirement {number}", self.tasks.path),
        )

    def _body(self, section: Section) -> tuple[Anchor | None, list[Told], list[Anchor]]:
        """The wish of a requirement, its criteria, and what it says besides."""
        page = self.page
        inner = next((one for one in page.below(section) if _CRITERIA.search(one.title)), None)
        label = next(
            (
                at
                for at, row in page.lines(section.start, section.own)
                if row.startswith("**") and _CRITERIA.search(row)
            ),
            section.own,
        )
        begins = inner.start if inner is not None else label
        before = [
            one for one in page.paragraphs(section.start, min(section.own, label)) if page.said(one).strip("- ")
        ]
        wish = next((one for one in before if _WISH.match(page.said(one))), before[0] if before else None)
        criteria = list(_numbered(page, begins, inner.end if inner is not None else section.end))
        return wish, criteria, [one for one in before if one != wish]

    # -- tasks ---------------------------------------------------------------------------------------------

    def _work(self) -> dict[str, list[Item]]:
        """The tasks by the number of the requirement that they name; one with tasks below counts by these."""
        found: dict[str, list[Item]] = {}
        items = [one for one in self.tasks.items(0, len(self.tasks.text)) if one.ticked is not None]
        own = [self._said(one).split(" ", 1)[0] for one in items]
        above = Counter(number for word in own for number in _above(word))
        for at, (one, word) in enumerate(zip(items, own, strict=True), 1):
            if at < len(items) and items[at].line_start < one.end:
                continue
            names = _NAMES.search(self.tasks.text[one.start : one.end])
            first = word.rstrip(".")
            if names is not None:
                numbers = [number.split(".")[0] for number in re.findall(r"\d+(?:\.\d+)*", names["numbers"])]
            else:
                numbers = [] if above[first] > (first in _above(word)) else [""]
            for number in dict.fromkeys(numbers):
                found.setdefault(number, []).append(one)
        return found

    def _said(self, one: Item) -> str:
        """A task's own line."""
        return one_line(self.tasks.text[one.start : one.end].split("\n")[0])


def _above(number: str) -> set[str]:
    """The numbers of the tasks that one is part of, by its own: `1` and `1.2` of `1.2.3`; `1` of `1.`, too."""
    return {number[:at] for at, sign in enumerate(number) if sign == "."}


def _numbered(page: Page, start: int, end: int) -> list[Told]:
    """The numbered lines, each with what is set in below it."""
    rows = [(at, match) for at, row in page.lines(start, end) if (match := _NUMBERED.match(row)) is not None]
    if not rows:
        items = page.items(start, end)
        return [Told(one_line(page.text[one.start : one.end]), page.anchor(one.start, one.end)) for one in items]
    found: list[Told] = []
    for index, (at, match) in enumerate(rows):
        stop = rows[index + 1][0] if index + 1 < len(rows) else end
        blank = re.search(r"\n[ \t]*\n(?![ \t])", page.text[at:stop])
        stop = at + blank.start() if blank is not None else stop
        keeps = "." in match["number"]
        anchor = page.anchor(at + (match.start("number") if keeps else match.start("words")), stop)
        found.append(Told(one_line(page.said(anchor)), anchor))
    return found
