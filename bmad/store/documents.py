"""Spec documents as typed values: what `grammar` split is checked and given its types here."""

from collections.abc import Callable, Container, Mapping
from enum import StrEnum
from typing import TypeVar, get_args

from bmad.errors import UsageError
from bmad.model.bounds import FAULTS, GLOBS, REFERENCES
from bmad.model.findings import RENUMBER, Finding, Severity
from bmad.model.ids import ID_RE, Kind
from bmad.model.layout import may_be_named, names_item
from bmad.model.markdown import CLARIFICATION
from bmad.model.spec import (
    EVERYWHERE,
    AnyItem,
    Criterion,
    Document,
    Epic,
    Priority,
    Ref,
    Requirement,
    Section,
    Statement,
    StatementClass,
    Story,
    StoryKind,
    Verify,
)
from bmad.store.grammar import (
    SECTION_STORY,
    RawDocument,
    RawField,
    RawItem,
    globs,
    named_again,
    named_intent,
    named_origin,
    split,
)

_E = TypeVar("_E", bound=StrEnum)
_SAVE = "save the file with one kind of line end"


def normalised(text: str) -> str:
    r"""Text with `\n` line ends and no byte-order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def raw_document(path: str, text: str, kind: Kind | None, only: Container[str] | None = None) -> RawDocument:
    """Split the document at path; `only` as of `split`. Raises: UsageError where it is no spec document's path."""
    if kind is None:
        raise UsageError(f"{path} is not a spec document.")
    raw = split(path, kind, normalised(text), only)
    at = raw.text.find("\r")
    if at >= 0:  # what readers show as lines of their own
        line, column = raw.text.count("\n", 0, at) + 1, at - raw.text.rfind("\n", 0, at)
        raw.fault(line, column, "a lone CR stands in the line, which is a line end elsewhere", _SAVE)
    return raw


def parse(path: str, text: str, kind: Kind | None) -> Document:
    """Parse one spec document; what does not parse is a V01 finding in the result."""
    raw = raw_document(path, text, kind)
    read = _READERS[raw.kind]
    items = tuple([item for found in raw.items if (item := read(raw, found)) is not None])
    criteria = sum(len(item.criteria) for item in items if isinstance(item, Story))
    clarifications = _clarifications(raw)
    return Document(
        path=path,
        items=items,
        intent=_intent(raw, items),
        imported=_imported(raw),
        seen=raw.seen,
        read=len(items) + criteria,
        findings=tuple(sorted([*raw.findings, *_name_disagrees(raw, items)], key=lambda f: f.order)),
        clarifications=clarifications,
    )


def _intent(raw: RawDocument, items: tuple[AnyItem, ...]) -> str | None:
    if raw.kind is not Kind.STATEMENT:
        return None
    head = raw.text[: raw.items[0].start] if raw.items else raw.text
    named, again = named_intent(head), named_again(head)
    if again is not None:
        raw.fault(again, 1, "the register names its intent twice", "keep one of the two lines")
    if named is None and items:
        raw.fault(1, 1, "the register does not name its intent", "write `- Intent: `intent.md`` under its title")
    return named


def _imported(raw: RawDocument) -> str:
    head = raw.text[: raw.items[0].start] if raw.items else raw.text
    return named_origin(head) if raw.kind is Kind.STATEMENT else ""


def _clarifications(raw: RawDocument) -> tuple[Ref, ...]:
    """The open marks with what they ask, in one pass."""
    found: list[Ref] = []
    line, at, before = 1, 0, -1
    for match in CLARIFICATION.finditer(raw.text):
        start = match.start()
        if raw.fenced(start):
            continue
        line += raw.text.count("\n", at, start)
        before = max(before, raw.text.rfind("\n", at, start))
        at = start
        found.append(Ref((match[1] or "").strip(), line, start - before))
    return tuple(found)


def _name_disagrees(raw: RawDocument, items: tuple[AnyItem, ...]) -> list[Finding]:
    """V02 where the file's name does not begin with the id of its one item."""
    if not raw.kind.has_file or not items:
        return []
    item = items[0]
    if names_item(raw.path, item.id):
        return []
    mendable = may_be_named(item.id, raw.kind)
    return [
        Finding(
            code="V02",
            severity=Severity.ERROR,
            path=raw.path,
            line=item.line,
            column=3,
            message=f"the file's name does not agree with the id {item.id}",
            fix=f"name it `{item.id}-….md` ({RENUMBER})" if mendable else "give the item the id that the name has",
        )
    ]


