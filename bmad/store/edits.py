"""Writing spec documents: new items in canonical form, and edits that leave the rest byte for byte."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import NamedTuple

from bmad.errors import UsageError
from bmad.model.edits import (
    AddItem,
    Edit,
    NameIntent,
    OrderItems,
    RemoveItem,
    SetBody,
    SetCriterion,
    SetField,
    SetSection,
    SetTitle,
    globs_text,
)
from bmad.model.ids import Kind
from bmad.model.markdown import outline
from bmad.model.spec import EVERYWHERE, KIND_OF, AnyItem, Epic, Ref, Requirement, Statement, Story
from bmad.store.documents import quote_lines, raw_document
from bmad.store.grammar import FIELDS, INTENT, SECTION_CRITERIA, RawDocument, RawItem, split

_LEVEL = {Kind.STATEMENT: 3, Kind.REQUIREMENT: 3, Kind.EPIC: 1, Kind.STORY: 1}


def _listed(refs: Sequence[Ref | str]) -> str:
    return ", ".join([ref if isinstance(ref, str) else ref.text for ref in refs]) if refs else ""


def field_values(item: AnyItem) -> dict[str, str]:
    """The written form of each field that the item has, by field name."""
    match item:
        case Statement():
            values = {"Class": item.klass.value, "Under": item.under, "Source": item.source}
        case Requirement():
            values = {
                "Priority": item.priority.value,
                "Traces": _listed(item.traces),
                "Verify": item.verify.value,
                "Holds": EVERYWHERE if item.everywhere else "",
                "No story": item.no_story,
                "Source": item.source,
                "Proposed by": item.proposed_by,
            }
        case Epic():
            values = {
                "Covers": _listed(item.covers),
                "Owner": item.owner or "",
                "Proposed by": item.proposed_by,
            }
        case Story():
            values = {
                "Epic": item.epic.text if item.epic else "",
                "Implements": _listed(item.implements),
                "Depends on": _listed(item.depends_on),
                "Territory": globs_text([ref.text for ref in item.territory]),
                "Kind": item.kind or "",
                "Research": item.research,
                "Done elsewhere": item.done_elsewhere,
                "Source": item.source,
                "Proposed by": item.proposed_by,
            }
    values["Aliases"] = _listed(item.aliases)
    return {name: value for name, value in values.items() if value}


def _field_list(kind: Kind, values: dict[str, str]) -> str:
    return "".join([f"- {name}: {values[name]}\n" for name in FIELDS[kind] if name in values])


def quote_text(quote: str) -> str:
    """A quote as the block of `> ` lines that stands in the register."""
    return "".join([f"> {line}\n" if line else ">\n" for line in quote.split("\n")])


def criterion_text(criterion: str, text: str) -> str:
    """A criterion as its bullet; further lines are indented under it."""
    first, *rest = text.strip().split("\n")
    return f"- **{criterion}** {first}".rstrip() + "\n" + "".join([f"  {line.strip()}\n" for line in rest])


def item_text(item: AnyItem) -> str:
    """A whole new item in canonical form, ending in one line end."""
    kind = KIND_OF[type(item)]
    fields = _field_list(kind, field_values(item))
    match item:
        case Statement():
            body = quote_text(item.quote)
        case Requirement() | Epic():
            body = f"{item.text}\n" if item.text else ""
        case Story():
            body = _story_body(item)
    heading = f"{'#' * _LEVEL[kind]} {item.id}: {item.title}\n"
    return "\n".join([part for part in (heading, fields, body) if part])


def _story_body(story: Story) -> str:
    criteria = "".join([criterion_text(criterion.id, criterion.text) for criterion in story.criteria])
    parts = [("Story", story.narrative), (SECTION_CRITERIA, criteria)]
    known = dict(parts)
    parts += [(section.title, section.text) for section in story.sections if section.title not in known]
    return "\n".join(
        [f"## {title}\n\n{text.strip(chr(10))}\n" if text.strip() else f"## {title}\n" for title, text in parts]
    )


class Patch(NamedTuple):
    """Replace `[start, end)` of the text."""

    start: int
    end: int
    text: str


def patched(text: str, patches: Iterable[Patch]) -> str:
    parts: list[str] = []
    at = 0
    for patch in sorted(patches, key=lambda patch: (patch.start, patch.end)):
        parts += [text[at : patch.start], patch.text]
        at = max(at, patch.end)
    return "".join([*parts, text[at:]])


def edit(path: str, text: str, changes: Sequence[Edit], kind: Kind | None) -> str:
    """Apply edits, all of them against the document as it was once its items are in order, in one pass.

    Raises: UsageError where an edit names an item, or a criterion, that the document does not hold.
    """
    match changes:
        case [AddItem() as only] if not text and only.under is None:
            return _ended(item_text(only.item), "\n")
    named = {change.id for change in changes if not isinstance(change, AddItem | OrderItems | NameIntent)}
    document = raw_document(path, text, kind, named)
    kind = document.kind
    for change in changes:
        if isinstance(change, OrderItems):
            document = split(path, kind, _ordered(document, change.ids), named)
    editor = _Editor(document)
    for change in changes:
        editor.apply(change)
    return _ended(editor.result(), "\r\n" if "\r\n" in text else "\n")


def _ended(text: str, end: str) -> str:
    """A text with ends of lines of one kind, whatever words that were put into it brought along."""
    return text.replace("\r\n", "\n").replace("\r", " ").replace("\n", end)


def _ordered(document: RawDocument, ids: Sequence[str]) -> str:
    """The text with the items of these ids in this order; each keeps its words, its place keeps the gap behind."""
    wanted = set(ids)
    places = [item for item in document.items if item.id in wanted]
    items = {item.id: item for item in reversed(document.items)}
    patches = [
        Patch(place.start, place.end, _body(document, items[node]) + _gap(document, place))
        for place, node in zip(places, ids, strict=True)
    ]
    return patched(document.text, patches)


def _body(document: RawDocument, item: RawItem) -> str:
    return document.text[item.start : item.end].rstrip("\n")


def _gap(document: RawDocument, item: RawItem) -> str:
    return document.text[item.start + len(_body(document, item)) : item.end]


class _Editor:
    """Turns edits into patches of one text."""

    def __init__(self, document: RawDocument) -> None:
        self.document = document
        self.text = document.text
        self.items = {item.id: item for item in reversed(document.items)}
        self.anchors: dict[str, int] = {}
        self.new_sections: set[str] = set()
        self.patches: list[Patch] = []
        self.first = len(self.text) - len(self.text.lstrip())
        self.last = len(self.text.rstrip())

    def result(self) -> str:
        return patched(self.text, self.patches)

    def apply(self, change: Edit) -> None:
        match change:
            case AddItem():
                self._add(change)
            case OrderItems():
                pass
            case NameIntent(to):
                named = INTENT.search(self.text)
                self._replace(*(named.span() if named else (0, 0)), f"- Intent: `{to}`")
            case RemoveItem(node):
                item = self._item(node)
                self._replace(item.start, item.end, "")
            case SetTitle(node, title):
                item = self._item(node)
                self._replace(item.start, item.head_end, f"{'#' * item.level} {item.id}: {title}")
            case SetField(node, name, value):
                self._set_field(self._item(node), name, value)
            case SetBody(node, body):
                self._set_body(self._item(node), body)
            case SetSection(node, title, body):
                self._set_section(self._item(node), title, body)
            case SetCriterion(node, criterion, text):
                self._set_criterion(self._item(node), criterion, text)

    def _item(self, node: str) -> RawItem:
        if node not in self.items:
            raise UsageError(f"{self.document.path} holds no item {node}.")
        return self.items[node]

    def _replace(self, start: int, end: int, text: str) -> None:
        self.patches.append(Patch(start, end, text))

    def _insert(self, at: int, text: str) -> None:
        """Insert a paragraph: one blank line before it, one behind it where text follows."""
        before = self.patches[-1] if self.patches else None
        opened = before is not None and before.start == at and before.text != ""
        gap = "" if opened or at <= self.first or self._ends(at, "\n\n") else "\n"
        gap = f"\n{gap}" if at and not self._ends(at, "\n") and not opened else gap
        if opened and at == len(self.text):
            gap = "\n"
        behind = "\n" if at < self.last else ""
        self._replace(at, at, f"{gap}{text}{behind}")

    def _ends(self, at: int, end: str) -> bool:
        """Whether the text before an offset ends so."""
        return self.text.endswith(end, 0, at)

    def _add(self, change: AddItem) -> None:
        if change.after is not None:
            at = self.anchors.get(change.after)
            at = self._item(change.after).end if at is None else at
        elif change.first and self.document.items:
            at = self.document.items[0].start
        else:
            at = self._section_end(change.under)
        self.anchors[change.item.id] = at
        self._insert(at, item_text(change.item))

    def _section_end(self, under: str | None) -> int:
        if under is None:
            return len(self.text)
        headings = [heading for heading in outline(self.text).headings if heading.level <= 2]  # noqa: PLR2004
        for heading, following in zip_longest(headings, headings[1:]):
            if heading.text == under:
                return following.start if following else len(self.text)
        if under not in self.new_sections:
            self.new_sections.add(under)
            self._insert(len(self.text), f"## {under}\n")
        return len(self.text)

    def _set_field(self, item: RawItem, name: str, value: str | None) -> None:
        found = next((field for field in item.fields if field.name == name), None)
        new = f"- {name}: {value}\n" if value else ""
        if found is not None:
            self._replace(found.start, found.end, new)
        elif not item.fields:
            self._replace(item.head_end, item.head_end, f"\n\n{new.rstrip()}")
        else:
            order = FIELDS[self.document.kind]
            behind = [field for field in item.fields if order.index(field.name) < order.index(name)]
            at = behind[-1].end if behind else item.fields[0].start
            gap = "" if self._ends(at, "\n") else "\n"
            self._replace(at, at, gap + new)

    def _set_body(self, item: RawItem, body: str) -> None:
        tail = ""
        if self.document.kind is Kind.STATEMENT:
            tail = _behind_quote(self.text[item.body_start : item.end])
            body = quote_text(body)
        new = body.strip("\n") + "\n" + (f"\n{tail}\n" if tail else "")
        lead = "" if self._ends(item.body_start, "\n\n") else "\n"
        behind = "\n" if item.end < len(self.text) else ""
        self._replace(item.body_start, item.end, f"{lead}{new}{behind}")

    def _set_section(self, item: RawItem, title: str, body: str) -> None:
        text = f"\n{body.strip(chr(10))}\n" if body.strip() else ""
        found = next((section for section in item.sections if section.title == title), None)
        if found is None:
            self._insert(item.end, f"## {title}\n{text}")
        else:
            self._replace(found.text_start, found.end, text + ("\n" if found.end < len(self.text) else ""))

    def _set_criterion(self, item: RawItem, criterion: str, text: str | None) -> None:
        found = next((entry for entry in item.criteria if entry.id == criterion), None)
        new = criterion_text(criterion, text) if text is not None else ""
        if found is not None:
            self._replace(found.start, found.end, new)
        elif not new:
            raise UsageError(f"{item.id} has no criterion {criterion}.")
        elif item.criteria:
            at = item.criteria[-1].end
            self._replace(at, at, new if self._ends(at, "\n") else f"\n{new}")
        else:
            self._set_section(item, SECTION_CRITERIA, new)


def _behind_quote(body: str) -> str:
    """What stands in a statement's body behind its quote."""
    quoted = quote_lines(body)
    lines = body.lstrip("\n").split("\n")
    return "\n".join(lines[len(quoted.split("\n")) if quoted is not None else 0 :]).strip("\n")


def canonical(path: str, text: str, kind: Kind | None) -> str:
    """The canonical form: headings, field lists and criteria as bmad writes them, all else untouched."""
    document = raw_document(path, text, kind)
    kind, whole = document.kind, document.text
    patches: list[Patch] = []
    for item in document.items:
        values = {field.name: field.value for field in item.fields}
        fields = _field_list(kind, values)
        body = _behind_line_ends(whole, item.body_start)
        gap = "\n" if body < len(whole) and fields else ""
        head = f"{'#' * item.level} {item.id}: {item.title}\n\n{fields}{gap}"
        patches.append(Patch(item.start, body, head))
        patches += [Patch(found.start, found.end, criterion_text(found.id, found.text)) for found in item.criteria]
    result = patched(whole, patches)
    return result.replace("\n", "\r\n") if "\r\n" in text else result


def _behind_line_ends(text: str, at: int) -> int:
    while at < len(text) and text[at] == "\n":
        at += 1
    return at
