"""The parts of a node that a mapper writes, each in its written form, and how a change of one is an edit."""

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from bmad.model.edits import (
    Edit,
    SetBody,
    SetCriterion,
    SetField,
    SetSection,
    SetTitle,
)
from bmad.model.mapping import Derived
from bmad.model.markdown import Line, lines, outline
from bmad.model.spec import EVERYWHERE, AnyItem, Epic, Ref, Requirement, Statement, Story

LISTS = frozenset({"traces", "covers", "implements", "depends-on"})
"""Parts that are lists of ids; they merge element by element."""

_FIELDS = {
    "class": "Class",
    "under": "Under",
    "source": "Source",
    "priority": "Priority",
    "verify": "Verify",
    "holds": "Holds",
    "no-story": "No story",
    "done-elsewhere": "Done elsewhere",
    "proposed-by": "Proposed by",
    "traces": "Traces",
    "covers": "Covers",
    "epic": "Epic",
    "implements": "Implements",
    "depends-on": "Depends on",
}
TASKS, NOTES = "Tasks / Subtasks", "Dev Notes"
_SECTIONS = {"story": "Story", "tasks": TASKS, "dev-notes": NOTES}


_LIKE_A_FIELD = re.compile(
    r"[-*+][ \t]+[*_]*(?:Priority|Traces|Verify|Holds|Covers|Owner|Aliases)[*_]*[ \t]*[:：]", re.IGNORECASE
)
_LIKE_A_MARK = re.compile(r"<{7}|>{7}|\|{7}")
_STRUCTURE = re.compile(r"^(?: {0,3}(?:#|`{3}|~{3})|[-*+][ \t]|<{7}|>{7}|\|{7})", re.MULTILINE)
"""How a line begins that may read like structure."""
_CODE = " " * 4


def shielded(text: str) -> str:
    """A text of the author's for a document of ours; what reads like structure there is set in.

    A bullet like a field and a mark like a merge's by a blank; a heading, and a fence that nothing closes, so far
    that it is code.
    """
    text = text.strip()
    if not _STRUCTURE.search(text):
        return text
    found = outline(text)
    opened = found.fences[-1][0] if found.open else len(text)
    return "".join(f"{_set_in(line, loose=line.start >= opened)}{line.text}" for line in lines(text))


def _set_in(line: Line, *, loose: bool) -> str:
    """What a line is set in by; `loose` where a fence that nothing closes would hide it."""
    alone = outline(line.text) if loose else None
    if line.heading is not None or (alone and (alone.headings or alone.fences)):
        return _CODE
    if line.fenced and not loose:
        return ""
    return " " if _LIKE_A_FIELD.match(line.text) or _LIKE_A_MARK.match(line.text) else ""


def _ids(refs: tuple[Ref, ...]) -> str:
    return refs[0].text if len(refs) == 1 else ", ".join([ref.text for ref in refs])


def parts(item: AnyItem) -> dict[str, str]:
    """The written form of every part of item that a mapper sets; criteria by their id.

    What an item need not have is a part only where it has it.
    """
    found = {"title": item.title}
    if not isinstance(item, Epic) and item.source:
        found["source"] = item.source
    match item:
        case Statement():
            found |= {"class": item.klass.value, "under": item.under, "quote": item.quote}
        case Requirement():
            if item.everywhere:
                found["holds"] = EVERYWHERE
            if item.no_story:
                found["no-story"] = item.no_story
            if item.proposed_by:
                found["proposed-by"] = item.proposed_by
            found |= {
                "priority": item.priority.value,
                "verify": item.verify.value,
                "traces": _ids(item.traces),
                "text": item.text,
            }
        case Epic():
            if item.proposed_by:
                found["proposed-by"] = item.proposed_by
            found |= {"covers": _ids(item.covers), "text": item.text}
        case Story():
            if item.done_elsewhere:
                found["done-elsewhere"] = item.done_elsewhere
            if item.proposed_by:
                found["proposed-by"] = item.proposed_by
            texts = {section.title: section.text.strip() for section in reversed(item.sections)}
            found |= {
                "epic": item.epic.text if item.epic else "",
                "implements": _ids(item.implements),
                "depends-on": _ids(item.depends_on),
                "story": item.narrative,
                "tasks": texts.get(TASKS, ""),
                "dev-notes": texts.get(NOTES, ""),
            }
            found |= {criterion.id: criterion.text for criterion in item.criteria}
    return found


def hand_set(item: AnyItem) -> list[str]:
    """The names of what only a person can have put there: no mapper writes it."""
    found = ["Aliases"] if item.aliases else []
    match item:
        case Epic():
            found += ["Owner"] if item.owner else []
        case Story():
            found += ["Territory"] if item.territory else []
            found += ["Kind"] if item.kind else []
            found += ["Research"] if item.research else []
            ours = {*_SECTIONS.values(), "Acceptance Criteria"}
            found += [section.title for section in item.sections if section.title not in ours]
        case _:
            pass
    return found


def listed(value: str) -> list[str]:
    """The ids in the written form of a list."""
    if "," in value:
        return [bare for part in value.split(",") if (bare := part.strip())]
    return [bare] if (bare := value.strip()) else []


def encode(name: str, value: str) -> str:
    """A part as the lock keeps it: the ids of a list, eight hex digits of a text."""
    if name in LISTS:
        return ",".join(listed(value))
    return _short(value.strip())


@lru_cache(maxsize=1 << 17)
def _short(text: str) -> str:
    """Eight hex digits of a text; a map asks for those of each part more than once."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def derived(written: dict[str, str]) -> Derived:
    """All parts as the lock keeps them, sorted by name."""
    return tuple(
        [
            (name, encode(name, value) if name in LISTS else _short(value.strip()))
            for name, value in sorted(written.items())
        ]
    )


def last_written(entries: Iterable[Derived], item: AnyItem) -> Derived:
    """What a mapper last wrote of an item, where a merge may have kept the lines of two branches.

    Of a part that they tell otherwise it is the one that stands there now, else the last; of lists it is all.
    """
    told = [dict(entry) for entry in entries if entry]
    if len(told) < 2:  # noqa: PLR2004 - nothing to choose from
        return tuple(told[0].items()) if told else ()
    now = dict(derived(parts(item)))
    found: dict[str, str] = {}
    for name in sorted(set().union(*told)):
        values = [one[name] for one in told if name in one]
        if name in LISTS:
            found[name] = ",".join(dict.fromkeys(entry for value in values for entry in listed(value)))
        else:
            found[name] = now[name] if now.get(name) in values else values[-1]
    return tuple(found.items())


def as_edit(node: str, name: str, value: str | None) -> Edit:
    """The edit that gives part `name` of a node the written form `value`; None takes a part away."""
    if name == "title":
        return SetTitle(node, value or "")
    if name in ("quote", "text"):
        return SetBody(node, value or "")
    if name in _FIELDS:
        return SetField(node, _FIELDS[name], value or None)
    if name in _SECTIONS:
        return SetSection(node, _SECTIONS[name], value or "")
    return SetCriterion(node, name, value)