def _ids(raw: RawDocument, found: RawField | None) -> tuple[Ref, ...]:
    """A comma-separated list of ids, each with its place."""
    if found is None:
        return ()
    if ID_RE.fullmatch(found.value):
        return (Ref(found.value, found.line, found.column),)
    refs: list[Ref] = []
    column = found.column
    for part in _listed(raw, found, REFERENCES):
        text = part.strip()
        place = column + len(part) - len(part.lstrip())
        if ID_RE.fullmatch(text):
            refs.append(Ref(text, found.line, place))
        else:
            raw.fault(
                found.line,
                place,
                f"`{text}` in `{found.name}` is not an id" if text else f"an id is missing in `{found.name}`",
                "write ids in ASCII letters, digits, `-`, `.` and `_`, with commas between them",
            )
        column += len(part) + 1
    return tuple(refs)


def _listed(raw: RawDocument, found: RawField, most: int) -> list[str]:
    """The parts between commas. Raises: UsageError where they are too many."""
    value = found.value
    if value.count(",") >= most:
        raise UsageError(f"{raw.path}:{found.line}: `{found.name}` lists more than {most}, as many as are read.")
    return value.split(",")


def _one_id(raw: RawDocument, found: RawField | None) -> Ref | None:
    refs = _ids(raw, found)
    if found is not None and len(refs) > 1:
        raw.fault(found.line, found.column, f"`{found.name}` names {len(refs)} ids", "name one")
    return refs[0] if refs else None


def _globs(raw: RawDocument, found: RawField | None) -> tuple[Ref, ...]:
    """A comma-separated list of globs, in backticks or bare."""
    if found is None:
        return ()
    _listed(raw, found, GLOBS)
    read, stops = globs(found.value)
    if stops is not None:
        raw.fault(
            found.line,
            found.column + stops,
            f"`{found.value[stops:].strip()[:200]}` is not a list of globs",
            "write each glob in backticks, with commas between: `src/**`, `tests/order/**`",
        )
    return tuple(Ref(text, found.line, found.column + offset) for text, offset in read)


def _enum(raw: RawDocument, found: RawField | None, values: Mapping[str, _E]) -> _E | None:
    """The member of a value, by all that there are."""
    if found is None or (known := values.get(found.value.lower())):
        return None if found is None else known
    allowed = ", ".join(values)
    raw.fault(
        found.line, found.column, f"`{found.value}` is no value of `{found.name}`", f"write one of: {allowed}"
    )
    return None


def _only(raw: RawDocument, found: RawField | None, *values: str) -> bool:
    """Whether a field is there that can have one of these values only."""
    if found is not None and found.value not in values:
        raw.fault(
            found.line,
            found.column,
            f"`{found.value}` is no value of `{found.name}`",
            f"write {' or '.join(f'`{one}`' for one in values)}, or remove the line",
        )
    return found is not None


_CLASSES = {str(one): one for one in StatementClass}
_PRIORITIES = {str(one): one for one in Priority}
_WAYS = {str(one): one for one in Verify}


def _kind(raw: RawDocument, found: RawField | None) -> StoryKind | None:
    _only(raw, found, *_KINDS)
    return next((one for one in _KINDS if found is not None and found.value == one), None)


_KINDS: tuple[StoryKind, ...] = get_args(StoryKind)


def _text(fields: dict[str, RawField], name: str) -> str:
    return fields[name].value if name in fields else ""


def _fields(item: RawItem) -> dict[str, RawField]:
    return {found.name: found for found in item.fields}


def _aliases(raw: RawDocument, fields: dict[str, RawField]) -> tuple[str, ...]:
    return tuple(ref.text for ref in _ids(raw, fields["Aliases"])) if "Aliases" in fields else ()


def quote_lines(body: str) -> str | None:
    """The quote in a statement's body: its first run of `> ` lines, the marks taken off; None without one."""
    lines: list[str] = []
    for line in body.split("\n"):
        if line.startswith(">"):
            lines.append(line[2:] if line.startswith("> ") else line[1:])
        elif lines:
            break
        elif line.strip():
            return None
    return "\n".join(lines) if lines else None


