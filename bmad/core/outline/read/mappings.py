"""User stories that an author wrote in YAML: a list of mappings with ids or titles, wishes and criteria."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import yaml

from bmad.core.outline.read.fields import is_criterion
from bmad.core.outline.read.inline import one_line
from bmad.core.outline.read.marks import cell_id
from bmad.core.outline.words.language import Column
from bmad.core.outline.words.lexicon import columns, folded
from bmad.model.draft import Span

_FENCES = frozenset({"yaml", "yml"})
_ENTRY = re.compile(r"^[ \t]*-[ \t]+\w[^\n:]*:", re.MULTILINE)
_MOST = 200_000
"""The most characters of a fence that is read as YAML: that takes longer than reading prose."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_INDICATOR = re.compile(r"[|>][-+\d]*[^\n]*\n")
_WISH = (Column.ROLE, Column.WANT, Column.WHY)
_HELD = frozenset({Column.ID, Column.NAME, *_WISH})
"""Fields that are what a story says of itself; others are told about it, or stand beside it."""


class Said(NamedTuple):
    """What a field says, and where."""

    span: Span
    text: str
    told: bool = False
    """It tells about the story, and is none of what it asks for."""
    steps: bool = False


class Written(NamedTuple):
    """A story as its author wrote it; `parts` are its fields in its own words, `below` is what stands below it."""

    span: Span
    source: str
    title: str
    parts: list[str]
    below: list[Said]
    rank: str
    """Its priority in its author's words."""


class _Field(NamedTuple):
    key: str
    meaning: Column | None
    criteria: bool
    span: Span
    value: yaml.Node


def set_in(text: str, span: Span) -> str:
    """Code of a text with its first line set in as the others are."""
    begin = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    return " " * (span.start - begin) + text[span.start : span.end]


def stories(raw: str, info: str) -> list[Written]:
    """The stories of a fence; none where it holds anything else, or is no YAML."""
    if (
        info.split(" ", maxsplit=1)[0].lower().strip("{}") not in _FENCES
        or len(raw) > _MOST
        or not _ENTRY.search(raw)
    ):
        return []
    try:
        root = yaml.compose(raw, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return []
    found: list[Written] = []
    for entries in _lists(root):
        made = [_story(raw, entry) for entry in entries]
        kept = [one for one in made if one is not None]
        if len(kept) == len(made):
            found += kept
    return sorted(found, key=lambda one: one.span)


def _lists(root: yaml.Node | None) -> Iterator[list[yaml.Node]]:
    """The lists in the fence, however deep, and a story that stands alone; what an alias names again is none."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            yield node.value
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            if node is root:
                yield [node]
            waiting += [value for _, value in node.value]


def _story(raw: str, entry: yaml.Node) -> Written | None:
    """What an entry of a list says as a story; None where it is none."""
    if not isinstance(entry, yaml.MappingNode):
        return None
    fields = [_field(raw, key, value) for key, value in entry.value]
    by = {one.meaning: one for one in reversed(fields) if one.meaning and isinstance(one.value, yaml.ScalarNode)}
    source = cell_id(_text(raw, by[Column.ID].value)) if Column.ID in by else ""
    title = _text(raw, by[Column.NAME].value) if Column.NAME in by else ""
    wish = [by[one] for one in _WISH if one in by]
    whole = by.get(Column.TEXT)
    if not (title or source) or not (Column.WANT in by or any(one.criteria for one in fields)):
        return None
    if not (title or wish or whole):
        return None
    own = [one for one in fields if one.meaning in _HELD and one is by.get(one.meaning)]
    if not wish and whole is not None:
        own = [*own, whole]
    span = _hull(one.span for one in own)
    inside = [one for one in fields if span.start <= one.span.start < span.end]
    if any(one.criteria for one in inside):
        return None
    silent = {Column.ID, Column.NAME, Column.PRIORITY}
    parts = [one for one in inside if one.meaning not in silent or one is not by.get(one.meaning)]
    texts = [_text(raw, one.value) if one is whole and not wish else _headed(raw, one) for one in parts]
    below = [said for one in fields if one not in inside for said in _below(raw, one)]
    rank = _text(raw, by[Column.PRIORITY].value) if Column.PRIORITY in by else ""
    return Written(span, source, title, texts or [title], below, rank)


def _headed(raw: str, one: _Field) -> str:
    """A field after its name."""
    return f"{one.key}: {_text(raw, one.value)}"


def _field(raw: str, key: yaml.Node, value: yaml.Node) -> _Field:
    name = _text(raw, key)
    bare = " ".join(folded(_CAMEL.sub(" ", name)).replace("_", " ").replace("-", " ").split())
    found = columns().find(bare)
    end = key.start_mark.index + len(raw[key.start_mark.index : value.end_mark.index].rstrip())
    criteria = is_criterion(bare) and isinstance(value, yaml.SequenceNode | yaml.ScalarNode)
    return _Field(
        name, found[0] if found and not criteria else None, criteria, Span(key.start_mark.index, end), value
    )


def _below(raw: str, one: _Field) -> Iterator[Said]:
    """What a field says of its story: each criterion, or a record."""
    if not one.criteria:
        name, said = one.key.replace("_", " "), _text(raw, one.value).strip("[]")
        yield Said(one.span, f"{name}: {said}", one.meaning not in {Column.TEXT, Column.DEPENDS})
        return
    for entry in one.value.value if isinstance(one.value, yaml.SequenceNode) else [one.value]:
        start = entry.start_mark.index
        span = Span(start, start + len(raw[start : entry.end_mark.index].rstrip()))
        steps = isinstance(entry, yaml.MappingNode)
        text = one_line(raw[span.start : span.end]) if steps else _text(raw, entry)
        if text:
            yield Said(_within(raw, span, entry), text, steps=steps)


def _within(raw: str, span: Span, entry: yaml.Node) -> Span:
    """Where what an entry says stands, without the quotes around it."""
    quoted = isinstance(entry, yaml.ScalarNode) and entry.style in {"'", '"'}
    return Span(span.start + 1, span.end - 1) if quoted and raw[span.start] in "'\"" else span


def _text(raw: str, node: yaml.Node) -> str:
    """What a value says, as it stands, on one line."""
    said = raw[node.start_mark.index : node.end_mark.index].strip()
    style = node.style if isinstance(node, yaml.ScalarNode) else None
    if style in {"'", '"'} and len(said) > 1:
        said = said[1:-1]
    elif style in {"|", ">"}:
        said = _INDICATOR.sub("", said + "\n", count=1)
    return one_line(said)


def _hull(spans: Iterable[Span]) -> Span:
    found = list(spans)
    return Span(min(one.start for one in found), max(one.end for one in found))
