"""Lists whose items are the fields of what stands above them: `Description: …`, `Priority: …`."""

import re
from collections.abc import Sequence

from bmad.core.outline.read.inline import plain
from bmad.core.outline.words.language import Role
from bmad.core.outline.words.lexicon import columns, find_heading, folded, records

_LABEL = re.compile(r"([^:：\n]{2,40}?)\s*[:：](?:\s|$)")


def label(text: str) -> str:
    """What an item is called before its colon, as it is looked up; empty where it has no name."""
    found = _LABEL.match(plain(text))
    return " ".join(folded(found[1]).replace("-", " ").strip(" *_").split()) if found else ""


def is_criterion(name: str) -> bool:
    """Whether a field holds what the thing is accepted by."""
    return bool(name) and find_heading(name) == (Role.CRITERIA, name)


def is_fields(items: Sequence[str]) -> bool:
    """Whether all items of a list have names before a colon, and half of these are names of fields."""
    names = [label(item) for item in items]
    known = sum(bool(columns().find(one) or records().find(one)) or is_criterion(one) for one in names)
    return all(names) and len(set(names)) == len(names) and 2 * known >= len(names)
