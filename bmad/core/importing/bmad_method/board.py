"""The sprint board: `sprint-status.yaml`, a state for each epic and story by key."""

import re
from typing import NamedTuple

from bmad.core.importing.data import word, yaml_of
from bmad.core.importing.text import slug
from bmad.errors import UsageError

_KEY = re.compile(r"(?:(?P<prefix>[A-Za-z][A-Za-z0-9-]*?)-)?(?P<epic>\d+)-(?P<number>\d+[a-z]?)-(?P<slug>.+)")
_EPIC = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*-)?epic-\d+(?:-retrospective)?")
_LEGACY = {"drafted": "ready-for-dev", "contexted": "in-progress", "in-review": "review"}
_DONE = frozenset(["done", "completed", "complete", "implementation-complete", "closed"])


class Row(NamedTuple):
    """A line of the board. `epic` and `number` are of a story's key; `slug` is the rest, or all of another's."""

    key: str
    prefix: str
    epic: str
    number: str
    slug: str
    state: str
    path: str
    line: int


class Wait(NamedTuple):
    """What the board says of epics: `blocked` waits for `blocker`; both are keys of the board."""

    blocker: str
    blocked: str
    path: str
    line: int


class Board(NamedTuple):
    stories: tuple[Row, ...]
    waits: tuple[Wait, ...]


def board_of(text: str, path: str) -> Board:
    """Read a board. Raises: UsageError where it is no YAML, or has no states."""
    data = yaml_of(text, path)
    states = data.get("development_status") if isinstance(data, dict) else None
    if not isinstance(states, dict):
        raise UsageError(f"{path} has no `development_status`, so it is no board of the BMAD method.")
    lines = {
        match[1]: text.count("\n", 0, match.start()) + 1
        for match in re.finditer(r"^[ \t]+([\w.-]+)[ \t]*:", text, re.MULTILINE)
    }
    stories: list[Row] = []
    for key, told in states.items():
        name = word(key)
        if _EPIC.fullmatch(name) is None:
            stories.append(key_of(name)._replace(state=word(told), path=path, line=lines.get(name, 1)))
    return Board(tuple(stories), tuple(_waits(data, text, path)))


def _waits(data: dict[str, object], text: str, path: str) -> list[Wait]:
    rows = data.get("cross_dependencies")
    found: list[Wait] = []
    for one in rows if isinstance(rows, list) else []:
        if isinstance(one, dict) and word(one.get("blocker")) and word(one.get("blocked")):
            blocker, blocked = word(one["blocker"]), word(one["blocked"])
            at = re.search(rf"blocker:\s*{re.escape(blocker)}\b[^\n]*\n\s*blocked:\s*{re.escape(blocked)}\b", text)
            found.append(Wait(blocker, blocked, path, text.count("\n", 0, at.start()) + 1 if at else 1))
    return found


def key_of(stem: str) -> Row:
    """A key of the board, or the name of a story's file, which has the same form."""
    found = _KEY.fullmatch(stem)
    if found is None:
        return Row(stem, "", "", "", slug(stem), "", "", 0)
    return Row(stem, found["prefix"] or "", found["epic"], found["number"], found["slug"], "", "", 0)


def is_done(state: str) -> bool:
    return normal(state) in _DONE


def normal(state: str) -> str:
    """A state as it is compared: older words as what they mean now."""
    told = re.sub(r"[\s_]+", "-", state.strip().strip("*_`'\"").lower())
    told = _LEGACY.get(told, told)
    return "done" if told in _DONE else told
