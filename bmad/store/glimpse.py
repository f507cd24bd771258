"""The little of policy, register and stories that a hook needs: read without the types of all the documents.

By the same grammar and the same reading of YAML; what does not hold is left to the whole reader, which says why.
"""

import re
from typing import Any, NamedTuple

from bmad.model.ids import Kind
from bmad.model.layout import document_kind
from bmad.store.grammar import globs, named_intent, split
from bmad.store.settings import parse_settings, read_mapping

_STATEMENT = re.compile(r"^ {0,3}#{1,6}[ \t]+INT[-_ ]", re.MULTILINE)
_LEVELS = ("traced", "scoped", "reviewed", "verified")


class Policy(NamedTuple):
    """What the settings say of commits: the level as `bmad.yaml` spells it."""

    intent: str
    level: str
    governed: tuple[str, ...]


def policy(text: str) -> Policy:
    """Read `bmad.yaml`. Raises: UsageError where it is none, or these settings of it are not sound."""
    data = read_mapping(text)
    gate = data.get("gate", {})
    if isinstance(gate, dict):
        intent, level = data.get("intent", "intent.md"), gate.get("level", "scoped")
        governed = gate.get("governed", [])
        if _is_word(intent) and level in _LEVELS and isinstance(governed, list) and all(map(_is_word, governed)):
            return Policy(intent.strip(), level, tuple(glob.strip() for glob in governed))
    whole = parse_settings(text)
    return Policy(whole.intent, whole.gate.level.value, whole.gate.governed)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def intent(text: str) -> str | None:
    """The intent's path as the register names it."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    item = _STATEMENT.search(plain)
    return named_intent(plain[: item.start()] if item else plain)


def territory(path: str, text: str) -> tuple[str, tuple[str, ...]] | None:
    """The id of the story in a document, and the globs of its territory; None where it holds no story."""
    if document_kind(path) is not Kind.STORY:
        return None
    items = split(path, Kind.STORY, text.removeprefix("\ufeff").replace("\r\n", "\n")).items
    if not items:
        return None
    value = next((field.value for field in items[0].fields if field.name == "Territory"), "")
    return items[0].id, tuple(glob for glob, _ in globs(value)[0])
