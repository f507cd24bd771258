"""Whether one story's chain to the intent holds, read from the few sections of the documents that it runs through.

What the gate says of the whole specification (`core.suspicion`) a hook has to know at each commit, however large
that is: so items are found by their headings, and only these few are read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from bmad.model.graph import LinkKind
from bmad.model.ids import Kind
from bmad.model.layout import Layout
from bmad.model.normal import fold
from bmad.model.spec import AnyItem, Requirement, Statement, Story
from bmad.store.documents import parse


class Suspect(NamedTuple):
    """A link whose upper end has changed since it was confirmed, or does not stand in the intent any more."""

    lower: str
    upper: str
    unsaid: bool = False


Marks = Callable[[AnyItem], str]
"""What gives the fingerprint of an item."""


def suspects(layout: Layout, read: Callable[[str], bytes | None], path: str, marks: Marks) -> list[Suspect]:
    """The suspect links of the story that stands at a path; `read` gives a file's content, `marks` a fingerprint.

    What is not there, or names nothing, is for the gate to say.
    """
    lock, text = read(layout.lock), read(path)
    if lock is None or text is None:
        return []
    documents = _Documents(layout, read, marks)
    return list(_suspects(f"\n{lock.decode('utf-8', 'replace')}", documents, path, text))


def _suspects(lock: str, documents: "_Documents", path: str, text: bytes) -> Iterator[Suspect]:
    for story in parse(path, text.decode("utf-8", "replace"), Kind.STORY).items:
        for ref in story.implements if isinstance(story, Story) else ():
            need = documents.item(Kind.REQUIREMENT, ref.text)
            if not isinstance(need, Requirement):
                continue
            if documents.is_other(need, _confirmed(lock, story.id, LinkKind.IMPLEMENTS, need.id)):
                yield Suspect(story.id, need.id)
            for above in need.traces:
                said = documents.item(Kind.STATEMENT, above.text)
                if not isinstance(said, Statement):
                    continue
                if documents.is_other(said, _confirmed(lock, need.id, LinkKind.TRACES, said.id)):
                    yield Suspect(need.id, said.id)
                if documents.is_unsaid(said):
                    yield Suspect(need.id, said.id, unsaid=True)


_DIGITS = 64


def _confirmed(lock: str, lower: str, kind: LinkKind, upper: str) -> list[str]:
    """The fingerprints that a link was confirmed against; a merge may have left several."""
    mark, found, at = f"\nlink {lower} {kind} {upper} ", list[str](), 0
    while (at := lock.find(mark, at)) >= 0:
        at += len(mark)
        found.append(lock[at : at + _DIGITS])
    return found


class _Documents:
    """The documents that hold statements and requirements, each read once."""

    def __init__(self, layout: Layout, read: Callable[[str], bytes | None], marks: Marks) -> None:
        self._paths = {
            Kind.STATEMENT: [one.register for one in layout.places],
            Kind.REQUIREMENT: [one.prd for one in layout.places],
        }
        self._read, self._marks = read, marks
        self._intents = {one.register: (*one.files, *layout.elsewhere) for one in layout.places}
        self._known: dict[str, bytes] = {}

    def _content(self, path: str) -> bytes:
        if path not in self._known:
            self._known[path] = (self._read(path) or b"").replace(b"\r\n", b"\n")
        return self._known[path]

    def item(self, kind: Kind, name: str) -> AnyItem | None:
        """An item as its own section has it; None where no heading names it."""
        for path in self._paths[kind]:
            section = _section(self._content(path), name.encode())
            found = _read_as(path, section, kind, name) if section else None
            if found is not None:
                return found
        return None

    def is_other(self, item: AnyItem, confirmed: Sequence[str]) -> bool:
        """Whether an item is not what was confirmed, where anything was; then its whole document is asked."""
        if not confirmed or self._marks(item) in confirmed:
            return False
        kind = Kind.REQUIREMENT if isinstance(item, Requirement) else Kind.STATEMENT
        whole = _read_as(item.path, self._content(item.path), kind, item.id)
        return whole is not None and self._marks(whole) not in confirmed

    def is_unsaid(self, said: Statement) -> bool:
        """Whether a statement's words stand in no file of its intent; not where none of these is there."""
        words = said.quote.split()
        files = [text for path in self._intents.get(said.path, ()) if (text := self._content(path))]
        if not files or not words or any(said.quote.encode() in text for text in files):
            return False
        wrapped = re.compile(rb"\s+".join(re.escape(one.encode()) for one in words))
        if any(map(wrapped.search, files)):
            return False
        quote = fold(said.quote)
        return not any(quote in fold(text.decode("utf-8", "replace")) for text in files)


def _read_as(path: str, content: bytes, kind: Kind, name: str) -> AnyItem | None:
    items = parse(path, content.decode("utf-8", "replace"), kind).items
    return next((one for one in items if one.id == name), None)


def _section(content: bytes, name: bytes) -> bytes:
    """An item with its heading, up to the next heading that is not below it; empty where no heading names it."""
    mark, at = b" " + name + b":", 0
    while (at := content.find(mark, at)) >= 0:
        start = content.rfind(b"\n", 0, at) + 1
        level = content[start:at].strip()
        if level and not level.strip(b"#"):
            return content[start : _end(content, at, len(level))]
        at += len(mark)
    return b""


def _end(content: bytes, at: int, level: int) -> int:
    while (at := content.find(b"\n#", at)) >= 0:
        at += 1
        marks = content[at : at + level + 1]
        if len(marks.rstrip(b"#")) or len(marks) <= level:
            return at
    return len(content)
