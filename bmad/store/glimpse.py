"""The little of policy, register and stories that a hook needs: read without the types of all the documents.

By the same grammar and the same reading of YAML; what does not hold is left to the whole reader, which says why.
"""

import re
from typing import Any, NamedTuple

from bmad.model.ids import Kind
from bmad.model.layout import Layout
from bmad.model.placing import layout_of
from bmad.store.grammar import globs, named_intent, split
from bmad.store.settings import parse_settings, read_mapping

_STATEMENT = re.compile(r"^ {0,3}#{1,6}[ \t]+INT[-_ ]", re.MULTILINE)
_PATHS = frozenset({"specs", "stories", "register", "prd", "epics", "lock", "records"})
_ENTRY = frozenset({"path", "specs", "stories", "register", "prd", "epics"})
_LEVELS = ("traced", "scoped", "reviewed", "verified")


class Policy(NamedTuple):
    """What the settings say of commits: the level as `bmad.yaml` spells it."""

    layout: Layout
    level: str
    governed: tuple[str, ...]


def policy(text: str) -> Policy:
    """Read `bmad.yaml`. Raises: UsageError where it is none, or these settings of it are not sound."""
    data = read_mapping(text)
    gate = data.get("gate", {})
    layout = _layout(data.get("intent", "intent.md"), data.get("paths", {}))
    if layout is not None and isinstance(gate, dict):
        level, governed = gate.get("level", "scoped"), gate.get("governed", [])
        if level in _LEVELS and isinstance(governed, list) and all(map(_is_word, governed)):
            return Policy(layout, level, tuple(glob.strip() for glob in governed))
    whole = parse_settings(text)
    return Policy(whole.layout, whole.gate.level.value, whole.gate.governed)


def _layout(intent: Any, paths: Any) -> Layout | None:
    """The layout where what is written is plainly sound; None where the whole reader has to say."""
    listed = intent if isinstance(intent, list) else [intent]
    entries = [one if isinstance(one, dict) else {"path": one} for one in listed]
    known = isinstance(paths, dict) and paths.keys() <= _PATHS
    sound = known and all(
        "path" in one and one.keys() <= _ENTRY and all(map(_is_word, one.values())) for one in entries
    )
    if not sound or not entries or not all(map(_is_word, paths.values())):
        return None
    try:
        return layout_of([_stripped(one) for one in entries], _stripped(paths))
    except ValueError:
        return None


def _stripped(words: dict[str, str]) -> dict[str, str]:
    return {key: value.strip() for key, value in words.items()}


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def intent(text: str) -> str | None:
    """The intent's path as the register names it."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    item = _STATEMENT.search(plain)
    return named_intent(plain[: item.start()] if item else plain)


class Card(NamedTuple):
    """What a story's document says: its id, the globs of its territory, and that it was done elsewhere."""

    id: str
    territory: tuple[str, ...]
    done_elsewhere: str


def story(path: str, text: str) -> Card | None:
    """What stands in a story's document; None where it holds no story."""
    items = split(path, Kind.STORY, text.removeprefix("\ufeff").replace("\r\n", "\n")).items
    if not items:
        return None
    said = {field.name: field.value for field in reversed(items[0].fields)}
    own = tuple(glob for glob, _ in globs(said.get("Territory", ""))[0])
    return Card(items[0].id, own, said.get("Done elsewhere", ""))
