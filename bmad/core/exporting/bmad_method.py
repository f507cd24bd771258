"""A specification as files of the BMAD method: PRD, epics, board and story files, which are read again.

Keys of requirements and numbers of stories are kept where they are the method's; the others are numbered, and
told.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bmad.core.exporting.items import in_order
from bmad.core.graph import SpecGraph, source_of
from bmad.core.importing.text import same_key
from bmad.core.mapping.parts import NOTES, TASKS
from bmad.model.graph import Node
from bmad.model.ids import Kind
from bmad.model.layout import Place
from bmad.model.spec import Epic, Priority, Requirement, Story

_NEED = re.compile(r"(?:NFR|FR|UX-DR|AR|CAP|SC)(?:[-_][A-Z]{1,4})?[-_]?\d+(?:\.\d+)*[a-z]?")
_STORY = re.compile(r"(?P<epic>\d+)\.(?P<number>\d+[a-z]?)")
_EPIC = re.compile(r"Epic (?P<number>\d+)(?:: (?P<title>.+))?")
_FROM = re.compile(r"From “[^”]*”\.\n*")
_BOARD = {"done": "done", "elsewhere": "done", "backlog": "backlog", "review": "review", "accept": "review"}
_LABELLED = re.compile(r"\*\*[^*\n]{2,59}:\*\*[ \t]*(?:\n|$)")
"""Notes that begin with a label on a line of its own, which is where criteria end."""
_SLUG = re.compile(r"[^a-z0-9]+")
PLAN, WORK = "planning-artifacts", "implementation-artifacts"


class Files(NamedTuple):
    """The files by path below the target, and what the method has no place for."""

    texts: dict[str, str]
    left: list[str]


class _Export:
    def __init__(self, graph: SpecGraph, here: list[Node], states: Mapping[str, str]) -> None:
        self.graph, self.states = graph, states
        self.stories = in_order(graph, [node for node in here if node.kind is Kind.STORY])
        self.epics = in_order(graph, [node for node in here if node.kind is Kind.EPIC])
        self.left: list[str] = []
        own = {self._own(node) for node in self.stories}
        needs = [node for node in here if node.kind is Kind.REQUIREMENT and node.id not in own]
        self.needs = in_order(graph, needs)
        self.keys = self._need_keys()
        self.numbers = self._epic_numbers()
        self.names = self._story_numbers()

    def _own(self, node: Node) -> str:
        """The requirement that a story itself is: of the same source, and of no other story."""
        story = node.item
        if not isinstance(story, Story) or not story.source or _NEED.fullmatch(story.source):
            return ""
        names = [self.graph.aliases.get(ref.text, ref.text) for ref in story.implements]
        needs = (self.graph.nodes[name] for name in names if name in self.graph.nodes)
        return next((need.id for need in needs if source_of(need) == story.source), "")

    # -- keys ----------------------------------------------------------------------------------------------

    def _need_keys(self) -> dict[str, str]:
        found: dict[str, str] = {}
        used = set[str]()  # as keys are compared when they are read again: `NFR-01` is `NFR1`
        for node in self.needs:
            source = source_of(node)
            if _NEED.fullmatch(source) and same_key(source) not in used:
                found[node.id] = source
                used.add(same_key(source))
        number = 0
        for node in self.needs:
            if node.id not in found:
                kind = "NFR" if node.id.startswith("NFR") else "FR"
                number += 1
                while f"{kind}{number}" in used:
                    number += 1
                found[node.id] = f"{kind}{number}"
                used.add(found[node.id])
                self.left.append(f"{node.id} is {found[node.id]} there; its own key: {source_of(node) or 'none'}")
        return found

    def _epic_numbers(self) -> dict[str, str]:
        said = {node.id: match["number"] for node in self.epics if (match := _EPIC.fullmatch(node.title))}
        used, number = set(said.values()), 0
        for node in self.epics:
            if node.id not in said:
                number += 1
                while str(number) in used:
                    number += 1
                said[node.id] = str(number)
                used.add(str(number))
        return said

    def _story_numbers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        used: set[str] = set()
        for node in self.stories:
            match = _STORY.fullmatch(source_of(node))
            if match is not None and match["epic"] == self._epic(node) and match.group() not in used:
                found[node.id] = match.group()
                used.add(match.group())
        for node in self.stories:
            number = 1
            while node.id not in found:
                name = f"{self._epic(node)}.{number}"
                number += 1
                if name not in used:
                    found[node.id] = name
                    used.add(name)
                    self.left.append(f"{node.id} is Story {name} there; its own key: {source_of(node) or 'none'}")
        return found

    def _epic(self, node: Node) -> str:
        item = node.item
        name = item.epic.text if isinstance(item, Story) and item.epic is not None else ""
        return self.numbers.get(self.graph.aliases.get(name, name), "0")

    # -- files ---------------------------------------------------------------------------------------------

    def files(self, title: str, folder: str) -> Files:
        plan = f"{PLAN}/{folder}/" if folder else f"{PLAN}/"
        head = f"{folder}-" if folder else ""
        found = {f"{plan}prd.md": self._prd(title), f"{plan}epics.md": self._epics(title)}
        for node in self.stories:
            text = self._file(node)
            if text:
                found[f"{WORK}/{head}{self._slug(node)}.md"] = text
        return Files(found, self.left)

    def board(self, folder: str) -> list[str]:
        """The lines of the board."""
        head = f"{folder}-" if folder else ""
        rows: list[str] = []
        for epic in self.epics:
            own = [node for node in self.stories if self._epic(node) == self.numbers[epic.id]]
            told = {self._state(node) for node in own}
            state = "done" if told == {"done"} else "backlog" if told <= {"backlog"} else "in-progress"
            rows.append(f"  {head}epic-{self.numbers[epic.id]}: {state}")
            rows += [f"  {head}{self._slug(node)}: {self._state(node)}" for node in own]
        return rows

    def _state(self, node: Node) -> str:
        return _BOARD.get(self.states.get(node.id, "backlog"), "in-progress")

    def _slug(self, node: Node) -> str:
        words = _SLUG.sub("-", node.title.lower()).strip("-") or "story"
        return f"{self.names[node.id].replace('.', '-')}-{words}"

    def _prd(self, title: str) -> str:
        rows = [f"# Product Requirements Document - {title}\n"]
        for head, functional in (("Functional", True), ("Non-Functional", False)):
            own = [node for node in self.needs if node.id.startswith("NFR") is not functional]
            rows += [f"## {head} Requirements\n"] if own else []
            rows += [self._need(node) for node in own]
        return "\n".join(rows)

    def _need(self, node: Node) -> str:
        item = node.item
        text = item.text if isinstance(item, Requirement) else ""
        rank = item.priority if isinstance(item, Requirement) and item.priority is not Priority.MUST else None
        note = f" ({rank.value})" if rank is not None and f"({rank.value})" not in text else ""
        said = "\n  ".join((text or node.title).split("\n"))
        return f"- {self.keys[node.id]}: {said}{note}\n"

    def _epics(self, title: str) -> str:
        rows = [f"# {title} - Epic Breakdown\n"]
        for epic in self.epics:
            item = epic.item
            match = _EPIC.fullmatch(epic.title)
            words = (match["title"] or "") if match is not None else epic.title
            rows.append(f"## Epic {self.numbers[epic.id]}: {words}".rstrip(": ") + "\n")
            rows += [f"{item.text}\n"] if isinstance(item, Epic) and item.text else []
            covers = self._keys(ref.text for ref in item.covers) if isinstance(item, Epic) else ""
            rows += (
                [f"**FRs covered:** {covers}\n"] if covers and "**FRs covered:**" not in item_text(item) else []
            )
            for node in self.stories:
                if self._epic(node) == self.numbers[epic.id] and isinstance(node.item, Story):
                    rows += self._story(node, node.item)
        return "\n".join(rows)

    def _keys(self, refs: Iterator[str]) -> str:
        names = (self.keys.get(self.graph.aliases.get(ref, ref), "") for ref in refs)
        return ", ".join(filter(None, dict.fromkeys(names)))

    def _story(self, node: Node, story: Story) -> Iterator[str]:
        yield f"### Story {self.names[node.id]}: {node.title}\n"
        yield f"{story.narrative or node.title}\n"
        yield "**Acceptance Criteria:**\n"
        yield "".join(f"{number}. {one.text}\n" for number, one in enumerate(story.criteria, 1))
        notes = self._notes(story)
        if needs := self._keys(ref.text for ref in story.implements):
            notes = notes if _says(notes, needs) else f"**Requirements:** {needs}\n\n{notes}".strip()
        waits = [self.names[name] for ref in story.depends_on if (name := self._story_id(ref.text)) in self.names]
        if waits and not any(f"Story {one}" in notes for one in waits):
            notes = f"{notes}\n\n**Depends on:** {', '.join(f'Story {one}' for one in waits)}".strip()
        away = [ref.text for ref in story.depends_on if self._story_id(ref.text) not in self.names]
        self.left += [f"{node.id} waits for {name}, which is of another intent" for name in away]
        if notes:
            yield f"{notes}\n" if _LABELLED.match(notes) else f"**Notes:**\n\n{notes}\n"

    def _story_id(self, name: str) -> str:
        return self.graph.aliases.get(name, name)

    def _notes(self, story: Story) -> str:
        notes = next((one.text for one in story.sections if one.title == NOTES), "")
        return _FROM.sub("", notes, count=1).strip()

    def _file(self, node: Node) -> str:
        """The file of a story that was prepared: that has tasks."""
        story = node.item
        tasks = (
            next((one.text for one in story.sections if one.title == TASKS), "")
            if isinstance(story, Story)
            else ""
        )
        if not isinstance(story, Story) or not tasks.strip():
            return ""
        mark = "x" if self._state(node) == "done" else " "
        boxes = re.sub(r"^(\s*)- ", rf"\1- [{mark}] ", tasks.strip(), flags=re.MULTILINE)
        criteria = "".join(f"{number}. {one.text}\n" for number, one in enumerate(story.criteria, 1))
        return (
            f"# Story {self.names[node.id]}: {node.title}\n\nStatus: {self._state(node)}\n\n## Story\n\n"
            f"{story.narrative or node.title}\n\n## Acceptance Criteria\n\n{criteria}\n"
            f"## Tasks / Subtasks\n\n{boxes}\n"
        )


def item_text(item: object) -> str:
    return item.text if isinstance(item, Epic) else ""


def _says(notes: str, needs: str) -> bool:
    """Whether the notes of a story name all of the requirements already."""
    return all(re.search(rf"(?<!\w){re.escape(key)}(?!\w)", notes) for key in needs.split(", "))


def board_text(rows: list[str]) -> str:
    return "development_status:\n" + "".join(f"{row}\n" for row in rows)


def export(graph: SpecGraph, parts: list[tuple[Place, str, list[Node]]], states: Mapping[str, str]) -> Files:
    """The files of all intents with their folders, and one board."""
    texts: dict[str, str] = {}
    left: list[str] = []
    rows: list[str] = []
    for place, folder, here in parts:
        one = _Export(graph, here, states)
        found = one.files(place.intent, folder)
        texts |= found.texts
        left += found.left
        rows += one.board(folder)
    texts[f"{WORK}/sprint-status.yaml"] = board_text(rows)
    return Files(texts, left)