def _statement(raw: RawDocument, item: RawItem) -> AnyItem | None:
    fields = _fields(item)
    klass = _enum(raw, fields.get("Class"), _CLASSES)
    quote = quote_lines(raw.text[item.body_start : item.end])
    if "Class" not in fields:
        raw.fault(item.line, 1, f"{item.id} has no `Class`", f"add `- Class: {' | '.join(StatementClass)}`")
    if quote is None or not quote.strip():
        raw.fault(item.line, 1, f"{item.id} has no quote", "put the intent's own words below the fields as `> …`")
        return None
    if klass is None:
        return None
    return Statement(
        id=item.id,
        title=item.title,
        aliases=_aliases(raw, fields),
        path=raw.path,
        line=item.line,
        klass=klass,
        under=_text(fields, "Under"),
        source=_text(fields, "Source"),
        quote=quote,
    )


def _requirement(raw: RawDocument, item: RawItem) -> AnyItem:
    fields = _fields(item)
    return Requirement(
        id=item.id,
        title=item.title,
        aliases=_aliases(raw, fields),
        path=raw.path,
        line=item.line,
        priority=_enum(raw, fields.get("Priority"), _PRIORITIES) or Priority.MUST,
        traces=_ids(raw, fields.get("Traces")),
        verify=_enum(raw, fields.get("Verify"), _WAYS) or Verify.TEST,
        everywhere=_only(raw, fields.get("Holds"), EVERYWHERE),
        no_story=_text(fields, "No story"),
        source=_text(fields, "Source"),
        proposed_by=_text(fields, "Proposed by"),
        text=raw.text[item.body_start : item.end].strip(),
    )


def _epic(raw: RawDocument, item: RawItem) -> AnyItem:
    fields = _fields(item)
    return Epic(
        id=item.id,
        title=item.title,
        aliases=_aliases(raw, fields),
        path=raw.path,
        line=item.line,
        covers=_ids(raw, fields.get("Covers")),
        owner=fields["Owner"].value if "Owner" in fields else None,
        proposed_by=_text(fields, "Proposed by"),
        text=raw.text[item.body_start : item.end].strip(),
    )


def _story(raw: RawDocument, item: RawItem) -> AnyItem:
    fields = _fields(item)
    sections = tuple(
        Section(section.title, raw.text[section.text_start : section.end], section.line)
        for section in item.sections
    )
    return Story(
        id=item.id,
        title=item.title,
        aliases=_aliases(raw, fields),
        path=raw.path,
        line=item.line,
        epic=_one_id(raw, fields.get("Epic")),
        implements=_ids(raw, fields.get("Implements")),
        depends_on=_ids(raw, fields.get("Depends on")),
        territory=_globs(raw, fields.get("Territory")),
        research=_text(fields, "Research"),
        done_elsewhere=_text(fields, "Done elsewhere"),
        source=_text(fields, "Source"),
        proposed_by=_text(fields, "Proposed by"),
        kind=_kind(raw, fields.get("Kind")),
        narrative=next((s.text.strip() for s in sections if s.title == SECTION_STORY), ""),
        criteria=_criteria(raw, item),
        sections=sections,
    )


def _criteria(raw: RawDocument, item: RawItem) -> tuple[Criterion, ...]:
    seen: dict[str, int] = {}
    for found in item.criteria:
        if found.id in seen and len(raw.findings) < FAULTS:
            raw.findings.append(
                Finding(
                    code="V02",
                    severity=Severity.ERROR,
                    path=raw.path,
                    line=found.line,
                    column=5,
                    message=f"{item.id}/{found.id} is defined twice, first on line {seen[found.id]}",
                    fix=f"give one of the two a number that no other criterion has ({RENUMBER})",
                )
            )
        seen.setdefault(found.id, found.line)
    return tuple(Criterion(id=found.id, text=found.text, line=found.line, column=3) for found in item.criteria)


_READERS: dict[Kind, Callable[[RawDocument, RawItem], AnyItem | None]] = {
    Kind.STATEMENT: _statement,
    Kind.REQUIREMENT: _requirement,
    Kind.EPIC: _epic,
    Kind.STORY: _story,
}
