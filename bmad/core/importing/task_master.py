"""Task Master: `tasks.json` with tags, tasks, subtasks and dependencies."""

import re
from collections.abc import Sequence
from typing import Any

from bmad.core.importing.copying import Scribe
from bmad.core.importing.data import json_of, word, words
from bmad.core.importing.gathering import DECLARED, Gathering, rank, unsettled
from bmad.core.importing.source import GROUPED, NOTED, Anchor, Part, Project, SourceEpic, SourceStory, Texts
from bmad.core.importing.text import one_line
from bmad.errors import UsageError
from bmad.model.importing import Said

_FILE = re.compile(r"(?:.*/)?\.taskmaster/tasks/tasks\.json|(?:.*/)?tasks/tasks\.json")
_DONE = frozenset(["done", "completed"])
_GONE = frozenset(["cancelled", "canceled"])
_MASTER = "master"


class TaskMaster:
    """Reads the tasks of all tags."""

    name = "task-master"

    def wanted(self, paths: Sequence[str]) -> tuple[str, ...]:
        found = [
            path for path in paths if _FILE.fullmatch(path) or (len(paths) == 1 and path.endswith("tasks.json"))
        ]
        return tuple(found[:1])

    def read(self, texts: Texts) -> Project:
        [(path, text)] = texts.items()
        data = json_of(text, path)
        tags = _tags(data)
        if not tags:
            raise UsageError(f"{path} holds no tasks of Task Master.")
        found = Gathering()
        scribe = Scribe("task-master", path)
        epics: list[SourceEpic] = []
        stories: list[SourceStory] = []
        used: list[tuple[Anchor, str]] = []
        for tag, (tasks, about) in tags.items():
            scribe.heading(1, tag)
            found.count("epic")
            used.append((scribe.text(about), GROUPED))
            told = _Tag(tag, tasks, path, found, scribe)
            own = told.stories()
            used += told.used
            stories += own
            if own:
                epics.append(SourceEpic(key=tag, title=tag, text=about))
            else:
                found.leave(path, 1, tag, "the tag has no task that is to be done or was done")
        copy = scribe.copy()
        return found.project(
            Part(
                name="",
                files=(copy.path,),
                epics=tuple(epics),
                stories=tuple(stories),
                used=tuple(used),
                copy=copy,
            )
        )


def _tags(data: Any) -> dict[str, tuple[list[dict[str, Any]], str]]:
    """The tasks of each tag, with what is said of it; a file without tags is of one."""
    if not isinstance(data, dict):
        return {}
    if isinstance(data.get("tasks"), list):
        data = {_MASTER: data}
    found: dict[str, tuple[list[dict[str, Any]], str]] = {}
    for tag, value in data.items():
        if isinstance(value, dict) and isinstance(value.get("tasks"), list):
            meta = value.get("metadata")
            about = word(meta.get("description")) if isinstance(meta, dict) else ""
            found[word(tag)] = [one for one in value["tasks"] if isinstance(one, dict)], about
    return found


class _Tag:
    """The tasks of one tag: an epic with a story for each."""

    def __init__(self, tag: str, tasks: list[dict[str, Any]], path: str, found: Gathering, scribe: Scribe) -> None:
        self.tag, self.tasks, self.path, self.found, self.scribe = tag, tasks, path, found, scribe
        self.used: list[tuple[Anchor, str]] = []
        self.ids = {word(one.get("id")) for one in tasks if word(one.get("status")) not in _GONE}

    def stories(self) -> list[SourceStory]:
        found: list[SourceStory] = []
        for one in self.tasks:
            self.found.count("story")
            number, title = word(one.get("id")), word(one.get("title"))
            state = word(one.get("status"))
            if not number or not title:
                self.found.leave(self.path, 1, title or number or "a task", "it has no id or no title")
            elif state in _GONE:
                self.found.leave(self.path, 1, f"{number} {title}", f"it is {state}")
            else:
                found.append(self._story(one, number, title, state))
        return found

    def _key(self, number: str) -> str:
        return number if self.tag == _MASTER else f"{self.tag}/{number}"

    def _story(self, one: dict[str, Any], number: str, title: str, state: str) -> SourceStory:
        key = self._key(number)
        self.found.edge("in-epic", key, self.tag, DECLARED, f"{self.path}: it stands below that tag")
        self.scribe.heading(2, f"{number} {title}")
        said = word(one.get("description")) or title
        anchors: list[Anchor] = [self.scribe.text(said)]
        details = word(one.get("details"))
        self.used.append((self.scribe.text(details), NOTED))
        criteria = [*words(one.get("acceptanceCriteria")), *words(one.get("testStrategy"))]
        anchors += [self.scribe.item(criterion) for criterion in criteria]
        self.scribe.end()
        below = [sub for sub in one.get("subtasks") or [] if isinstance(sub, dict)]
        done = state in _DONE
        marks = (
            []
            if done or state in ("pending", "in-progress", "review", "")
            else [unsettled("state", [Said(path=self.path, line=1, words=state)])]
        )
        open_ones = [sub for sub in below if word(sub.get("status")) not in _DONE | _GONE]
        if done and open_ones:
            says = (
                f"{len(open_ones)} of {len(below)} subtasks are not done, {word(open_ones[0].get('id'))} for one"
            )
            told = (self.path, 1, says)
            self.found.conflict(key, "state", "taken as done, as the task says", (self.path, 1, state), told)
        tasks = [one_line(f"{number}.{word(sub.get('id'))} {word(sub.get('title'))}") for sub in below]
        return SourceStory(
            key=key,
            title=title,
            epic=self.tag,
            narrative=said,
            anchors=tuple(anchors),
            criteria=tuple(map(one_line, criteria)),
            tasks=tuple(tasks),
            notes="\n\n".join([*marks, *([details] if details else [])]),
            after=tuple(self._after(one, key)),
            priority=rank(word(one.get("priority"))),
            done=f"`{state}` in {self.path}" if done else "",
        )

    def _after(self, one: dict[str, Any], key: str) -> list[str]:
        where = f"{self.path}: dependencies"
        names = [name.split(".")[0] for name in words(one.get("dependencies"))]
        own = dict.fromkeys(name for name in names if name != word(one.get("id")))
        return [self._key(name) for name in own if self.found.waits(key, self._key(name), name in self.ids, where)]
