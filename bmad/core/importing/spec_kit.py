"""Spec Kit: a folder for each feature with `spec.md`, `plan.md`, `tasks.md`; user stories, `FR-001`, ticks."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from bmad.core.importing.bmad_method.requirements import Definition, definitions
from bmad.core.importing.bmad_method.stories import body
from bmad.core.importing.gathering import DECLARED, DERIVED, MISSING, Gathering, rank, ticked
from bmad.core.importing.source import (
    NOTED,
    Anchor,
    Part,
    Project,
    SourceEpic,
    SourceRequirement,
    SourceStory,
    Texts,
    Told,
)
from bmad.core.importing.text import Item, Page, Section, keys_in, one_line, same_key
from bmad.errors import UsageError

_SPEC = re.compile(r"(?P<folder>(?:.*/)?(?P<name>\d{3,}-[^/]+))/spec\.md")
_BESIDE = re.compile(r"(?:.*/)?\d{3,}-[^/]+/(?:spec|tasks|plan|research|data-model|quickstart)\.md")
_CONSTITUTION = re.compile(r"(?:.*/)?\.specify/memory/constitution\.md")
_STORY = re.compile(
    r"User Story\s+(?P<number>\d+)\s*[-–—:]?\s*(?P<title>.*?)\s*(?:\((?:Priority:?\s*)?(?P<rank>P\d)\).*)?",
    re.IGNORECASE,
)
_PHASE = re.compile(r"Phase\s+(?P<number>[\d.]+)\s*[:.–—-]\s*(?P<title>.*)", re.IGNORECASE)
_TASK = re.compile(r"(?:\*\*)?(?P<id>T\d+)(?:\*\*)?\s*(?P<marks>(?:\[[^\]]+\]\s*)*)(?P<words>.*)", re.DOTALL)
_US = re.compile(r"\[(?:US|Story\s*)(\d+)\]", re.IGNORECASE)
_WAITS = re.compile(r"User Story (?P<lower>\d+)\b.*?\bdepends on\b(?P<uppers>.*)", re.IGNORECASE)
_NAMED = re.compile(r"(?:US|User Story\s*)(\d+)", re.IGNORECASE)
_LEFT = "it plans or explains, and is no requirement, story or task"


class SpecKit:
    """Reads the features of a project."""

    name = "spec-kit"

    def wanted(self, paths: Sequence[str]) -> tuple[str, ...]:
        if not any(_SPEC.fullmatch(path) for path in paths):
            return ()
        return tuple(path for path in paths if _BESIDE.fullmatch(path) or _CONSTITUTION.fullmatch(path))

    def read(self, texts: Texts) -> Project:
        found = Gathering()
        features = [
            _Feature(match["folder"], match["name"], texts, found)
            for path in texts
            if (match := _SPEC.fullmatch(path)) is not None
        ]
        if not features:
            raise UsageError("There is no feature of Spec Kit here: specs/001-name/spec.md.")
        for one in features:
            one.run()
        for path in texts:
            if not path.endswith(("/spec.md", "/tasks.md")):
                page = Page(path, texts[path])
                why = "coding agents obey it, so it is governed" if _CONSTITUTION.fullmatch(path) else _LEFT
                found.leave(path, 1, page.opening or path, why)
        part = Part(
            name="",
            files=tuple(path for one in features for path in one.files),
            requirements=tuple(need for one in features for need in one.requirements),
            epics=tuple(one.epic for one in features),
            stories=tuple(story for one in features for story in one.stories),
            used=tuple(used for one in features for used in one.used),
        )
        return found.project(part)


class _Feature:
    """One feature: an epic with its user stories, requirements and tasks."""

    def __init__(self, folder: str, name: str, texts: Texts, found: Gathering) -> None:
        self.folder, self.name, self.found = folder, name, found
        self.spec = Page(f"{folder}/spec.md", texts[f"{folder}/spec.md"])
        told = texts.get(f"{folder}/tasks.md")
        self.tasks = Page(f"{folder}/tasks.md", told) if told is not None else None
        self.plan = f"{folder}/plan.md" if f"{folder}/plan.md" in texts else ""
        self.files = (self.spec.path, *((self.tasks.path,) if self.tasks is not None else ()))
        self.requirements: list[SourceRequirement] = []
        self.stories: list[SourceStory] = []
        self.used: list[tuple[Anchor, str]] = []
        self.needs: dict[str, dict[str, None]] = {}
        """The story -> keys of requirements that it serves."""
        self.epic = SourceEpic(key=name, title=name)

    def run(self) -> None:
        self.found.count("epic")
        defined = {same_key(one.key): one for one in reversed(definitions(self.spec))}
        heads = [(one, match) for one in self.spec.sections if (match := _STORY.fullmatch(one.title))]
        work = self._work()
        for section, match in heads:
            self._names(match["number"], self.spec, section.start, section.end, defined)
        for number, items in work.items():
            for task in items:
                self._task_names(number, task, defined)
        if len(heads) == 1 and not self.needs:
            self._alone(heads[0][1]["number"], defined)
        for section, match in heads:
            self.stories.append(self._story(section, match, work.get(match["number"], [])))
        self.stories += self._phases()
        self._waits()
        served = {key for keys in self.needs.values() for key in keys}
        for key, one in sorted(defined.items(), key=lambda entry: entry[1].line):
            self.found.count("requirement")
            where = f"{one.path}:{one.line}"
            self.found.edge("covers", self.name, one.key, DECLARED, f"{where}: it stands in the feature's spec")
            why = "" if key in served else f"it stands in the spec of {self.name}, and no user story names it"
            if why:
                self.found.edge("implements", "", f"{self.name} {one.key}", MISSING, why)
            self.requirements.append(
                SourceRequirement(
                    key=self._key(key),
                    source=one.key,
                    title=one.title,
                    text=one.said,
                    anchors=one.anchors,
                    functional=one.functional and not one.key.startswith("SC"),
                    priority=one.priority,
                    no_story=why,
                )
            )
        title = re.sub(r"^(?:Feature )?Specification:\s*", "", self.spec.title, flags=re.IGNORECASE)
        covers = tuple(self._key(key) for key in defined)
        self.epic = SourceEpic(key=self.name, title=title or self.name, covers=covers)

    def _alone(self, number: str, defined: Mapping[str, Definition]) -> None:
        """What a feature of a single user story asks for is that story's."""
        for key, one in defined.items():
            self.needs.setdefault(number, {})[key] = None
            evidence = f"{one.path}:{one.line}: it is the only user story of {self.name}"
            self.found.edge("implements", f"{self.name} US{number}", one.key, DERIVED, evidence)

    def _key(self, key: str) -> str:
        return f"{self.name} {key}"

    # -- tasks ---------------------------------------------------------------------------------------------

    def _work(self) -> dict[str, list[Item]]:
        """The tasks by the number of their user story: its mark, else that of the phase they stand in."""
        found: dict[str, list[Item]] = {}
        page = self.tasks
        for section in page.sections if page is not None else ():
            phase = _STORY.search(section.title) if "user story" in section.title.lower() else None
            for one in page.items(section.start, section.own) if page is not None else ():
                match = _TASK.match(page.text[one.start : one.end]) if page is not None else None
                if match is None or one.ticked is None:
                    continue
                named = _US.search(match["marks"])
                number = named[1] if named else phase["number"] if phase else ""
                found.setdefault(number, []).append(one)
        return found

    def _said(self, one: Item) -> str:
        return one_line(self.tasks.text[one.start : one.end]) if self.tasks is not None else ""

    def _task_names(self, number: str, one: Item, defined: Container[str]) -> None:
        for key in keys_in(self._said(one)):
            if number and same_key(key) in defined and same_key(key) not in self.needs.get(number, {}):
                self.needs.setdefault(number, {})[same_key(key)] = None
                line = self.tasks.line(one.start) if self.tasks is not None else 1
                evidence = f"{self.folder}/tasks.md:{line}: a task of User Story {number} names it"
                self.found.edge("implements", f"{self.name} US{number}", key, DERIVED, evidence)

    def _names(self, number: str, page: Page, start: int, end: int, defined: Container[str]) -> None:
        for at, row in page.lines(start, end):
            for key in keys_in(row):
                if same_key(key) in defined and same_key(key) not in self.needs.get(number, {}):
                    self.needs.setdefault(number, {})[same_key(key)] = None
                    evidence = f"{page.path}:{page.line(at)}: the story names it"
                    self.found.edge("implements", f"{self.name} US{number}", key, DERIVED, evidence)

    # -- stories -------------------------------------------------------------------------------------------

    def _story(self, section: Section, match: re.Match[str], work: list[Item]) -> SourceStory:
        page = self.spec
        number = match["number"]
        key = f"{self.name} US{number}"
        self.found.count("story")
        self.found.edge("in-epic", key, self.name, DECLARED, f"{page.path}:{section.heading.line}")
        start = next(
            (at for at, row in page.lines(section.start, section.end) if "**acceptance scenarios" in row.lower()),
            -1,
        )
        told = body(page, section.start, section.end if start < 0 else start)
        criteria = _scenarios(page, start, section.end) if start >= 0 else list(told.criteria)
        self.used += [(one, NOTED) for one in told.rest]
        done = sum(bool(one.ticked) for one in work)
        own = [told.narrative] if told.narrative is not None else []
        if not self.needs.get(number):
            self.found.edge(
                "implements", key, "", MISSING, f"{page.path}:{section.heading.line}: it names no requirement"
            )
        return SourceStory(
            key=key,
            source=f"US{number}",
            title=match["title"] or f"User Story {number}",
            epic=self.name,
            narrative=told.narrative.text if told.narrative is not None else match["title"],
            anchors=tuple(one.anchor for one in (*own, *criteria))
            or (page.anchor(section.heading.start, section.heading.end),),
            criteria=tuple(one.text for one in criteria),
            tasks=tuple(map(self._said, work)),
            notes="\n\n".join(filter(None, (self._from(), *(page.said(one) for one in told.rest)))),
            needs=tuple(self._key(need) for need in self.needs.get(number, ())),
            priority=rank(match["rank"] or ""),
            done=ticked(done, len(work), f"tasks of US{number}", f"{self.folder}/tasks.md"),
        )

    def _from(self) -> str:
        return f"From “{self.plan}”." if self.plan else ""

    def _phases(self) -> list[SourceStory]:
        """The phases of the tasks that are of no user story: set-up, what all stories stand on, polish."""
        page, found = self.tasks, []
        for section in page.sections if page is not None else ():
            match = _PHASE.match(section.title)
            if page is None or match is None or "user story" in section.title.lower():
                continue
            boxes = (one for one in page.items(section.start, section.end) if one.ticked is not None)
            items = [one for one in boxes if self._said(one)]
            items = [one for one in items if not _US.search(page.text[one.start : one.start + 60])]
            if not items:
                continue
            key = f"{self.name} Phase {match['number']}"
            self.found.count("story")
            self.found.edge("in-epic", key, self.name, DECLARED, f"{page.path}:{section.heading.line}")
            done = sum(bool(one.ticked) for one in items)
            anchors = tuple(page.anchor(one.start, one.end) for one in items)
            found.append(
                SourceStory(
                    key=key,
                    source=f"Phase {match['number']}",
                    title=match["title"],
                    epic=self.name,
                    narrative=match["title"],
                    anchors=anchors,
                    criteria=tuple(map(self._said, items)),
                    notes=self._from(),
                    done=ticked(done, len(items), f"tasks of Phase {match['number']}", page.path),
                )
            )
        return found

    def _waits(self) -> None:
        """What the tasks say of user stories that wait for others."""
        waits: dict[str, list[str]] = {}
        page = self.tasks
        known = {one.key for one in self.stories}
        for at, row in page.lines(0, len(page.text)) if page is not None else ():
            if page is not None and (match := _WAITS.search(row)):
                lower = f"{self.name} US{match['lower']}"
                for number in _NAMED.findall(match["uppers"]):
                    upper = f"{self.name} US{number}"
                    if upper != lower and self.found.waits(
                        lower, upper, upper in known, f"{page.path}:{page.line(at)}"
                    ):
                        waits.setdefault(lower, []).append(upper)
        self.stories = [_after(one, waits.get(one.key, [])) for one in self.stories]


def _after(story: SourceStory, names: list[str]) -> SourceStory:
    return replace(story, after=tuple(dict.fromkeys(names))) if names else story


def _scenarios(page: Page, start: int, end: int) -> list[Told]:
    """The acceptance scenarios: the numbered items behind their label."""
    items = page.items(start, end)
    edge = min((one.indent for one in items), default=0)
    found: list[Told] = []
    for one in items:
        anchor = page.anchor(one.start, one.end)
        text = re.sub(r"\s*-{3,}\s*$", "", page.said(anchor))
        if one.indent <= edge and text:
            found.append(Told(one_line(text), anchor._replace(end=anchor.start + len(text))))
    return found
