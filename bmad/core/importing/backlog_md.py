"""Backlog.md: a Markdown file for each task with front matter, criteria with ticks, milestones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bmad.core.importing.data import front_matter, word, words, yaml_of
from bmad.core.importing.gathering import DECLARED, MISSING, Gathering, rank
from bmad.core.importing.source import NOTED, Anchor, Part, Project, SourceEpic, SourceStory, Texts, Told
from bmad.core.importing.text import Page, Section, one_line
from bmad.errors import UsageError

_TASK = re.compile(r"(?:.*/)?(?:backlog|\.backlog)/(?:tasks|completed)/[^/]+ - [^/]*\.md")
_OWN = re.compile(
    r"(?:.*/)?(?:backlog|\.backlog)/(?:(?:tasks|completed|drafts|milestones|archive/\w+)/[^/]+\.md|config\.yml)"
)
_NUMBER = re.compile(r"^#\d+\s+")
_DONE = frozenset(["done", "completed", "complete"])


class BacklogMd:
    """Reads tasks, open and completed."""

    name = "backlog"

    def wanted(self, paths: Sequence[str]) -> tuple[str, ...]:
        there = any(_TASK.fullmatch(path) for path in paths)
        return tuple(path for path in paths if there and _OWN.fullmatch(path))

    def read(self, texts: Texts) -> Project:
        found = Gathering()
        config = next((path for path in texts if path.endswith("config.yml")), "")
        data = yaml_of(texts[config], config) if config else {}
        project = word(data.get("project_name")) if isinstance(data, dict) else ""
        tasks = [_task(Page(path, text)) for path, text in texts.items() if _TASK.fullmatch(path)]
        known = {one.id.casefold(): one for one in tasks if one.id}
        if not known:
            raise UsageError("There is no task of Backlog.md here: backlog/tasks/task-1 - Title.md.")
        miles = _milestones(texts)
        kept: list[SourceStory] = []
        used: list[tuple[Anchor, str]] = []
        epics: dict[str, SourceEpic] = {}
        for one in tasks:
            found.count("story")
            if not one.id or not one.title or known.get(one.id.casefold()) is not one:
                why = "another file has its id" if one.id and one.title else "it has no id or no title"
                found.leave(one.page.path, 1, one.title, why)
                continue
            epic = _epic(one, known)
            epics.setdefault(
                epic, SourceEpic(key=epic, title=miles.get(epic.casefold(), epic) or project or "backlog")
            )
            kept.append(_story(one, epic, known, found, used))
        found.count("epic", len(epics))
        for path, text in texts.items():
            if not _TASK.fullmatch(path) and path != config and "/milestones/" not in path:
                page = Page(path, text)
                where = "archive" if "/archive/" in path else "drafts"
                title = word(front_matter(text, path, loose=True)[0].get("title"))
                found.leave(path, 1, title or page.path.rpartition("/")[2], f"it stands in {where}")
        files = tuple(one.page.path for one in tasks if one.title and known.get(one.id.casefold()) is one)
        return found.project(
            Part(name="", files=files, epics=tuple(epics.values()), stories=tuple(kept), used=tuple(used))
        )


@dataclass(frozen=True)
class _Task:
    page: Page
    id: str
    title: str
    state: str
    data: dict[str, object]
    begins: int


def _task(page: Page) -> _Task:
    data, begins = front_matter(page.text, page.path, loose=True)
    return _Task(page, word(data.get("id")), word(data.get("title")), word(data.get("status")), data, begins)


def _milestones(texts: Texts) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, text in texts.items():
        if "/milestones/" in path and "/archive/" not in path:
            data, _ = front_matter(text, path, loose=True)
            name = word(data.get("id")) or path.rpartition("/")[2].split(" - ")[0]
            found[name.casefold()] = word(data.get("title")) or name
    return found


def _epic(one: _Task, known: dict[str, _Task]) -> str:
    """The milestone of a task, else that of the task it is part of."""
    seen: set[str] = set()
    while not (found := word(one.data.get("milestone"))) and one.id not in seen:
        seen.add(one.id)
        above = known.get(word(one.data.get("parent_task_id")).casefold())
        if above is None:
            return ""
        one = above
    return found


def _story(
    one: _Task, epic: str, known: dict[str, _Task], found: Gathering, used: list[tuple[Anchor, str]]
) -> SourceStory:
    page, key = one.page, one.id
    evidence = f"{page.path}: milestone" if epic else f"{page.path}: it names no milestone"
    found.edge("in-epic", key, epic, DECLARED if epic else MISSING, evidence)
    parts = {section.title.lower(): section for section in reversed(page.sections)}
    about = parts.get("description")
    said = page.paragraphs(about.start, about.own) if about is not None else []
    said = [p for p in said if not page.said(p).startswith(("<!--", "```"))]
    criteria, boxes = _criteria(page, parts.get("acceptance criteria"))
    rest = said[1:]
    used += [(p, NOTED) for p in rest]
    done = one.state.casefold() in _DONE
    unticked = sum(not ticked for ticked in boxes)
    if done and unticked:
        line = parts["acceptance criteria"].heading.line
        says = (page.path, line, f"{len(boxes) - unticked} of {len(boxes)} criteria ticked")
        found.conflict(key, "criteria", "taken as done, as its status says", (page.path, 1, one.state), says)
    head = Anchor(page.path, one.begins, one.begins)
    at = page.text.find(one.title)
    title = Anchor(page.path, at, at + len(one.title)) if at >= 0 and one.title else head
    own = said[:1] or ([title] if not criteria else [])
    after: list[str] = []
    for name in words(one.data.get("dependencies")):
        other = known.get(name.casefold()) or known.get(
            name.casefold().replace("task-", f"{key.split('-')[0].casefold()}-")
        )
        if (
            found.waits(key, other.id if other else name, other is not None, f"{page.path}: dependencies")
            and other
        ):
            after.append(other.id)
    above = word(one.data.get("parent_task_id"))
    notes = [f"From “{page.path}”.", *(page.said(p) for p in rest)]
    return SourceStory(
        key=key,
        title=one.title or key,
        epic=epic,
        narrative=page.said(own[0]) if own and said else one.title,
        anchors=(*own, *(told.anchor for told in criteria)),
        criteria=tuple(told.text for told in criteria),
        notes="\n\n".join(notes if not above else [notes[0], f"parent_task_id: {above}", *notes[1:]]),
        after=tuple(after),
        priority=rank(word(one.data.get("priority"))),
        done=f"`{one.state}` in {page.path}" if done else "",
    )


def _criteria(page: Page, section: Section | None) -> tuple[list[Told], list[bool]]:
    """The criteria of a task, without the number that the tool gives each; and their ticks."""
    found: list[Told] = []
    boxes: list[bool] = []
    start, end = (section.start, section.own) if section is not None else (0, 0)
    items = page.items(start, end)
    edge = min((one.indent for one in items), default=0)
    for one in items:
        if one.indent > edge:
            continue
        raw = page.text[one.start : one.end].split("<!--")[0]
        number = _NUMBER.match(raw)
        anchor = page.anchor(one.start + (number.end() if number is not None else 0), one.start + len(raw))
        if text := one_line(page.said(anchor)):
            found.append(Told(text, anchor))
            boxes += [one.ticked] if one.ticked is not None else []
    return found, boxes
