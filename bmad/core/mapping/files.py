"""Which document holds a new item."""

import re

from bmad.model.layout import EPICS, PRD, REGISTER, STORIES
from bmad.model.spec import AnyItem, Epic, Requirement, Statement

_SLUG = re.compile(r"[^a-z0-9]+")


def file_of(item: AnyItem) -> str:
    """The path that a new item's document gets (register and PRD hold many)."""
    match item:
        case Statement():
            return REGISTER
        case Requirement():
            return PRD
        case _:
            words = _SLUG.sub("-", item.title.lower()).strip("-")
            slug = words[:48].rsplit("-", 1)[0] if len(words) > 48 else words  # noqa: PLR2004 - a readable name
            folder = EPICS if isinstance(item, Epic) else STORIES
            return f"{folder}/{item.id}-{slug}.md" if slug else f"{folder}/{item.id}.md"
